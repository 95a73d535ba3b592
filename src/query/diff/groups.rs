//! A difference for people: who gains or loses the same by the same changes, together.

use super::because::{Because, Cause};
use super::row::{DiffRow, Direction};
use super::rows::Difference;
use super::sides::{Side, Sides};
use crate::eval::{Budget, Decider, NoTrace, Outcome, Truth};
use crate::policy::{ActionId, KindSet};
use crate::query::access::{Grouping, Resources, Selection, Subjects, access_list};
use crate::world::{EntityId, ResolvedRequest};
use rayon::prelude::*;
use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet};

/// Requests whose outcome differs alike: each of the subjects with each of the actions on each of the resources.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DiffGroup {
    /// What the change does to them.
    pub direction: Direction,
    /// The outcome that was; `None` if the requests could not be asked.
    pub old: Option<Outcome>,
    /// The outcome that is instead.
    pub new: Option<Outcome>,
    /// What did it; if there are several, each did it for some of the resources.
    pub causes: Vec<Cause>,
    /// The side of which subjects, actions and resources are.
    pub side: Side,
    /// Who, in order.
    pub subjects: Vec<EntityId>,
    /// What, in the order of names.
    pub actions: Vec<ActionId>,
    /// To what, in order.
    pub resources: Vec<EntityId>,
}

/// A difference with its rows grouped.
#[derive(Clone, Debug, Default)]
pub struct DiffSummary {
    /// How many requests are allowed now.
    pub widened: usize,
    /// How many were allowed.
    pub narrowed: usize,
    /// How many others differ.
    pub unsure: usize,
    /// How many rows were not asked for.
    pub others: usize,
    /// How many were given up.
    pub given_up: usize,
    /// How many rows are counted, but in no group, since there are more than were asked for.
    pub left_out: usize,
    /// The groups: first what is widened, then what is narrowed, then the rest; those with more requests first.
    pub groups: Vec<DiffGroup>,
    /// What those who lose something may still do where they lose it: on the same resource, what contains it, and what lies within that.
    pub still: Vec<Survivors>,
    /// At how many further places it was not worked out what those may still do who lose something.
    pub still_open: usize,
}

/// What some people may still do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Survivors {
    /// Who, in order, with ids of the new side.
    pub subjects: Vec<EntityId>,
    /// What, in the order of names.
    pub actions: Vec<ActionId>,
    /// To what, in order.
    pub resources: Vec<EntityId>,
}

impl DiffGroup {
    /// How many requests it has.
    pub fn len(&self) -> usize {
        self.subjects.len() * self.actions.len() * self.resources.len()
    }

    /// Whether it has none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Its first request.
    pub fn example(&self) -> ResolvedRequest {
        ResolvedRequest { subject: self.subjects[0], action: self.actions[0], resource: self.resources[0] }
    }
}

/// At so many places it is worked out what those may still do who lose something.
const MAX_PLACES: usize = 100;

type Key = (Direction, Option<Outcome>, Option<Outcome>, Cause, Side);

/// The difference with its rows grouped, as far as `lists` takes them, and of these the first `most`.
pub fn diff_summary(
    sides: Sides<'_>,
    difference: &Difference<'_>,
    because: &Because<'_>,
    lists: impl Fn(&DiffRow) -> bool,
    most: Option<usize>,
) -> DiffSummary {
    let mut summary = DiffSummary::default();
    // The ids of two worlds must not meet in one group.
    let mut groupings: BTreeMap<Side, Grouping<Key>> = BTreeMap::new();
    let mut losers: BTreeMap<EntityId, BTreeSet<EntityId>> = BTreeMap::new();
    for row in difference.rows() {
        summary.given_up += usize::from(row.is_given_up());
        if !lists(&row) {
            summary.others += 1;
            continue;
        }
        let direction = row.direction();
        match direction {
            Direction::Widened => summary.widened += 1,
            Direction::Narrowed => summary.narrowed += 1,
            Direction::Unsure => summary.unsure += 1,
        }
        if most.is_some_and(|most| summary.widened + summary.narrowed + summary.unsure > most) {
            summary.left_out += 1;
        } else {
            let (side, request) = row.request();
            groupings.entry(side).or_default().add(request, (direction, row.old.outcome, row.new.outcome, because.of(&row), side));
        }
        if let (Direction::Narrowed, Some(request)) = (direction, row.new.request) {
            let world = sides.new.world;
            let outermost = world.containers(request.resource, sides.new.context.at).last().unwrap_or(request.resource);
            losers.entry(outermost).or_default().insert(request.subject);
        }
    }
    for (side, grouping) in groupings {
        let world = sides.decider(side).world;
        summary.groups.extend(grouping.into_shared().into_iter().map(|((key, actions, mut resources), mut subjects)| {
            let (direction, old, new, cause, side) = key;
            world.sort_entities(&mut resources);
            world.sort_entities(&mut subjects);
            DiffGroup { direction, old, new, causes: vec![cause], side, subjects, actions, resources }
        }));
    }
    summary.groups = merged(sides, std::mem::take(&mut summary.groups));
    let name = |group: &DiffGroup, ent: EntityId| {
        let decider = sides.decider(group.side);
        decider.world.name(&decider.compiled.policy, ent)
    };
    summary.groups.sort_by_cached_key(|group| {
        (
            group.direction,
            std::cmp::Reverse(group.len()),
            name(group, group.subjects[0]),
            name(group, group.resources[0]),
            group.actions.clone(),
        )
    });
    let mut places: Vec<(EntityId, BTreeSet<EntityId>)> = losers.into_iter().collect();
    places.sort_by(|(one, _), (other, _)| sides.new.world.compare_entities(*one, *other));
    summary.still_open = places.len().saturating_sub(MAX_PLACES);
    places.truncate(MAX_PLACES);
    summary.still = survivors(sides, &places);
    summary
}

