//! What conditions use: relations, roles, toggles.

use crate::policy::{AtomKind, Conclusion, Condition, Expr, RelationId, RoleId, RoleTerm, Term, ToggleId};
use crate::text::Span;

/// A use of something in a condition.
#[derive(Clone, Copy, Debug)]
pub(super) struct Reference<'c> {
    /// What is used.
    pub what: Referent,
    /// The scope of a role.
    pub scope: Option<&'c Term>,
    /// The span of the use.
    pub at: Span,
    /// Inside `not` or `unless`.
    pub negated: bool,
    /// Only whether it held before: no implication derives that.
    pub was: bool,
}

/// What a condition uses.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Referent {
    Relation(RelationId),
    Role(RoleId),
    /// Any role, by a variable.
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
    /// What a conclusion states.
    fn from(conclusion: &Conclusion) -> Referent {
        match conclusion {
            Conclusion::Holds { role, .. } => role.into(),
            Conclusion::Relation { relation, .. } => Referent::Relation(*relation),
        }
    }
}

/// The references of a condition, from left to right.
pub(super) fn references(condition: &Condition) -> impl Iterator<Item = Reference<'_>> {
    condition.expr.walk().filter_map(|(expr, negated)| {
        let (what, scope, at, was) = match expr {
            Expr::Toggle(toggle, at) => (Referent::Toggle(*toggle), None, *at, false),
            Expr::Atom(atom) => match &atom.kind {
                AtomKind::Relation { relation, was, .. } => (Referent::Relation(*relation), None, atom.span, *was),
                AtomKind::Holds { was, role, scope, .. } => (role.into(), Some(scope), atom.span, *was),
                _ => return None,
            },
            _ => return None,
        };
        Some(Reference { what, scope, at, negated, was })
    })
}
