//! The store: entities by name, facts by what they speak of.

use super::ids::{EntityId, FactId, Symbol};
use super::model::{ClosedWorld, Entity, Fact, Statement};
use super::packed::container::Archive;
use super::store::column::id_of;
use super::store::entities::{EntityRecord, EntityTable};
use super::store::facts::{FactStore, GatheredFact, KindRanges};
use super::store::given_sets::GivenSets;
use super::store::interner::Interner;
use super::store::list_key::{KeyLayout, ListKey};
use super::store::row_index::{Cell, Location};
use crate::policy::{AttributeId, Id, KindId, LiteralId, Policy, RelationId, RoleId};
use crate::text::{Place, Sources, Span};
use crate::time::Instant;
use crate::time::Interval;
use rustc_hash::FxHashMap;
use std::sync::Arc;

/// Facts about entities, each for a time. Made by the loader; it can be asked, and grows and shrinks by single facts, at a cost that does
/// not grow with it. A clone shares all that was settled: it is an overlay, in which facts can be assumed and lifted.
#[derive(Clone, Debug, Default)]
pub struct World {
    /// The policy's files, then those to which spans of facts point.
    pub sources: Sources,
    pub(crate) entities: Arc<EntityTable>,
    pub(crate) texts: Interner,
    pub(crate) literals: Vec<EntityId>,
    pub(crate) store: Arc<FactStore>,
    pub(crate) since: Delta,
    pub(crate) silence: Vec<ClosedWorld>,
    pub(crate) closed_relations: Vec<bool>,
    pub(crate) closed_roles: Vec<bool>,
    pub(crate) closed_attributes: Vec<bool>,
    pub(crate) sets: Arc<GivenSets>,
    pub(crate) containers: Arc<Vec<Vec<AttributeId>>>,
    pub(crate) cells: Arc<Cells>,
    pub(crate) layout: Arc<KeyLayout>,
    /// The packed world from which it was opened.
    pub(crate) archive: Option<Arc<Archive>>,
}

/// Where in the rows what is at hand stands; nowhere where the facts must be asked.
#[derive(Clone, Debug, Default)]
pub(crate) struct Cells {
    /// By attribute.
    pub(crate) values: Vec<Cell>,
    /// By kind: the one group of an entity.
    pub(crate) groups: Vec<Cell>,
    /// By kind: what an entity lies within; nothing for kinds that lie within none.
    pub(crate) within: Vec<Option<Cell>>,
    /// By kind: some place in the near rows.
    pub(crate) rows: Vec<Cell>,
}

/// What changed since the facts were settled.
#[derive(Clone, Debug, Default)]
pub(crate) struct Delta {
    /// Facts added; their ids follow those of the settled.
    added: Vec<GatheredFact>,
    /// When settled facts hold now.
    changed: FxHashMap<FactId, Changed>,
    /// The facts added, by each of the lists in which they belong; values by what they are of and the attribute.
    pub(crate) index: FxHashMap<(ListKey, EntityId), Vec<FactId>>,
    /// When entities live now.
    lives: FxHashMap<EntityId, Interval>,
}

#[derive(Clone, Copy, Debug)]
pub(crate) struct Changed {
    during: Interval,
    /// It is assumed to end: that is told nowhere.
    assumed: bool,
}

impl World {
    /// An empty world for a policy: its roles and the entities and texts that it names are there. `entities` come in any order; the
    /// ids given follow the order of kinds and names. Of two with one name the first stays; the loader has told the mistake.
    pub(crate) fn new(policy: &Policy, sources: Sources, mut entities: Vec<EntityRecord>) -> World {
        let roles = policy.roles.values().map(|role| EntityRecord {
            kind: policy.role_kind,
            id: role.meta.name.as_str().into(),
            life: Interval::ALWAYS,
            place: None,
        });
        entities.extend(roles);
        let never = Interval { since: Instant::MAX, until: Instant::MAX };
        let named = policy.literals.values();
        entities.extend(named.map(|literal| EntityRecord { kind: literal.kind, id: literal.id.as_str().into(), life: never, place: None }));
        World::over(policy, sources, EntityTable::of(entities, policy.kinds.len())).expect("what the policy names was put in")
    }

