//! Subjects with the same rows: what is to be asked about them is the same, and they are alike on both sides.

use super::candidates::{Part, requests};
use super::row::DiffRow;
use super::sides::Sides;
use crate::policy::KindSet;
use crate::query::access::{Alike, Likeness, SharedRows};
use crate::world::{EntityId, ResolvedRequest};
use std::sync::Arc;

/// The rows of subjects, one for all that are alike.
pub(super) struct Classes<'a> {
    sides: Sides<'a>,
    alike: [Alike; 2],
    askers: KindSet,
    rows: SharedRows<Class, DiffRow>,
}

/// What is to be asked about a subject.
pub(super) struct Asked {
    requests: Vec<ResolvedRequest>,
    /// `None` if the subject is like no other.
    class: Option<Class>,
}

impl Asked {
    /// How many requests.
    pub(super) fn len(&self) -> usize {
        self.requests.len()
    }
}

/// What subjects with the same rows have in common: what they are like on both sides, and the requests, of which the subject is left out.
#[derive(Clone, PartialEq, Eq, Hash)]
struct Class {
    likeness: [Likeness; 2],
    requests: Arc<[ResolvedRequest]>,
}

impl<'a> Classes<'a> {
    pub(super) fn of(sides: Sides<'a>) -> Classes<'a> {
        let alike = [Alike::of(sides.old), Alike::of(sides.new)];
        Classes { sides, alike, askers: sides.new.compiled.policy.subjects(), rows: SharedRows::default() }
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
        let sides = self.sides;
        let classes: Vec<Option<Class>> = asked.iter().map(|asked| asked.class.clone()).collect();
        self.rows.of(&classes, |index| {
            let rows = asked[index].requests.iter().filter_map(|&request| DiffRow::of_both(sides, request));
            rows.filter(|row| row.differs(all_changes)).collect()
        })
    }
}