/// The groups that differ in nothing but the resources and what did it, put together.
fn merged(sides: Sides<'_>, groups: Vec<DiffGroup>) -> Vec<DiffGroup> {
    type Alike = (Direction, Option<Outcome>, Option<Outcome>, Side, Vec<EntityId>, Vec<ActionId>);
    let mut alike: BTreeMap<Alike, DiffGroup> = BTreeMap::new();
    for group in groups {
        let key = (group.direction, group.old, group.new, group.side, group.subjects.clone(), group.actions.clone());
        match alike.entry(key) {
            Entry::Vacant(place) => _ = place.insert(group),
            Entry::Occupied(mut known) => {
                let known = known.get_mut();
                known.resources.extend(group.resources);
                known.causes.extend(group.causes);
            }
        }
    }
    let mut merged: Vec<DiffGroup> = alike.into_values().collect();
    for group in &mut merged {
        sides.decider(group.side).world.sort_entities(&mut group.resources);
        group.causes.sort();
    }
    merged
}

/// What those who lose something may still do within the outermost containers of what they lose it on, place by place.
fn survivors(sides: Sides<'_>, losers: &[(EntityId, BTreeSet<EntityId>)]) -> Vec<Survivors> {
    let on = sides.new.compiled.policy.actions.values().fold(KindSet::default(), |all, action| all.union(&action.on));
    let places: Vec<Vec<Survivors>> = losers.par_iter().map(|(place, subjects)| survivors_at(sides.new, *place, &on, subjects)).collect();
    places.into_iter().flatten().collect()
}

fn survivors_at(decider: &Decider<'_>, place: EntityId, on: &KindSet, subjects: &BTreeSet<EntityId>) -> Vec<Survivors> {
    let world = decider.world;
    let budget = Budget::unlimited();
    let mut subjects: Vec<EntityId> = subjects.iter().copied().collect();
    world.sort_entities(&mut subjects);
    let mut resources = decider.within(&budget).evaluator(NoTrace).all_within(place, on);
    resources.retain(|&ent| world.lives(ent, decider.context.at));
    world.sort_entities(&mut resources);
    resources.dedup();
    let selection = Selection {
        subjects: Subjects::These(subjects.into_iter().map(|subject| (subject, Truth::True)).collect()),
        actions: decider.compiled.policy.actions.ids().collect(),
        resources: Resources::These(resources),
        with_barred: false,
    };
    let mut grouping: Grouping<()> = Grouping::default();
    for row in access_list(decider, &selection).filter(|row| row.outcome == Outcome::Allowed) {
        grouping.add(row.request, ());
    }
    let shared = grouping.into_shared().into_iter().map(|(((), actions, mut resources), mut subjects)| {
        world.sort_entities(&mut resources);
        world.sort_entities(&mut subjects);
        Survivors { subjects, actions, resources }
    });
    let mut here: Vec<Survivors> = shared.collect();
    here.sort_by(|a, b| {
        let by_resource = world.compare_entities(a.resources[0], b.resources[0]);
        by_resource.then(a.actions.cmp(&b.actions)).then_with(|| world.compare_entities(a.subjects[0], b.subjects[0]))
    });
    here
}
