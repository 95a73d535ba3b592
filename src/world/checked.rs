//! Checked changes: entities and facts are added as a file of the world would state them, and entities are ended.
//!
//! [`World::add`] takes any fact, which is what overlays and events need. What comes from outside the program goes through these functions,
//! which refuse what the loader would report. Invariants of the policy are not checked here: `events::invariants` does that.

use super::added_entities::AddedEntity;
use super::ids::{EntityId, FactId};
use super::model::{Fact, Statement};
use super::store::column::id_of;
use super::value::Value;
use super::world::World;
use crate::policy::{AttributeId, Id, KindId, KindSet, Policy};
use crate::text::Span;
use crate::time::{Instant, Interval};
use rustc_hash::FxHashSet;

/// An entity to be added to a world: what a header of a world file and the lines below it say.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewEntity<'a> {
    /// Its kind; not `role`, whose entities are the roles of the policy.
    pub kind: KindId,
    /// Its id, without the kind; not empty.
    pub id: &'a str,
    /// When it lives.
    pub life: Interval,
    /// The attributes that are given, each with its values: one, or any number if it is `many`. With no values the set is given and is empty.
    pub attributes: &'a [(AttributeId, Vec<Value>)],
    /// Where it is declared, and its attributes are given; `None` if no file declares it.
    pub place: Option<Span>,
}

/// Why a world does not take a change. The world is as it was.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum UpdateError {
    /// The policy alone has roles.
    #[error("the roles of a world are those of its policy")]
    Role,
    /// The id of the entity is empty.
    #[error("an entity has an id")]
    NoId,
    /// The world has an entity of this kind and id, which may have ended: an id is used once.
    #[error("the world has this entity already")]
    Exists(EntityId),
    /// The entity lives at no time, or the fact holds at no time at which the entities that it needs live.
    #[error("it holds at no time")]
    Never,
    /// The entity is of a contained kind, and no attribute names its container.
    #[error("the entity does not say what it lies within")]
    NoContainer,
    /// The attribute is none of the entity's kind.
    #[error("the entity has no such attribute")]
    NoAttribute(AttributeId),
    /// The attribute is a key that another entity of the kind has, or that is empty; or it is given as a fact and not with its entity.
    #[error("the key is taken, is empty, or is not given with its entity")]
    Key(AttributeId),
    /// The attribute is given twice, or has several values and is not `many`.
    #[error("the attribute takes one value")]
    Several(AttributeId),
    /// An entity in the fact, or its value, is not of a kind or type that its place takes, or is not declared.
    #[error("the schema does not admit the fact")]
    Misfit(Statement),
    /// At some time at which it would hold, this fact states another value, another of `exactly-one` or another container.
    #[error("another fact contradicts it")]
    Contradicts(FactId),
    /// At some time at which it would hold, it is stated not to hold.
    #[error("it is stated not to hold")]
    Denied,
    /// The entity would lie within itself at some time.
    #[error("the entity would lie within itself")]
    Cycle(EntityId),
}

impl World {
    /// Adds an entity, with the attributes that are given for it. Costs as much for a big world as for a small one. An entity that only the
    /// policy named keeps its id and is declared from now on.
    ///
    /// # Errors
    ///
    /// If a loader would report the entity or one of its attributes: see [`UpdateError`]. Then nothing is added.
    pub fn add_entity(&mut self, policy: &Policy, new: &NewEntity<'_>) -> Result<EntityId, UpdateError> {
        if new.kind == policy.role_kind {
            return Err(UpdateError::Role);
        }
        if new.id.is_empty() {
            return Err(UpdateError::NoId);
        }
        if new.life.is_empty() {
            return Err(UpdateError::Never);
        }
        let known = self.find(new.kind, new.id);
        if let Some(known) = known.filter(|&known| self.is_declared(known)) {
            return Err(UpdateError::Exists(known));
        }
        let ent = known.unwrap_or_else(|| EntityId(id_of(self.ents().len())));
        let statements = self.attributes_of(policy, ent, new)?;
        self.some_end |= new.life.until != Instant::MAX;
        if known.is_some() {
            self.delta.declare(ent, new.place, new.life);
        } else {
            let before = self.entities.position(new.kind, new.id);
            self.delta.add_entity(
                ent,
                AddedEntity { kind: new.kind, id: new.id.into(), place: new.place, before, declared: true },
                new.life,
            );
        }
        for &(attribute, _) in new.attributes {
            if policy.attributes[attribute].many {
                self.give_set(ent, attribute);
            }
        }
        for statement in statements {
            if let Statement::Value { attribute, value: Value::Text(key), .. } = statement
                && policy.attributes[attribute].key
            {
                self.delta.add_key(new.kind, self.texts.text(key), ent);
            }
            self.add(Fact { statement, during: new.life }, new.place);
        }
        Ok(ent)
    }

