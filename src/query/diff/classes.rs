//! Subjects with the same rows: what is to be asked about them is the same, and they are alike on both sides.

use super::candidates::{Candidates, Part, requests, requests_within};
use super::row::{BothSides, DiffRow};
use super::sides::Sides;
use crate::eval::Decider;
use crate::policy::KindSet;
use crate::query::access::{Alike, Likeness, SharedRows, pays_off, same_answers};
use crate::world::{EntityId, ResolvedRequest};
use rayon::prelude::*;
use std::sync::Arc;

/// The rows of subjects, one for all that are alike.
pub(super) struct Classes<'a> {
    asked: Asked<'a>,
    askers: KindSet,
    rows: SharedRows<Class<'a>, DiffRow>,
}

/// So many rows that are known of another subject take as long as to decide a request.
const KNOWN_ROWS_PER_REQUEST: usize = 8;

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

    /// The rows of a subject, as far as they are found among the first of its requests: so many are `left`, and those that are decided are taken
    /// from it. Also whether that was enough for all.
    pub(super) fn rows_within(&mut self, subject: &'a (EntityId, Vec<Part>), left: &mut usize) -> (Arc<[DiffRow]>, bool) {
        let class = self.asked.class(subject, &self.askers);
        if let Some(known) = self.rows.get(class.as_ref()) {
            let rest = left.checked_sub(known.len() / KNOWN_ROWS_PER_REQUEST);
            *left = rest.unwrap_or_default();
            return (known, rest.is_some());
        }
        let (mut requests, mut whole) = requests_within(self.asked.sides, subject, self.asked.all_changes, *left);
        whole &= requests.len() <= *left;
        requests.truncate(*left);
        *left -= requests.len();
        let rows: Arc<[DiffRow]> = self.asked.rows_of(&requests).into();
        if whole {
            self.rows.keep(class, &rows);
        }
        (rows, whole)
    }

    /// The rows of each of these subjects, with another subject where they are those of one that is alike.
    pub(super) fn rows(&mut self, subjects: &'a [(EntityId, Vec<Part>)]) -> Vec<Arc<[DiffRow]>> {
        let Classes { asked, askers, rows } = self;
        let classes: Vec<Option<Class<'a>>> = subjects.par_iter().map(|subject| asked.class(subject, askers)).collect();
        rows.of(&classes, |index| asked.rows_of(&requests(asked.sides, &subjects[index], asked.all_changes)))
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
    fn on_both(&self, ent: EntityId) -> Option<[Likeness; 2]> {
        let [old, new] = self.each_side();
        let of = |(alike, decider): (&Alike, &Decider<'_>)| if decider.world.has(ent) { alike.likeness(decider, ent) } else { None };
        Some([of(old)?, of(new)?])
    }

    fn each_side(&self) -> [(&Alike, &Decider<'_>); 2] {
        let [old, new] = &self.alike;
        [(old, self.sides.old), (new, self.sides.new)]
    }

    /// What a subject has in common with others that have the same rows; `None` if there are none.
    fn class<'p>(&self, (subject, parts): &'p (EntityId, Vec<Part>), askers: &KindSet) -> Option<Class<'p>> {
        // Where a subject is a resource too, it matters which one it is.
        let shares = !parts.iter().any(|part| part.may_be_on(self.sides, askers));
        if shares { Some((self.on_both(*subject)?, parts.as_slice())) } else { None }
    }

    /// The rows of these requests of one subject.
    fn rows_of(&self, requests: &[ResolvedRequest]) -> Vec<DiffRow> {
        let resources: Vec<EntityId> = requests.iter().map(|request| request.resource).collect();
        let classes =
            |(alike, decider): (&Alike, &Decider<'_>)| if self.by_class { alike.resource_classes(decider, &resources) } else { Vec::new() };
        let [old, new] = self.each_side().map(classes);
        let class = |place: usize| Some([(*old.get(place)?)?, (*new.get(place)?)?]);
        let is_complete = |row: &Option<DiffRow>| row.is_none_or(|row| !row.is_given_up());
        let tabled = || {
            let mut sides = BothSides::of(self.sides);
            move |request: &ResolvedRequest| sides.row(*request)
        };
        let answers = same_answers(requests, class, tabled, is_complete);
        let rows = requests.iter().zip(answers).filter_map(|(request, row)| Some(row?.of_request(*request)));
        rows.filter(|row| row.differs(self.all_changes)).collect()
    }
}
