//! Subjects with the same rows: what is to be asked about them is the same, and they are alike on both sides.

use super::candidates::{Part, requests};
use super::row::DiffRow;
use super::sides::Sides;
use crate::eval::Decider;
use crate::policy::{ActionId, KindSet};
use crate::query::access::{Alike, Likeness, MANY_ACTIONS, SameAnswers, SharedRows};
use crate::world::EntityId;
use rayon::prelude::*;
use rustc_hash::FxHashSet;
use std::sync::Arc;

/// The rows of subjects, one for all that are alike.
pub(super) struct Classes<'a> {
    sides: Sides<'a>,
    alike: [Alike; 2],
    askers: KindSet,
    all_changes: bool,
    rows: SharedRows<Class<'a>, DiffRow>,
}

/// What subjects with the same rows have in common: what they are like on both sides, and what is to be asked.
type Class<'a> = ([Likeness; 2], &'a [Part]);

impl<'a> Classes<'a> {
    pub(super) fn of(sides: Sides<'a>, all_changes: bool) -> Classes<'a> {
        let alike = [Alike::of(sides.old), Alike::of(sides.new)];
        Classes { sides, alike, askers: sides.new.compiled.policy.subjects(), all_changes, rows: SharedRows::default() }
    }

    /// The rows of each of these subjects, with another subject where they are those of one that is alike.
    pub(super) fn rows(&mut self, subjects: &'a [(EntityId, Vec<Part>)]) -> Vec<Arc<[DiffRow]>> {
        let Classes { sides, alike, askers, all_changes, rows } = self;
        let sides = *sides;
        let class = |(subject, parts): &'a (EntityId, Vec<Part>)| {
            // Where a subject is a resource too, it matters which one it is.
            let shares = !parts.iter().any(|part| part.may_be_on(sides, askers));
            if shares { Some((likeness_on_both(sides, alike, *subject)?, parts.as_slice())) } else { None }
        };
        let classes: Vec<Option<Class<'a>>> = subjects.par_iter().map(class).collect();
        rows.of(&classes, |index| own_rows(sides, alike, &subjects[index], *all_changes))
    }
}

/// What an entity is like on both sides; `None` if it is like no other on one of them.
fn likeness_on_both(sides: Sides<'_>, alike: &[Alike; 2], ent: EntityId) -> Option<[Likeness; 2]> {
    let [old, new] = alike;
    let likeness = |alike: &Alike, decider: &Decider<'_>| if decider.world.has(ent) { alike.likeness(decider, ent) } else { None };
    Some([likeness(old, sides.old)?, likeness(new, sides.new)?])
}

/// The rows of a subject. Of resources that are alike one is asked about for all.
fn own_rows(sides: Sides<'_>, alike: &[Alike; 2], subject: &(EntityId, Vec<Part>), all_changes: bool) -> Vec<DiffRow> {
    let askers = sides.new.compiled.policy.subjects();
    let likeness = |resource: EntityId| {
        if askers.contains(sides.kind(resource)) { None } else { likeness_on_both(sides, alike, resource) }
    };
    let actions: FxHashSet<ActionId> = subject.1.iter().flat_map(Part::actions).copied().collect();
    let shares = actions.len() >= MANY_ACTIONS;
    let mut answers = SameAnswers::default();
    let rows = requests(sides, subject, all_changes).into_iter().filter_map(|request| {
        let is_complete = |row: &Option<DiffRow>| row.is_none_or(|row| !row.is_given_up());
        let own = || DiffRow::of_both(sides, request);
        let row: Option<DiffRow> = if shares { answers.of(&request, likeness, own, is_complete) } else { own() };
        row.filter(|row| row.differs(all_changes)).map(|row| row.of_request(request))
    });
    rows.collect()
}
