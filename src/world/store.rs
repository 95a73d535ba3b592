//! The store: entities by name, facts by what they speak of.

use super::archive::Archive;
use super::column::id_of;
use super::ledger::{Gathered, Kinds, Ledger};
use super::model::{Body, Ent, Entity, Fact, FactId, Silence, Sym};
use super::roll::{Declared, Roll};
use super::shelves::{Shelf, Spot};
use super::slots::{Slot, Slots};
use super::texts::Texts;
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
    pub(super) roll: Arc<Roll>,
    pub(super) texts: Texts,
    pub(super) literals: Vec<Ent>,
    pub(super) ledger: Arc<Ledger>,
    pub(super) since: Since,
    pub(super) silence: Vec<Silence>,
    pub(super) closed_relations: Vec<bool>,
    pub(super) closed_roles: Vec<bool>,
    pub(super) closed_attributes: Vec<bool>,
    pub(super) containers: Arc<Vec<Vec<AttributeId>>>,
    pub(super) spots: Arc<Spots>,
    pub(super) slots: Arc<Slots>,
    /// The packed world from which it was opened.
    pub(super) archive: Option<Arc<Archive>>,
}

/// Where in the rows what is at hand stands; nowhere where the facts must be asked.
#[derive(Clone, Debug, Default)]
pub(super) struct Spots {
    /// By attribute.
    pub(super) values: Vec<Spot>,
    /// By kind: the one group of an entity.
    pub(super) groups: Vec<Spot>,
    /// By kind: what an entity lies within; nothing for kinds that lie within none.
    pub(super) within: Vec<Option<Spot>>,
    /// By kind: some place in the near rows.
    pub(super) rows: Vec<Spot>,
}

/// What changed since the facts were settled.
#[derive(Clone, Debug, Default)]
pub(super) struct Since {
    /// Facts added; their ids follow those of the settled.
    added: Vec<Gathered>,
    /// When settled facts hold now.
    changed: FxHashMap<FactId, Changed>,
    /// The facts added, by each of the lists in which they belong; values by what they are of and the attribute.
    pub(super) index: FxHashMap<(Slot, Ent), Vec<FactId>>,
    /// When entities live now.
    lives: FxHashMap<Ent, Interval>,
}

#[derive(Clone, Copy, Debug)]
pub(super) struct Changed {
    during: Interval,
    /// It is assumed to end: that is told nowhere.
    assumed: bool,
}

impl World {
    /// An empty world for a policy: its roles and the entities and texts that it names are there. `entities` come in any order; the
    /// ids given follow the order of kinds and names. Of two with one name the first stays; the loader has told the mistake.
    pub(super) fn new(policy: &Policy, sources: Sources, mut entities: Vec<Declared>) -> World {
        let roles = policy.roles.values().map(|role| Declared {
            kind: policy.role_kind,
            id: role.meta.name.as_str().into(),
            life: Interval::ALWAYS,
            place: None,
        });
        entities.extend(roles);
        let never = Interval { since: Instant::MAX, until: Instant::MAX };
        let named = policy.literals.values();
        entities.extend(named.map(|literal| Declared { kind: literal.kind, id: literal.id.as_str().into(), life: never, place: None }));
        World::over(policy, sources, Roll::of(entities, policy.kinds.len())).expect("what the policy names was put in")
    }

    /// A world for a policy, of these entities and no facts; nothing if what the policy names is not among them.
    pub(super) fn over(policy: &Policy, sources: Sources, roll: Roll) -> Option<World> {
        let literals: Option<Vec<Ent>> =
            policy.literals.values().map(|literal| roll.find_at(&roll.look_up(literal.kind, &literal.id))).collect();
        let mut world = World {
            sources,
            roll: Arc::new(roll),
            texts: Texts::of_policy(policy),
            literals: literals?,
            closed_relations: vec![true; policy.relations.len()],
            closed_roles: vec![true; policy.roles.len()],
            closed_attributes: vec![true; policy.attributes.len()],
            containers: Arc::new(policy.kinds.values().map(|kind| kind.within.clone()).collect()),
            slots: Arc::new(Slots::of_policy(policy)),
            ..World::default()
        };
        world.set_ledger(Ledger::default());
        Some(world)
    }

    /// The entity of this kind and id.
    pub fn find(&self, kind: KindId, id: &str) -> Option<Ent> {
        self.roll.find_at(&self.roll.look_up(kind, id))
    }

