//! The store: entities by name, facts by what they speak of.

use super::model::{Body, Ent, Entity, Fact, FactId, Interval, Read, Silence, Sym, Value};
use crate::policy::{AttributeId, Id, KindId, LiteralId, Policy, RelationId, RoleId};
use crate::syntax::Instant;
use crate::text::Sources;
use hashbrown::HashTable;
use rustc_hash::{FxBuildHasher, FxHashMap};
use smallvec::SmallVec;
use std::hash::BuildHasher;
use std::ops::Range;
use std::sync::Arc;

/// Facts about entities, each for a time. Made by the loader; it can be asked, and grows and shrinks by single facts, at a cost that does
/// not grow with it. A clone shares all that was settled: it is an overlay, in which facts can be assumed and lifted.
#[derive(Clone, Debug, Default)]
pub struct World {
    /// The policy's files, then the world's: spans of both point in here.
    pub sources: Sources,
    names: Arc<Names>,
    texts: Arc<Texts>,
    pub(super) literals: Vec<Ent>,
    settled: Arc<Settled>,
    since: Since,
    pub(super) silence: Vec<Silence>,
    pub(super) closed_relations: Vec<bool>,
    pub(super) closed_roles: Vec<bool>,
    pub(super) closed_attributes: Vec<bool>,
    containers: Vec<Vec<AttributeId>>,
    keys: Keys,
}

/// Entities by number and by name.
#[derive(Clone, Debug, Default)]
struct Names {
    entities: Vec<Entity>,
    by_name: HashTable<Ent>,
    /// The ids of each kind's entities, by the kind's index.
    of_kind: Vec<Range<u32>>,
}

/// Texts by number and by themselves.
#[derive(Clone, Debug, Default)]
struct Texts {
    texts: Vec<Box<str>>,
    ids: HashTable<Sym>,
}

/// Facts in the order of what they say, and where each key's facts are.
#[derive(Clone, Debug, Default)]
struct Settled {
    facts: Vec<Fact>,
    index: Index,
}

type Index = FxHashMap<u64, SmallVec<[FactId; 2]>>;

/// What changed since the facts were settled.
#[derive(Clone, Debug, Default)]
struct Since {
    /// Facts added; their ids follow those of the settled.
    added: Vec<Fact>,
    /// Settled facts that say something else now, most of them of when they hold.
    changed: FxHashMap<FactId, Fact>,
    /// The whole lists of those keys to which something was added.
    index: Index,
}

/// Offsets of the sorts of index keys.
#[derive(Clone, Copy, Debug, Default)]
struct Keys {
    values: u32,
    valued: u32,
    rest: u32,
}

/// The length up to which a list is gone through from end to end.
const SHORT: usize = 16;

const MEMBER_OF: u32 = 0;
const MEMBERS: u32 = 1;
const HELD_BY: u32 = 2;
const HELD_ON: u32 = 3;

fn hash_name(kind: KindId, id: &str) -> u64 {
    FxBuildHasher.hash_one((kind.0, id))
}

