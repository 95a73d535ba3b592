//! What of a pack the requests of suites use.
//!
//! `points` lists what there is to cover, `count` reads from the records of decisions what of it was, `tally` sees what was true anywhere in
//! the evaluation, and `branches` says which branch of an `or` that is.
//!
//! Invariant: what is counted is what a recorder of the one evaluator was shown.

mod branches;
mod count;
mod points;
mod tally;

pub(super) use branches::Branches;
pub(super) use count::Counts;
pub(super) use points::grant_name;
pub use points::{Measure, Way};

use crate::plan::CompiledPolicy;
use crate::text::{FileId, Place};
use points::{Point, PointInfo};
use std::collections::BTreeMap;
use std::sync::Arc;

/// What of one pack was covered.
#[derive(Clone, Debug)]
pub struct Coverage {
    /// The folder or file of the pack.
    pub pack: String,
    /// How much of each measure, in the order of [`Measure::ALL`].
    pub measures: Vec<(Measure, Covered)>,
    /// Everything that there is to cover, by place.
    pub points: Vec<CoveredPoint>,
}

/// How much of a measure was covered.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Covered {
    /// How many of its points.
    pub covered: usize,
    /// How many points it has.
    pub total: usize,
}

/// Something that was covered, or was not.
#[derive(Clone, Debug)]
pub struct CoveredPoint {
    /// Of which measure.
    pub measure: Measure,
    /// Where it is; editions and what is built in have no place.
    pub place: Option<Place>,
    /// What it is: `rule agents-add-devices`.
    pub name: String,
    /// In which way it is covered.
    pub way: Way,
    /// By how many requests.
    pub count: u64,
}

impl Covered {
    /// Whether at least this many percent are covered; so they are where there is nothing to cover.
    pub fn is_at_least(self, percent: u8) -> bool {
        self.covered * 100 >= self.total * usize::from(percent)
    }

    /// The percentage, rounded down, so that 100 is all.
    pub fn percent(self) -> usize {
        (self.covered * 100).checked_div(self.total).unwrap_or(100)
    }
}

/// The points of one element, by its name, each with the way in which it is covered.
pub(super) fn points_of(compiled: &CompiledPolicy, element: &str) -> Vec<(Point, Way)> {
    let is_of = |name: &str| name.strip_prefix(element).is_some_and(|rest| rest.is_empty() || rest.starts_with(", "));
    // That a branch is true says nothing of the whole.
    let points = points::points(compiled).into_iter().filter(|info| info.measure != Measure::Branches && is_of(&info.name));
    points.map(|info| (info.point, info.way)).collect()
}

/// What was covered of each pack, in the order in which suites use them.
pub(super) fn coverage(counted: &[(Arc<CompiledPolicy>, Counts)]) -> Vec<Coverage> {
    let mut packs: Vec<(&Arc<CompiledPolicy>, Counts)> = Vec::new();
    for (compiled, counts) in counted {
        match packs.iter_mut().find(|(pack, _)| Arc::ptr_eq(pack, compiled)) {
            Some((_, all)) => all.add(counts),
            None => packs.push((compiled, counts.clone())),
        }
    }
    packs.into_iter().map(|(compiled, counts)| of_pack(compiled, &counts)).collect()
}

fn of_pack(compiled: &CompiledPolicy, counts: &Counts) -> Coverage {
    let mut measures: BTreeMap<Measure, Covered> = Measure::ALL.iter().map(|&measure| (measure, Covered::default())).collect();
    let sources = &compiled.policy.sources;
    let mut points: Vec<CoveredPoint> = Vec::new();
    for PointInfo { point, measure, span, name, way } in points::points(compiled) {
        let count = counts.of(point);
        let covered = measures.entry(measure).or_default();
        covered.total += 1;
        covered.covered += usize::from(count > 0);
        points.push(CoveredPoint { measure, place: span.map(|span| sources.place(span)), name, way, count });
    }
    points.sort_by(|a, b| {
        let place = |point: &CoveredPoint| point.place.clone().map(|place| (place.file, place.line));
        (place(a).is_none(), place(a)).cmp(&(place(b).is_none(), place(b)))
    });
    Coverage { pack: pack_name(compiled), measures: measures.into_iter().collect(), points }
}

/// The folder of a pack's files, or its file.
pub(super) fn pack_name(compiled: &CompiledPolicy) -> String {
    let sources = &compiled.policy.sources;
    let names: Vec<&str> = sources.files().map(|file: FileId| &**sources.name(file)).collect();
    match names.as_slice() {
        [] => String::new(),
        [only] => (*only).to_owned(),
        [first, ..] => first.rsplit_once('/').map_or(*first, |(folder, _)| folder).to_owned(),
    }
}
