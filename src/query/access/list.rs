//! The list itself: candidates by reverse evaluation, each then decided.

use super::alike::{Alike, Likeness};
use super::filter::SelectionFilter;
use super::reach::{ResourceReach, SubjectReach};
use super::same_answers::{pays_off, same_answers};
use super::selection::{Resources, Selection, Subjects};
use super::shared::SharedRows;
use crate::eval::{Budget, Decider, Decision, Exhausted, Memory, MissingDatum, Outcome, TabledDecider, Truth};
use crate::explain;
use crate::policy::{ActionId, KindSet};
use crate::world::{EntityId, ResolvedRequest};
use rayon::prelude::*;
use rustc_hash::FxHashMap;
use std::sync::{Arc, Mutex, PoisonError};

/// A request that is listed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AccessRow {
    /// The request.
    pub request: ResolvedRequest,
    /// [`Outcome::Allowed`] or [`Outcome::Unknown`]; or, if that was asked for, [`Outcome::Barred`].
    pub outcome: Outcome,
    /// Whether the subject belongs to what the question names: true, or unknown.
    pub member: Truth,
    /// The limit that was reached, so that the request was given up and its outcome is unknown.
    pub exhausted: Option<Exhausted>,
}

/// The requests of the selection that are allowed or unknown, by subject, action and resource, each once. Complete: candidates are found
/// from the facts, by whichever of subjects and resources are fewer, and what is listed of them is what the decider says of each.
pub fn access_list<'a>(decider: &'a Decider<'a>, selection: &'a Selection) -> Box<dyn Iterator<Item = AccessRow> + Send + 'a> {
    let search = Search::of(decider, selection);
    let subjects = search.subjects();
    if search.goes_by_subject(&subjects) {
        return Box::new(by_subject(search, subjects));
    }
    let chosen: Option<FxHashMap<EntityId, Truth>> = match &selection.subjects {
        Subjects::Kinds(_) => None,
        Subjects::These(these) => Some(these.iter().copied().collect()),
    };
    let chosen = |subject: EntityId| match (&selection.subjects, &chosen) {
        (Subjects::Kinds(kinds), _) => kinds.contains(decider.world.kind(subject)).then_some(Truth::True),
        (Subjects::These(_), chosen) => chosen.as_ref().and_then(|chosen| chosen.get(&subject).copied()),
    };
    let mut rows: Vec<AccessRow> =
        search.resources(None).into_iter().flat_map(|resource| search.over_resource(resource, &subjects, &chosen)).collect();
    let place: FxHashMap<ActionId, usize> = selection.actions.iter().enumerate().map(|(place, &action)| (action, place)).collect();
    rows.sort_by(|a, b| {
        let (one, other) = (a.request, b.request);
        let by_subject = decider.world.compare_entities(one.subject, other.subject);
        let by_action = || place[&one.action].cmp(&place[&other.action]);
        by_subject.then_with(by_action).then_with(|| decider.world.compare_entities(one.resource, other.resource))
    });
    Box::new(rows.into_iter())
}

/// With more resources than these the list goes by subject, however many subjects there are: a list that goes by resource has all its rows in
/// memory until they are sorted.
const MANY_RESOURCES: usize = 512;

/// The data that the world lacks for a row that is unknown; none for another, or for one that was given up.
pub fn missing(decider: &Decider<'_>, row: &AccessRow) -> Vec<MissingDatum> {
    if row.outcome != Outcome::Unknown || row.exhausted.is_some() {
        return Vec::new();
    }
    explain::missing(decider.world, &decider.record_decision(&row.request))
}

/// What the decider says of a request, as a row with any outcome.
pub(in crate::query) fn answer(decider: &Decider<'_>, request: ResolvedRequest, member: Truth) -> AccessRow {
    AccessRow::of(request, decider.decide(&request), member)
}

impl AccessRow {
    fn of(request: ResolvedRequest, decision: Decision, member: Truth) -> AccessRow {
        AccessRow { request, outcome: decision.listed_outcome(), member, exhausted: decision.exhausted }
    }
}

