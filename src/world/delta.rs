//! The changes to a world since its base was made: added facts, and changed intervals and lives. A clone of a world shares the base and has
//! a delta of its own.
//!
//! Each change sets [`Mark`]s, and a read asks for the mark of what it reads before it asks the delta. So a read costs more only if a change
//! touched what it reads.

use super::added_entities::{AddedEntities, AddedEntity};
use super::ids::{EntityId, FactId};
use super::marks::{Mark, Marks};
use super::model::Statement;
use super::store::facts::GatheredFact;
use super::store::list_key::ListKey;
use super::store::postings::Added;
use super::store::provenance::StatedAt;
use crate::policy::{AttributeId, KindId};
use crate::text::Span;
use crate::time::Interval;
use rustc_hash::FxHashMap;
use smallvec::SmallVec;
use std::sync::Arc;

/// The changes to a base.
#[derive(Clone, Debug, Default)]
pub(crate) struct Delta {
    /// The added facts; their ids follow those of the base.
    added: Vec<GatheredFact>,
    /// The facts of the base whose intervals changed.
    changed: FxHashMap<FactId, ChangedInterval>,
    /// The added facts in each list of an entity, in order; empty if only facts of the base changed there. Values of an attribute are under
    /// [`KeyLayout::values_of`](super::store::list_key::KeyLayout::values_of).
    lists: FxHashMap<(ListKey, EntityId), ShortList>,
    /// The added facts that state the same, in order.
    stating: FxHashMap<Statement, ShortList>,
    /// Lives that changed, and those of new entities.
    lives: FxHashMap<EntityId, Interval>,
    /// New entities, and what else was added to the entity table. Clones share it until one of them changes it.
    entities: Arc<AddedEntities>,
    /// What of all this a read may be about.
    marks: Marks,
}

type ShortList = SmallVec<[Added; 2]>;

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
        self.added.is_empty() && self.changed.is_empty() && self.lives.is_empty() && self.entities.is_empty()
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

    /// The added facts in a list of an entity, in order.
    #[inline]
    pub(super) fn postings(&self, key: ListKey, ent: EntityId) -> &[Added] {
        if !self.touches_list(key, ent) {
            return &[];
        }
        self.lists.get(&(key, ent)).map_or(&[], |ids| ids)
    }

    /// The entities of which facts in one of these lists were added or changed, in any order.
    pub(super) fn entities_in_lists<'d>(&'d self, keys: &'d [ListKey]) -> impl Iterator<Item = EntityId> + 'd {
        self.lists.keys().filter(|(key, _)| keys.contains(key)).map(|&(_, ent)| ent)
    }

    /// The added facts that state this, in order.
    pub(super) fn stating(&self, statement: Statement) -> &[Added] {
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

    /// The facts of the base whose intervals changed, in any order.
    pub(super) fn changed_facts(&self) -> impl Iterator<Item = FactId> + '_ {
        self.changed.keys().copied()
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

    /// What was added to the entity table.
    #[inline]
    pub(super) fn entities(&self) -> &AddedEntities {
        &self.entities
    }

    /// Whether a set was given.
    #[inline]
    pub(super) fn gives_set(&self, ent: EntityId, attribute: AttributeId) -> bool {
        self.marks.has(|| Mark::entity(ent)) && self.entities.is_given(ent, attribute)
    }

    /// Adds an entity. `ent` must follow that of the entity that was added last.
    pub(super) fn add_entity(&mut self, ent: EntityId, entity: AddedEntity, life: Interval) {
        Arc::make_mut(&mut self.entities).add(ent, entity);
        self.set_life(ent, life);
    }

    /// Records that an entity of the base is declared.
    pub(super) fn declare(&mut self, ent: EntityId, place: Option<Span>, life: Interval) {
        Arc::make_mut(&mut self.entities).declare(ent, place);
        self.set_life(ent, life);
    }

    /// Records the key of an entity that was added or declared.
    pub(super) fn add_key(&mut self, kind: KindId, text: &str, ent: EntityId) {
        Arc::make_mut(&mut self.entities).add_key(kind, text, ent);
    }

    /// Records that a set is given.
    pub(super) fn give_set(&mut self, ent: EntityId, attribute: AttributeId) {
        Arc::make_mut(&mut self.entities).give(ent, attribute);
        self.mark(Mark::entity(ent));
    }

    /// Adds a fact to these lists, to each at an index, and at an index to the facts that state the same. Its id must follow that of the fact
    /// that was added last.
    pub(super) fn add(&mut self, id: Added, fact: GatheredFact, lists: &[(ListKey, EntityId, usize)], among_same: usize) {
        let statement = fact.fact.statement;
        self.added.push(fact);
        self.list(id, statement, lists, among_same);
    }

    /// Puts an added fact into these lists, to each at an index, and at an index to the facts that state the same.
    pub(super) fn list(&mut self, id: Added, statement: Statement, lists: &[(ListKey, EntityId, usize)], among_same: usize) {
        for &(key, ent, index) in lists {
            self.lists.entry((key, ent)).or_default().insert(index, id);
            self.mark(Mark::list(key, ent));
        }
        self.stating.entry(statement).or_default().insert(among_same, id);
        self.mark(Mark::statement(statement));
    }

    /// Takes an added fact out of its lists; false if it is not in them.
    pub(super) fn unlist(&mut self, id: FactId, statement: Statement, lists: &[(ListKey, EntityId)]) -> bool {
        let take = |ids: &mut ShortList| ids.iter().position(|added| added.id == id).map(|place| ids.remove(place)).is_some();
        let found = self.stating.get_mut(&statement).is_some_and(take);
        if found {
            lists.iter().for_each(|list| {
                self.lists.get_mut(list).map(take);
            });
        }
        found
    }

    /// Sets when an added fact holds, and maps the place where it is stated.
    pub(super) fn set_added(&mut self, index: usize, during: Interval, place: impl FnOnce(Option<StatedAt>) -> Option<StatedAt>) {
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
        self.mark(mark);
        lists.iter().for_each(|&(key, ent)| self.mark(Mark::list(key, ent)));
    }

    /// Sets when an entity lives.
    pub(super) fn set_life(&mut self, ent: EntityId, life: Interval) {
        self.lives.insert(ent, life);
        self.mark(Mark::entity(ent));
    }

    fn mark(&mut self, mark: Mark) {
        while !self.marks.set(mark) {
            let lists = self.lists.keys().map(|&(key, ent)| Mark::list(key, ent));
            let stated = self.stating.keys().map(|&statement| Mark::statement(statement));
            let changed = self.changed.iter().flat_map(|(&id, changed)| [Mark::fact(id), changed.mark]);
            let lives = self.lives.keys().map(|&ent| Mark::entity(ent));
            let given = self.entities.given().map(|(ent, _)| Mark::entity(ent));
            self.marks.grow(lists.chain(stated).chain(changed).chain(lives).chain(given));
        }
    }

    /// The lives that changed, and those of new entities, in any order.
    pub(super) fn lives(&self) -> impl Iterator<Item = (EntityId, Interval)> + '_ {
        self.lives.iter().map(|(&ent, &life)| (ent, life))
    }
}
