//! What a list asks of: the subjects that an entity stands for, and the scopes that count on one.

use crate::diag::phrases::with_article;
use crate::eval::{Budget, Decider, NoTrace, QueryContext, Truth};
use crate::policy::{KindId, KindSet, Policy};
use crate::syntax::NamedEntities;
use crate::time::{Instant, Interval};
use crate::world::{EntityId, RequestError, Statement, Value, World};
use rustc_hash::FxHashMap;

/// One entity, or all of a kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EntityPattern {
    /// This entity.
    One(EntityId),
    /// Every entity of the kind that lives.
    All(KindId),
}

impl EntityPattern {
    /// Finds the entities.
    ///
    /// # Errors
    ///
    /// If the kind or the entity is not known, or the entity does not live then.
    pub fn read(policy: &Policy, world: &World, named: &NamedEntities, at: Instant) -> Result<EntityPattern, RequestError> {
        EntityPattern::read_by(policy, named, |kind, id| world.living(policy, kind, id, at))
    }

    fn read_by(
        policy: &Policy,
        named: &NamedEntities,
        find: impl Fn(&str, &str) -> Result<EntityId, RequestError>,
    ) -> Result<EntityPattern, RequestError> {
        match named {
            NamedEntities::One(kind, id) => find(kind, id).map(EntityPattern::One),
            NamedEntities::All(kind) => match policy.kind_called(kind) {
                Some(kind) => Ok(EntityPattern::All(kind)),
                None => find(kind, "*").map(EntityPattern::One),
            },
        }
    }

    /// The same, of an entity that lives at some time of a window.
    ///
    /// # Errors
    ///
    /// If the kind or the entity is not known, or the entity lives at no time of it.
    pub fn read_within(policy: &Policy, world: &World, named: &NamedEntities, window: Interval) -> Result<EntityPattern, RequestError> {
        EntityPattern::read_by(policy, named, |kind, id| world.living_within(policy, kind, id, window))
    }

    /// The entities, in order.
    pub(super) fn entities(self, world: &World, at: Instant) -> Vec<EntityId> {
        match self {
            EntityPattern::One(ent) => vec![ent],
            EntityPattern::All(kind) => world.of_kind(kind).filter(|&ent| world.lives(ent, at)).collect(),
        }
    }

    fn kind(self, world: &World) -> KindId {
        match self {
            EntityPattern::One(ent) => world.kind(ent),
            EntityPattern::All(kind) => kind,
        }
    }
}

/// The subjects that a pattern stands for, in order: each is true if it belongs there, and unknown if it may. An entity of a kind that asks is
/// itself; any other stands for the subjects in it, at any depth, and for those that name it in an attribute of their kind's `exactly-one`.
///
/// # Errors
///
/// If no subject can be in such an entity or name it.
pub fn subjects(decider: &Decider<'_>, pattern: EntityPattern) -> Result<Vec<(EntityId, Truth)>, RequestError> {
    let (world, policy, at) = (decider.world, &decider.compiled.policy, decider.context.at);
    let kind = pattern.kind(world);
    if policy.kinds[kind].subject {
        return Ok(pattern.entities(world, at).into_iter().map(|ent| (ent, Truth::True)).collect());
    }
    let kinds = policy.subjects();
    let members: KindSet = kinds.iter().filter(|&subject| policy.groups_of(subject).contains(kind)).collect();
    let homes = kinds.iter().flat_map(|subject| policy.kinds[subject].exactly_one.iter().copied());
    let homes: Vec<_> = homes.filter(|&attribute| policy.attributes[attribute].value.accepts_kind(kind)).collect();
    if members.is_empty() && homes.is_empty() {
        let name = with_article(&policy.kinds[kind].meta.name);
        let message = format!("{name} stands for no subject: none can be in it or name it as its home");
        return Err(RequestError::of_policy(message, None));
    }
    let budget = Budget::unlimited();
    let query = decider.within(&budget);
    let mut found: FxHashMap<EntityId, Truth> = FxHashMap::default();
    let mut add = |subject: EntityId, truth: Truth| {
        if truth != Truth::False && world.lives(subject, at) {
            let known = found.entry(subject).or_insert(Truth::False);
            *known = known.or(truth);
        }
    };
    for entity in pattern.entities(world, at) {
        each_member(&query, entity, &members, &mut add);
        for &attribute in &homes {
            let statement = |entity, value| Statement::Value { entity, attribute, value: Value::Entity(value) };
            let naming = world.entities_with_value(attribute, entity).filter_map(|id| match world.fact(id).statement {
                Statement::Value { entity, .. } => Some(entity),
                _ => None,
            });
            for subject in naming.chain(world.lacking(policy, attribute, at)) {
                let home = statement(subject, entity);
                match world.find_holding(home, at) {
                    Some(_) => add(subject, Truth::True),
                    None if query.holds_or_may(home) => add(subject, Truth::Unknown),
                    None => {}
                }
            }
        }
    }
    let mut found: Vec<(EntityId, Truth)> = found.into_iter().collect();
    found.sort_by(|&(a, _), &(b, _)| world.compare_entities(a, b));
    Ok(found)
}

/// Calls `found` with each living subject of these kinds that is in the group or may be, at any depth.
pub(super) fn each_member(query: &QueryContext<'_>, group: EntityId, kinds: &KindSet, found: &mut dyn FnMut(EntityId, Truth)) {
    let (world, at) = (query.world, query.context.at);
    if world.memberships_closed() {
        let members = world.all_members(group, at).skip(1);
        return members.filter(|&ent| kinds.contains(world.kind(ent)) && world.lives(ent, at)).for_each(|ent| found(ent, Truth::True));
    }
    let mut evaluator = query.evaluator(NoTrace);
    for ent in world.living_of(kinds, at) {
        match evaluator.member(ent, group) {
            Truth::False => {}
            truth => found(ent, truth),
        }
    }
}

/// The scopes that count on these entities: themselves and what contains them, and `within` also what they contain. A scope is unknown if
/// it may contain one of them, or be within.
pub fn scopes(decider: &Decider<'_>, pattern: EntityPattern, within: bool) -> Vec<(EntityId, Truth)> {
    let (world, policy, at) = (decider.world, &decider.compiled.policy, decider.context.at);
    let own = pattern.entities(world, at);
    let mut found: FxHashMap<EntityId, Truth> = FxHashMap::default();
    let mut add = |scope: EntityId, truth: Truth| {
        let known = found.entry(scope).or_insert(Truth::False);
        *known = known.or(truth);
    };
    let above = |ent: EntityId, add: &mut dyn FnMut(EntityId, Truth)| {
        let containers: Vec<EntityId> = world.containers(ent, at).collect();
        let unknown = decider.unknown_containers(containers[containers.len() - 1], at);
        containers.into_iter().for_each(|scope| add(scope, Truth::True));
        for maybe in world.living_of(&unknown, at) {
            world.containers(maybe, at).for_each(|scope| add(scope, Truth::Unknown));
        }
    };
    own.iter().for_each(|&ent| above(ent, &mut add));
    if within {
        let own: rustc_hash::FxHashSet<EntityId> = own.iter().copied().collect();
        for ent in world.living_of(&policy.scopes(), at) {
            let mut truth = Truth::False;
            above(ent, &mut |scope, of_scope| {
                if own.contains(&scope) {
                    truth = truth.or(of_scope);
                }
            });
            if truth != Truth::False {
                add(ent, truth);
            }
        }
    }
    let mut found: Vec<(EntityId, Truth)> = found.into_iter().collect();
    found.sort_by(|&(a, _), &(b, _)| world.compare_entities(a, b));
    found
}
