//! What facts are about, without their entities.

use crate::policy::{AttributeId, FactTerm, Policy, RelationId, RoleId, RoleTerm, Term};
use crate::world::Statement;
use smallvec::SmallVec;

/// What a fact is about, without its entities and its value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Form {
    /// This relation.
    Relation(RelationId),
    /// Assignments of this role.
    Role(RoleId),
    /// Memberships.
    Member,
    /// Values of this attribute.
    Attribute(AttributeId),
}

impl From<Statement> for Form {
    fn from(statement: Statement) -> Form {
        match statement {
            Statement::Relation(relation, _) => Form::Relation(relation),
            Statement::Holds { role, .. } => Form::Role(role),
            Statement::Member { .. } => Form::Member,
            Statement::Value { attribute, .. } => Form::Attribute(attribute),
        }
    }
}

impl Form {
    /// The forms of the assignments of a role.
    pub(super) fn of_role(policy: &Policy, role: &RoleTerm) -> Vec<Form> {
        match role {
            RoleTerm::Named(role) => vec![Form::Role(*role)],
            RoleTerm::Term(_) => policy.roles.ids().map(Form::Role).chain([Form::Relation(policy.unknown_roles)]).collect(),
        }
    }
}

/// The forms that a fact of an effect may have.
pub(super) fn forms_of(policy: &Policy, fact: &FactTerm) -> Vec<Form> {
    match fact {
        FactTerm::Relation(relation, _) => vec![Form::Relation(*relation)],
        FactTerm::Holds(_, role, _) => Form::of_role(policy, role),
        FactTerm::Member(..) => vec![Form::Member],
        FactTerm::Value(_, attributes, _) => {
            let form = |attribute| if policy.attributes[attribute].member_of { Form::Member } else { Form::Attribute(attribute) };
            let mut forms: Vec<Form> = attributes.iter().map(|&(_, attribute)| form(attribute)).collect();
            forms.sort();
            forms.dedup();
            forms
        }
    }
}

/// The terms of a fact for whose entities there are lists of facts, each with its position: the ends of a relation; holder and scope; member
/// and group; the entity of a value, and the value.
pub(super) fn entity_terms(fact: &FactTerm) -> SmallVec<[(usize, &Term); 3]> {
    match fact {
        FactTerm::Relation(_, terms) => terms.iter().enumerate().collect(),
        FactTerm::Holds(one, _, other) | FactTerm::Member(one, other) | FactTerm::Value(one, _, other) => {
            [(0, one), (1, other)].into_iter().collect()
        }
    }
}
