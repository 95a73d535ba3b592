//! Facts of a world that is not known: each is one variable.

use crate::policy::{AttributeId, RelationId, RoleId, TextId};
use crate::time::Instant;

/// The index of an entity in its [`World`](super::World).
pub type EntityIndex = usize;

/// A value of an attribute or term.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Value {
    /// An entity, or a role.
    Entity(EntityIndex),
    /// A text that the policy names.
    Text(TextId),
    /// A text that it does not name.
    OtherText(usize),
    /// A whole number.
    Number(i64),
    /// A date or time.
    Date(Instant),
}

impl Value {
    /// The entity, if it is one.
    pub fn entity(self) -> Option<EntityIndex> {
        if let Value::Entity(entity) = self { Some(entity) } else { None }
    }
}

/// What a world may state.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Fact {
    /// The attribute has the value, or the value among others.
    Value(EntityIndex, AttributeId, Value),
    /// The set is given on the line of the entity, so that it has no members but those that are stated.
    Given(EntityIndex, AttributeId),
    /// The attribute does not have this value.
    NotValue(EntityIndex, AttributeId, Value),
    /// The attribute has no value.
    NoValue(EntityIndex, AttributeId),
    /// The first is in the second, which is a group.
    Member(EntityIndex, EntityIndex),
    /// The relation holds; ends beyond its own are 0.
    Relation(RelationId, [EntityIndex; 3]),
    /// It held before.
    PastRelation(RelationId, [EntityIndex; 3]),
    /// The first has the role over the second.
    Holds(EntityIndex, RoleId, EntityIndex),
    /// It had the role before.
    PastHolds(EntityIndex, RoleId, EntityIndex),
}
