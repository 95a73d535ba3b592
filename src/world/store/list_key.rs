//! What is kept for an entity: the sorts of lists of the facts that speak of it, and what it is told to be, at hand.

use crate::policy::{Attribute, AttributeId, KindId, Policy, ValueType};
use crate::world::ids::{EntityId, Symbol};
use crate::world::model::{Statement, Value};
use smallvec::SmallVec;

/// Something that is kept for an entity: where a list starts, or what is at hand.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct ListKey(pub(crate) u32);

/// What a policy's facts need.
#[derive(Clone, Debug, Default)]
pub(crate) struct KeyLayout {
    relations: u32,
    attributes: u32,
    /// By attribute: whether it is one of several that say what an entity lies within.
    containers: Vec<bool>,
    /// By attribute: of which kind it is, and whether its one value is kept at hand, and how that is to be read.
    at_hand: Vec<(KindId, Option<CellType>)>,
}

/// What a number kept at hand is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum CellType {
    Entity,
    Text,
}

impl KeyLayout {
    pub(crate) fn of_policy(policy: &Policy) -> KeyLayout {
        let count = |of: usize| u32::try_from(of).expect("fewer than four billion");
        let at_hand = policy.attributes.values().map(|attribute| match &attribute.value {
            _ if attribute.many || attribute.member_of => (attribute.kind, None),
            ValueType::Entity(_) => (attribute.kind, Some(CellType::Entity)),
            ValueType::Text | ValueType::OneOf(_) => (attribute.kind, Some(CellType::Text)),
            ValueType::Number | ValueType::Date => (attribute.kind, None),
        });
        let several = |attribute: &Attribute| policy.kinds[attribute.kind].within.len() > 1;
        let containers = policy.attributes.values().map(|attribute| attribute.container && several(attribute)).collect();
        KeyLayout {
            containers,
            relations: count(policy.relations.len()),
            attributes: count(policy.attributes.len()),
            at_hand: at_hand.collect(),
        }
    }

    /// How many there are.
    pub(crate) fn count(&self) -> usize {
        (3 * self.relations + 2 * self.attributes + 7) as usize
    }

    /// Facts of a relation, by an end.
    #[inline]
    pub(crate) fn end(relation: u32, end: u32) -> ListKey {
        ListKey(3 * relation + end)
    }

    /// Assignments, by the scope.
    #[inline]
    pub(crate) fn assignments_over(&self) -> ListKey {
        ListKey(3 * self.relations)
    }

    /// Whether the facts of a list stand in it with what they say: those found by a later end of a relation, and assignments by scope.
    pub(crate) fn is_told_in_list(&self, key: ListKey) -> bool {
        key <= self.assignments_over()
    }

    /// Values of an attribute that are entities, by the value.
    #[inline]
    pub(crate) fn entities_with_value(&self, attribute: AttributeId) -> ListKey {
        ListKey(3 * self.relations + 1 + attribute.0)
    }

    /// Memberships, by the member.
    #[inline]
    pub(crate) fn memberships(&self) -> ListKey {
        self.fixed(1)
    }

    /// Memberships, by the group.
    #[inline]
    pub(crate) fn members(&self) -> ListKey {
        self.fixed(2)
    }

    /// Assignments, by the holder.
    #[inline]
    pub(crate) fn assignments_of(&self) -> ListKey {
        self.fixed(3)
    }

    /// Values, by what they are of.
    #[inline]
    pub(crate) fn values(&self) -> ListKey {
        self.fixed(4)
    }

    /// At hand: the one group in which an entity is.
    #[inline]
    pub(crate) fn single_group(&self) -> ListKey {
        self.fixed(5)
    }

    /// At hand: what an entity lies within, where one of several attributes says so.
    #[inline]
    pub(crate) fn within(&self) -> ListKey {
        self.fixed(6)
    }

    /// Whether the attribute is one of several that say what an entity lies within.
    pub(crate) fn contains(&self, attribute: AttributeId) -> bool {
        self.containers.get(attribute.0 as usize).copied().unwrap_or(false)
    }

    /// Whether decisions mostly ask for it; what is asked for by searches, events and how-to alone stands apart.
    pub(crate) fn is_near(&self, key: ListKey) -> bool {
        let by_value = key > self.assignments_over() && key < self.memberships();
        !by_value && key != self.members() && key != self.assignments_of()
    }

    #[inline]
    fn fixed(&self, number: u32) -> ListKey {
        ListKey(3 * self.relations + self.attributes + number)
    }

    /// At hand: what an attribute is told to be.
    #[inline]
    pub(crate) fn find_holding(&self, attribute: AttributeId) -> ListKey {
        self.fixed(7 + attribute.0)
    }

    /// The kind of the attribute.
    #[inline]
    pub(crate) fn kind(&self, attribute: AttributeId) -> KindId {
        self.at_hand[attribute.0 as usize].0
    }

    /// What is kept at hand for a value; nothing where the facts must be asked.
    pub(crate) fn number(&self, attribute: AttributeId, value: Value) -> Option<u32> {
        match (self.at_hand.get(attribute.0 as usize), value) {
            (Some((_, Some(CellType::Entity))), Value::Entity(ent)) => Some(ent.0),
            (Some((_, Some(CellType::Text))), Value::Text(sym)) => Some(sym.0),
            _ => None,
        }
    }

    /// The value for which a number is kept at hand.
    #[inline]
    pub(crate) fn value(&self, attribute: AttributeId, number: u32) -> Value {
        match self.at_hand[attribute.0 as usize].1 {
            Some(CellType::Text) => Value::Text(Symbol(number)),
            _ => Value::Entity(EntityId(number)),
        }
    }

    /// Values of one attribute, by what they are of: for facts that are not in the order of what they say.
    pub(crate) fn value_of(&self, attribute: AttributeId) -> ListKey {
        self.fixed(7 + self.attributes + attribute.0)
    }

    /// The list of the entity that comes first in a fact.
    #[inline]
    pub(crate) fn first(&self, statement: Statement) -> (ListKey, EntityId) {
        match statement {
            Statement::Relation(relation, ends) => (KeyLayout::end(relation.0, 0), ends[0]),
            Statement::Holds { holder, .. } => (self.assignments_of(), holder),
            Statement::Member { member, .. } => (self.memberships(), member),
            Statement::Value { entity, .. } => (self.values(), entity),
        }
    }

    /// The lists in which a fact stands: first that of the entity which comes first in it.
    pub(crate) fn of(&self, statement: Statement) -> SmallVec<[(ListKey, EntityId); 3]> {
        let mut found = SmallVec::new();
        match statement {
            Statement::Relation(relation, ends) => {
                let given = ends.iter().take_while(|&&end| end != EntityId::NONE);
                found.extend(given.zip(0..).map(|(&end, at)| (KeyLayout::end(relation.0, at), end)));
            }
            Statement::Holds { holder, scope, .. } => found.extend([(self.assignments_of(), holder), (self.assignments_over(), scope)]),
            Statement::Member { member, group } => found.extend([(self.memberships(), member), (self.members(), group)]),
            Statement::Value { entity, attribute, value } => {
                found.push((self.values(), entity));
                if let Value::Entity(target) = value {
                    found.push((self.entities_with_value(attribute), target));
                }
            }
        }
        found
    }
}
