//! The rows: requests with the intervals of their outcomes.

use crate::eval::{Decider, Exhausted, MissingDatum, Outcome, Truth};
use crate::policy::{ActionId, KindSet};
use crate::query::access::{self, AccessRow, Resources, Selection, Subjects, access_list};
use crate::query::diff::{Because, Cause, Changes, DiffRow, Sides, Turns};
use crate::query::lists::{Ever, Timeline, Turning};
use crate::time::{Instant, Interval};
use crate::world::{EntityId, ResolvedRequest};
use rustc_hash::{FxHashMap, FxHashSet};
use std::collections::{BTreeMap, BTreeSet};

/// A question about a window of time.
pub struct Between<'a> {
    pub(super) decider: &'a Decider<'a>,
    pub(super) window: Interval,
    pub(super) policy_stays: bool,
    pub(super) timeline: Timeline<'a>,
}

/// A request with a longest interval in which it has one outcome.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AccessInterval {
    /// The request and its outcome.
    pub row: AccessRow,
    /// The interval. It begins at [`Instant::MIN`] if it reaches back beyond the window, and ends at [`Instant::MAX`] if it reaches beyond its end.
    pub during: Interval,
    /// The first instant of the window that is in it.
    pub first: Instant,
}

/// What began and what ended an interval; nothing where it reaches beyond the window.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Causes {
    /// What began it.
    pub began: Cause,
    /// What ended it.
    pub ended: Cause,
}

/// With more resources than these the list goes by subject, however many subjects there are.
const MANY_RESOURCES: usize = 512;

/// To read what bears on a few entities takes as long as to decide so many requests, about.
const COST_OF_READING: usize = if cfg!(debug_assertions) { 1 } else { 1000 };

/// With no more instants than these, the whole list is asked for at each.
const FEW_INSTANTS: usize = if cfg!(debug_assertions) { 1 } else { 8 };

/// More entities than these are as good as any, when instants are looked for that bear on them.
const MANY: usize = 256;

