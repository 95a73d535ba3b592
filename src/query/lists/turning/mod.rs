//! The instants at which a truth may change: those at which a fact begins or ends that it may depend on.
//!
//! `access` has what a request depends on, and `conditions` reads conditions without evaluating them. What a variable may be at any time is followed from what is known through the facts of all
//! times, as far as that is possible: then only facts about those entities count, and else all facts of the relation or attribute. There may
//! be too many instants, and never too few.

mod access;
mod conditions;

use crate::eval::Decider;
use crate::policy::{AttributeId, ImplicationId, KindId, KindSet};
use crate::time::{Instant, Interval};
use crate::world::{EntityId, FactId, Statement, Topic, World};
use rustc_hash::FxHashMap;
use std::collections::BTreeSet;

/// The entities that something may be at any time; `None` if it may be any.
pub(in crate::query) type Ever = Option<BTreeSet<EntityId>>;

/// More entities than this are as good as any.
const MANY: usize = 256;

/// After this many conditions, all instants of the world count.
const MAX_CONDITIONS: usize = 400;

/// Finds the instants.
pub(in crate::query) struct Turning<'a> {
    decider: &'a Decider<'a>,
    /// Instants outside are left out.
    window: Interval,
    /// What every truth may depend on: patterns, denials, and dates of the policy.
    common: BTreeSet<Instant>,
    /// The instants of all facts of a topic, once these were needed.
    of_topic: Option<FxHashMap<Topic, BTreeSet<Instant>>>,
    /// All instants, once these were needed.
    of_world: Option<BTreeSet<Instant>>,
    /// The lives of the entities of a kind, once these were needed.
    of_kind: FxHashMap<KindId, BTreeSet<Instant>>,
}

/// The instants of one truth.
pub(super) struct Instants<'t, 'a> {
    turning: &'t mut Turning<'a>,
    found: BTreeSet<Instant>,
    /// The implications that were read, each with what was known of its ends and of the subject.
    read: Vec<(ImplicationId, [Ever; 3], Ever)>,
}

impl<'a> Turning<'a> {
    pub(super) fn new(decider: &'a Decider<'a>, policy_stays: bool) -> Turning<'a> {
        let (policy, world) = (&decider.compiled.policy, decider.world);
        let patterns = world.openings().patterns().map(|(_, pattern)| pattern.during);
        let mut common: BTreeSet<Instant> =
            patterns.chain(world.all_denials().map(|denial| denial.during)).flat_map(|during| [during.since, during.until]).collect();
        if !policy_stays {
            let roles = policy.roles.values().map(|role| &role.meta);
            let metas = roles.chain(policy.implications.values().map(|implication| &implication.meta));
            common.extend(metas.flat_map(|meta| meta.validity.dates()));
        }
        Turning { decider, window: Interval::ALWAYS, common, of_topic: None, of_world: None, of_kind: FxHashMap::default() }
    }

    /// The instants of one truth, to be added to.
    pub(super) fn instants(&mut self) -> Instants<'_, 'a> {
        let found = self.common.clone();
        let mut instants = Instants { turning: self, found, read: Vec::new() };
        // The condition of a pattern may read any attribute.
        if instants.world().has_conditional_patterns() {
            instants.everything();
        }
        instants
    }

    /// All instants of the world.
    fn everything(&mut self) -> &BTreeSet<Instant> {
        if self.of_world.is_none() {
            let (world, window) = (self.decider.world, self.window);
            let mut found: BTreeSet<Instant> = self.topics().values().flatten().copied().collect();
            found.extend(world.ents().flat_map(|ent| ends_within(world.life(ent), window)));
            self.of_world = Some(found);
        }
        self.of_world.get_or_insert_default()
    }

    fn topics(&mut self) -> &FxHashMap<Topic, BTreeSet<Instant>> {
        let (world, window) = (self.decider.world, self.window);
        self.of_topic.get_or_insert_with(|| {
            let mut found: FxHashMap<Topic, BTreeSet<Instant>> = FxHashMap::default();
            for (_, fact) in world.facts() {
                found.entry(fact.statement.topic()).or_default().extend(ends_within(fact.during, window));
            }
            found
        })
    }
}

/// Where an interval begins and ends, as far as that is within the window or just at its end.
fn ends_within(during: Interval, window: Interval) -> impl Iterator<Item = Instant> {
    [during.since, during.until].into_iter().filter(move |&instant| window.since <= instant && instant <= window.until)
}

#[expect(clippy::unnecessary_wraps, reason = "one entity is known, and others may not be")]
pub(super) fn one(ent: EntityId) -> Ever {
    Some(BTreeSet::from([ent]))
}

