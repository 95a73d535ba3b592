//! The sorts of lists in which facts are found by an entity that they speak of.

use super::model::{Body, Ent, Value};
use crate::policy::{AttributeId, Policy};
use smallvec::SmallVec;

/// A sort of list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Slot(pub(super) u32);

/// The sorts of lists that a policy's facts need.
#[derive(Clone, Debug, Default)]
pub(super) struct Slots {
    relations: u32,
    attributes: u32,
    /// Which attributes say what an entity lies within.
    containers: Vec<bool>,
}

impl Slots {
    pub(super) fn of_policy(policy: &Policy) -> Slots {
        let count = |of: usize| u32::try_from(of).expect("fewer than four billion");
        let containers = policy.attributes.values().map(|attribute| attribute.container).collect();
        Slots { relations: count(policy.relations.len()), attributes: count(policy.attributes.len()), containers }
    }

    /// How many there are.
    pub(super) fn count(&self) -> usize {
        (3 * self.relations + self.attributes + 5) as usize
    }

    /// Whether the attribute says what an entity lies within.
    pub(super) fn contains(&self, attribute: AttributeId) -> bool {
        self.containers.get(attribute.0 as usize).copied().unwrap_or(false)
    }

    /// Facts of a relation, by an end.
    pub(super) fn end(relation: u32, end: u32) -> Slot {
        Slot(3 * relation + end)
    }

    /// Values of an attribute that are entities, by the value.
    pub(super) fn valued(&self, attribute: AttributeId) -> Slot {
        Slot(3 * self.relations + attribute.0)
    }

    /// Memberships, by the member.
    pub(super) fn memberships(&self) -> Slot {
        self.fixed(0)
    }

    /// Memberships, by the group.
    pub(super) fn members(&self) -> Slot {
        self.fixed(1)
    }

    /// Assignments, by the holder.
    pub(super) fn held_by(&self) -> Slot {
        self.fixed(2)
    }

    /// Assignments, by the scope.
    pub(super) fn held_on(&self) -> Slot {
        self.fixed(3)
    }

    /// Values, by what they are of.
    pub(super) fn values(&self) -> Slot {
        self.fixed(4)
    }

    fn fixed(&self, number: u32) -> Slot {
        Slot(3 * self.relations + self.attributes + number)
    }

    /// Values of one attribute, by what they are of: for facts that are not in the order of what they say.
    pub(super) fn value_of(&self, attribute: AttributeId) -> Slot {
        Slot(3 * self.relations + self.attributes + 5 + attribute.0)
    }

    /// The list of the entity that comes first in a fact.
    #[inline]
    pub(super) fn first(&self, body: Body) -> (Slot, Ent) {
        match body {
            Body::Relation(relation, ends) => (Slots::end(relation.0, 0), ends[0]),
            Body::Holds { holder, .. } => (self.held_by(), holder),
            Body::Member { member, .. } => (self.memberships(), member),
            Body::Value { entity, .. } => (self.values(), entity),
        }
    }

    /// The lists in which a fact stands: first that of the entity which comes first in it.
    pub(super) fn of(&self, body: Body) -> SmallVec<[(Slot, Ent); 3]> {
        let mut found = SmallVec::new();
        match body {
            Body::Relation(relation, ends) => {
                let given = ends.iter().take_while(|&&end| end != Ent::NOBODY);
                found.extend(given.zip(0..).map(|(&end, at)| (Slots::end(relation.0, at), end)));
            }
            Body::Holds { holder, scope, .. } => found.extend([(self.held_by(), holder), (self.held_on(), scope)]),
            Body::Member { member, group } => found.extend([(self.memberships(), member), (self.members(), group)]),
            Body::Value { entity, attribute, value } => {
                found.push((self.values(), entity));
                if let Value::Entity(target) = value {
                    found.push((self.valued(attribute), target));
                }
            }
        }
        found
    }
}
