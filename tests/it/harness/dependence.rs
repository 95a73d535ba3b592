//! Finds the facts on which a `not`, an `unless` or a deny depends. Adding such a fact may take access away.

use delegraph::syntax::ast::expr::{Expr, ExprNode, Op, Term, TermNode};
use delegraph::syntax::{ImplicationDecl, PackDocument};
use std::collections::BTreeSet;

/// The names of relations and roles, of attributes (without their kind), and `in` for memberships.
pub fn depended_on(pack: &PackDocument) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for rule in &pack.rules {
        let parts = rule.condition.iter().map(|part| (part, rule.deny.is_some())).chain(rule.unless.iter().map(|part| (part, true)));
        parts.for_each(|(part, negated)| names(pack, part, negated, &mut found));
    }
    for implication in &pack.implications {
        implication.condition.iter().for_each(|part| names(pack, part, false, &mut found));
        implication.unless.iter().for_each(|part| names(pack, part, true, &mut found));
    }
    // An implication that derives one of these is depended on too, with everything that it reads.
    loop {
        let mut more = found.clone();
        for role in &pack.roles {
            if role.includes.iter().any(|included| found.contains(&included.value)) {
                more.insert(role.meta.name.value.clone());
            }
        }
        for implication in pack.implications.iter().filter(|implication| derives_one_of(pack, implication, &found)) {
            let parts = implication.condition.iter().chain(&implication.unless).chain([&implication.then]);
            parts.for_each(|part| names(pack, part, true, &mut more));
        }
        if more == found {
            return found;
        }
        found = more;
    }
}

/// Whether an implication derives one of the relations or roles.
fn derives_one_of(pack: &PackDocument, implication: &ImplicationDecl, names: &BTreeSet<String>) -> bool {
    let is_role = |name: &str| pack.roles.iter().any(|role| role.meta.name.value == name);
    match &implication.then.node {
        ExprNode::Relation { name, .. } => names.contains(&name.value),
        ExprNode::Holds { role, .. } if role.name().is_some_and(is_role) => role.name().is_some_and(|role| names.contains(role)),
        // The role is a variable, so it may be any role.
        _ => pack.roles.iter().any(|role| names.contains(&role.meta.name.value)),
    }
}

/// Collects the names in a part of a condition that are inside a `not` or the like.
fn names(pack: &PackDocument, part: &Expr, negated: bool, found: &mut BTreeSet<String>) {
    match &part.node {
        ExprNode::Or(parts) | ExprNode::And(parts) => parts.iter().for_each(|part| names(pack, part, negated, found)),
        ExprNode::Not(part) => names(pack, part, true, found),
        // A fact that holds now makes `was` false.
        ExprNode::Relation { was, name, terms } if negated || *was => {
            found.insert(name.value.clone());
            if pack.relations.iter().any(|relation| relation.meta.name.value == name.value && !relation.through.is_empty()) {
                found.insert("in".to_owned());
            }
            terms.iter().for_each(|term| attributes(term, found));
        }
        ExprNode::Holds { was, holder, role, scope } if negated || *was => {
            let named = pack.roles.iter().filter(|known| role.name() == Some(&known.meta.name.value));
            let named: Vec<String> = named.map(|role| role.meta.name.value.clone()).collect();
            found.extend(if named.is_empty() { pack.roles.iter().map(|role| role.meta.name.value.clone()).collect() } else { named });
            found.insert("in".to_owned());
            [holder, scope].into_iter().for_each(|term| attributes(term, found));
        }
        ExprNode::In { term, set } if negated => {
            found.insert("in".to_owned());
            [term, set].into_iter().for_each(|term| attributes(term, found));
        }
        ExprNode::Compare { left, op, right } if negated || *op == Op::Ne => {
            [left, right].into_iter().for_each(|term| attributes(term, found));
        }
        ExprNode::Within { term, scope } if negated => [term, scope].into_iter().for_each(|term| attributes(term, found)),
        ExprNode::Is { term, .. } | ExprNode::InList { term, .. } if negated => attributes(term, found),
        _ => {}
    }
}

fn attributes(term: &Term, found: &mut BTreeSet<String>) {
    if let TermNode::Attribute(of, name) = &term.node {
        found.insert(name.value.clone());
        attributes(of, found);
    }
}
