//! Subjects with the same rows: what is to be asked about them is the same, and they are alike on both sides.

use super::candidates::{Part, requests};
use super::row::DiffRow;
use super::sides::Sides;
use crate::policy::KindSet;
use crate::query::access::{Alike, Likeness};
use crate::world::{EntityId, ResolvedRequest};
use rayon::prelude::*;
use rustc_hash::FxHashMap;
use std::sync::Arc;

/// The rows of subjects, one for all that are alike.
pub(super) struct Classes<'a> {
    sides: Sides<'a>,
    alike: [Alike; 2],
    askers: KindSet,
    rows: FxHashMap<Class, Arc<[DiffRow]>>,
    count: usize,
}

/// What is to be asked about a subject.
pub(super) struct Asked {
    requests: Vec<ResolvedRequest>,
    /// `None` if the subject is like no other.
    class: Option<Class>,
}

/// What subjects with the same rows have in common: what they are like on both sides, and the requests, of which the subject is left out.
#[derive(Clone, PartialEq, Eq, Hash)]
struct Class {
    likeness: [Likeness; 2],
    requests: Arc<[ResolvedRequest]>,
}

/// How many rows are kept, at most.
const MAX_KEPT: usize = 2_000_000;

impl<'a> Classes<'a> {
    pub(super) fn of(sides: Sides<'a>) -> Classes<'a> {
        let alike = [Alike::of(sides.old), Alike::of(sides.new)];
        Classes { sides, alike, askers: sides.new.compiled.policy.subjects(), rows: FxHashMap::default(), count: 0 }
    }

    /// What is to be asked about a subject.
    pub(super) fn asked(&self, subject: &(EntityId, Vec<Part>), all: bool) -> Asked {
        let requests = requests(self.sides, subject, all);
        // Where a subject is a resource too, it matters which one it is.
        let shares = !requests.iter().any(|request| self.askers.contains(self.sides.kind(request.resource)));
        let class = if shares { self.class(subject.0, &requests) } else { None };
        Asked { requests, class }
    }

    fn class(&self, subject: EntityId, requests: &[ResolvedRequest]) -> Option<Class> {
        let sides = [self.sides.old, self.sides.new];
        let likeness = |side: usize| {
            let decider = sides[side];
            decider.world.has(subject).then(|| self.alike[side].likeness(decider, subject)).flatten()
        };
        let requests = requests.iter().map(|&request| ResolvedRequest { subject: EntityId::NONE, ..request });
        Some(Class { likeness: [likeness(0)?, likeness(1)?], requests: requests.collect() })
    }

    /// The rows of each.
    pub(super) fn answer(&mut self, asked: &[Asked], all_changes: bool) -> Vec<Arc<[DiffRow]>> {
        // Those of whom no other is asked about: alone, or the first of their class.
        let mut first: FxHashMap<&Class, usize> = FxHashMap::default();
        let alone: Vec<usize> = asked
            .iter()
            .enumerate()
            .filter_map(|(index, asked)| match &asked.class {
                Some(class) if self.rows.contains_key(class) => None,
                Some(class) => (*first.entry(class).or_insert(index) == index).then_some(index),
                None => Some(index),
            })
            .collect();
        let sides = self.sides;
        let rows_of = |index: &usize| -> (usize, Arc<[DiffRow]>) {
            let rows = asked[*index].requests.iter().filter_map(|&request| DiffRow::of_both(sides, request));
            (*index, rows.filter(|row| row.differs(all_changes)).collect())
        };
        let worked_out: FxHashMap<usize, Arc<[DiffRow]>> = alone.par_iter().map(rows_of).collect();
        let rows: Vec<Arc<[DiffRow]>> = asked
            .iter()
            .enumerate()
            .map(|(index, asked)| match &asked.class {
                Some(class) => Arc::clone(self.rows.get(class).unwrap_or_else(|| &worked_out[&first[class]])),
                None => Arc::clone(&worked_out[&index]),
            })
            .collect();
        for (index, rows) in worked_out {
            if let Some(class) = asked[index].class.clone().filter(|_| self.count < MAX_KEPT) {
                self.count += rows.len().max(1);
                self.rows.insert(class, rows);
            }
        }
        rows
    }
}
