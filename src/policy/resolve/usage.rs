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
        conditions.into_iter().flatten().for_each(|condition| used.condition(condition));
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
    fn condition(&mut self, condition: &'e Expr) {
        for atom in condition.atoms() {
            match &atom.node {
                ExprNode::Toggle(name) => self.toggles.push(&name.value),
                ExprNode::Holds { holder, role, scope, .. } => {
                    self.held.push(role);
                    [holder, scope].into_iter().for_each(|term| self.term(term));
                }
                _ => atom.terms().into_iter().for_each(|term| self.term(term)),
            }
        }
    }

    fn term(&mut self, term: &'e Term) {
        if let TermNode::Entity { kind, id } = &term.root().node
            && kind.value == "role"
        {
            self.named.push(id);
        }
    }
}