/// The rows of so many subjects are worked out before the first of them is passed on.
const SUBJECTS_AT_ONCE: usize = 16;

/// The rows of so many classes of subjects are worked out for each thread before the first of them is passed on.
const CLASSES_PER_THREAD: usize = 8;

/// Subjects that are alike, with their rows: those of the first of them.
#[derive(Debug)]
pub(in crate::query) struct Block {
    pub(in crate::query) subjects: Vec<EntityId>,
    pub(in crate::query) rows: Arc<[AccessRow]>,
}

/// How many classes the subjects of a list fall into of those that are alike; `None` if the list does not go by such classes.
pub(in crate::query) fn class_count(decider: &Decider<'_>, selection: &Selection) -> Option<usize> {
    let search = Search::of(decider, selection);
    let subjects = search.subjects();
    let by_class = search.goes_by_subject(&subjects) && search.shares(&subjects);
    by_class.then(|| search.classes(subjects).len())
}

/// The rows of a list with those of subjects that are alike together, by the first of them.
pub(in crate::query) fn blocks<'a>(decider: &'a Decider<'a>, selection: &'a Selection) -> Box<dyn Iterator<Item = Block> + Send + 'a> {
    let search = Search::of(decider, selection);
    let subjects = search.subjects();
    if !search.goes_by_subject(&subjects) || !search.shares(&subjects) {
        return Box::new(blocks_of_each(access_list(decider, selection)));
    }
    let classes = search.classes(subjects);
    let at_once = CLASSES_PER_THREAD * rayon::current_num_threads();
    let mut at = 0;
    let chunks = std::iter::from_fn(move || {
        let chunk = classes.get(at..(at + at_once).min(classes.len())).filter(|chunk| !chunk.is_empty())?;
        at += chunk.len();
        let block = |class: &Vec<(EntityId, Truth)>| {
            let (subject, member) = class[0];
            Block { subjects: class.iter().map(|&(subject, _)| subject).collect(), rows: search.of_subject(subject, member).into() }
        };
        Some(chunk.par_iter().map(block).collect::<Vec<_>>())
    });
    Box::new(chunks.flatten())
}

/// The rows of each subject by itself.
pub(super) fn blocks_of_each(rows: impl Iterator<Item = AccessRow>) -> impl Iterator<Item = Block> {
    let mut rows = rows.peekable();
    std::iter::from_fn(move || {
        let first = rows.next()?;
        let subject = first.request.subject;
        let own = std::iter::once(first).chain(std::iter::from_fn(|| rows.next_if(|row| row.request.subject == subject)));
        Some(Block { subjects: vec![subject], rows: own.collect() })
    })
}

/// The rows of subjects, in order. Of those that are alike one is asked about for all.
fn by_subject(search: Search<'_>, subjects: Vec<(EntityId, Truth)>) -> impl Iterator<Item = AccessRow> {
    let shares = search.shares(&subjects);
    let mut shared: SharedRows<Likeness, AccessRow> = SharedRows::default();
    let mut at = 0;
    let chunks = std::iter::from_fn(move || {
        let chunk = subjects.get(at..(at + SUBJECTS_AT_ONCE).min(subjects.len())).filter(|chunk| !chunk.is_empty())?;
        at += chunk.len();
        let likeness = |&(subject, _): &(EntityId, Truth)| shares.then(|| search.alike.likeness(search.decider, subject)).flatten();
        let likenesses: Vec<Option<Likeness>> = chunk.iter().map(likeness).collect();
        let rows = shared.of(&likenesses, |index| search.of_subject(chunk[index].0, chunk[index].1));
        Some(chunk.iter().copied().zip(rows).collect::<Vec<_>>())
    });
    chunks.flatten().flat_map(|((subject, member), rows)| {
        (0..rows.len()).map(move |index| {
            let row = rows[index];
            AccessRow { request: ResolvedRequest { subject, ..row.request }, member, ..row }
        })
    })
}