    /// Declares an entity that lives at no time yet: an event is to create it. False if an entity of this kind and id is declared already.
    pub(super) fn declare_unborn(&mut self, kind: KindId, id: &str, place: Span) -> bool {
        let never = Interval { since: Instant::MAX, until: Instant::MAX };
        match self.find(kind, id) {
            Some(known) if self.is_declared(known) => return false,
            Some(known) => self.delta.declare(known, Some(place), never),
            None => {
                let (ent, before) = (EntityId(id_of(self.ents().len())), self.entities.position(kind, id));
                self.delta.add_entity(ent, AddedEntity { kind, id: id.into(), place: Some(place), before, declared: true }, never);
            }
        }
        true
    }

    /// Declares an entity of a kind for an event that may create one, under an id that is free. It lives at no time yet.
    pub(crate) fn declare_new(&mut self, kind: KindId, place: Span) {
        let numbered = (2..).map(|number| format!("new-{number}"));
        let mut ids = std::iter::once("new".to_owned()).chain(numbered);
        let _ = ids.find(|id| self.declare_unborn(kind, id, place));
    }

    /// The entities of these kinds that live at no time: an event may create them.
    pub(crate) fn unborn(&self, kinds: &KindSet) -> impl Iterator<Item = EntityId> {
        self.every_unborn().filter(|&ent| kinds.contains(self.kind(ent)))
    }

    /// The entities that live at no time.
    pub(crate) fn every_unborn(&self) -> impl Iterator<Item = EntityId> {
        self.delta.lives().filter(|&(_, life)| life.since == Instant::MAX).map(|(ent, _)| ent)
    }

    /// Takes the texts and the entities that a changed clone of this world has beside those of this one, so that they have the same numbers in
    /// both. Here the entities live at no time.
    pub(crate) fn take_names(&mut self, clone: &World) {
        self.texts = clone.texts.clone();
        while let Some(added) = clone.delta.entities().get(self.delta.entities().count()) {
            let life = if added.declared { Interval { since: Instant::MAX, until: Instant::MAX } } else { Interval::ALWAYS };
            let ent = EntityId(id_of(self.ents().len()));
            self.delta.add_entity(ent, added.clone(), life);
        }
    }

    /// The role of this name or id. One that neither the policy nor the world names is added; the world then names it. `None` if the id is
    /// empty.
    pub fn role(&mut self, policy: &Policy, id: &str) -> Option<EntityId> {
        if let (Some(known), false) = (self.find_named(policy, policy.role_kind, id), id.is_empty()) {
            return Some(known);
        }
        let (kind, id) = (policy.role_kind, id.to_lowercase());
        if id.is_empty() {
            return None;
        }
        let (role, before) = (EntityId(id_of(self.ents().len())), self.entities.position(kind, &id));
        self.delta.add_entity(role, AddedEntity { kind, id: id.into(), place: None, before, declared: false }, Interval::ALWAYS);
        Some(role)
    }

