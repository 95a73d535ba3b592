//! Argument positions: the places in a world file that take an entity or a value.

use super::names::kind_name;
use crate::policy::{AttributeId, EventId, Policy, RelationId, RoleId};

/// A place that takes an entity or a value.
#[derive(Clone, Copy, Debug)]
pub(super) enum ArgumentPosition {
    /// The value of an attribute.
    Attribute(AttributeId),
    /// The value of a parameter, by its index.
    Parameter(EventId, usize),
    /// The end of a relation, from 0.
    End(RelationId, usize),
    /// Left of `holds`.
    Holder,
    /// The role that is held, where it is not named.
    Role,
    /// Right of `on`.
    Scope(RoleId),
    /// Right of `on`, of a role that the policy does not name.
    ScopeOfUnknown,
    /// Left of `in`.
    Member,
    /// Right of `in`.
    Group,
    /// Who did an event.
    Doer,
    /// Left of `.attribute`.
    Bearer,
}

impl ArgumentPosition {
    /// Its name in a headline.
    pub(super) fn text(self, policy: &Policy) -> String {
        match self {
            ArgumentPosition::Attribute(id) => {
                let attribute = &policy.attributes[id];
                format!("`{}.{}`", kind_name(policy, attribute.kind), attribute.name)
            }
            ArgumentPosition::Parameter(event, index) => {
                let event = &policy.events[event];
                format!("`{}` of `{}`", event.parameters[index].name, event.meta.name)
            }
            ArgumentPosition::End(relation, index) => format!("end {} of `{}`", index + 1, policy.relations[relation].meta.name),
            ArgumentPosition::Holder => "the holder of a role".to_owned(),
            ArgumentPosition::Role => "the role that is held".to_owned(),
            ArgumentPosition::ScopeOfUnknown => "the scope of a role".to_owned(),
            ArgumentPosition::Scope(role) => format!("the scope of `{}`", policy.roles[role].meta.name),
            ArgumentPosition::Member => "the member of a group".to_owned(),
            ArgumentPosition::Group => "the right side of `in`".to_owned(),
            ArgumentPosition::Doer => "the doer of an event".to_owned(),
            ArgumentPosition::Bearer => "the bearer of an attribute".to_owned(),
        }
    }
}
