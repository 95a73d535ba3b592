//! Subjects with the same rows: what is to be asked about them is the same, and they are alike on both sides.

use super::candidates::{Candidates, Part, requests};
use super::row::DiffRow;
use super::sides::Sides;
use crate::eval::Decider;
use crate::policy::KindSet;
use crate::query::access::{Alike, Likeness, SharedRows, pays_off, same_answers};
use crate::world::EntityId;
use rayon::prelude::*;
use std::sync::Arc;

/// The rows of subjects, one for all that are alike.
pub(super) struct Classes<'a> {
    asked: Asked<'a>,
    askers: KindSet,
    rows: SharedRows<Class<'a>, DiffRow>,
}

/// What subjects with the same rows have in common: what they are like on both sides, and what is to be asked.
type Class<'a> = ([Likeness; 2], &'a [Part]);

impl<'a> Classes<'a> {
    /// For the requests of these candidates.
    pub(super) fn of(sides: Sides<'a>, candidates: &Candidates, all_changes: bool) -> Classes<'a> {
        let actions = candidates.actions();
        let alike = [Alike::of(sides.old, &actions), Alike::of(sides.new, &actions)];
        let by_class = pays_off(candidates.subjects.len(), actions.len());
        let asked = Asked { sides, alike, by_class, all_changes };
        Classes { asked, askers: sides.new.compiled.policy.subjects(), rows: SharedRows::default() }
    }

    /// The rows of each of these subjects, with another subject where they are those of one that is alike.
    pub(super) fn rows(&mut self, subjects: &'a [(EntityId, Vec<Part>)]) -> Vec<Arc<[DiffRow]>> {
        let Classes { asked, askers, rows } = self;
        let class = |(subject, parts): &'a (EntityId, Vec<Part>)| {
            // Where a subject is a resource too, it matters which one it is.
            let shares = !parts.iter().any(|part| part.may_be_on(asked.sides, askers));
            if shares { Some((asked.on_both(*subject, Alike::likeness)?, parts.as_slice())) } else { None }
        };
        let classes: Vec<Option<Class<'a>>> = subjects.par_iter().map(class).collect();
        rows.of(&classes, |index| asked.rows_of(&subjects[index]))
    }
}

/// What is asked about each subject.
struct Asked<'a> {
    sides: Sides<'a>,
    alike: [Alike; 2],
    /// Whether of resources that are alike one is asked about for all.
    by_class: bool,
    all_changes: bool,
}

impl Asked<'_> {
    /// What an entity is like on both sides; `None` if it is like no other on one of them.
    fn on_both<L>(&self, ent: EntityId, like: impl Fn(&Alike, &Decider<'_>, EntityId) -> Option<L>) -> Option<[L; 2]> {
        let [old, new] = &self.alike;
        let of = |alike: &Alike, decider: &Decider<'_>| if decider.world.has(ent) { like(alike, decider, ent) } else { None };
        Some([of(old, self.sides.old)?, of(new, self.sides.new)?])
    }

    fn rows_of(&self, subject: &(EntityId, Vec<Part>)) -> Vec<DiffRow> {
        let requests = requests(self.sides, subject, self.all_changes);
        let class = |place: usize| if self.by_class { self.on_both(requests[place].resource, Alike::resource_class) } else { None };
        let is_complete = |row: &Option<DiffRow>| row.is_none_or(|row| !row.is_given_up());
        let answers = same_answers(&requests, class, |request| DiffRow::of_both(self.sides, *request), is_complete);
        let rows = requests.iter().zip(answers).filter_map(|(request, row)| Some(row?.of_request(*request)));
        rows.filter(|row| row.differs(self.all_changes)).collect()
    }
}