    /// The statements of the attributes of a new entity, checked against the schema and each other. Nothing states anything about the entity
    /// yet, so no other fact can contradict them.
    fn attributes_of(&self, policy: &Policy, ent: EntityId, new: &NewEntity<'_>) -> Result<Vec<Statement>, UpdateError> {
        let kind = &policy.kinds[new.kind];
        let mut statements = Vec::new();
        let mut given = FxHashSet::default();
        for &(id, ref values) in new.attributes {
            let attribute = &policy.attributes[id];
            if attribute.kind != new.kind {
                return Err(UpdateError::NoAttribute(id));
            }
            if !given.insert(id) || !attribute.many && values.len() != 1 {
                return Err(UpdateError::Several(id));
            }
            if let (true, [Value::Text(key)]) = (attribute.key, values.as_slice())
                && (self.text(*key).is_empty() || self.find_key(new.kind, self.text(*key)).is_some())
            {
                return Err(UpdateError::Key(id));
            }
            for &value in values {
                let statement = Statement::of_attribute(policy, ent, id, value);
                if !self.takes(policy, id, value) {
                    return Err(UpdateError::Misfit(statement));
                }
                statements.push(statement);
            }
        }
        let given_of = |group: &[AttributeId]| group.iter().filter(|id| given.contains(id)).count();
        for group in [&kind.exactly_one, &kind.within] {
            if given_of(group) > 1 {
                return Err(UpdateError::Several(group[0]));
            }
        }
        if !kind.within.is_empty() && given_of(&kind.within) == 0 {
            return Err(UpdateError::NoContainer);
        }
        Ok(statements)
    }

    /// Adds a fact, for the part of its interval in which the entities that it needs live. The values of an attribute that is not `many` must
    /// not overlap: end the old one with [`World::end`] first. If the fact is there already, for the same interval, returns its id.
    ///
    /// # Errors
    ///
    /// If a loader would report the fact, or leave it out: see [`UpdateError`]. Then nothing is added.
    pub fn add_fact(&mut self, policy: &Policy, fact: Fact, place: Option<Span>) -> Result<FactId, UpdateError> {
        let statement = fact.statement;
        if !self.admits(policy, statement) {
            return Err(UpdateError::Misfit(statement));
        }
        if let Statement::Value { attribute, .. } = statement
            && policy.attributes[attribute].key
        {
            return Err(UpdateError::Key(attribute));
        }
        let during = fact.during.intersection(self.lifetime(statement));
        if during.is_empty() {
            return Err(UpdateError::Never);
        }
        if self.denials(policy, statement).any(|denial| !denial.during.intersection(during).is_empty()) {
            return Err(UpdateError::Denied);
        }
        if let Statement::Value { entity, attribute, value } = statement {
            if let Some(other) = self.contradicting(policy, (entity, attribute, value), during) {
                return Err(UpdateError::Contradicts(other));
            }
            if let (true, Value::Entity(container)) = (policy.attributes[attribute].container, value)
                && self.would_lie_within(policy, entity, container, during)
            {
                return Err(UpdateError::Cycle(entity));
            }
        }
        Ok(self.add(Fact { statement, during }, place))
    }

    /// Ends a fact at an instant, if it does not end before. A fact that begins later holds at no time from now on.
    pub fn end(&mut self, id: FactId, at: Instant) {
        let during = self.fact(id).during;
        if at < during.until {
            self.set_during(id, Interval { until: at.max(during.since), ..during });
        }
    }

    /// Ends an entity at an instant, if it does not end before, and with it the facts about it. Values of other entities that name it stay.
    /// The entity keeps its id, and its name is not free for another.
    pub fn end_entity(&mut self, ent: EntityId, at: Instant) {
        let life = self.life(ent);
        if at < life.until {
            self.set_life(ent, Interval { until: at.max(life.since), ..life });
        }
        self.facts_about(ent).into_iter().for_each(|id| self.end(id, at));
    }

    /// Whether the schema admits the statement: each entity in it is of a kind that its place takes, a value is of its attribute's type. It
    /// does not matter whether they are declared. `holders` are the kinds that can hold a role.
    pub(crate) fn fits_schema(&self, policy: &Policy, holders: &KindSet, statement: Statement) -> bool {
        match statement {
            Statement::Relation(relation, ends) => {
                let kinds = &policy.relations[relation].ends;
                let is_named = relation == policy.unknown_roles && self.role_of(ends[1]).is_some();
                !is_named
                    && ends[kinds.len()..].iter().all(|&end| end == EntityId::NONE)
                    && kinds.iter().zip(ends).all(|(kinds, end)| kinds.contains(self.kind(end)))
            }
            Statement::Holds { holder, role, scope } => {
                policy.roles[role].on.contains(self.kind(scope)) && holders.contains(self.kind(holder))
            }
            Statement::Member { member, group } => {
                let mut attributes = policy.kinds[self.kind(member)].attributes.iter();
                attributes.any(|&attribute| policy.attributes[attribute].is_membership_in(self.kind(group)))
            }
            Statement::Value { attribute, value, .. } => self.fits(&policy.attributes[attribute].value, value),
        }
    }

