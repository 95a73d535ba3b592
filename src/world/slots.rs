//! What is kept for an entity: the sorts of lists of the facts that speak of it, and what it is told to be, at hand.

use super::model::{Body, Ent, Sym, Value};
use crate::policy::{Attribute, AttributeId, KindId, Policy, ValueType};
use smallvec::SmallVec;

/// Something that is kept for an entity: where a list starts, or what is at hand.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Slot(pub(super) u32);

/// What a policy's facts need.
#[derive(Clone, Debug, Default)]
pub(super) struct Slots {
    relations: u32,
    attributes: u32,
    /// By attribute: whether it is one of several that say what an entity lies within.
    containers: Vec<bool>,
    /// By attribute: of which kind it is, and whether its one value is kept at hand, and how that is to be read.
    at_hand: Vec<(KindId, Option<AtHand>)>,
}

/// What a number kept at hand is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum AtHand {
    Entity,
    Text,
}

impl Slots {
    pub(super) fn of_policy(policy: &Policy) -> Slots {
        let count = |of: usize| u32::try_from(of).expect("fewer than four billion");
        let at_hand = policy.attributes.values().map(|attribute| match &attribute.value {
            _ if attribute.many || attribute.member_of => (attribute.kind, None),
            ValueType::Entity(_) => (attribute.kind, Some(AtHand::Entity)),
            ValueType::Text | ValueType::OneOf(_) => (attribute.kind, Some(AtHand::Text)),
            ValueType::Number | ValueType::Date => (attribute.kind, None),
        });
        let several = |attribute: &Attribute| policy.kinds[attribute.kind].within.len() > 1;
        let containers = policy.attributes.values().map(|attribute| attribute.container && several(attribute)).collect();
        Slots {
            containers,
            relations: count(policy.relations.len()),
            attributes: count(policy.attributes.len()),
            at_hand: at_hand.collect(),
        }
    }

    /// How many there are.
    pub(super) fn count(&self) -> usize {
        (3 * self.relations + 2 * self.attributes + 7) as usize
    }

    /// Facts of a relation, by an end.
    #[inline]
    pub(super) fn end(relation: u32, end: u32) -> Slot {
        Slot(3 * relation + end)
    }

    /// Assignments, by the scope.
    #[inline]
    pub(super) fn held_on(&self) -> Slot {
        Slot(3 * self.relations)
    }

    /// Whether the facts of a list stand in it with what they say: those found by a later end of a relation, and assignments by scope.
    pub(super) fn is_told_in_list(&self, slot: Slot) -> bool {
        slot <= self.held_on()
    }

    /// Values of an attribute that are entities, by the value.
    #[inline]
    pub(super) fn valued(&self, attribute: AttributeId) -> Slot {
        Slot(3 * self.relations + 1 + attribute.0)
    }

    /// Memberships, by the member.
    #[inline]
    pub(super) fn memberships(&self) -> Slot {
        self.fixed(1)
    }

    /// Memberships, by the group.
    #[inline]
    pub(super) fn members(&self) -> Slot {
        self.fixed(2)
    }

    /// Assignments, by the holder.
    #[inline]
    pub(super) fn held_by(&self) -> Slot {
        self.fixed(3)
    }

    /// Values, by what they are of.
    #[inline]
    pub(super) fn values(&self) -> Slot {
        self.fixed(4)
    }

    /// At hand: the one group in which an entity is.
    #[inline]
    pub(super) fn lone_group(&self) -> Slot {
        self.fixed(5)
    }

    /// At hand: what an entity lies within, where one of several attributes says so.
    #[inline]
    pub(super) fn within(&self) -> Slot {
        self.fixed(6)
    }

    /// Whether the attribute is one of several that say what an entity lies within.
    pub(super) fn contains(&self, attribute: AttributeId) -> bool {
        self.containers.get(attribute.0 as usize).copied().unwrap_or(false)
    }

    /// Whether decisions mostly ask for it; what is asked for by searches, events and how-to alone stands apart.
    pub(super) fn is_near(&self, slot: Slot) -> bool {
        let by_value = slot > self.held_on() && slot < self.memberships();
        !by_value && slot != self.members() && slot != self.held_by()
    }

    #[inline]
    fn fixed(&self, number: u32) -> Slot {
        Slot(3 * self.relations + self.attributes + number)
    }

    /// At hand: what an attribute is told to be.
    #[inline]
    pub(super) fn told(&self, attribute: AttributeId) -> Slot {
        self.fixed(7 + attribute.0)
    }

    /// The kind of the attribute.
    #[inline]
    pub(super) fn kind(&self, attribute: AttributeId) -> KindId {
        self.at_hand[attribute.0 as usize].0
    }

    /// What is kept at hand for a value; nothing where the facts must be asked.
    pub(super) fn number(&self, attribute: AttributeId, value: Value) -> Option<u32> {
        match (self.at_hand.get(attribute.0 as usize), value) {
            (Some((_, Some(AtHand::Entity))), Value::Entity(ent)) => Some(ent.0),
            (Some((_, Some(AtHand::Text))), Value::Text(sym)) => Some(sym.0),
            _ => None,
        }
    }

    /// The value for which a number is kept at hand.
    #[inline]
    pub(super) fn value(&self, attribute: AttributeId, number: u32) -> Value {
        match self.at_hand[attribute.0 as usize].1 {
            Some(AtHand::Text) => Value::Text(Sym(number)),
            _ => Value::Entity(Ent(number)),
        }
    }

    /// Values of one attribute, by what they are of: for facts that are not in the order of what they say.
    pub(super) fn value_of(&self, attribute: AttributeId) -> Slot {
        self.fixed(7 + self.attributes + attribute.0)
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
