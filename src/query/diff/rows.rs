//! The requests whose outcome differs.

use super::affected::{Affected, affected, affected_within};
use super::candidates::Candidates;
use super::changes::Changes;
use super::classes::Classes;
use super::row::{DiffRow, SideAnswer};
use super::sides::{Side, Sides};
use crate::eval::Decider;
use crate::policy::{ActionId, KindSet};
use crate::query::access::{AccessRow, Resources, Selection, Subjects, access_list};
use crate::world::{EntityId, ResolvedRequest};
use rustc_hash::FxHashMap;
use std::cmp::Ordering;
use std::collections::BTreeSet;
use std::iter::Peekable;

/// The requests of so many subjects are decided before the first of their rows is passed on.
const SUBJECTS_AT_ONCE: usize = 64;

/// A difference that can be listed.
#[derive(Debug)]
pub struct Difference<'a> {
    sides: Sides<'a>,
    all_changes: bool,
    /// The requests that the changes can affect, as far as they are known one by one.
    candidates: Candidates,
    /// Of further actions, any.
    old: Selection,
    new: Selection,
}

impl<'a> Difference<'a> {
    /// The difference of two sides. With `all_changes`, a request differs too that is denied on both sides, or cannot be asked on one, if that
    /// is for another outcome.
    pub fn new(sides: Sides<'a>, changes: &Changes, all_changes: bool) -> Difference<'a> {
        Difference::of_affected(sides, affected(sides, changes), all_changes)
    }

    /// The difference without what is denied on both sides; `None` if it takes more than `work` to find what may differ.
    pub(super) fn within(sides: Sides<'a>, changes: &Changes, work: &mut u64) -> Option<Difference<'a>> {
        affected_within(sides, changes, work).ok().map(|affected| Difference::of_affected(sides, affected, false))
    }

    /// The part of a difference that is about these actions, which both packs have under the same ids.
    pub fn of_actions(sides: Sides<'a>, actions: &BTreeSet<ActionId>) -> Difference<'a> {
        Difference::of_requests(sides, Candidates::default(), Some(actions), false)
    }

    /// The part of a difference that is about one subject.
    pub(super) fn of_subject(sides: Sides<'a>, subject: EntityId) -> Difference<'a> {
        let candidates = Candidates::of_subject(sides, subject);
        Difference::of_requests(sides, candidates, Some(&BTreeSet::new()), false)
    }

    fn of_affected(sides: Sides<'a>, affected: Option<Affected>, all_changes: bool) -> Difference<'a> {
        let written = affected.and_then(|affected| {
            let candidates = Candidates::of(sides, &affected, all_changes)?;
            // Without denied requests all that can be reached is written out.
            Some((candidates, if all_changes { affected.actions } else { BTreeSet::new() }))
        });
        let (candidates, actions) = written.unzip();
        Difference::of_requests(sides, candidates.unwrap_or_default(), actions.as_ref(), all_changes)
    }

    /// Requests that are known one by one, and any of these actions, or of all.
    fn of_requests(sides: Sides<'a>, candidates: Candidates, actions: Option<&BTreeSet<ActionId>>, all_changes: bool) -> Difference<'a> {
        let select = |side: Side| {
            let decider = sides.decider(side);
            let all = decider.compiled.policy.actions.ids();
            selection(decider, all.filter(|action| actions.is_none_or(|actions| actions.contains(action))).collect())
        };
        Difference { sides, all_changes, candidates, old: select(Side::Old), new: select(Side::New) }
    }

    /// The rows, in order.
    pub fn rows(&self) -> Box<dyn Iterator<Item = DiffRow> + '_> {
        let of_actions: Box<dyn Iterator<Item = DiffRow> + '_> = if self.old.actions.is_empty() && self.new.actions.is_empty() {
            Box::new(std::iter::empty())
        } else if self.all_changes {
            Box::new(self.each())
        } else {
            Box::new(self.joined().filter(|row| row.differs(false)))
        };
        if self.candidates.subjects.is_empty() {
            return of_actions;
        }
        let sides = self.sides;
        let (mut one, mut other) = (self.of_candidates().peekable(), of_actions.peekable());
        Box::new(std::iter::from_fn(move || match (one.peek(), other.peek()) {
            (Some(row), Some(against)) => {
                let order = sides.compare(&row.request().1, &against.request().1);
                if order.is_le() { one.next() } else { other.next() }
            }
            (Some(_), None) => one.next(),
            (None, _) => other.next(),
        }))
    }

    /// Calls `found` with the rows, in no order, and takes one from `left` for each request that is decided for them. False if that was not
    /// enough, so that there may be more rows.
    pub(super) fn each_within(&self, left: &mut usize, found: &mut dyn FnMut(&DiffRow)) -> bool {
        let mut classes = Classes::of(self.sides, &self.candidates, false);
        for subject in &self.candidates.subjects {
            let (rows, whole) = classes.rows_within(subject, left);
            rows.iter().for_each(|row| found(&row.of_subject(subject.0)));
            if !whole {
                return false;
            }
        }
        if self.old.actions.is_empty() && self.new.actions.is_empty() {
            return true;
        }
        for row in self.joined() {
            let Some(rest) = left.checked_sub(1) else { return false };
            *left = rest;
            if row.differs(false) {
                found(&row);
            }
        }
        true
    }

    /// The lists of the further actions side by side.
    fn joined(&self) -> impl Iterator<Item = DiffRow> + '_ {
        let old = access_list(self.sides.old, &self.old).peekable();
        let new = access_list(self.sides.new, &self.new).peekable();
        Joined { sides: self.sides, old, new }
    }

    /// The rows of the requests that are known one by one. Of subjects that are alike one is asked about for all.
    fn of_candidates(&self) -> impl Iterator<Item = DiffRow> + '_ {
        let mut classes = Classes::of(self.sides, &self.candidates, self.all_changes);
        let each = self.candidates.subjects.chunks(SUBJECTS_AT_ONCE).flat_map(move |subjects| {
            let rows = classes.rows(subjects);
            subjects.iter().map(|&(subject, _)| subject).zip(rows).collect::<Vec<_>>()
        });
        each.flat_map(|(subject, rows)| (0..rows.len()).map(move |index| rows[index].of_subject(subject)))
    }

    /// Every request of the affected actions that is another one on the other side.
    fn each(&self) -> impl Iterator<Item = DiffRow> + '_ {
        let mut old = requests(self.sides.old, &self.old).peekable();
        let mut new = requests(self.sides.new, &self.new).peekable();
        let sides = self.sides;
        let rows = std::iter::from_fn(move || {
            let order = next_is(sides, old.peek(), new.peek())?;
            let old = if order.is_le() { old.next() } else { None };
            let new = if order.is_ge() { new.next() } else { None };
            let answer = |decider: &Decider<'_>, request: Option<ResolvedRequest>| {
                request.map_or(SideAnswer::ABSENT, |request| SideAnswer::of(decider, request))
            };
            Some(DiffRow { request: place(old, new)?, old: answer(sides.old, old), new: answer(sides.new, new) })
        });
        rows.filter(|row| row.differs(true))
    }
}