/// Resources on which an action may be permitted.
struct Reached {
    resources: Vec<EntityId>,
    /// Which of them have the same answers, by their places; empty where that is not of use.
    classes: Vec<Option<u32>>,
}

struct Search<'a> {
    decider: &'a Decider<'a>,
    selection: &'a Selection,
    filter: SelectionFilter<'a>,
    alike: Alike,
    /// What is remembered from one subject to the next, one for each thread that asks about some.
    memories: Mutex<Vec<Memory>>,
}

impl<'a> Search<'a> {
    fn of(decider: &'a Decider<'a>, selection: &'a Selection) -> Search<'a> {
        let alike = Alike::of(decider, &selection.actions);
        Search { decider, selection, filter: selection.filter(decider.world), alike, memories: Mutex::default() }
    }

    /// Whether the list goes by subject, which have the fewer candidates.
    fn goes_by_subject(&self, subjects: &[(EntityId, Truth)]) -> bool {
        let resources = self.resource_count();
        subjects.len() <= resources || resources > MANY_RESOURCES
    }

    /// The subjects with those that are alike together, by the first of them.
    fn classes(&self, subjects: Vec<(EntityId, Truth)>) -> Vec<Vec<(EntityId, Truth)>> {
        let mut classes: Vec<Vec<(EntityId, Truth)>> = Vec::new();
        let mut known: FxHashMap<(Likeness, Truth), usize> = FxHashMap::default();
        for (subject, member) in subjects {
            let place = match self.alike.likeness(self.decider, subject) {
                Some(likeness) => *known.entry((likeness, member)).or_insert(classes.len()),
                None => classes.len(),
            };
            classes.resize_with(classes.len().max(place + 1), Vec::new);
            classes[place].push((subject, member));
        }
        classes
    }

    /// Whether subjects that are alike share their rows: not one alone, nor where a subject may itself be a resource.
    fn shares(&self, subjects: &[(EntityId, Truth)]) -> bool {
        let policy = &self.decider.compiled.policy;
        let asking = policy.subjects();
        let on_subjects = |&action: &ActionId| policy.actions[action].on.iter().any(|kind| asking.contains(kind));
        subjects.len() > 1 && !self.selection.actions.iter().any(on_subjects)
    }

    /// The subjects, in order.
    fn subjects(&self) -> Vec<(EntityId, Truth)> {
        match &self.selection.subjects {
            Subjects::Kinds(kinds) => {
                let living = self.decider.world.living_of(kinds, self.decider.context.at);
                living.map(|subject| (subject, Truth::True)).collect()
            }
            Subjects::These(these) => these.clone(),
        }
    }

    /// How many subjects there are, or a few more.
    fn subject_count(&self) -> usize {
        match &self.selection.subjects {
            Subjects::Kinds(kinds) => kinds.iter().map(|kind| self.decider.world.of_kind(kind).len()).sum(),
            Subjects::These(these) => these.len(),
        }
    }

    /// How many resources there are, or a few more.
    fn resource_count(&self) -> usize {
        match &self.selection.resources {
            Resources::Kinds(kinds) => kinds.iter().map(|kind| self.decider.world.of_kind(kind).len()).sum(),
            Resources::These(these) => these.len(),
        }
    }

    /// The resources, in order: all, or those of these kinds.
    fn resources(&self, on: Option<&KindSet>) -> Vec<EntityId> {
        let world = self.decider.world;
        let stands = |&resource: &EntityId| on.is_none_or(|on| on.contains(world.kind(resource)));
        match &self.selection.resources {
            Resources::Kinds(kinds) => world.living_of(kinds, self.decider.context.at).filter(stands).collect(),
            Resources::These(these) => these.iter().copied().filter(stands).collect(),
        }
    }

    /// The rows of one subject, in order.
    fn of_subject(&self, subject: EntityId, member: Truth) -> Vec<AccessRow> {
        let reached = self.reached_by(subject);
        let of_each = reached.iter().flat_map(|(action, reached)| reached.resources.iter().map(move |&resource| (*action, resource)));
        let requests: Vec<ResolvedRequest> = of_each.map(|(action, resource)| ResolvedRequest { subject, action, resource }).collect();
        let classes: Vec<Option<u32>> = reached.iter().flat_map(|(_, reached)| reached.classes.iter().copied()).collect();
        let tabled = || {
            let mut decider = TabledDecider::new(self.decider);
            move |request: &ResolvedRequest| AccessRow::of(*request, decider.decide(request), member)
        };
        let answers = same_answers(&requests, |place| classes.get(place).copied().flatten(), tabled, |row| row.exhausted.is_none());
        requests.into_iter().zip(answers).filter_map(|(request, row)| self.listed(AccessRow { request, ..row })).collect()
    }

    /// The resources on which each action may be permitted to a subject, in order.
    fn reached_by(&self, subject: EntityId) -> Vec<(ActionId, Arc<Reached>)> {
        let decider = self.decider;
        let budget = Budget::default();
        let memory = self.memories.lock().unwrap_or_else(PoisonError::into_inner).pop().unwrap_or_default();
        let mut reach = SubjectReach::remembering(decider.within(&budget), subject, memory);
        // All resources on which an action stands, where any may be reached.
        let mut all: FxHashMap<&KindSet, Arc<Reached>> = FxHashMap::default();
        let shares = pays_off(self.subject_count(), self.selection.actions.len());
        let reached = |resources: Vec<EntityId>| {
            Arc::new(Reached { classes: if shares { self.alike.resource_classes(decider, &resources) } else { Vec::new() }, resources })
        };
        let mut found = Vec::new();
        for &action in &self.selection.actions {
            let on = &decider.compiled.policy.actions[action].on;
            let reached = match reach.resources(action) {
                Some(mut resources) => {
                    resources.retain(|&resource| on.contains(decider.world.kind(resource)) && self.filter.resource(resource));
                    decider.world.sort_entities(&mut resources);
                    resources.dedup();
                    reached(resources)
                }
                None => Arc::clone(all.entry(on).or_insert_with(|| reached(self.resources(Some(on))))),
            };
            found.push((action, reached));
        }
        self.memories.lock().unwrap_or_else(PoisonError::into_inner).push(reach.into_memory());
        found
    }

    /// The row, if it is listed.
    fn listed(&self, row: AccessRow) -> Option<AccessRow> {
        let listed = match row.outcome {
            Outcome::Allowed | Outcome::Unknown => true,
            Outcome::Barred => self.selection.with_barred,
            Outcome::NotGranted => false,
        };
        listed.then_some(row)
    }

    /// The rows of one resource, in any order.
    fn over_resource(
        &self,
        resource: EntityId,
        subjects: &[(EntityId, Truth)],
        chosen: &dyn Fn(EntityId) -> Option<Truth>,
    ) -> Vec<AccessRow> {
        let decider = self.decider;
        let kind = decider.world.kind(resource);
        let budget = Budget::default();
        let mut reach = ResourceReach::of(decider.within(&budget), resource);
        let mut rows = Vec::new();
        for &action in self.selection.actions.iter().filter(|&&action| decider.compiled.policy.actions[action].on.contains(kind)) {
            let candidates: Vec<(EntityId, Truth)> = match reach.subjects(action) {
                Some(mut found) => {
                    found.sort_unstable();
                    found.dedup();
                    found.retain(|&subject| decider.world.lives(subject, decider.context.at));
                    found.into_iter().filter_map(|subject| Some((subject, chosen(subject)?))).collect()
                }
                None => subjects.to_vec(),
            };
            let requests = candidates.into_iter().map(|(subject, member)| (ResolvedRequest { subject, action, resource }, member));
            rows.extend(requests.filter_map(|(request, member)| self.listed(answer(decider, request, member))));
        }
        rows
    }
}
