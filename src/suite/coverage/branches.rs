//! Which branch of an `or` was true in a record.

use crate::eval::{TraceNode, TraceStep, Truth};
use crate::policy::{Expr, ImplicationId, Policy, RuleId, ToggleId};
use crate::text::Span;
use std::collections::{BTreeMap, BTreeSet};

/// The element of which a step evaluates the condition.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Owner {
    /// A rule.
    Rule(RuleId),
    /// An implication.
    Implication(ImplicationId),
}

/// An atom or toggle of a condition.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Leaf {
    /// An atom, by its place.
    Atom(Span),
    /// A toggle.
    Toggle(ToggleId),
}

/// An `or`: what is in it, and the number of its first branch.
#[derive(Debug)]
struct Or {
    leaves: BTreeSet<Leaf>,
    first: usize,
}

/// The `or`s of each element.
#[derive(Debug)]
pub(in crate::suite) struct Branches(BTreeMap<Owner, Vec<Or>>);

impl Branches {
    /// The `or`s of a policy; their branches are numbered in the order of [`branches`](super::points::branches).
    pub(in crate::suite) fn of(policy: &Policy) -> Branches {
        let (mut found, mut number) = (BTreeMap::new(), 0);
        let rules = policy.rules.iter().map(|(id, rule)| (Owner::Rule(id), &rule.condition.expr));
        let implications = policy.implications.iter();
        let implications = implications.map(|(id, implication)| (Owner::Implication(id), &implication.condition.expr));
        for (owner, condition) in rules.chain(implications) {
            let ors: Vec<Or> = condition.walk().filter_map(|(expr, _)| or(expr, &mut number)).collect();
            found.insert(owner, ors);
        }
        Branches(found)
    }

    /// The branches that are true of a step, which is an `or` in the condition of an element.
    pub(super) fn taken(&self, owner: Owner, node: TraceNode<'_>) -> Vec<usize> {
        let leaves = leaves(node);
        // An `or` around it has more leaves.
        let around = self.0.get(&owner).into_iter().flatten().filter(|or| !leaves.is_empty() && leaves.is_subset(&or.leaves));
        let Some(or) = around.min_by_key(|or| or.leaves.len()) else { return Vec::new() };
        let parts = node.below().enumerate().filter(|(_, part)| part.truth() == Truth::True);
        parts.map(|(index, _)| or.first + index).collect()
    }
}

/// The `or`, if it is one. Its branches are counted.
fn or(expr: &Expr, number: &mut usize) -> Option<Or> {
    let Expr::Or(parts) = expr else { return None };
    let leaves = expr.walk().filter_map(|(expr, _)| match expr {
        Expr::Atom(atom) => Some(Leaf::Atom(atom.span)),
        Expr::Toggle(toggle, _) => Some(Leaf::Toggle(*toggle)),
        _ => None,
    });
    let first = *number;
    *number += parts.len();
    Some(Or { leaves: leaves.collect(), first })
}

/// The atoms and toggles of a condition below a step. What is below an atom is of other conditions.
fn leaves(node: TraceNode<'_>) -> BTreeSet<Leaf> {
    let (mut found, mut waiting) = (BTreeSet::new(), vec![node]);
    while let Some(node) = waiting.pop() {
        match node.step() {
            TraceStep::Atom { span, .. } => _ = found.insert(Leaf::Atom(span)),
            TraceStep::Toggle(toggle) => _ = found.insert(Leaf::Toggle(toggle)),
            TraceStep::All | TraceStep::Any | TraceStep::Not | TraceStep::Exists | TraceStep::Bind(..) => waiting.extend(node.below()),
            _ => {}
        }
    }
    found
}