/// The rows that are about what a list asks about, by subject; `None` if any request of one of its actions may differ, or too many may.
pub(in crate::query) fn selected_rows(
    sides: Sides<'_>,
    changes: &Changes,
    selection: &Selection,
) -> Option<FxHashMap<EntityId, Vec<DiffRow>>> {
    let mut affected = affected(sides, changes)?;
    if selection.actions.iter().any(|action| affected.actions.contains(action)) {
        return None;
    }
    affected.actions.clear();
    let mut candidates = Candidates::of(sides, &affected, false)?;
    let is_selected = selection.filter(sides.new.world);
    candidates.subjects.retain(|&(subject, _)| is_selected.subject(subject));
    let difference = Difference::of_requests(sides, candidates, Some(&BTreeSet::new()), false);
    let mut by_subject: FxHashMap<EntityId, Vec<DiffRow>> = FxHashMap::default();
    for row in difference.of_candidates() {
        let (_, request) = row.request();
        if is_selected.action(request.action) && is_selected.resource(request.resource) {
            by_subject.entry(request.subject).or_default().push(row);
        }
    }
    Some(by_subject)
}

/// All requests of these actions.
fn selection(decider: &Decider<'_>, actions: Vec<ActionId>) -> Selection {
    let policy = &decider.compiled.policy;
    let on = actions.iter().fold(KindSet::default(), |all, &action| all.union(&policy.actions[action].on));
    Selection { subjects: Subjects::Kinds(policy.subjects()), actions, resources: Resources::Kinds(on), with_barred: false }
}

