//! What conditions ask for.

use crate::policy::{AtomKind, Conclusion, Condition, Expr, RelationId, RoleId, RoleTerm, ToggleId};
use crate::text::Span;

/// A question in a condition.
#[derive(Clone, Copy, Debug)]
pub(super) struct Reference {
    /// What is asked for.
    pub what: Referent,
    /// Where.
    pub at: Span,
    /// Inside `not` or `unless`.
    pub negated: bool,
    /// Whether it held before: told facts alone answer that.
    pub was: bool,
}

/// What is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Referent {
    Relation(RelationId),
    Role(RoleId),
    /// A variable of kind role: any.
    AnyRole,
    Toggle(ToggleId),
}

impl From<&RoleTerm> for Referent {
    fn from(role: &RoleTerm) -> Referent {
        match role {
            RoleTerm::Named(role) => Referent::Role(*role),
            RoleTerm::Term(_) => Referent::AnyRole,
        }
    }
}

impl From<&Conclusion> for Referent {
    /// What a conclusion answers.
    fn from(conclusion: &Conclusion) -> Referent {
        match conclusion {
            Conclusion::Holds { role, .. } => role.into(),
            Conclusion::Relation { relation, .. } => Referent::Relation(*relation),
        }
    }
}

/// All that a condition asks for, in the order in which it stands there.
pub(super) fn references(condition: &Condition) -> Vec<Reference> {
    let mut found = Vec::new();
    let mut rest = vec![(&condition.expr, false)];
    while let Some((expr, negated)) = rest.pop() {
        match expr {
            Expr::True | Expr::False => {}
            Expr::Toggle(toggle, at) => found.push(Reference { what: Referent::Toggle(*toggle), at: *at, negated, was: false }),
            Expr::And(parts) | Expr::Or(parts) => rest.extend(parts.iter().rev().map(|part| (part, negated))),
            Expr::Not(inner) => rest.push((inner, true)),
            Expr::Exists(_, inner) => rest.push((inner, negated)),
            Expr::Atom(atom) => match &atom.kind {
                AtomKind::Relation { relation, was, .. } => {
                    found.push(Reference { what: Referent::Relation(*relation), at: atom.span, negated, was: *was });
                }
                AtomKind::Holds { role, .. } => found.push(Reference { what: role.into(), at: atom.span, negated, was: false }),
                _ => {}
            },
        }
    }
    found
}
