//! What a condition asks for by name, as it is written.

use super::Resolver;
use crate::syntax::ast::expr::{Expr, ExprNode, Term, TermNode};

/// What was found in one condition.
#[derive(Default)]
struct ConditionUsage<'e> {
    toggles: Vec<&'e str>,
    /// Role names after `holds`, variables of kind role among them.
    held: Vec<&'e str>,
    /// `role:NAME`
    named: Vec<&'e str>,
}

impl Resolver<'_> {
    /// Notes what the conditions of one element ask for, whether they are right or not.
    pub(super) fn mention<const N: usize>(&mut self, conditions: [Option<&Expr>; N]) {
        let mut asked = ConditionUsage::default();
        conditions.into_iter().flatten().for_each(|condition| asked.expr(condition));
        self.usage.toggles.extend(asked.toggles.iter().filter_map(|name| self.toggles.meant(name)));
        self.usage.roles.extend(asked.named.iter().filter_map(|name| self.roles.meant(name)));
        let by_variable = asked.held.iter().any(|name| self.roles.find(name).is_none());
        self.usage.roles.extend(asked.held.iter().filter_map(|name| self.roles.find(name)));
        if by_variable && asked.named.is_empty() {
            // A variable that nothing limits asks for every role.
            self.usage.roles.extend(self.roles.beginning(""));
        }
    }
}

impl<'e> ConditionUsage<'e> {
    /// The parser bounds how deep this goes.
    fn expr(&mut self, expr: &'e Expr) {
        match &expr.node {
            ExprNode::Or(parts) | ExprNode::And(parts) => parts.iter().for_each(|part| self.expr(part)),
            ExprNode::Not(part) => self.expr(part),
            ExprNode::Toggle(name) => self.toggles.push(&name.value),
            ExprNode::Bool(_) => {}
            ExprNode::Relation { terms, .. } => terms.iter().for_each(|term| self.term(term)),
            ExprNode::Holds { holder, role, scope } => {
                self.held.push(&role.value);
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
