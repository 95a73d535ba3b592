//! Compacting: base and delta become a new base.

use super::delta::Delta;
use super::ids::{EntityId, Symbol};
use super::store::column::id_of;
use super::store::entities::{EntityRecord, EntityTable};
use super::store::facts::{FactStore, GatheredFact};
use super::store::key_table::KeyTable;
use super::store::provenance::{LineNumbers, StatedAt};
use super::store::row_index::KindRanges;
use super::world::World;
use crate::policy::{Id, KindId};
use std::sync::Arc;

/// The ids of entities after [`World::compact`], by those before it.
#[derive(Clone, Debug, Default)]
pub struct Renumbering {
    /// By the old id; empty if all ids are as they were.
    entities: Vec<EntityId>,
}

impl Renumbering {
    /// The id that an entity has now.
    pub fn entity(&self, old: EntityId) -> EntityId {
        self.entities.get(old.0 as usize).copied().unwrap_or(old)
    }

    /// Whether all entities have the ids that they had.
    pub fn is_identity(&self) -> bool {
        self.entities.is_empty()
    }
}

impl World {
    /// Makes a new base of base and delta: facts are sorted by their statements, those with the same statement and interval are joined, and
    /// those with an empty interval are dropped. Takes as long as loading a world of as many facts, without the parsing.
    ///
    /// Ids of facts and symbols of texts change. Ids of entities change if entities were added; what is returned has the new ones.
    pub fn compact(&mut self) -> Renumbering {
        if self.delta.is_empty() {
            return Renumbering::default();
        }
        let mut lines = self.store.places.line_numbers(&self.entities.lines);
        let mut facts = self.all_facts(&mut lines);
        let renumbering = self.compact_entities(&mut lines);
        let symbols = self.texts.compact();
        let entity = |old: EntityId| renumbering.entity(old);
        let symbol = |old: Symbol| symbols.get(old.0 as usize).copied().unwrap_or(old);
        for gathered in &mut facts {
            gathered.fact.statement.renumber(&entity, &symbol);
        }
        self.open = Arc::new(self.open.renumbered(&entity, &symbol));
        self.denials = Arc::new(self.denials.renumbered(&entity, &symbol));
        self.delta = Delta::default();
        self.set_facts(facts, lines);
        renumbering
    }

    /// The same world, with its entities, their index, its facts and their index made once more of what they say. Without a delta and without
    /// spans alone.
    pub(super) fn rebuilt(&self) -> World {
        let mut world = self.clone();
        world.archive = None;
        let kinds = self.entities.of_kind().len();
        let records = self.ents().map(|ent| {
            let entity = self.entity(ent);
            EntityRecord { kind: entity.kind, id: entity.id.into(), life: entity.life, declared: entity.declared, place: None }
        });
        let mut entities = EntityTable::of(records.collect(), kinds);
        (entities.spans, entities.lines) = (Vec::new(), self.entities.lines.clone());
        let mut lines = self.store.places.line_numbers(&self.entities.lines);
        let facts = self.all_facts(&mut lines);
        world.entities = Arc::new(entities);
        world.keys = Arc::new(KeyTable::of(self.renumbered_keys(|ent| ent)));
        world.set_facts(facts, lines);
        world
    }

    /// The facts of base and delta, except those that hold at no time: once for each place where they are stated.
    fn all_facts(&self, lines: &mut Option<LineNumbers>) -> Vec<GatheredFact> {
        let mut facts: Vec<GatheredFact> = Vec::with_capacity(self.count());
        for (id, fact) in self.facts().filter(|(_, fact)| !fact.during.is_empty()) {
            let before = facts.len();
            if self.is_stated_in_base(id) {
                facts.extend(self.store.places.stated_at(id.0).map(|place| GatheredFact { fact, place: Some(place) }));
            }
            if facts.len() == before {
                let place = self.added_place(id).map(|span| match lines {
                    Some(lines) => StatedAt::Line(lines.number(&self.sources, span)),
                    None => StatedAt::Span(span),
                });
                facts.push(GatheredFact { fact, place });
            }
        }
        facts
    }

    /// Puts what the delta has of entities into the table.
    fn compact_entities(&mut self, lines: &mut Option<LineNumbers>) -> Renumbering {
        let added = self.delta.entities();
        let given: Vec<_> = added.given().collect();
        if added.count() == 0 && !added.declares() {
            if self.delta.lives().next().is_some() {
                Arc::make_mut(&mut self.entities).set_lives(self.delta.lives());
            }
            given.into_iter().for_each(|(ent, attribute)| Arc::make_mut(&mut self.sets).give(ent, attribute));
            return Renumbering::default();
        }
        let kinds = self.entities.of_kind().len();
        let mut records = Vec::with_capacity(self.ents().len());
        let mut line_of = Vec::new();
        let mut renumbered = vec![EntityId::NONE; self.ents().len()];
        for ent in (0..kinds).map(KindId::from_index).flat_map(|kind| self.of_kind(kind)) {
            renumbered[ent.0 as usize] = EntityId(id_of(records.len()));
            let (entity, place) = (self.entity(ent), self.declared_at(ent));
            if let Some(lines) = lines {
                let line = place.map_or_else(|| self.entities.lines.get(ent.0 as usize), |span| lines.number(&self.sources, span));
                line_of.push(line);
            }
            let place = place.filter(|_| lines.is_none());
            records.push(EntityRecord { kind: entity.kind, id: entity.id.into(), life: entity.life, declared: entity.declared, place });
        }
        let mut entities = EntityTable::of(records, kinds);
        if lines.is_some() {
            (entities.spans, entities.lines) = (Vec::new(), line_of.into());
        }
        let renumbering = Renumbering { entities: renumbered };
        let mut sets = self.sets.emptied(|attribute| entities.of_kind()[self.layout.kind(attribute).index()].clone());
        self.sets.given().chain(given).for_each(|(ent, attribute)| sets.give(renumbering.entity(ent), attribute));
        self.sets = Arc::new(sets);
        self.keys = Arc::new(KeyTable::of(self.renumbered_keys(|ent| renumbering.entity(ent))));
        self.literals.iter_mut().for_each(|literal| *literal = renumbering.entity(*literal));
        Arc::make_mut(&mut self.roles).iter_mut().for_each(|role| *role = renumbering.entity(*role));
        self.entities = Arc::new(entities);
        renumbering
    }

    /// Makes the base of these facts, given in any order, each stated on one of `lines`, or at a span if there are none.
    pub(super) fn set_facts(&mut self, facts: Vec<GatheredFact>, lines: Option<LineNumbers>) {
        let kinds: Vec<KindId> = self.ents().map(|ent| self.kind(ent)).collect();
        // The old base is dropped first, so that both are never in memory together.
        self.store = Arc::default();
        let store = FactStore::of(facts, lines, &self.layout, &KindRanges { of_kind: self.entities.of_kind(), kinds: &kinds });
        self.set_store(store);
    }
}