impl World {
    /// An empty world for a policy: its roles and the entities and texts that it names are there. `entities` come in any order; the
    /// ids given follow the order of kinds and names. Of two with one name the first stays; the loader has told the mistake.
    pub(super) fn new(policy: &Policy, sources: Sources, mut entities: Vec<Entity>) -> World {
        let roles = policy.roles.values().map(|role| Entity {
            kind: policy.role_kind,
            id: role.head.name.as_str().into(),
            life: Interval::ALWAYS,
            declared: None,
        });
        entities.extend(roles);
        let never = Interval { since: Instant::MAX, until: Instant::MAX };
        let named = policy.literals.values();
        entities.extend(named.map(|literal| Entity { kind: literal.kind, id: literal.id.as_str().into(), life: never, declared: None }));
        // Stable: what the world or the policy declares stands before what is only named.
        entities.sort_by(|a, b| (a.kind, &a.id).cmp(&(b.kind, &b.id)));
        entities.dedup_by(|later, first| (later.kind, &later.id) == (first.kind, &first.id));

        let mut by_name = HashTable::with_capacity(entities.len());
        let mut of_kind = vec![0..0; policy.kinds.len()];
        for (index, entity) in entities.iter().enumerate() {
            let id = id_of(index);
            let hasher = |&Ent(at): &Ent| hash_name(entities[at as usize].kind, &entities[at as usize].id);
            by_name.insert_unique(hash_name(entity.kind, &entity.id), Ent(id), hasher);
            let range = &mut of_kind[entity.kind.index()];
            *range = if range.start == range.end { id..id + 1 } else { range.start..id + 1 };
        }
        let attributes = id_of(policy.attributes.len());
        let values = 3 * id_of(policy.relations.len());
        let keys = Keys { values, valued: values + attributes, rest: values + 2 * attributes };
        let mut world = World {
            sources,
            names: Arc::new(Names { entities, by_name, of_kind }),
            keys,
            closed_relations: vec![true; policy.relations.len()],
            closed_roles: vec![true; policy.roles.len()],
            closed_attributes: vec![true; policy.attributes.len()],
            containers: policy.kinds.values().map(|kind| kind.within.clone()).collect(),
            ..World::default()
        };
        for text in policy.texts.values() {
            world.intern(text);
        }
        world.literals = policy.literals.values().map(|literal| world.find(literal.kind, &literal.id).expect("was put in")).collect();
        world
    }

    /// The entity of this kind and id.
    pub fn find(&self, kind: KindId, id: &str) -> Option<Ent> {
        let entities = &self.names.entities;
        let same = |&Ent(at): &Ent| entities[at as usize].kind == kind && &*entities[at as usize].id == id;
        self.names.by_name.find(hash_name(kind, id), same).copied()
    }

    /// What is known of an entity.
    pub fn entity(&self, ent: Ent) -> &Entity {
        &self.names.entities[ent.0 as usize]
    }

    /// The kind of an entity.
    pub fn kind(&self, ent: Ent) -> KindId {
        self.names.entities[ent.0 as usize].kind
    }

    /// Whether the entity lives at that time.
    pub fn lives(&self, ent: Ent, at: Instant) -> bool {
        self.names.entities[ent.0 as usize].life.contains(at)
    }

    /// Whether the world tells that there is no such entity at that time: it has ended, or is not yet. Of one that the policy alone
    /// names the world tells nothing.
    pub fn is_gone(&self, ent: Ent, at: Instant) -> bool {
        let entity = self.entity(ent);
        entity.declared.is_some() && !entity.life.contains(at)
    }

    /// Sets when an entity lives; its facts are not touched.
    pub fn set_life(&mut self, ent: Ent, life: Interval) {
        Arc::make_mut(&mut self.names).entities[ent.0 as usize].life = life;
    }

    /// All entities of a kind, in order of ids, living or not.
    pub fn of_kind(&self, kind: KindId) -> impl DoubleEndedIterator<Item = Ent> + ExactSizeIterator + use<> {
        self.names.of_kind[kind.index()].clone().map(Ent)
    }

    /// All entities that some file or the policy names, in order.
    pub fn ents(&self) -> impl Iterator<Item = Ent> + use<> {
        (0..id_of(self.names.entities.len())).map(Ent)
    }

    /// The entity that stands for a role.
    pub fn role_entity(&self, role: RoleId, role_kind: KindId) -> Ent {
        Ent(self.names.of_kind[role_kind.index()].start + role.0)
    }

    /// The role for which an entity of the kind `role` stands; entities of that kind stand in the order of role names.
    pub fn role_of(&self, ent: Ent, role_kind: KindId) -> Option<RoleId> {
        let range = &self.names.of_kind[role_kind.index()];
        range.contains(&ent.0).then(|| RoleId(ent.0 - range.start))
    }

