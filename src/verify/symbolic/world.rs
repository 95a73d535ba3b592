//! A world that is not known: so many entities of each kind, each perhaps alive, and a variable for each fact that is read.

use super::changes::Changes;
use super::class::Class;
use super::domain::Domain;
use super::fact::{EntityIndex, Fact, Value};
use crate::policy::{AttributeId, Condition, Event, Id, KindId, KindSet, LiteralId, Policy, RelationId, RoleId, ValueType};
use crate::verify::sat::{Circuit, Lit};
use rustc_hash::FxHashMap;
use std::collections::BTreeMap;

/// What an entity is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum EntityName {
    /// One that no condition names, by its number among those of its kind.
    Any(usize),
    /// One that a condition names.
    Literal(LiteralId),
    /// A role of the pack.
    Role(RoleId),
}

/// An entity.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Entity {
    /// Its kind.
    pub kind: KindId,
    /// What it is.
    pub name: EntityName,
}

/// The subject or resource of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Party {
    /// Some entity of the kind that no condition names.
    Any(KindId),
    /// An entity that a condition names.
    Literal(LiteralId),
}

/// How many entities there are, and who asks for what.
#[derive(Clone, Debug)]
pub struct Universe {
    /// By kind: how many entities there may be that no condition names, subject and resource among them.
    pub counts: Vec<usize>,
    /// The subject and the resource, unless the question is about worlds alone.
    pub request: Option<(Party, Party)>,
    /// The resource is the subject itself.
    pub same: bool,
    /// The roles of which facts may speak, sorted.
    pub roles: Vec<RoleId>,
    /// Which worlds count.
    pub class: Class,
}

/// A world that is not known.
pub struct World<'p> {
    /// The policy by whose schema it is made.
    pub policy: &'p Policy,
    /// The circuit of all that was asked of it.
    pub circuit: Circuit,
    /// Its entities: roles first.
    pub entities: Vec<Entity>,
    /// By entity: whether it is alive.
    pub alive: Vec<Lit>,
    /// What every world satisfies, so far as its facts were read.
    pub axioms: Vec<Lit>,
    /// The subject and the resource.
    pub request: Option<(EntityIndex, EntityIndex)>,
    pub(super) class: Class,
    pub(super) by_kind: Vec<Vec<EntityIndex>>,
    /// The facts that were read, in the order of reading.
    pub(super) facts: Vec<(Fact, Lit)>,
    known: FxHashMap<Fact, Lit>,
    pub(super) attributes: BTreeMap<(EntityIndex, AttributeId), Vec<(Value, Lit)>>,
    pub(super) inside: FxHashMap<(EntityIndex, EntityIndex), Lit>,
    pub(super) nearest: FxHashMap<(EntityIndex, EntityIndex), Lit>,
    pub(super) members: Option<BTreeMap<(EntityIndex, EntityIndex), Lit>>,
    pub(super) groups: KindSet,
    /// The entities that an event may create, in the order of its creations; they do not live before it.
    pub(super) created: Vec<EntityIndex>,
    /// The event after which the world is so, with the world before.
    pub(super) step: Option<Box<Step<'p>>>,
    domain: Domain,
}

/// The world before an event, and what the event changes.
pub(super) struct Step<'p> {
    pub(super) world: World<'p>,
    pub(super) changes: Changes,
}