/// Each request of a selection of all subjects and resources, in order.
fn requests<'d>(decider: &'d Decider<'d>, selection: &'d Selection) -> impl Iterator<Item = ResolvedRequest> + 'd {
    let (world, policy, at) = (decider.world, &decider.compiled.policy, decider.context.at);
    let subjects: Vec<_> = match &selection.subjects {
        Subjects::Kinds(kinds) => world.living_of(kinds, at).collect(),
        Subjects::These(these) => these.iter().map(|&(subject, _)| subject).collect(),
    };
    let of = move |subject, action| {
        let resources: Vec<_> = world.living_of(&policy.actions[action].on, at).collect();
        resources.into_iter().map(move |resource| ResolvedRequest { subject, action, resource })
    };
    subjects.into_iter().flat_map(move |subject| selection.actions.iter().flat_map(move |&action| of(subject, action)))
}

/// Which of two requests comes first; `None` if there is neither.
fn next_is(sides: Sides<'_>, old: Option<&ResolvedRequest>, new: Option<&ResolvedRequest>) -> Option<Ordering> {
    match (old, new) {
        (None, None) => None,
        (Some(_), None) => Some(Ordering::Less),
        (None, Some(_)) => Some(Ordering::Greater),
        (Some(old), Some(new)) => Some(sides.compare(old, new)),
    }
}

/// The request of a row, and the side of which its ids are; `None` if it can be asked on neither.
fn place(old: Option<ResolvedRequest>, new: Option<ResolvedRequest>) -> Option<(Side, ResolvedRequest)> {
    new.map(|request| (Side::New, request)).or(old.map(|request| (Side::Old, request)))
}

/// The lists of both sides side by side. What only one of them has is asked of the other side.
struct Joined<'a, O: Iterator<Item = AccessRow>, N: Iterator<Item = AccessRow>> {
    sides: Sides<'a>,
    old: Peekable<O>,
    new: Peekable<N>,
}

impl<O: Iterator<Item = AccessRow>, N: Iterator<Item = AccessRow>> Iterator for Joined<'_, O, N> {
    type Item = DiffRow;

    fn next(&mut self) -> Option<DiffRow> {
        let order = next_is(self.sides, self.old.peek().map(|row| &row.request), self.new.peek().map(|row| &row.request))?;
        let old = if order.is_le() { self.old.next() } else { None };
        let new = if order.is_ge() { self.new.next() } else { None };
        let answer = |side: Side, row: Option<AccessRow>, other: Option<AccessRow>| match (row, other) {
            (Some(row), _) => SideAnswer::of_row(&row),
            (None, Some(other)) => {
                let across = self.sides.across(side.other(), &other.request);
                across.map_or(SideAnswer::ABSENT, |request| SideAnswer::of(self.sides.decider(side), request))
            }
            (None, None) => SideAnswer::ABSENT,
        };
        let (old, new) = (answer(Side::Old, old, new), answer(Side::New, new, old));
        Some(DiffRow { request: place(old.request, new.request)?, old, new })
    }
}
