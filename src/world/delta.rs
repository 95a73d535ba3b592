//! The changes to a world since its base was made: added facts, and changed intervals and lives. A clone of a world shares the base and has
//! a delta of its own.

use super::ids::{EntityId, FactId};
use super::store::facts::GatheredFact;
use super::store::list_key::ListKey;
use crate::text::Span;
use crate::time::Interval;
use rustc_hash::FxHashMap;

/// The changes to a base.
#[derive(Clone, Debug, Default)]
pub(crate) struct Delta {
    /// The added facts; their ids follow those of the base.
    added: Vec<GatheredFact>,
    /// The facts of the base whose intervals changed.
    changed: FxHashMap<FactId, ChangedInterval>,
    /// The added facts in each list of an entity; values of an attribute are under [`KeyLayout::added_values`](super::store::list_key::KeyLayout::added_values).
    postings: FxHashMap<(ListKey, EntityId), Vec<FactId>>,
    /// Lives that changed.
    lives: FxHashMap<EntityId, Interval>,
}

#[derive(Clone, Copy, Debug)]
struct ChangedInterval {
    during: Interval,
    /// Whether the end is assumed, so that no place states it.
    assumed: bool,
}

impl Delta {
    /// Whether no fact was added or changed.
    #[inline]
    pub(super) fn has_no_facts(&self) -> bool {
        self.added.is_empty() && self.changed.is_empty()
    }

    /// Whether nothing changed.
    pub(super) fn is_empty(&self) -> bool {
        self.has_no_facts() && self.lives.is_empty()
    }

    /// How many facts were added.
    pub(super) fn added_count(&self) -> usize {
        self.added.len()
    }

    /// An added fact, by its index among those added.
    #[inline]
    pub(super) fn added(&self, index: usize) -> &GatheredFact {
        &self.added[index]
    }

    /// The added facts in a list of an entity, in the order in which they were added.
    #[inline]
    pub(super) fn postings(&self, key: ListKey, ent: EntityId) -> &[FactId] {
        if self.postings.is_empty() {
            return &[];
        }
        self.postings.get(&(key, ent)).map_or(&[], |ids| ids)
    }

    /// When a fact of the base holds now, if that changed.
    #[inline]
    pub(super) fn interval(&self, id: FactId) -> Option<Interval> {
        self.changed.get(&id).map(|changed| changed.during)
    }

    /// Whether a fact of the base is assumed to end.
    pub(super) fn is_assumed_to_end(&self, id: FactId) -> bool {
        self.changed.get(&id).is_some_and(|changed| changed.assumed)
    }

    /// When an entity lives now, if that changed.
    #[inline]
    pub(super) fn life(&self, ent: EntityId) -> Option<Interval> {
        if self.lives.is_empty() { None } else { self.lives.get(&ent).copied() }
    }

    /// Adds a fact to these lists. `id` must follow that of the fact that was added last.
    pub(super) fn add(&mut self, id: FactId, fact: GatheredFact, lists: impl IntoIterator<Item = (ListKey, EntityId)>) {
        for list in lists {
            self.postings.entry(list).or_default().push(id);
        }
        self.added.push(fact);
    }

    /// Sets when an added fact holds, and maps the place where it is stated.
    pub(super) fn set_added(&mut self, index: usize, during: Interval, place: impl FnOnce(Option<Span>) -> Option<Span>) {
        let added = &mut self.added[index];
        added.fact.during = during;
        added.place = place(added.place);
    }

    /// Sets when a fact of the base holds.
    pub(super) fn set_changed(&mut self, id: FactId, during: Interval, assumed: bool) {
        self.changed.insert(id, ChangedInterval { during, assumed });
    }

    /// Sets when an entity lives.
    pub(super) fn set_life(&mut self, ent: EntityId, life: Interval) {
        self.lives.insert(ent, life);
    }

    /// The lives that changed.
    pub(super) fn into_lives(self) -> impl ExactSizeIterator<Item = (EntityId, Interval)> {
        self.lives.into_iter()
    }
}
