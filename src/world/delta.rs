//! The changes to a world since its base was made: added facts, and changed intervals and lives. A clone of a world shares the base and has
//! a delta of its own.
//!
//! Each change sets [`Mark`]s, and a read asks for the mark of what it reads before it asks the delta. So a read costs more only if a change
//! touched what it reads.

use super::ids::{EntityId, FactId};
use super::marks::{Mark, Marks};
use super::store::facts::GatheredFact;
use super::store::list_key::ListKey;
use crate::text::Span;
use crate::time::Interval;
use crate::world::model::Statement;
use rustc_hash::FxHashMap;
use smallvec::SmallVec;

/// The changes to a base.
#[derive(Clone, Debug, Default)]
pub(crate) struct Delta {
    /// The added facts; their ids follow those of the base.
    added: Vec<GatheredFact>,
    /// The facts of the base whose intervals changed.
    changed: FxHashMap<FactId, ChangedInterval>,
    /// The added facts in each list of an entity; empty if only facts of the base changed there. Values of an attribute are under
    /// [`KeyLayout::values_of`](super::store::list_key::KeyLayout::values_of).
    lists: FxHashMap<(ListKey, EntityId), ShortList>,
    /// The added facts that state the same.
    stating: FxHashMap<Statement, ShortList>,
    /// Lives that changed.
    lives: FxHashMap<EntityId, Interval>,
    /// What of all this a read may be about.
    marks: Marks,
}

type ShortList = SmallVec<[FactId; 2]>;

#[derive(Clone, Copy, Debug)]
struct ChangedInterval {
    during: Interval,
    /// Whether the end is assumed, so that no place states it.
    assumed: bool,
    /// The mark of what the fact states.
    mark: Mark,
}

impl Delta {
    /// Whether nothing changed.
    pub(super) fn is_empty(&self) -> bool {
        self.added.is_empty() && self.changed.is_empty() && self.lives.is_empty()
    }

    /// Whether facts in this list of the entity may have been added or changed.
    #[inline]
    pub(super) fn touches_list(&self, key: ListKey, ent: EntityId) -> bool {
        self.marks.has(|| Mark::list(key, ent))
    }

    /// Whether facts that state this may have been added or changed.
    #[inline]
    pub(super) fn touches_statement(&self, statement: Statement) -> bool {
        self.marks.has(|| Mark::statement(statement))
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
        if !self.touches_list(key, ent) {
            return &[];
        }
        self.lists.get(&(key, ent)).map_or(&[], |ids| ids)
    }

    /// The added facts that state this, in the order in which they were added.
    pub(super) fn stating(&self, statement: Statement) -> &[FactId] {
        self.stating.get(&statement).map_or(&[], |ids| ids)
    }

    /// When a fact of the base holds now, if that changed.
    #[inline]
    pub(super) fn interval(&self, id: FactId) -> Option<Interval> {
        if !self.marks.has(|| Mark::fact(id)) {
            return None;
        }
        self.changed.get(&id).map(|changed| changed.during)
    }

    /// Whether a fact of the base is assumed to end.
    pub(super) fn is_assumed_to_end(&self, id: FactId) -> bool {
        self.changed.get(&id).is_some_and(|changed| changed.assumed)
    }

    /// When an entity lives now, if that changed.
    #[inline]
    pub(super) fn life(&self, ent: EntityId) -> Option<Interval> {
        if !self.marks.has(|| Mark::entity(ent)) {
            return None;
        }
        self.lives.get(&ent).copied()
    }

    /// Adds a fact to these lists. `id` must follow that of the fact that was added last.
    pub(super) fn add(&mut self, id: FactId, fact: GatheredFact, lists: &[(ListKey, EntityId)]) {
        let statement = fact.fact.statement;
        for &list in lists {
            self.lists.entry(list).or_default().push(id);
        }
        self.stating.entry(statement).or_default().push(id);
        self.added.push(fact);
        self.mark_fact(Mark::statement(statement), lists);
    }

    /// Sets when an added fact holds, and maps the place where it is stated.
    pub(super) fn set_added(&mut self, index: usize, during: Interval, place: impl FnOnce(Option<Span>) -> Option<Span>) {
        let added = &mut self.added[index];
        added.fact.during = during;
        added.place = place(added.place);
    }

    /// Sets when a fact of the base holds, which states this and is in these lists.
    pub(super) fn set_changed(&mut self, id: FactId, statement: Statement, now: (Interval, bool), lists: &[(ListKey, EntityId)]) {
        for &list in lists {
            self.lists.entry(list).or_default();
        }
        let (during, assumed) = now;
        let mark = Mark::statement(statement);
        self.changed.insert(id, ChangedInterval { during, assumed, mark });
        self.mark(Mark::fact(id));
        self.mark_fact(mark, lists);
    }

    /// Sets when an entity lives.
    pub(super) fn set_life(&mut self, ent: EntityId, life: Interval) {
        self.lives.insert(ent, life);
        self.mark(Mark::entity(ent));
    }

    fn mark_fact(&mut self, statement: Mark, lists: &[(ListKey, EntityId)]) {
        self.mark(statement);
        lists.iter().for_each(|&(key, ent)| self.mark(Mark::list(key, ent)));
    }

    fn mark(&mut self, mark: Mark) {
        while !self.marks.set(mark) {
            let lists = self.lists.keys().map(|&(key, ent)| Mark::list(key, ent));
            let stated = self.stating.keys().map(|&statement| Mark::statement(statement));
            let changed = self.changed.iter().flat_map(|(&id, changed)| [Mark::fact(id), changed.mark]);
            let lives = self.lives.keys().map(|&ent| Mark::entity(ent));
            self.marks.grow(lists.chain(stated).chain(changed).chain(lives));
        }
    }

    /// The lives that changed.
    pub(super) fn into_lives(self) -> impl ExactSizeIterator<Item = (EntityId, Interval)> {
        self.lives.into_iter()
    }
}
