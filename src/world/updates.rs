//! Changes to a world: each goes into its delta, until [`World::compact`] makes a new base of both.

use super::ids::{EntityId, FactId};
use super::model::Fact;
use super::store::column::id_of;
use super::store::facts::{FactStore, GatheredFact};
use super::store::row_index::KindRanges;
use super::world::World;
use crate::policy::{AttributeId, KindId};
use crate::text::{Sources, Span};
use crate::time::{Instant, Interval};
use std::sync::Arc;

impl World {
    /// Adds a fact, stated at `place`, or assumed if that is `None`. If a fact with this statement and interval exists already, returns its
    /// id and changes nothing.
    pub fn add(&mut self, fact: Fact, place: Option<Span>) -> FactId {
        let twin = self.facts_stating(fact.statement).find(|&id| self.fact(id).during == fact.during);
        twin.unwrap_or_else(|| self.push(GatheredFact { fact, place }))
    }

    fn push(&mut self, gathered: GatheredFact) -> FactId {
        let id = FactId(id_of(self.count()));
        let lists = self.layout.of_added(gathered.fact.statement);
        self.delta.add(id, gathered, &lists);
        id
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

    /// Sets when an entity lives; its facts stay as they are.
    pub fn set_life(&mut self, ent: EntityId, life: Interval) {
        self.delta.set_life(ent, life);
    }

    /// Records that the set of an attribute is given: by the line of its entity, or by the event that creates it.
    pub fn give_set(&mut self, ent: EntityId, attribute: AttributeId) {
        if !self.sets.is_given(ent, attribute) {
            Arc::make_mut(&mut self.sets).give(ent, attribute);
        }
    }

    /// Makes a new base of base and delta: facts are sorted by their statements, those with the same statement and interval are joined, and
    /// those with an empty interval are dropped. Ids of facts change.
    pub fn compact(&mut self) {
        if self.delta.is_empty() {
            return;
        }
        let mut facts: Vec<GatheredFact> = Vec::with_capacity(self.count());
        for (id, fact) in self.facts() {
            let before = facts.len();
            facts.extend(self.spans(id).map(|span| GatheredFact { fact, place: Some(span) }));
            if facts.len() == before {
                facts.push(GatheredFact { fact, place: None });
            }
        }
        let lives = std::mem::take(&mut self.delta).into_lives();
        if lives.len() > 0 {
            Arc::make_mut(&mut self.entities).set_lives(lives);
        }
        self.replace_facts(facts);
    }

    /// Replaces the base by one of these facts, given in any order.
    pub(crate) fn replace_facts(&mut self, facts: Vec<GatheredFact>) {
        let kinds: Vec<KindId> = self.ents().map(|ent| self.kind(ent)).collect();
        // The old base is dropped first, so that both are never in memory together.
        self.store = Arc::default();
        let store = FactStore::of(facts, &self.layout, &KindRanges { of_kind: self.entities.of_kind(), kinds: &kinds });
        self.set_store(store);
    }

    /// Drops the texts of the world's files, once no diagnostic needs them. The lines of facts and entities are kept. `kept` has the policy's
    /// files, which become the sources of the world.
    pub(crate) fn drop_sources(&mut self, kept: &Sources) {
        let entities = Arc::make_mut(&mut self.entities);
        entities.lines = Arc::make_mut(&mut self.store).places.drop_sources(&self.sources, &entities.spans).into();
        entities.spans = Vec::new();
        self.sources = kept.clone();
    }
}