impl<'a> Instants<'_, 'a> {
    pub(super) fn into_found(self) -> BTreeSet<Instant> {
        self.found
    }

    pub(super) fn decider(&self) -> &'a Decider<'a> {
        self.turning.decider
    }

    fn world(&self) -> &'a World {
        self.turning.decider.world
    }

    pub(super) fn during(&mut self, during: Interval) {
        self.found.extend(ends_within(during, self.turning.window));
    }

    fn fact(&mut self, id: FactId) {
        self.during(self.world().fact(id).during);
    }

    /// All instants of the world.
    pub(super) fn everything(&mut self) {
        self.found.extend(self.turning.everything().iter().copied());
    }

    fn topic(&mut self, topic: Topic) {
        let found = self.turning.topics().get(&topic).cloned();
        self.found.extend(found.into_iter().flatten());
    }

    /// That the statement is stated, with the lives of its entities.
    pub(super) fn statement(&mut self, statement: Statement) {
        self.world().facts_stating(statement).for_each(|id| self.fact(id));
        statement.about().for_each(|ent| self.during(self.world().life(ent)));
    }

    /// That an entity is in a group.
    pub(super) fn membership(&mut self, members: &Ever, groups: &Ever) {
        let open = !self.world().memberships_closed();
        match (members, groups) {
            (None, None) => self.topic(Topic::Member),
            (Some(members), None) => _ = self.groups_ever(members),
            (None, Some(groups)) => self.members_ever(groups),
            (Some(members), Some(groups)) => {
                self.groups_ever(members);
                if open {
                    self.members_ever(groups);
                }
            }
        }
    }

    /// The entities, and the groups in which they are at any time.
    fn groups_ever(&mut self, members: &BTreeSet<EntityId>) -> BTreeSet<EntityId> {
        let mut found = members.clone();
        let mut waiting: Vec<EntityId> = members.iter().copied().collect();
        while let Some(here) = waiting.pop() {
            self.during(self.world().life(here));
            for id in self.world().memberships(here) {
                self.fact(id);
                if let Statement::Member { group, .. } = self.world().fact(id).statement
                    && found.insert(group)
                {
                    waiting.push(group);
                }
            }
        }
        found
    }

    fn members_ever(&mut self, groups: &BTreeSet<EntityId>) {
        for &group in groups {
            for here in self.world().ever_members(group) {
                self.world().members(here).for_each(|id| self.fact(id));
            }
        }
    }

    /// The entities, and what contains them at any time.
    fn containers_ever(&mut self, entities: &BTreeSet<EntityId>) -> BTreeSet<EntityId> {
        let policy = &self.turning.decider.compiled.policy;
        let mut found = entities.clone();
        let mut waiting: Vec<EntityId> = entities.iter().copied().collect();
        while let Some(here) = waiting.pop() {
            self.during(self.world().life(here));
            for &attribute in &policy.kinds[self.world().kind(here)].within {
                for above in self.values_ever(here, attribute) {
                    if found.insert(above) {
                        waiting.push(above);
                    }
                }
            }
        }
        found
    }

    /// The entities, and what they contain at any time.
    fn contents_ever(&mut self, entities: &BTreeSet<EntityId>) -> BTreeSet<EntityId> {
        let (world, policy) = (self.world(), &self.turning.decider.compiled.policy);
        let mut found = entities.clone();
        let mut waiting: Vec<EntityId> = entities.iter().copied().collect();
        while let Some(here) = waiting.pop() {
            for (attribute, _) in policy.attributes.iter().filter(|(_, attribute)| attribute.container) {
                for id in world.entities_with_value(attribute, here) {
                    self.fact(id);
                    if let Statement::Value { entity, .. } = world.fact(id).statement
                        && found.insert(entity)
                    {
                        waiting.push(entity);
                    }
                }
            }
        }
        found
    }

    /// That the attribute of the entity has some value.
    pub(super) fn value(&mut self, ent: EntityId, attribute: AttributeId) {
        self.values_ever(ent, attribute);
    }

    /// The entities that the attribute names at any time.
    fn values_ever(&mut self, ent: EntityId, attribute: AttributeId) -> Vec<EntityId> {
        let (world, policy) = (self.world(), &self.turning.decider.compiled.policy);
        let mut found = Vec::new();
        // One of `exactly-one` is absent while another is given.
        for &read in policy.exclusive(&attribute).iter().chain([&attribute]) {
            for id in world.facts_giving(policy, ent, read) {
                self.fact(id);
                let value = match world.fact(id).statement {
                    Statement::Value { value, .. } => value.entity(),
                    Statement::Member { group, .. } => Some(group),
                    _ => None,
                };
                if let Some(value) = value {
                    self.during(world.life(value));
                    found.extend((read == attribute).then_some(value));
                }
            }
        }
        self.during(world.life(ent));
        found
    }

    fn lives(&mut self, kinds: &KindSet, ever: &Ever) {
        match ever {
            Some(ever) => ever.iter().for_each(|&ent| self.during(self.world().life(ent))),
            None => kinds.iter().for_each(|kind| self.kind(kind)),
        }
    }

    /// That any entity of the kind lives.
    fn kind(&mut self, kind: KindId) {
        let (world, window) = (self.world(), self.turning.window);
        let lives = self.turning.of_kind.entry(kind).or_insert_with(|| {
            let lives = world.of_kind(kind).map(|ent| world.life(ent));
            lives.flat_map(|life| ends_within(life, window)).collect()
        });
        self.found.extend(lives.iter().copied());
    }

    /// That any entity lies within another.
    fn containment(&mut self) {
        let policy = &self.turning.decider.compiled.policy;
        let containers = policy.attributes.iter().filter(|(_, attribute)| attribute.container);
        containers.for_each(|(attribute, _)| self.topic(Topic::Value(attribute)));
    }

    /// That the attribute of any entity has some value.
    fn attribute(&mut self, attribute: AttributeId) {
        let policy = &self.turning.decider.compiled.policy;
        for &read in policy.exclusive(&attribute).iter().chain([&attribute]) {
            self.topic(Topic::of_attribute(policy, read));
        }
    }
}