    /// The entity that a literal of the policy names.
    pub fn literal(&self, literal: LiteralId) -> Ent {
        self.literals[literal.index()]
    }

    /// A text by its number.
    pub fn text(&self, sym: Sym) -> &str {
        &self.texts.texts[sym.0 as usize]
    }

    /// The number of a text, given if new.
    pub fn intern(&mut self, text: &str) -> Sym {
        let hash = FxBuildHasher.hash_one(text);
        if let Some(&sym) = self.texts.ids.find(hash, |&Sym(at)| &*self.texts.texts[at as usize] == text) {
            return sym;
        }
        let Texts { texts, ids } = Arc::make_mut(&mut self.texts);
        let sym = Sym(id_of(texts.len()));
        texts.push(text.into());
        ids.insert_unique(hash, sym, |&Sym(at)| FxBuildHasher.hash_one(&*texts[at as usize]));
        sym
    }

    /// A fact by its id.
    pub fn fact(&self, id: FactId) -> &Fact {
        let at = id.0 as usize;
        match self.since.added.get(at.wrapping_sub(self.settled.facts.len())) {
            Some(added) => added,
            None if self.since.changed.is_empty() => &self.settled.facts[at],
            None => self.since.changed.get(&id).unwrap_or(&self.settled.facts[at]),
        }
    }

