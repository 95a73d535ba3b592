//! Changes to a world: each goes into its delta, until [`World::compact`] makes a new base of both.

use super::ids::{EntityId, FactId};
use super::model::{Fact, Statement};
use super::store::column::id_of;
use super::store::facts::GatheredFact;
use super::store::list_key::ListKey;
use super::store::postings::Added;
use super::store::provenance::StatedAt;
use super::world::World;
use crate::policy::AttributeId;
use crate::text::{Sources, Span};
use crate::time::{Instant, Interval};
use smallvec::SmallVec;
use std::sync::Arc;

/// The lists of a fact, each with the index of the fact in it.
type ListPlaces = SmallVec<[(ListKey, EntityId, usize); 4]>;

impl World {
    /// Adds a fact, stated at `place`, or assumed if that is `None`. If a fact with this statement and interval exists already, returns its
    /// id and changes nothing.
    pub fn add(&mut self, fact: Fact, place: Option<Span>) -> FactId {
        let twin = self.facts_stating(fact.statement).find(|&id| self.fact(id).during == fact.during);
        twin.unwrap_or_else(|| self.push(GatheredFact { fact, place: place.map(StatedAt::Span) }))
    }

    fn push(&mut self, gathered: GatheredFact) -> FactId {
        let statement = gathered.fact.statement;
        let (added, lists, among_same) = self.placed(FactId(id_of(self.count())), gathered.fact);
        self.delta.add(added, gathered, &lists, among_same);
        if let Statement::Member { member, group } = statement
            && self.open.touches_group(member)
            && !self.open.touches_group(group)
        {
            self.touch_groups_above(member);
        }
        added.id
    }

    /// Where an added fact belongs: its lists, and the index in each; and its index among the added facts that state the same.
    fn placed(&self, id: FactId, fact: Fact) -> (Added, ListPlaces, usize) {
        let added = Added { before: self.fact_after(fact), id };
        let place = |list: &[Added]| list.partition_point(|other| self.is_before(*other, added.before, fact));
        let lists = self.layout.of_added(fact.statement).into_iter();
        let lists = lists.map(|(key, ent)| (key, ent, place(self.delta.postings(key, ent)))).collect();
        (added, lists, place(self.delta.stating(fact.statement)))
    }

    /// Whether an added fact is before another one, which is before this fact of the base.
    fn is_before(&self, one: Added, before: FactId, fact: Fact) -> bool {
        one.before < before || one.before == before && self.compare_facts(self.fact(one.id), fact).is_lt()
    }

    /// Sets when a fact holds; with an empty interval it holds at no time.
    pub fn set_during(&mut self, id: FactId, during: Interval) {
        self.change(id, during, false);
    }

    /// Assumes that a fact ends at `at`. From then on the fact has no place.
    pub fn assume_end(&mut self, id: FactId, at: Instant) {
        let during = Interval { until: at, ..self.fact(id).during };
        self.change(id, during, true);
    }

    fn change(&mut self, id: FactId, during: Interval, assumed: bool) {
        if let Some(index) = self.added_index(id) {
            self.delta.set_added(index, during, |place| place.filter(|_| !assumed));
            return;
        }
        let statement = self.store.fact(id.0).statement;
        let lists = self.layout.of_added(statement);
        self.delta.set_changed(id, statement, (during, assumed), &lists);
    }

    /// Takes a fact that was added out of all lists, so that only its id finds it, and reads get no slower by it; false if it is not in them.
    /// For a world of which only the present is read, facts that have ended.
    pub(crate) fn unlist(&mut self, id: FactId) -> bool {
        let Some(index) = self.added_index(id) else { return false };
        let statement = self.delta.added(index).fact.statement;
        let lists = self.layout.of_added(statement);
        self.delta.unlist(id, statement, &lists)
    }

    /// Reverts [`World::unlist`], once.
    pub(crate) fn list_again(&mut self, id: FactId) {
        let Some(index) = self.added_index(id) else { return };
        let fact = self.delta.added(index).fact;
        let (added, lists, among_same) = self.placed(id, fact);
        self.delta.list(added, fact.statement, &lists, among_same);
    }

    /// Sets when an entity lives; its facts stay as they are.
    pub fn set_life(&mut self, ent: EntityId, life: Interval) {
        self.some_end |= life.until != Instant::MAX;
        self.delta.set_life(ent, life);
    }

    /// Records that the set of an attribute is given: by the line of its entity, or by the event that creates it.
    pub fn give_set(&mut self, ent: EntityId, attribute: AttributeId) {
        if !self.sets.is_given(ent, attribute) {
            self.delta.give_set(ent, attribute);
        }
    }

    /// Drops the texts of the world's files, once no diagnostic needs them. The lines of facts and entities are kept. `kept` has the policy's
    /// files, which become the sources of the world.
    pub(crate) fn drop_sources(&mut self, kept: &Sources) {
        if !self.denials.is_empty() {
            Arc::make_mut(&mut self.denials).drop_spans();
        }
        let entities = Arc::make_mut(&mut self.entities);
        entities.lines = Arc::make_mut(&mut self.store).places.drop_sources(&self.sources, &entities.spans).into();
        entities.spans = Vec::new();
        self.lines_before = Arc::default();
        self.sources = kept.clone();
    }
}