    /// What is known of an entity.
    pub fn entity(&self, ent: Ent) -> Entity<'_> {
        Entity { kind: self.kind(ent), id: self.roll.id(ent), life: self.life(ent), declared: self.roll.is_declared(ent) }
    }

    /// Where an entity is declared, while the texts of the world's files are there.
    pub fn declared_at(&self, ent: Ent) -> Option<Span> {
        self.roll.spans.get(ent.0 as usize).copied().flatten()
    }

    /// Where an entity is declared, for people.
    pub fn declared_in(&self, ent: Ent) -> Option<Place> {
        match self.declared_at(ent) {
            Some(span) => Some(self.sources.place(span)),
            None => self.ledger.places.line(self.roll.lines.get(ent.0 as usize)),
        }
    }

    /// The kind of an entity.
    #[inline]
    pub fn kind(&self, ent: Ent) -> KindId {
        self.roll.kind(ent)
    }

    /// When an entity lives.
    #[inline]
    pub fn life(&self, ent: Ent) -> Interval {
        let changed = if self.since.lives.is_empty() { None } else { self.since.lives.get(&ent).copied() };
        changed.unwrap_or_else(|| self.roll.life(ent))
    }

    /// Whether the entity lives at that time.
    #[inline]
    pub fn lives(&self, ent: Ent, at: Instant) -> bool {
        self.life(ent).contains(at)
    }

    /// Whether the world tells that there is no such entity at that time: it has ended, or is not yet. Of one that the policy alone
    /// names the world tells nothing.
    pub fn is_gone(&self, ent: Ent, at: Instant) -> bool {
        !self.lives(ent, at) && self.roll.is_declared(ent)
    }

    /// Sets when an entity lives; its facts are not touched.
    pub fn set_life(&mut self, ent: Ent, life: Interval) {
        self.since.lives.insert(ent, life);
    }

    /// All entities of a kind, in order of ids, living or not.
    pub fn of_kind(&self, kind: KindId) -> impl DoubleEndedIterator<Item = Ent> + ExactSizeIterator + use<> {
        self.roll.of_kind()[kind.index()].clone().map(Ent)
    }

    /// All entities that some file or the policy names, in order.
    pub fn ents(&self) -> impl Iterator<Item = Ent> + use<> {
        (0..id_of(self.roll.len())).map(Ent)
    }

    /// The entity that stands for a role.
    pub fn role_entity(&self, role: RoleId, role_kind: KindId) -> Ent {
        Ent(self.roll.of_kind()[role_kind.index()].start + role.0)
    }

    /// The role for which an entity of the kind `role` stands; entities of that kind stand in the order of role names.
    pub fn role_of(&self, ent: Ent, role_kind: KindId) -> Option<RoleId> {
        let range = &self.roll.of_kind()[role_kind.index()];
        range.contains(&ent.0).then(|| RoleId(ent.0 - range.start))
    }

    /// The entity that a literal of the policy names.
    pub fn literal(&self, literal: LiteralId) -> Ent {
        self.literals[literal.index()]
    }

    /// A text by its number.
    pub fn text(&self, sym: Sym) -> &str {
        self.texts.text(sym)
    }

    /// The number of a text, given if new.
    pub fn intern(&mut self, text: &str) -> Sym {
        self.texts.intern(text)
    }

    /// A fact by its id.
    #[inline]
    pub fn fact(&self, id: FactId) -> Fact {
        let at = id.0 as usize;
        if let Some(added) = at.checked_sub(self.ledger.len()) {
            return self.since.added[added].fact;
        }
        let fact = self.ledger.fact(id.0);
        match self.since.changed.get(&id) {
            Some(changed) => Fact { during: changed.during, ..fact },
            None => fact,
        }
    }

    /// How many facts there are, those among them that never hold any more.
    pub fn count(&self) -> usize {
        self.ledger.len() + self.since.added.len()
    }

    /// All facts with their ids; once settled, in the order of what they say.
    pub fn facts(&self) -> impl ExactSizeIterator<Item = (FactId, Fact)> {
        (0..self.count()).map(|at| FactId(id_of(at))).map(|id| (id, self.fact(id)))
    }

    /// The spans at which a fact is told, while the texts of the world's files are there.
    pub fn spans(&self, id: FactId) -> impl Iterator<Item = Span> {
        let settled = self.is_told_settled(id).then(|| self.ledger.places.spans(id.0));
        settled.into_iter().flatten().chain(self.added_place(id))
    }

    /// Where a fact is told, once or more; nowhere if it is assumed, or assumed to end. Of an event's effect: where the event is.
    pub fn places(&self, id: FactId) -> Vec<Place> {
        if self.is_told_settled(id) {
            return self.ledger.places.shown(id.0, &self.sources);
        }
        self.added_place(id).map(|span| self.sources.place(span)).into_iter().collect()
    }

    /// Whether it is a settled fact, and not assumed to end.
    fn is_told_settled(&self, id: FactId) -> bool {
        (id.0 as usize) < self.ledger.len() && !self.since.changed.get(&id).is_some_and(|changed| changed.assumed)
    }

    /// Where a fact that was added since is told.
    fn added_place(&self, id: FactId) -> Option<Span> {
        let added = (id.0 as usize).checked_sub(self.ledger.len())?;
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

    /// Whether values of the many-valued attribute that are not told are absent (else unknown).
    pub fn attribute_closed(&self, attribute: AttributeId) -> bool {
        self.closed_attributes[attribute.index()]
    }

    /// Whether nothing has changed since the facts were settled: then they are asked directly.
    #[inline]
    pub(super) fn is_settled(&self) -> bool {
        self.since.added.is_empty() && self.since.changed.is_empty()
    }

    /// Adds a fact, told at `place` or assumed; one that is there already for the same time stays as it is.
    pub fn add(&mut self, fact: Fact, place: Option<Span>) -> FactId {
        let twin = self.saying(fact.body).find(|&id| self.fact(id).during == fact.during);
        twin.unwrap_or_else(|| self.push(Gathered { fact, place }))
    }

    fn push(&mut self, gathered: Gathered) -> FactId {
        let id = FactId(id_of(self.count()));
        let body = gathered.fact.body;
        for (slot, ent) in self.slots.of(body) {
            let slot = match body {
                Body::Value { attribute, .. } if slot == self.slots.values() => self.slots.value_of(attribute),
                _ => slot,
            };
            self.since.index.entry((slot, ent)).or_default().push(id);
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
        match (id.0 as usize).checked_sub(self.ledger.len()) {
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
    pub fn settle(&mut self) {
        if self.since.added.is_empty() && self.since.changed.is_empty() && self.since.lives.is_empty() {
            return;
        }
        let mut facts: Vec<Gathered> = Vec::with_capacity(self.count());
        for (id, fact) in self.facts() {
            let before = facts.len();
            facts.extend(self.spans(id).map(|span| Gathered { fact, place: Some(span) }));
            if facts.len() == before {
                facts.push(Gathered { fact, place: None });
            }
        }
        let lives = std::mem::take(&mut self.since).lives;
        if !lives.is_empty() {
            Arc::make_mut(&mut self.roll).set_lives(lives);
        }
        self.settle_on(facts);
    }

    /// Takes all facts of the world, in any order, in the place of those that it has.
    pub(super) fn settle_on(&mut self, facts: Vec<Gathered>) {
        let heads: Vec<KindId> = self.ents().map(|ent| self.kind(ent)).collect();
        // The old ones go before the new ones come: there is room for one of the two in a small machine.
        self.ledger = Arc::default();
        let ledger = Ledger::of(facts, &self.slots, &Kinds { of_kind: self.roll.of_kind(), heads: &heads });
        self.set_ledger(ledger);
    }

    /// Takes settled facts.
    pub(super) fn set_ledger(&mut self, ledger: Ledger) {
        let kinds = self.roll.of_kind().len();
        let spot = |slot: Slot, kind: KindId| match ledger.shelf(slot, kind, kinds) {
            Shelf::InRows(spot) => spot,
            Shelf::Listed { .. } => Spot::default(),
        };
        let attributes = (0..self.closed_attributes.len()).map(AttributeId::from_index);
        let values = attributes.map(|attribute| spot(self.slots.told(attribute), self.slots.kind(attribute))).collect();
        let of_kinds = || (0..kinds).map(KindId::from_index);
        let groups = of_kinds().map(|kind| spot(self.slots.lone_group(), kind)).collect();
        let within = of_kinds().map(|kind| match self.containers[kind.index()].as_slice() {
            [] => None,
            &[attribute] => Some(spot(self.slots.told(attribute), kind)),
            _ => Some(spot(self.slots.within(), kind)),
        });
        let within = within.collect();
        let slots = || (0..self.slots.count()).map(id_of).map(Slot);
        let near = || slots().filter(|&slot| self.slots.is_near(slot));
        let row = |kind| near().map(|slot| spot(slot, kind)).find(|spot| spot.width > 0).unwrap_or_default();
        let rows = of_kinds().map(row).collect();
        self.spots = Arc::new(Spots { values, groups, within, rows });
        self.ledger = Arc::new(ledger);
    }

    /// Lets the texts of the world's files go, once nothing is left to say of what is wrong in them: of facts their lines are kept.
    /// `kept` are the policy's files.
    pub(crate) fn let_go(&mut self, kept: &Sources) {
        let roll = Arc::make_mut(&mut self.roll);
        roll.lines = Arc::make_mut(&mut self.ledger).places.let_go(&self.sources, &roll.spans).into();
        roll.spans = Vec::new();
        self.sources = kept.clone();
    }
}