    /// All facts with their ids; once settled, in the order of what they say.
    pub fn facts(&self) -> impl ExactSizeIterator<Item = (FactId, &Fact)> {
        let count = self.settled.facts.len() + self.since.added.len();
        (0..count).map(|at| FactId(id_of(at))).map(|id| (id, self.fact(id)))
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

    fn key(slot: u32, ent: Ent) -> u64 {
        (u64::from(slot) << 32) | u64::from(ent.0)
    }

    fn keys_of(&self, body: Body) -> SmallVec<[u64; 3]> {
        match body {
            Body::Relation(relation, ends) => {
                let given = ends.iter().take_while(|&&end| end != Ent::NOBODY);
                given.zip(3 * relation.0..).map(|(&end, slot)| Self::key(slot, end)).collect()
            }
            Body::Holds { holder, scope, .. } => {
                [Self::key(self.keys.rest + HELD_BY, holder), Self::key(self.keys.rest + HELD_ON, scope)].into_iter().collect()
            }
            Body::Member { member, group } => {
                [Self::key(self.keys.rest + MEMBER_OF, member), Self::key(self.keys.rest + MEMBERS, group)].into_iter().collect()
            }
            Body::Value { entity, attribute, value } => {
                let mut keys: SmallVec<[u64; 3]> = SmallVec::new();
                keys.push(Self::key(self.keys.values + attribute.0, entity));
                if let Value::Entity(target) = value {
                    keys.push(Self::key(self.keys.valued + attribute.0, target));
                }
                keys
            }
        }
    }

    fn list(&self, slot: u32, ent: Ent) -> &[FactId] {
        self.listed(Self::key(slot, ent))
    }

    fn listed(&self, key: u64) -> &[FactId] {
        let since = if self.since.index.is_empty() { None } else { self.since.index.get(&key) };
        since.or_else(|| self.settled.index.get(&key)).map_or(&[], |ids| ids)
    }

    /// Facts of the relation with this entity at this end (from 0), at any time.
    pub fn related(&self, relation: RelationId, end: usize, ent: Ent) -> &[FactId] {
        self.list(3 * relation.0 + u32::try_from(end).unwrap_or(2), ent)
    }

    /// Memberships of the entity, at any time.
    pub fn memberships(&self, member: Ent) -> &[FactId] {
        self.list(self.keys.rest + MEMBER_OF, member)
    }

    /// Memberships in the group, at any time.
    pub fn members(&self, group: Ent) -> &[FactId] {
        self.list(self.keys.rest + MEMBERS, group)
    }

    /// Assignments to the entity itself, at any time.
    pub fn held_by(&self, holder: Ent) -> &[FactId] {
        self.list(self.keys.rest + HELD_BY, holder)
    }

    /// Assignments over the entity itself, at any time.
    pub fn held_on(&self, scope: Ent) -> &[FactId] {
        self.list(self.keys.rest + HELD_ON, scope)
    }

    /// What the attribute of the entity is told to be, at any time.
    pub fn values(&self, entity: Ent, attribute: AttributeId) -> &[FactId] {
        self.list(self.keys.values + attribute.0, entity)
    }

    /// The facts by which the attribute names this entity, at any time.
    pub fn valued(&self, attribute: AttributeId, target: Ent) -> &[FactId] {
        self.list(self.keys.valued + attribute.0, target)
    }

    /// The fact that says this, and holds at that time.
    pub fn told(&self, body: Body, at: Instant) -> Option<FactId> {
        let says = |id: &FactId| self.fact(*id).body == body && self.fact(*id).during.contains(at);
        let keys = self.keys_of(body);
        let lists = keys.iter().map(|&key| self.listed(key));
        let shortest = lists.min_by_key(|list| list.len())?;
        if shortest.len() <= SHORT {
            return shortest.iter().copied().find(says);
        }
        // A relation of many with many has long lists at each end: go by the order of the facts, then by those added since.
        let settled = &self.settled.facts;
        let start = settled.partition_point(|fact| fact.body < body);
        let equal = settled[start..].iter().take_while(|fact| fact.body == body).count();
        let in_order = (start..start + equal).map(|at| FactId(id_of(at))).find(says);
        in_order.or_else(|| shortest.iter().rev().copied().take_while(|id| id.0 as usize >= settled.len()).find(says))
    }

    /// Reads a single-valued attribute.
    pub fn read(&self, entity: Ent, attribute: AttributeId, at: Instant) -> Read {
        for &id in self.values(entity, attribute) {
            let fact = self.fact(id);
            if let (true, Body::Value { value, .. }) = (fact.during.contains(at), fact.body) {
                return Read::Known(value, id);
            }
        }
        let silence = &self.silence[attribute.index()];
        // One that does not live has no data at all.
        if !self.lives(entity, at) {
            return Read::Unknown;
        }
        let told = |&other: &AttributeId| self.values(entity, other).iter().any(|&id| self.fact(id).during.contains(at));
        if silence.others.iter().any(told) { Read::None } else { silence.read }
    }

    /// What the entity lies within directly, and the fact that says so.
    pub fn container(&self, entity: Ent, at: Instant) -> Option<(Ent, FactId)> {
        for &attribute in &self.containers[self.kind(entity).index()] {
            for &id in self.values(entity, attribute) {
                let fact = self.fact(id);
                if let (true, Body::Value { value: Value::Entity(container), .. }) = (fact.during.contains(at), fact.body) {
                    return Some((container, id));
                }
            }
        }
        None
    }

    /// Adds a fact; one that is there already for the same time gets its places too.
    pub fn add(&mut self, fact: Fact) -> FactId {
        match self.twin(&fact) {
            Some(id) => {
                let places = &mut self.changing(id).places;
                places.extend(fact.places);
                places.sort();
                places.dedup();
                id
            }
            None => self.push(fact),
        }
    }

    /// The fact that says the same of the same time.
    fn twin(&self, fact: &Fact) -> Option<FactId> {
        let keys = self.keys_of(fact.body);
        let lists = keys.iter().map(|&key| self.listed(key));
        let same = |id: &FactId| self.fact(*id).body == fact.body && self.fact(*id).during == fact.during;
        lists.min_by_key(|list| list.len())?.iter().copied().find(same)
    }

    /// Takes a fact that can be asked for only once the world is settled.
    pub(super) fn gather(&mut self, fact: Fact) {
        self.since.added.push(fact);
    }

    fn push(&mut self, fact: Fact) -> FactId {
        let id = FactId(id_of(self.settled.facts.len() + self.since.added.len()));
        for key in self.keys_of(fact.body) {
            let before = || self.settled.index.get(&key).cloned().unwrap_or_default();
            self.since.index.entry(key).or_insert_with(before).push(id);
        }
        self.since.added.push(fact);
        id
    }

    /// A fact that is about to say something else; what it says it of stays.
    fn changing(&mut self, id: FactId) -> &mut Fact {
        let settled = self.settled.facts.len();
        match (id.0 as usize).checked_sub(settled) {
            Some(added) => &mut self.since.added[added],
            None => self.since.changed.entry(id).or_insert_with(|| self.settled.facts[id.0 as usize].clone()),
        }
    }

    /// Sets when a fact holds; an empty interval takes it away for good.
    pub fn set_during(&mut self, id: FactId, during: Interval) {
        self.changing(id).during = during;
    }

    /// Assumes that a fact ends: told nowhere, as all that is assumed.
    pub fn assume_end(&mut self, id: FactId, at: Instant) {
        let fact = self.changing(id);
        fact.during.until = at;
        fact.places.clear();
    }

    /// Puts the facts in the order of what they say, whatever the order in which they came, joins those that say the same of the
    /// same time, and drops those that never hold. Ids of facts change.
    pub fn settle(&mut self) {
        let Since { added, changed, .. } = std::mem::take(&mut self.since);
        let settled = std::mem::take(&mut self.settled);
        let mut facts = Arc::try_unwrap(settled).unwrap_or_else(|shared| (*shared).clone()).facts;
        for (id, fact) in changed {
            facts[id.0 as usize] = fact;
        }
        facts.extend(added);
        facts.retain(|fact| !fact.during.is_empty());
        facts.sort_by(|a, b| (a.body, a.during, &a.places).cmp(&(b.body, b.during, &b.places)));
        facts.dedup_by(|later, first| {
            let same = later.body == first.body && later.during == first.during;
            if same {
                first.places.append(&mut later.places);
            }
            same
        });
        for fact in facts.iter_mut().filter(|fact| fact.places.len() > 1) {
            fact.places.sort();
            fact.places.dedup();
        }
        let mut index = Index::default();
        for (at, fact) in facts.iter().enumerate() {
            for key in self.keys_of(fact.body) {
                index.entry(key).or_default().push(FactId(id_of(at)));
            }
        }
        facts.shrink_to_fit();
        self.settled = Arc::new(Settled { facts, index });
    }

    /// Numbers the texts that the policy does not name by their order, whatever the order in which they came, and gives the new number
    /// of each. Facts are renumbered and settled; what else holds a [`Sym`] is for the caller.
    pub(super) fn order_texts(&mut self, policy: &Policy) -> Vec<Sym> {
        let fixed = policy.texts.len();
        let Texts { texts, ids } = Arc::make_mut(&mut self.texts);
        let mut order: Vec<usize> = (fixed..texts.len()).collect();
        order.sort_by(|&a, &b| texts[a].cmp(&texts[b]));
        let mut renumbered: Vec<Sym> = (0..texts.len()).map(|at| Sym(id_of(at))).collect();
        for (place, &old) in order.iter().enumerate() {
            renumbered[old] = Sym(id_of(fixed + place));
        }
        texts[fixed..].sort();
        ids.clear();
        let hash = |&Sym(at): &Sym| FxBuildHasher.hash_one(&*texts[at as usize]);
        for at in 0..texts.len() {
            let sym = Sym(id_of(at));
            ids.insert_unique(hash(&sym), sym, hash);
        }
        for fact in &mut self.since.added {
            if let Body::Value { value: Value::Text(sym), .. } = &mut fact.body {
                *sym = renumbered[sym.0 as usize];
            }
        }
        self.settle();
        renumbered
    }
}

/// A place in a list as an id.
fn id_of(index: usize) -> u32 {
    u32::try_from(index).expect("fewer than four billion of a sort")
}
