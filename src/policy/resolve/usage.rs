//! What a written condition uses by name.

use super::Resolver;
use crate::syntax::ast::expr::{Expr, ExprNode, Term, TermNode};

/// The names that the conditions of one element use.
#[derive(Default)]
struct ConditionUsage<'e> {
    toggles: Vec<&'e str>,
    /// What stands after `holds`.
    held: Vec<&'e Term>,
    /// Names and ids of roles in `role:ID`, where they are terms.
    named: Vec<&'e str>,
}

impl Resolver<'_> {
    /// Notes what the conditions of one element use, whether or not they have mistakes.
    pub(super) fn note_usage<const N: usize>(&mut self, conditions: [Option<&Expr>; N]) {
        let mut used = ConditionUsage::default();
        conditions.into_iter().flatten().for_each(|condition| used.expr(condition));
        self.usage.toggles.extend(used.toggles.iter().filter_map(|name| self.toggles.meant(name)));
        let called = |id: &str| self.role_names.get(&id.to_lowercase()).copied().or_else(|| self.roles.meant(id));
        self.usage.roles.extend(used.named.iter().filter_map(|id| called(id)));
        let mut by_variable = false;
        for role in used.held {
            match &role.node {
                TermNode::Entity { id, .. } => self.usage.roles.extend(called(id)),
                other => {
                    let named = if let TermNode::Name(name) = other { self.roles.find(name) } else { None };
                    by_variable |= named.is_none();
                    self.usage.roles.extend(named);
                }
            }
        }
        if by_variable && used.named.is_empty() {
            // A variable without a list of roles may be any role.
            self.usage.roles.extend(self.roles.beginning(""));
        }
    }
}

impl<'e> ConditionUsage<'e> {
    /// The parser bounds how deep conditions nest.
    fn expr(&mut self, expr: &'e Expr) {
        match &expr.node {
            ExprNode::Or(parts) | ExprNode::And(parts) => parts.iter().for_each(|part| self.expr(part)),
            ExprNode::Not(part) => self.expr(part),
            ExprNode::Toggle(name) => self.toggles.push(&name.value),
            ExprNode::Bool(_) => {}
            ExprNode::Relation { terms, .. } => terms.iter().for_each(|term| self.term(term)),
            ExprNode::Holds { holder, role, scope, .. } => {
                self.held.push(role);
                self.term(holder);
                self.term(scope);
            }
            ExprNode::Is { term, .. } => self.term(term),
            ExprNode::Within { term, scope } => {
                self.term(term);
                self.term(scope);
            }
            ExprNode::In { term, set } => {
                self.term(term);
                self.term(set);
            }
            ExprNode::InList { term, list } => {
                self.term(term);
                for item in list {
                    self.term(item);
                }
            }
            ExprNode::Compare { left, right, .. } => {
                self.term(left);
                self.term(right);
            }
        }
    }

    fn term(&mut self, term: &'e Term) {
        let mut inner = term;
        while let TermNode::Attribute(of, _) = &inner.node {
            inner = of;
        }
        if let TermNode::Entity { kind, id } = &inner.node
            && kind.value == "role"
        {
            self.named.push(id);
        }
    }
}