    /// A world for a policy, of these entities and no facts; nothing if what the policy names is not among them.
    pub(crate) fn over(policy: &Policy, sources: Sources, entities: EntityTable) -> Option<World> {
        let literals: Option<Vec<EntityId>> =
            policy.literals.values().map(|literal| entities.find_at(&entities.look_up(literal.kind, &literal.id))).collect();
        let mut world = World {
            sources,
            sets: Arc::new(GivenSets::of_policy(policy, entities.of_kind())),
            entities: Arc::new(entities),
            texts: Interner::of_policy(policy),
            literals: literals?,
            closed_relations: vec![true; policy.relations.len()],
            closed_roles: vec![true; policy.roles.len()],
            closed_attributes: vec![true; policy.attributes.len()],
            containers: Arc::new(policy.kinds.values().map(|kind| kind.within.clone()).collect()),
            layout: Arc::new(KeyLayout::of_policy(policy)),
            ..World::default()
        };
        world.set_store(FactStore::default());
        Some(world)
    }

    /// The entity of this kind and id.
    pub fn find(&self, kind: KindId, id: &str) -> Option<EntityId> {
        self.entities.find_at(&self.entities.look_up(kind, id))
    }

    /// What is known of an entity.
    pub fn entity(&self, ent: EntityId) -> Entity<'_> {
        Entity { kind: self.kind(ent), id: self.entities.id(ent), life: self.life(ent), declared: self.entities.is_declared(ent) }
    }

    /// Where an entity is declared, while the texts of the world's files are there.
    pub fn declared_at(&self, ent: EntityId) -> Option<Span> {
        self.entities.spans.get(ent.0 as usize).copied().flatten()
    }

    /// Where an entity is declared, for people.
    pub fn declared_in(&self, ent: EntityId) -> Option<Place> {
        match self.declared_at(ent) {
            Some(span) => Some(self.sources.place(span)),
            None => self.store.places.line(self.entities.lines.get(ent.0 as usize)),
        }
    }

    /// The kind of an entity.
    #[inline]
    pub fn kind(&self, ent: EntityId) -> KindId {
        self.entities.kind(ent)
    }

    /// When an entity lives.
    #[inline]
    pub fn life(&self, ent: EntityId) -> Interval {
        let changed = if self.since.lives.is_empty() { None } else { self.since.lives.get(&ent).copied() };
        changed.unwrap_or_else(|| self.entities.life(ent))
    }

    /// Whether the entity lives at that time.
    #[inline]
    pub fn lives(&self, ent: EntityId, at: Instant) -> bool {
        self.life(ent).contains(at)
    }

    /// Whether the world tells that there is no such entity at that time: it has ended, or is not yet. Of one that the policy alone
    /// names the world tells nothing.
    pub fn is_dead(&self, ent: EntityId, at: Instant) -> bool {
        !self.lives(ent, at) && self.entities.is_declared(ent)
    }

    /// Sets when an entity lives; its facts are not touched.
    pub fn set_life(&mut self, ent: EntityId, life: Interval) {
        self.since.lives.insert(ent, life);
    }

    /// All entities of a kind, in order of ids, living or not.
    pub fn of_kind(&self, kind: KindId) -> impl DoubleEndedIterator<Item = EntityId> + ExactSizeIterator + use<> {
        self.entities.of_kind()[kind.index()].clone().map(EntityId)
    }

    /// All entities that some file or the policy names, in order.
    pub fn ents(&self) -> impl Iterator<Item = EntityId> + use<> {
        (0..id_of(self.entities.len())).map(EntityId)
    }

    /// The entity that stands for a role.
    pub fn role_entity(&self, role: RoleId, role_kind: KindId) -> EntityId {
        EntityId(self.entities.of_kind()[role_kind.index()].start + role.0)
    }

    /// The role for which an entity of the kind `role` stands; entities of that kind stand in the order of role names.
    pub fn role_of(&self, ent: EntityId, role_kind: KindId) -> Option<RoleId> {
        let range = &self.entities.of_kind()[role_kind.index()];
        range.contains(&ent.0).then(|| RoleId(ent.0 - range.start))
    }

    /// The entity that a literal of the policy names.
    pub fn literal(&self, literal: LiteralId) -> EntityId {
        self.literals[literal.index()]
    }

    /// A text by its number.
    pub fn text(&self, sym: Symbol) -> &str {
        self.texts.text(sym)
    }

    /// The number of a text, given if new.
    pub fn intern(&mut self, text: &str) -> Symbol {
        self.texts.intern(text)
    }

    /// A fact by its id.
    #[inline]
    pub fn fact(&self, id: FactId) -> Fact {
        let at = id.0 as usize;
        if let Some(added) = at.checked_sub(self.store.len()) {
            return self.since.added[added].fact;
        }
        let fact = self.store.fact(id.0);
        match self.since.changed.get(&id) {
            Some(changed) => Fact { during: changed.during, ..fact },
            None => fact,
        }
    }

    /// How many facts there are, those among them that never hold any more.
    pub fn count(&self) -> usize {
        self.store.len() + self.since.added.len()
    }

    /// All facts with their ids; once settled, in the order of what they say.
    pub fn facts(&self) -> impl ExactSizeIterator<Item = (FactId, Fact)> {
        (0..self.count()).map(|at| FactId(id_of(at))).map(|id| (id, self.fact(id)))
    }

    /// The spans at which a fact is told, while the texts of the world's files are there.
    pub fn spans(&self, id: FactId) -> impl Iterator<Item = Span> {
        let settled = self.is_told_settled(id).then(|| self.store.places.spans(id.0));
        settled.into_iter().flatten().chain(self.added_place(id))
    }

    /// Where a fact is told, once or more; nowhere if it is assumed, or assumed to end. Of an event's effect: where the event is.
    pub fn places(&self, id: FactId) -> Vec<Place> {
        if self.is_told_settled(id) {
            return self.store.places.shown(id.0, &self.sources);
        }
        self.added_place(id).map(|span| self.sources.place(span)).into_iter().collect()
    }

    /// Whether it is a settled fact, and not assumed to end.
    fn is_told_settled(&self, id: FactId) -> bool {
        (id.0 as usize) < self.store.len() && !self.since.changed.get(&id).is_some_and(|changed| changed.assumed)
    }

    /// Where a fact that was added since is told.
    fn added_place(&self, id: FactId) -> Option<Span> {
        let added = (id.0 as usize).checked_sub(self.store.len())?;
        self.since.added[added].place
    }

    /// Whether a fact is assumed, or assumed to end: it is told nowhere.
    pub fn is_assumed(&self, id: FactId) -> bool {
        self.places(id).is_empty()
    }

    /// Whether facts of the relation that are not told are false (else unknown).
    pub fn relation_closed(&self, relation: RelationId) -> bool {
        self.closed_relations[relation.index()]
    }

    /// Whether assignments of the role that are not told are false (else unknown).
    pub fn role_closed(&self, role: RoleId) -> bool {
        self.closed_roles[role.index()]
    }

    /// Whether the entity has no other values of the many-valued attribute than those that are told: the set is given, or need not be.
    #[inline]
    pub fn set_closed(&self, ent: EntityId, attribute: AttributeId) -> bool {
        self.attribute_closed(attribute) && self.sets.is_given(ent, attribute)
    }

    /// Notes that the set of an attribute is given: by the line of its entity, or by the event that creates it.
    pub fn give_set(&mut self, ent: EntityId, attribute: AttributeId) {
        if !self.sets.is_given(ent, attribute) {
            Arc::make_mut(&mut self.sets).give(ent, attribute);
        }
    }

    /// Whether values of the many-valued attribute were imported, so that what is not told of a set that is given is absent.
    pub fn attribute_closed(&self, attribute: AttributeId) -> bool {
        self.closed_attributes[attribute.index()]
    }

    /// Whether nothing has changed since the facts were settled: then they are asked directly.
    #[inline]
    pub(crate) fn is_compacted(&self) -> bool {
        self.since.added.is_empty() && self.since.changed.is_empty()
    }

    /// Adds a fact, told at `place` or assumed; one that is there already for the same time stays as it is.
    pub fn add(&mut self, fact: Fact, place: Option<Span>) -> FactId {
        let twin = self.facts_stating(fact.statement).find(|&id| self.fact(id).during == fact.during);
        twin.unwrap_or_else(|| self.push(GatheredFact { fact, place }))
    }

    fn push(&mut self, gathered: GatheredFact) -> FactId {
        let id = FactId(id_of(self.count()));
        let statement = gathered.fact.statement;
        for (key, ent) in self.layout.of(statement) {
            let key = match statement {
                Statement::Value { attribute, .. } if key == self.layout.values() => self.layout.value_of(attribute),
                _ => key,
            };
            self.since.index.entry((key, ent)).or_default().push(id);
        }
        self.since.added.push(gathered);
        id
    }

    /// Sets when a fact holds; an empty interval takes it away for good.
    pub fn set_during(&mut self, id: FactId, during: Interval) {
        self.change(id, during, false);
    }

    /// Assumes that a fact ends: told nowhere, as all that is assumed.
    pub fn assume_end(&mut self, id: FactId, at: Instant) {
        let during = Interval { until: at, ..self.fact(id).during };
        self.change(id, during, true);
    }

    fn change(&mut self, id: FactId, during: Interval, assumed: bool) {
        match (id.0 as usize).checked_sub(self.store.len()) {
            Some(added) => {
                let added = &mut self.since.added[added];
                added.fact.during = during;
                added.place = added.place.filter(|_| !assumed);
            }
            None => _ = self.since.changed.insert(id, Changed { during, assumed }),
        }
    }

    /// Puts the facts in the order of what they say, whatever the order in which they came, joins those that say the same of the
    /// same time, and drops those that never hold. Ids of facts change.
    pub fn compact(&mut self) {
        if self.since.added.is_empty() && self.since.changed.is_empty() && self.since.lives.is_empty() {
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
        let lives = std::mem::take(&mut self.since).lives;
        if !lives.is_empty() {
            Arc::make_mut(&mut self.entities).set_lives(lives);
        }
        self.settle_on(facts);
    }

    /// Takes all facts of the world, in any order, in the place of those that it has.
    pub(crate) fn settle_on(&mut self, facts: Vec<GatheredFact>) {
        let heads: Vec<KindId> = self.ents().map(|ent| self.kind(ent)).collect();
        // The old ones go before the new ones come: there is room for one of the two in a small machine.
        self.store = Arc::default();
        let store = FactStore::of(facts, &self.layout, &KindRanges { of_kind: self.entities.of_kind(), heads: &heads });
        self.set_store(store);
    }

    /// Takes settled facts.
    pub(crate) fn set_store(&mut self, store: FactStore) {
        let kinds = self.entities.of_kind().len();
        let cell = |key: ListKey, kind: KindId| match store.location(key, kind, kinds) {
            Location::InRows(cell) => cell,
            Location::Postings { .. } => Cell::default(),
        };
        let attributes = (0..self.closed_attributes.len()).map(AttributeId::from_index);
        let values = attributes.map(|attribute| cell(self.layout.find_holding(attribute), self.layout.kind(attribute))).collect();
        let of_kinds = || (0..kinds).map(KindId::from_index);
        let groups = of_kinds().map(|kind| cell(self.layout.single_group(), kind)).collect();
        let within = of_kinds().map(|kind| match self.containers[kind.index()].as_slice() {
            [] => None,
            &[attribute] => Some(cell(self.layout.find_holding(attribute), kind)),
            _ => Some(cell(self.layout.within(), kind)),
        });
        let within = within.collect();
        let layout = || (0..self.layout.count()).map(id_of).map(ListKey);
        let near = || layout().filter(|&key| self.layout.is_near(key));
        let row = |kind| near().map(|key| cell(key, kind)).find(|cell| cell.width > 0).unwrap_or_default();
        let rows = of_kinds().map(row).collect();
        self.cells = Arc::new(Cells { values, groups, within, rows });
        self.store = Arc::new(store);
    }

    /// Lets the texts of the world's files go, once nothing is left to say of what is wrong in them: of facts their lines are kept.
    /// `kept` are the policy's files.
    pub(crate) fn drop_sources(&mut self, kept: &Sources) {
        let entities = Arc::make_mut(&mut self.entities);
        entities.lines = Arc::make_mut(&mut self.store).places.drop_sources(&self.sources, &entities.spans).into();
        entities.spans = Vec::new();
        self.sources = kept.clone();
    }
}
