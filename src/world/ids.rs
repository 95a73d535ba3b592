//! Ids of the things in a world. Each is a number that only this room sees.
//!
//! An id is valid in the world that made it and in the clones of that world. In another world it may be the id of another thing or of none.
//! No read checks this: with such an id it returns wrong data or panics.

use crate::policy::TextId;

/// An entity of a world. Ids are ordered by kind, then by the entity's id text, so that sorting by `EntityId` sorts by name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EntityId(pub(super) u32);

impl EntityId {
    /// No entity. It is used in three places:
    ///
    /// * [`Statement::Relation`](super::Statement::Relation): an end that the relation does not have, always after those it has;
    /// * the bindings of an evaluator: a variable that is not bound;
    /// * the resource or subject of a question whose resource or subject is not known.
    ///
    /// It is greater than every other id. [`World::kind`](super::World::kind) returns an arbitrary kind for it, and it has no facts.
    pub const NONE: EntityId = EntityId(u32::MAX);

    /// Its place among the entities of its world. One that the world does not name has a large one.
    pub(crate) fn index(self) -> usize {
        self.0 as usize
    }
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

/// A fact of a world. Facts of the base are numbered in the order of their statements; those that were added since follow, in the order in
/// which they were added. [`World::compact`](super::World::compact) renumbers all facts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FactId(pub(super) u32);
