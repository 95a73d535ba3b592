//! Ids of the things in a world. Each is a number that only this room sees.
//!
//! An id belongs to the world that gave it, and to the clones of that world. An id of another world names some other thing or none:
//! nothing checks this, and reads with such an id give wrong data or panic.

use crate::policy::TextId;

/// An entity of a world. Ids are ordered by kind, then by the entity's id text, so that sorting by `EntityId` sorts by name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EntityId(pub(super) u32);

impl EntityId {
    /// No entity. It is in three places:
    ///
    /// * [`Statement::Relation`](super::Statement::Relation): an end that the relation does not have, always after those it has;
    /// * the bindings of an evaluator: a variable that is not bound;
    /// * the resource or subject of a question whose resource or subject is not known.
    ///
    /// It is greater than every other id. [`World::kind`](super::World::kind) of it is some kind, no matter which; all facts about it are
    /// absent.
    pub const NONE: EntityId = EntityId(u32::MAX);
}

/// A text that facts have as a value. The texts of the policy come first, under the numbers of their [`TextId`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Symbol(pub(super) u32);

impl Symbol {
    /// The symbol of a text of the policy: the same in every world of that policy.
    #[inline]
    pub(crate) fn of_policy(text: TextId) -> Symbol {
        Symbol(text.0)
    }
}

/// A fact of a world. Facts of the base are numbered in the order of what they state; those that were added since follow, in the order in
/// which they came. [`World::compact`](super::World::compact) renumbers all facts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FactId(pub(super) u32);
