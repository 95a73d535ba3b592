//! How much access a change gives and takes, counted.

use super::changes::Changes;
use super::row::{DiffRow, Direction};
use super::rows::Difference;
use super::sides::Sides;
use crate::eval::{Decider, Outcome, QueryContext};
use crate::query::Overlay;
use crate::query::access::outermost;
use crate::world::{EntityId, ResolvedRequest};
use std::collections::{BTreeMap, BTreeSet};

/// The most work to find what the changes of one question may affect, in the unit of [`Budget`](crate::eval::Budget). Where it takes more, the
/// subject of the question alone is counted.
const MAX_WORK: u64 = 60_000;

/// The most requests that are decided to count all the changes of one question.
const MAX_DECIDED: usize = 20_000;

/// The most requests that are decided for each change before those that take more are counted.
const MAX_FIRST: usize = 400;

/// How many requests are allowed on one side alone.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AccessCount {
    /// How many are allowed after the change alone.
    pub gained: usize,
    /// How many were allowed before it alone.
    pub lost: usize,
    /// How many that were not allowed before it are unknown after it.
    pub unsure: usize,
    /// There may be more than were counted.
    pub at_least: bool,
    /// Whose requests these are, in order.
    pub subjects: Vec<SubjectCount>,
}

/// The part of a count that is about one subject.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SubjectCount {
    /// The subject.
    pub subject: EntityId,
    /// How many requests are allowed after the change alone.
    pub gained: usize,
    /// How many were allowed before it alone.
    pub lost: usize,
    /// The one entity within which all resources of these lie, if it is one.
    pub place: Option<EntityId>,
    /// Within how many entities the resources lie.
    pub places: usize,
}

impl AccessCount {
    /// Nothing was counted.
    pub(in crate::query) fn unknown() -> AccessCount {
        AccessCount { at_least: true, ..AccessCount::default() }
    }

    /// How many requests.
    pub fn total(&self) -> usize {
        self.gained + self.lost
    }
}

/// Counts what several changes of one world give and take, beside one request.
pub(in crate::query) struct AccessCounter<'a> {
    old: &'a Decider<'a>,
    without: ResolvedRequest,
    /// How many requests may still be decided.
    left: usize,
    /// How much work may still be done to find these.
    work: u64,
}

impl<'a> AccessCounter<'a> {
    /// Counts all but the request.
    pub(in crate::query) fn new(query: &'a QueryContext<'a>, without: &ResolvedRequest) -> AccessCounter<'a> {
        AccessCounter { old: query, without: *without, left: MAX_DECIDED, work: MAX_WORK }
    }

    /// What each change gives and takes that makes one of these worlds and contexts. First those are counted that take little, and then the
    /// others as far as it goes.
    pub(in crate::query) fn count_each(&mut self, changed: &[&Overlay]) -> Vec<AccessCount> {
        let new: Vec<Decider<'_>> = changed.iter().map(|changed| changed.decider(self.old.compiled)).collect();
        let differences: Vec<(Difference<'_>, bool)> = new.iter().map(|new| self.difference(new)).collect();
        let mut counts: Vec<AccessCount> = differences.iter().map(|difference| self.count(difference, MAX_FIRST)).collect();
        for (count, difference) in counts.iter_mut().zip(&differences).filter(|(count, _)| count.at_least) {
            let further = self.count(difference, usize::MAX);
            if !further.at_least || further.total() > count.total() {
                *count = further;
            }
        }
        counts
    }

    /// What a change may affect, and whether that is all: else it is what the subject of the question may reach.
    fn difference<'d>(&mut self, new: &'d Decider<'d>) -> (Difference<'d>, bool)
    where
        'a: 'd,
    {
        let sides = Sides::of_one_world(self.old, new);
        let whole = Difference::within(sides, &Changes::between(sides), &mut self.work);
        let is_whole = whole.is_some();
        (whole.unwrap_or_else(|| Difference::of_subject(sides, self.without.subject)), is_whole)
    }

    /// How many requests differ, as far as so many decided requests say.
    fn count(&mut self, (difference, is_whole): &(Difference<'_>, bool), most: usize) -> AccessCount {
        let given = self.left.min(most);
        let mut left = given;
        let mut tally = Tally { without: self.without, decider: self.old, unsure: 0, subjects: BTreeMap::new() };
        let whole = difference.each_within(&mut left, &mut |row| tally.add(row));
        self.left -= given - left;
        tally.count(!whole || !is_whole)
    }
}

/// By the place of a subject in order.
struct Tally<'a> {
    without: ResolvedRequest,
    decider: &'a Decider<'a>,
    unsure: usize,
    subjects: BTreeMap<EntityId, (usize, usize, BTreeSet<EntityId>)>,
}

impl Tally<'_> {
    fn add(&mut self, row: &DiffRow) {
        let (_, request) = row.request();
        let was_allowed = row.old.outcome == Some(Outcome::Allowed);
        if request == self.without {
            return;
        }
        if row.direction() == Direction::Unsure && !was_allowed {
            self.unsure += usize::from(row.new.outcome == Some(Outcome::Unknown));
            return;
        }
        let (gained, lost, places) = self.subjects.entry(request.subject).or_default();
        *(if was_allowed { lost } else { gained }) += 1;
        let is_known = self.decider.world.lives(request.resource, self.decider.context.at);
        places.insert(if is_known { outermost(self.decider, request.resource) } else { request.resource });
    }

    fn count(self, at_least: bool) -> AccessCount {
        let mut subjects: Vec<SubjectCount> = Vec::new();
        for (subject, (gained, lost, places)) in self.subjects {
            let place = places.first().copied().filter(|_| places.len() == 1);
            subjects.push(SubjectCount { subject, gained, lost, place, places: places.len() });
        }
        let world = self.decider.world;
        subjects.sort_by(|one, other| world.compare_entities(one.subject, other.subject));
        let sum = |of: fn(&SubjectCount) -> usize| subjects.iter().map(of).sum();
        AccessCount { gained: sum(|own| own.gained), lost: sum(|own| own.lost), unsure: self.unsure, at_least, subjects }
    }
}