impl<'a> Between<'a> {
    /// A question about the time from `window.since` up to `window.until`. The date of the policy moves along, unless `policy_stays`.
    pub fn new(decider: &'a Decider<'a>, window: Interval, policy_stays: bool) -> Between<'a> {
        Between { decider, window, policy_stays, timeline: Timeline::new(decider, policy_stays) }
    }

    /// The rows of the selection, which has the subjects and resources of all the window: by subject, action, resource and time, each once.
    /// `lists` says which are kept; it is told whether a row is unknown.
    pub fn rows(&self, selection: &Selection, mut lists: impl FnMut(bool) -> bool) -> Vec<AccessInterval> {
        let world = self.decider.world;
        let mut turning = Turning::within(self.decider, self.policy_stays, self.window);
        let (subjects, resources) = (self.subjects_of(selection), self.resources_of(selection));
        let mut found = Vec::new();
        let mut keep = |rows: Vec<AccessInterval>| found.extend(rows.into_iter().filter(|row| lists(row.row.outcome == Outcome::Unknown)));
        if subjects.len() <= resources.len() || resources.len() > MANY_RESOURCES {
            for (subject, member) in subjects {
                let others = resources.iter().map(|&resource| (resource, member)).collect();
                keep(self.part(&mut turning, &Part { selection, fixed: Fixed::Subject(subject, member), others }));
            }
        } else {
            for resource in resources {
                let others = subjects.clone();
                keep(self.part(&mut turning, &Part { selection, fixed: Fixed::Resource(resource), others }));
            }
        }
        let place: FxHashMap<ActionId, usize> = selection.actions.iter().enumerate().map(|(place, &action)| (action, place)).collect();
        found.sort_by(|a, b| {
            let (one, other) = (a.row.request, b.row.request);
            let by_action = || place[&one.action].cmp(&place[&other.action]);
            let by_resource = || world.compare_entities(one.resource, other.resource);
            let by_subject = world.compare_entities(one.subject, other.subject);
            by_subject.then_with(by_action).then_with(by_resource).then_with(|| a.during.cmp(&b.during))
        });
        found
    }

    /// The rows of one subject or one resource. If very much may turn, lists are asked for only where something turns that bears on all of
    /// them; those on which more bears are asked about one by one.
    fn part(&self, turning: &mut Turning<'_>, part: &Part<'_>) -> Vec<AccessInterval> {
        let all = part.instants(turning, &few(&part.others));
        let common = part.instants(turning, &Some(BTreeSet::new()));
        let extra = all.difference(&common).filter(|&&at| self.window.since < at && at < self.window.until).count();
        if extra <= FEW_INSTANTS {
            return self.lists(&all, part);
        }
        let mut rows = self.lists(&common, part);
        let neighbours = self.neighbours(&part.others);
        if extra.saturating_mul(rows.len().max(100)) <= neighbours.len().saturating_mul(COST_OF_READING) {
            return self.lists(&all, part);
        }
        let mut own = Vec::new();
        for others in neighbours {
            let instants = part.instants(turning, &few(&others));
            if !instants.is_subset(&common) {
                own.push((instants, others));
            }
        }
        let apart: FxHashSet<EntityId> = own.iter().flat_map(|(_, others): &(_, Vec<_>)| others).map(|&(other, _)| other).collect();
        rows.retain(|row| !apart.contains(&part.other_of(&row.row.request)));
        for (instants, others) in own {
            rows.extend(self.one_by_one(&instants, part, &others));
        }
        rows
    }

    /// The entities in groups of few: those that lie within the same, or have the same home, on which the same is likely to bear.
    fn neighbours(&self, all: &[(EntityId, Truth)]) -> Vec<Vec<(EntityId, Truth)>> {
        let (world, policy, at) = (self.decider.world, &self.decider.compiled.policy, self.window.since);
        let mut found: BTreeMap<EntityId, Vec<(EntityId, Truth)>> = BTreeMap::new();
        for &(ent, member) in all {
            let outermost = world.containers(ent, at).last().unwrap_or(ent);
            let home = world.home(policy, outermost, at).map_or(outermost, |(_, home)| home);
            found.entry(home).or_default().push((ent, member));
        }
        found.into_values().flat_map(|group| group.chunks(MANY).map(<[_]>::to_vec).collect::<Vec<_>>()).collect()
    }

    /// The rows of a part, from the list at each of these instants.
    fn lists(&self, instants: &BTreeSet<Instant>, part: &Part<'_>) -> Vec<AccessInterval> {
        let points = Points::of(self.window, instants);
        let mut runs = Runs::default();
        for (index, &at) in points.instants.iter().enumerate() {
            if let Some(selection) = part.selection_at(self.decider, at) {
                let decider = self.timeline.decider(at);
                access_list(&decider, &selection).for_each(|row| runs.add(index, row));
            }
        }
        runs.into_all().filter_map(|run| points.interval(&run)).collect()
    }

    /// The rows of a part as far as it is about these others, from each request at each of these instants.
    fn one_by_one(&self, instants: &BTreeSet<Instant>, part: &Part<'_>, others: &[(EntityId, Truth)]) -> Vec<AccessInterval> {
        let (world, policy) = (self.decider.world, &self.decider.compiled.policy);
        let points = Points::of(self.window, instants);
        let mut runs = Runs::default();
        for (index, &at) in points.instants.iter().enumerate() {
            let decider = self.timeline.decider(at);
            for &(other, member) in others {
                let (subject, resource) = match part.fixed {
                    Fixed::Subject(subject, _) => (subject, other),
                    Fixed::Resource(resource) => (other, resource),
                };
                if !world.lives(subject, at) || !world.lives(resource, at) {
                    continue;
                }
                let stands = |action: &&ActionId| policy.actions[**action].on.contains(world.kind(resource));
                for &action in part.selection.actions.iter().filter(stands) {
                    let row = access::answer(&decider, ResolvedRequest { subject, action, resource }, member);
                    if matches!(row.outcome, Outcome::Allowed | Outcome::Unknown) {
                        runs.add(index, row);
                    }
                }
            }
        }
        runs.into_all().filter_map(|run| points.interval(&run)).collect()
    }

    /// What began and ended the intervals of these rows.
    pub fn causes(&self, rows: &[AccessInterval]) -> Vec<Causes> {
        let mut causes = vec![Causes::default(); rows.len()];
        let mut turns: BTreeMap<Instant, Vec<(usize, bool)>> = BTreeMap::new();
        for (index, row) in rows.iter().enumerate() {
            if row.during.since > Instant::MIN {
                turns.entry(row.during.since).or_default().push((index, true));
            }
            if row.during.until < Instant::MAX {
                turns.entry(row.during.until).or_default().push((index, false));
            }
        }
        if turns.is_empty() {
            return causes;
        }
        let of_world = Turns::of(self.decider.world, self.window);
        for (at, turning) in turns {
            let (old, new) = (self.timeline.decider(at.before()), self.timeline.decider(at));
            let sides = Sides::of_one_world(&old, &new);
            let changes = Changes::at(sides, &of_world);
            let because = Because::new(sides, &changes);
            for (index, begins) in turning {
                let request = rows[index].row.request;
                let cause = DiffRow::of_both(sides, request).map(|row| because.of(&row)).unwrap_or_default();
                if begins {
                    causes[index].began = cause;
                } else {
                    causes[index].ended = cause;
                }
            }
        }
        causes
    }

    /// The data that the world lacks for a row that is unknown, at its first instant.
    pub fn missing(&self, row: &AccessInterval) -> Vec<MissingDatum> {
        access::missing(&self.timeline.decider(row.first), &row.row)
    }

    /// The entities of these kinds that live at some time of the window, in order.
    fn living_in(&self, kinds: &KindSet) -> impl Iterator<Item = EntityId> {
        let world = self.decider.world;
        let all: Vec<EntityId> = kinds.iter().flat_map(|kind| world.of_kind(kind)).collect();
        all.into_iter().filter(move |&ent| !world.life(ent).intersection(self.window).is_empty())
    }

    fn subjects_of(&self, selection: &Selection) -> Vec<(EntityId, Truth)> {
        match &selection.subjects {
            Subjects::Kinds(kinds) => self.living_in(kinds).map(|subject| (subject, Truth::True)).collect(),
            Subjects::These(these) => these.clone(),
        }
    }

    fn resources_of(&self, selection: &Selection) -> Vec<EntityId> {
        match &selection.resources {
            Resources::Kinds(kinds) => self.living_in(kinds).collect(),
            Resources::These(these) => these.clone(),
        }
    }
}