    /// Whether a file could state this: the schema admits it, and the entities in it are declared.
    fn admits(&self, policy: &Policy, statement: Statement) -> bool {
        let fits = self.fits_schema(policy, &policy.holders(), statement);
        let ends = match statement {
            Statement::Relation(relation, ends) => {
                policy.relations[relation].ends.iter().zip(ends).all(|(_, end)| self.is_known(policy, end))
            }
            Statement::Holds { holder, scope, .. } => self.is_known(policy, holder) && self.is_known(policy, scope),
            Statement::Member { member, group } => self.is_known(policy, member) && self.is_known(policy, group),
            Statement::Value { entity, attribute, value } => {
                let declared = &policy.attributes[attribute];
                let has = self.is_declared(entity) && self.kind(entity) == declared.kind && !declared.member_of;
                has && self.takes(policy, attribute, value)
            }
        };
        fits && ends
    }

    /// Whether the attribute takes the value, which is declared if it is an entity.
    fn takes(&self, policy: &Policy, attribute: AttributeId, value: Value) -> bool {
        self.fits(&policy.attributes[attribute].value, value) && value.entity().is_none_or(|ent| self.is_known(policy, ent))
    }

    /// Whether a file declares the entity, or it is a role.
    pub(super) fn is_known(&self, policy: &Policy, ent: EntityId) -> bool {
        self.is_declared(ent) || ent != EntityId::NONE && self.kind(ent) == policy.role_kind
    }

    /// The interval in which the entities that a fact needs are alive. The value of an attribute needs the entity that has the attribute, but
    /// not an entity that is the value.
    pub(super) fn lifetime(&self, statement: Statement) -> Interval {
        statement.about().fold(Interval::ALWAYS, |during, ent| during.intersection(self.life(ent)))
    }

    /// A fact that contradicts this value, in some part of the interval.
    fn contradicting(
        &self,
        policy: &Policy,
        (entity, attribute, value): (EntityId, AttributeId, Value),
        during: Interval,
    ) -> Option<FactId> {
        let kind = &policy.kinds[policy.attributes[attribute].kind];
        let groups = [&kind.exactly_one, &kind.within].into_iter().filter(|group| group.contains(&attribute));
        let others = groups.flatten().filter(|&&other| other != attribute).flat_map(|&other| self.values(entity, other));
        let same = self.values(entity, attribute).filter(|_| !policy.attributes[attribute].many);
        let same = same.filter(|&id| self.fact(id).statement != Statement::Value { entity, attribute, value });
        others.chain(same).find(|&id| !self.fact(id).during.intersection(during).is_empty())
    }

    /// Whether the entity would lie within itself at some time, if it lay within this container in the interval.
    fn would_lie_within(&self, policy: &Policy, entity: EntityId, container: EntityId, during: Interval) -> bool {
        let nests = |ent: EntityId| policy.kinds[self.kind(ent)].above.contains(self.kind(ent));
        let mut ways = vec![(container, during)];
        // The facts of an entity do not overlap, so from one step to the next the intervals are split, but never doubled.
        while let Some((here, during)) = ways.pop() {
            if here == entity {
                return true;
            }
            if !nests(here) {
                continue;
            }
            for &attribute in &self.container_attributes[self.kind(here).index()] {
                for id in self.values(here, attribute) {
                    let fact = self.fact(id);
                    let both = fact.during.intersection(during);
                    if let (Statement::Value { value: Value::Entity(outer), .. }, false) = (fact.statement, both.is_empty()) {
                        ways.push((outer, both));
                    }
                }
            }
        }
        false
    }
}
