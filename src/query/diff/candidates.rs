//! The requests that are decided on both sides, subject by subject: what a change can affect, written out.

use super::affected::{Affected, Extent, Rectangle};
use super::sides::{Side, Sides};
use crate::eval::{Budget, Decider, NoTrace};
use crate::policy::{ActionId, KindSet};
use crate::query::access::{ResourceReach, SubjectReach};
use crate::world::{EntityId, ResolvedRequest};
use rustc_hash::{FxHashMap, FxHashSet};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// Requests that may be answered otherwise on the other side, by subject.
#[derive(Debug, Default)]
pub(super) struct Candidates {
    /// In order.
    pub(super) subjects: Vec<(EntityId, Vec<Part>)>,
}

/// Actions on resources.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Part {
    actions: Arc<[ActionId]>,
    /// `None` for whatever the subject may reach.
    resources: Option<Arc<[EntityId]>>,
}

/// So many parts are written out; if there are more, everything is looked at instead.
const MAX_PARTS: usize = 4_000_000;

impl Candidates {
    /// Whatever a subject may reach on one of the sides.
    pub(super) fn of_subject(sides: Sides<'_>, subject: EntityId) -> Candidates {
        let actions: Arc<[ActionId]> = sides.new.compiled.policy.actions.ids().collect();
        Candidates { subjects: vec![(subject, vec![Part { actions, resources: None }])] }
    }

    /// Writes out the requests; `None` if they are too many. With `all`, requests count too that nothing permits on either side. Without
    /// it, any request of an action is whatever somebody may reach.
    pub(super) fn of(sides: Sides<'_>, affected: &Affected, all: bool) -> Option<Candidates> {
        let mut writer = Writer { sides, all, extents: FxHashMap::default(), parts: FxHashMap::default(), count: 0 };
        let mut written: FxHashSet<&Rectangle> = FxHashSet::default();
        for rectangle in affected.requests.iter().filter(|&rectangle| written.insert(rectangle)) {
            writer.write(rectangle)?;
        }
        if !all && !affected.actions.is_empty() {
            let actions: Arc<[ActionId]> = affected.actions.iter().copied().collect();
            for subject in everyone(sides) {
                writer.add(subject, Part { actions: Arc::clone(&actions), resources: None })?;
            }
        }
        let mut subjects: Vec<EntityId> = writer.parts.keys().copied().collect();
        sides.new.world.sort_entities(&mut subjects);
        let mut parts = writer.parts;
        Some(Candidates { subjects: subjects.into_iter().map(|subject| (subject, parts.remove(&subject).unwrap_or_default())).collect() })
    }
}

impl Candidates {
    /// The actions of all the requests, in order.
    pub(super) fn actions(&self) -> Vec<ActionId> {
        let parts = self.subjects.iter().flat_map(|(_, parts)| parts);
        let lists: FxHashSet<&Arc<[ActionId]>> = parts.map(|part| &part.actions).collect();
        let actions: BTreeSet<ActionId> = lists.into_iter().flat_map(|list| list.iter().copied()).collect();
        actions.into_iter().collect()
    }
}

struct Writer<'a> {
    sides: Sides<'a>,
    all: bool,
    extents: FxHashMap<Extent, Arc<[EntityId]>>,
    parts: FxHashMap<EntityId, Vec<Part>>,
    count: usize,
}

impl Writer<'_> {
    fn write(&mut self, rectangle: &Rectangle) -> Option<()> {
        let Rectangle { subjects, actions, resources } = rectangle;
        let resources = (*resources != Extent::Any).then(|| self.entities(*resources));
        if let (Extent::Any, Some(resources)) = (subjects, &resources) {
            return resources.iter().try_for_each(|&resource| self.write_reaching(resource, actions));
        }
        for &subject in self.entities(*subjects).iter() {
            self.add(subject, Part { actions: Arc::clone(actions), resources: resources.clone() })?;
        }
        Some(())
    }

    fn add(&mut self, subject: EntityId, part: Part) -> Option<()> {
        self.count += 1;
        self.parts.entry(subject).or_default().push(part);
        (self.count <= MAX_PARTS).then_some(())
    }

    /// Adds those who may do one of the actions to a resource, on either side.
    fn write_reaching(&mut self, resource: EntityId, actions: &[ActionId]) -> Option<()> {
        let own: Arc<[EntityId]> = Arc::new([resource]);
        let mut found: BTreeMap<EntityId, Vec<ActionId>> = BTreeMap::new();
        for decider in living(self.sides, resource) {
            let policy = &decider.compiled.policy;
            let budget = Budget::default();
            let mut reach = ResourceReach::of(decider.within(&budget), resource);
            for &action in actions.iter().filter(|&&action| policy.actions[action].on.contains(decider.world.kind(resource))) {
                let everyone = || decider.world.living_of(&policy.subjects(), decider.context.at).collect();
                let subjects: Vec<EntityId> = if self.all { None } else { reach.subjects(action) }.unwrap_or_else(everyone);
                subjects.into_iter().for_each(|subject| found.entry(subject).or_default().push(action));
            }
        }
        for (subject, mut actions) in found {
            actions.sort_unstable();
            actions.dedup();
            self.add(subject, Part { actions: actions.into(), resources: Some(Arc::clone(&own)) })?;
        }
        Some(())
    }

    /// The entities of an extent, of both sides.
    fn entities(&mut self, extent: Extent) -> Arc<[EntityId]> {
        let sides = self.sides;
        Arc::clone(self.extents.entry(extent).or_insert_with(|| {
            let mut found: Vec<EntityId> = match extent {
                Extent::Any => Vec::new(),
                Extent::One(ent) => vec![ent],
                Extent::Members(group) => living(sides, group).flat_map(|decider| may_be_members(decider, group)).collect(),
                Extent::Contents(outer) => living(sides, outer).flat_map(|decider| contents(decider, outer)).collect(),
            };
            sides.new.world.sort_entities(&mut found);
            found.dedup();
            found.into()
        }))
    }
}