/// The entities, if they are few.
fn few(entities: &[(EntityId, Truth)]) -> Ever {
    (entities.len() <= MANY).then(|| entities.iter().map(|&(ent, _)| ent).collect())
}

/// A part of a selection: one subject with all resources, or one resource with all subjects.
struct Part<'s> {
    selection: &'s Selection,
    fixed: Fixed,
    /// The resources, or the subjects; with each, whether the subject belongs to what the question names.
    others: Vec<(EntityId, Truth)>,
}

#[derive(Clone, Copy)]
enum Fixed {
    Subject(EntityId, Truth),
    Resource(EntityId),
}

impl Part<'_> {
    /// The instants at which something may turn that bears on the part, as far as it is about these others.
    fn instants(&self, turning: &mut Turning<'_>, others: &Ever) -> BTreeSet<Instant> {
        let one = |ent: EntityId| Some(BTreeSet::from([ent]));
        match self.fixed {
            Fixed::Subject(subject, _) => turning.of_requests(&self.selection.actions, &one(subject), others),
            Fixed::Resource(resource) => turning.of_requests(&self.selection.actions, others, &one(resource)),
        }
    }

    fn other_of(&self, request: &ResolvedRequest) -> EntityId {
        match self.fixed {
            Fixed::Subject(..) => request.resource,
            Fixed::Resource(_) => request.subject,
        }
    }

    /// The part with what lives then; `None` if there is nothing to ask.
    fn selection_at(&self, decider: &Decider<'_>, at: Instant) -> Option<Selection> {
        let (world, policy) = (decider.world, &decider.compiled.policy);
        let lives = |ent: &EntityId| world.lives(*ent, at);
        let (mut subjects, mut resources) = (self.selection.subjects.clone(), self.selection.resources.clone());
        let mut actions = self.selection.actions.clone();
        match self.fixed {
            Fixed::Subject(subject, member) => subjects = Subjects::These(vec![(subject, member)]),
            Fixed::Resource(resource) => {
                actions.retain(|&action| policy.actions[action].on.contains(world.kind(resource)));
                resources = Resources::These(vec![resource]);
            }
        }
        if let Subjects::These(these) = &mut subjects {
            these.retain(|(subject, _)| lives(subject));
        }
        if let Resources::These(these) = &mut resources {
            these.retain(lives);
        }
        let nobody = matches!(&subjects, Subjects::These(these) if these.is_empty());
        let nothing = matches!(&resources, Resources::These(these) if these.is_empty());
        (!nobody && !nothing).then(|| Selection { subjects, actions, resources, ..self.selection.clone() })
    }
}