impl<'p> World<'p> {
    /// A world of this size. `further` are conditions beside those of the policy.
    pub fn new(policy: &'p Policy, universe: &Universe, further: &[&Condition]) -> World<'p> {
        World::of(policy, universe, further, None)
    }

    /// A world of this size in which the event may happen.
    pub fn with_event(policy: &'p Policy, universe: &Universe, further: &[&Condition], event: &Event) -> World<'p> {
        World::of(policy, universe, further, Some(event))
    }

    fn of(policy: &'p Policy, universe: &Universe, further: &[&Condition], event: Option<&Event>) -> World<'p> {
        let mut world = World {
            policy,
            circuit: Circuit::default(),
            entities: Vec::new(),
            alive: Vec::new(),
            axioms: Vec::new(),
            request: None,
            class: universe.class,
            by_kind: vec![Vec::new(); policy.kinds.len()],
            facts: Vec::new(),
            known: FxHashMap::default(),
            attributes: BTreeMap::new(),
            inside: FxHashMap::default(),
            nearest: FxHashMap::default(),
            members: None,
            groups: policy.groups(),
            created: Vec::new(),
            step: None,
            domain: Domain::of(policy, further.iter().copied(), event),
        };
        for role in policy.roles.ids() {
            world.add(Entity { kind: policy.role_kind, name: EntityName::Role(role) }, Lit::TRUE);
        }
        world.by_kind[policy.role_kind.index()].retain(|index| universe.roles.binary_search(&RoleId::from_index(*index)).is_ok());
        world.add_parties(universe);
        for (kind, &count) in policy.kinds.ids().zip(&universe.counts) {
            world.add_kind(kind, count);
        }
        for (id, literal) in policy.literals.iter() {
            if literal.kind != policy.role_kind && world.entity_of(EntityName::Literal(id)).is_none() {
                let alive = world.circuit.input();
                world.add(Entity { kind: literal.kind, name: EntityName::Literal(id) }, alive);
            }
        }
        for creation in event.iter().flat_map(|event| &event.creates) {
            let number = world.by_kind[creation.kind.index()].len();
            let created = world.add(Entity { kind: creation.kind, name: EntityName::Any(number) }, Lit::FALSE);
            world.created.push(created);
        }
        world.contain();
        world
    }

    /// The same entities, of which nothing was read.
    pub(super) fn same_entities(&self) -> World<'p> {
        World {
            policy: self.policy,
            circuit: Circuit::default(),
            entities: self.entities.clone(),
            alive: self.alive.clone(),
            axioms: Vec::new(),
            request: self.request,
            class: self.class,
            by_kind: self.by_kind.clone(),
            facts: Vec::new(),
            known: FxHashMap::default(),
            attributes: BTreeMap::new(),
            inside: FxHashMap::default(),
            nearest: FxHashMap::default(),
            members: None,
            groups: self.groups.clone(),
            created: self.created.clone(),
            step: None,
            domain: self.domain.clone(),
        }
    }

    fn add(&mut self, entity: Entity, alive: Lit) -> EntityIndex {
        self.entities.push(entity);
        self.alive.push(alive);
        self.by_kind[entity.kind.index()].push(self.entities.len() - 1);
        self.entities.len() - 1
    }

    /// The subject and the resource, which live.
    fn add_parties(&mut self, universe: &Universe) {
        let Some((subject, resource)) = universe.request else { return };
        let subject = self.add_party(subject);
        let resource = if universe.same { subject } else { self.add_party(resource) };
        self.request = Some((subject, resource));
    }

    fn add_party(&mut self, party: Party) -> EntityIndex {
        let entity = match party {
            Party::Any(kind) => Entity { kind, name: EntityName::Any(self.by_kind[kind.index()].len()) },
            Party::Literal(literal) => {
                if let Some(known) = self.entity_of(EntityName::Literal(literal)) {
                    return known;
                }
                Entity { kind: self.policy.literals[literal].kind, name: EntityName::Literal(literal) }
            }
        };
        self.add(entity, Lit::TRUE)
    }

    /// Entities up to this number. They are the same but for their facts, so that the first ones are those alive.
    fn add_kind(&mut self, kind: KindId, count: usize) {
        if kind == self.policy.role_kind {
            return;
        }
        let there = self.by_kind[kind.index()].iter().filter(|&&index| matches!(self.entities[index].name, EntityName::Any(_))).count();
        let mut before = Lit::TRUE;
        for number in there..count {
            let alive = self.circuit.input();
            self.add(Entity { kind, name: EntityName::Any(number) }, alive);
            let ordered = self.circuit.or(!alive, before);
            self.axioms.push(ordered);
            before = alive;
        }
    }

    fn entity_of(&self, name: EntityName) -> Option<EntityIndex> {
        self.entities.iter().position(|entity| entity.name == name)
    }

    /// The entity that a condition names.
    pub(super) fn literal(&self, literal: LiteralId) -> Option<EntityIndex> {
        let named = &self.policy.literals[literal];
        if named.kind == self.policy.role_kind {
            return self.policy.role_called(&named.id).map(|role| self.role(role));
        }
        self.entity_of(EntityName::Literal(literal))
    }

    /// The entity of a role.
    pub(super) fn role(&self, role: RoleId) -> EntityIndex {
        debug_assert_eq!(self.entities[role.index()].name, EntityName::Role(role), "roles are the first entities");
        role.index()
    }

    /// Whether facts may speak of the role.
    pub(super) fn has_role(&self, role: RoleId) -> bool {
        self.by_kind[self.policy.role_kind.index()].binary_search(&role.index()).is_ok()
    }

    /// The role, if the entity is one.
    pub(super) fn role_of(&self, entity: EntityIndex) -> Option<RoleId> {
        match self.entities[entity].name {
            EntityName::Role(role) => Some(role),
            _ => None,
        }
    }

    /// The kind of an entity.
    pub fn kind(&self, entity: EntityIndex) -> KindId {
        self.entities[entity].kind
    }

    /// The entities of these kinds.
    pub(super) fn of_kinds(&self, kinds: &KindSet) -> Vec<EntityIndex> {
        kinds.iter().flat_map(|kind| self.by_kind[kind.index()].iter().copied()).collect()
    }

    /// Whether the fact is stated. It is about entities that live.
    pub(super) fn fact(&mut self, fact: Fact) -> Lit {
        if let Some(&known) = self.known.get(&fact) {
            return known;
        }
        if self.step.is_some() {
            let stated = self.changed(fact);
            self.known.insert(fact, stated);
            return stated;
        }
        let about = self.entities_of(fact);
        if about.iter().any(|entity| self.alive[*entity] == Lit::FALSE) {
            return Lit::FALSE;
        }
        let stated = self.circuit.input();
        self.known.insert(fact, stated);
        self.facts.push((fact, stated));
        for entity in about {
            let lives = self.circuit.or(!stated, self.alive[entity]);
            self.axioms.push(lives);
        }
        stated
    }

    pub(super) fn entities_of(&self, fact: Fact) -> Vec<EntityIndex> {
        let with = |entity, value| match value {
            Value::Entity(named) => vec![entity, named],
            _ => vec![entity],
        };
        match fact {
            Fact::Value(entity, _, value) | Fact::NotValue(entity, _, value) => with(entity, value),
            Fact::Given(entity, _) | Fact::NoValue(entity, _) => vec![entity],
            Fact::Member(member, group) => vec![member, group],
            Fact::Relation(relation, ends) | Fact::PastRelation(relation, ends) => {
                ends[..self.policy.relations[relation].ends.len()].to_vec()
            }
            Fact::Holds(holder, _, scope) | Fact::PastHolds(holder, _, scope) => vec![holder, scope],
        }
    }

    /// The values that an attribute may have.
    pub(super) fn candidates(&self, attribute: AttributeId) -> Vec<Value> {
        let declared = &self.policy.attributes[attribute];
        if let Some(kinds) = declared.value.entity_kinds() {
            return self.of_kinds(kinds).into_iter().map(Value::Entity).collect();
        }
        let mut values = self.domain.values(self.domain.is_compared(attribute), &declared.value, self.bearers());
        if let Some(step) = &self.step {
            values.extend(step.changes.values(attribute));
            values.sort_unstable();
            values.dedup();
        }
        values
    }

    /// The values of a type that names no entities, as many as attributes that are compared with each other may have.
    pub(super) fn all_values(&self, value: &ValueType) -> Vec<Value> {
        self.domain.values(true, value, self.bearers())
    }

    /// How many entities may have an attribute that is compared with another one.
    fn bearers(&self) -> usize {
        self.domain.compared().map(|compared| self.by_kind[self.policy.attributes[compared].kind.index()].len()).sum()
    }

    /// Whether nothing but implications says what the relation holds of.
    pub(super) fn is_only_derived(&self, relation: RelationId) -> bool {
        !self.policy.relations[relation].derived_by.is_empty() && !self.class.told
    }

    /// The facts that were read, in the order of reading, each with its variable.
    pub fn facts(&self) -> &[(Fact, Lit)] {
        &self.facts
    }

    /// At most one of these is true.
    pub(super) fn at_most_one(&mut self, lits: &[Lit]) {
        for (at, &one) in lits.iter().enumerate() {
            for &other in &lits[at + 1..] {
                let apart = self.circuit.or(!one, !other);
                self.axioms.push(apart);
            }
        }
    }

    /// The second is true wherever the first is.
    pub(super) fn implies(&mut self, one: Lit, other: Lit) {
        let axiom = self.circuit.or(!one, other);
        self.axioms.push(axiom);
    }
}