/// The subjects that live on one of two sides that share ids.
fn everyone(sides: Sides<'_>) -> FxHashSet<EntityId> {
    let living = |decider: &Decider<'_>| -> Vec<EntityId> {
        decider.world.living_of(&decider.compiled.policy.subjects(), decider.context.at).collect()
    };
    [sides.old, sides.new].into_iter().flat_map(living).collect()
}

/// The sides that have the entity.
fn living(sides: Sides<'_>, ent: EntityId) -> impl Iterator<Item = &Decider<'_>> {
    [Side::Old, Side::New].into_iter().map(move |side| sides.decider(side)).filter(move |decider| decider.world.has(ent))
}

/// The entity, and whoever is or may be a member of it.
fn may_be_members(decider: &Decider<'_>, group: EntityId) -> Vec<EntityId> {
    let budget = Budget::default();
    match decider.within(&budget).evaluator(NoTrace).members_of(group) {
        Some(members) => std::iter::once(group).chain(members).collect(),
        None => decider.world.living_of(&decider.compiled.policy.subjects(), decider.context.at).collect(),
    }
}

/// The entity and what lies within it.
fn contents(decider: &Decider<'_>, outer: EntityId) -> Vec<EntityId> {
    let on = decider.compiled.policy.actions.values().fold(KindSet::default(), |all, action| all.union(&action.on));
    let budget = Budget::default();
    decider.within(&budget).evaluator(NoTrace).all_within(outer, &on)
}

impl Part {
    /// Whether the resource of one of its requests may be of these kinds.
    pub(super) fn may_be_on(&self, sides: Sides<'_>, kinds: &KindSet) -> bool {
        match &self.resources {
            Some(resources) => resources.iter().any(|&resource| kinds.contains(sides.kind(resource))),
            None => self.actions.iter().any(|&action| {
                let on = &sides.new.compiled.policy.actions[action].on;
                on.iter().any(|kind| kinds.contains(kind))
            }),
        }
    }
}

/// The requests of a subject: the resources of each action, in order.
pub(super) fn requests(sides: Sides<'_>, subject: &(EntityId, Vec<Part>), all: bool) -> Vec<ResolvedRequest> {
    requests_within(sides, subject, all, usize::MAX).0
}

/// The same, and whether they are all: no more are sought once there are more than `most`.
pub(super) fn requests_within(
    sides: Sides<'_>,
    (subject, parts): &(EntityId, Vec<Part>),
    all: bool,
    most: usize,
) -> (Vec<ResolvedRequest>, bool) {
    let policy = &sides.new.compiled.policy;
    let budgets = [Side::Old, Side::New].map(|_| Budget::default());
    let mut reaches: Vec<(&Decider<'_>, SubjectReach<'_>)> = Vec::new();
    if parts.iter().any(|part| part.resources.is_none()) {
        let living = living(sides, *subject).zip(&budgets);
        reaches.extend(living.map(|(decider, budget)| (decider, SubjectReach::of(decider.within(budget), *subject))));
    }
    let mut by_action: BTreeMap<(&str, ActionId), Vec<&Part>> = BTreeMap::new();
    for part in parts {
        let place = |&action: &ActionId| (policy.actions[action].meta.name.as_str(), action);
        part.actions.iter().for_each(|action| by_action.entry(place(action)).or_default().push(part));
    }
    let mut found = Vec::new();
    for ((_, action), parts) in by_action {
        if found.len() > most {
            return (found, false);
        }
        let on = &policy.actions[action].on;
        let named = parts.iter().filter_map(|part| part.resources.as_ref()).flat_map(|these| these.iter().copied());
        let mut resources: Vec<EntityId> = named.filter(|&resource| on.contains(sides.kind(resource))).collect();
        if parts.iter().any(|part| part.resources.is_none()) {
            for (decider, reach) in &mut reaches {
                let everything = || decider.world.living_of(on, decider.context.at).collect();
                let reached: Vec<EntityId> = if all { None } else { reach.resources(action) }.unwrap_or_else(everything);
                resources.extend(reached.into_iter().filter(|&resource| on.contains(decider.world.kind(resource))));
            }
        }
        sides.new.world.sort_entities(&mut resources);
        resources.dedup();
        found.extend(resources.into_iter().map(|resource| ResolvedRequest { subject: *subject, action, resource }));
    }
    (found, true)
}