/// The instants at which a list is asked for: one before the window, those in it, and the one at its end.
struct Points {
    instants: Vec<Instant>,
    /// How many lie before the window.
    before: usize,
    /// How many lie before the end of the window.
    inside: usize,
}

impl Points {
    fn of(window: Interval, turning: &BTreeSet<Instant>) -> Points {
        let mut instants = Vec::new();
        if window.since > Instant::MIN {
            instants.push(window.since.before());
        }
        let before = instants.len();
        instants.push(window.since);
        instants.extend(turning.range(window.since.after()..window.until));
        let inside = instants.len();
        if window.until < Instant::MAX {
            instants.push(window.until);
        }
        Points { instants, before, inside }
    }

    /// The row of a run; `None` if it lies outside the window.
    fn interval(&self, run: &Run) -> Option<AccessInterval> {
        if run.last < self.before || run.first >= self.inside {
            return None;
        }
        let since = if run.first < self.before || self.before == 0 && run.first == 0 { Instant::MIN } else { self.instants[run.first] };
        let until = if run.last + 1 < self.instants.len() { self.instants[run.last + 1] } else { Instant::MAX };
        Some(AccessInterval { row: run.row, during: Interval { since, until }, first: self.instants[run.first.max(self.before)] })
    }
}

/// One row at several points in a row.
struct Run {
    row: AccessRow,
    first: usize,
    last: usize,
}

/// The runs so far.
#[derive(Default)]
struct Runs {
    open: FxHashMap<ResolvedRequest, Run>,
    closed: Vec<Run>,
}

impl Runs {
    /// Adds what is listed at a point; points come in order.
    fn add(&mut self, point: usize, row: AccessRow) {
        let run = self.open.entry(row.request).or_insert(Run { row, first: point, last: point });
        if run.row.outcome == row.outcome && run.last + 1 >= point {
            let exhausted: Option<Exhausted> = run.row.exhausted.or(row.exhausted);
            run.last = point;
            run.row.exhausted = exhausted;
        } else {
            self.closed.push(std::mem::replace(run, Run { row, first: point, last: point }));
        }
    }

    fn into_all(self) -> impl Iterator<Item = Run> {
        self.closed.into_iter().chain(self.open.into_values())
    }
}
