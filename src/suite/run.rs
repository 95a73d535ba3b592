//! Runs suites.

use super::coverage::{self, Branches, Counts};
use super::entry::{Bench, Explained, Ran};
use super::filter::Filter;
use super::host::{Broken, Host, SuiteFile};
use super::mutation;
use super::opened::{Opened, open};
use super::report::{Difference, Report, SnapshotChange, SuiteReport};
use super::setting::narrowed;
use super::snapshot::{Kept, Snapshot};
use crate::diag::{self, Diagnostic};
use crate::syntax;
use rayon::prelude::*;
use std::sync::Arc;

/// The stack of a thread, in bytes. The depth of parentheses in a fact is bounded, but the default stack may be too small for it.
const STACK: usize = 16 << 20;

/// How suites are run.
#[derive(Clone, Debug, Default)]
pub struct Options<'o> {
    /// Which entries are run; all without it.
    pub filter: Option<&'o Filter>,
    /// What is told of failures.
    pub explained: Explained<'o>,
    /// Whether changed snapshots are to be kept.
    pub update: bool,
    /// Whether coverage is counted.
    pub coverage: bool,
    /// Whether changes of the packs are tried, if all entries pass.
    pub mutate: bool,
    /// The number of threads; one for each core without it.
    pub threads: Option<usize>,
}

/// Runs the suites, each entry on a thread of its own. The result does not depend on the number of threads.
pub fn run(files: &[SuiteFile], host: &dyn Host, options: &Options<'_>) -> Report {
    let all = || {
        let (mut suites, mut counted, mut opened) = (Vec::new(), Vec::new(), Vec::new());
        for file in files {
            let (report, found) = suite(file, host, options);
            suites.push(report);
            if let Some((suite, counts)) = found {
                counted.extend(counts.map(|counts| (Arc::clone(&suite.compiled), counts)));
                opened.extend(options.mutate.then_some(suite));
            }
        }
        let mut report = Report { suites, coverage: coverage::coverage(&counted), mutation: None };
        if options.mutate && matches!(report.counts(), (1.., 0, 0)) {
            report.mutation = Some(mutation::mutation(&opened, host));
        }
        report
    };
    on_threads(options.threads, all)
}

/// Runs something on this number of threads, whose stacks are deep enough; without a number, on one for each core.
pub(super) fn on_threads<T: Send>(threads: Option<usize>, all: impl FnOnce() -> T + Send) -> T {
    match rayon::ThreadPoolBuilder::new().stack_size(STACK).num_threads(threads.unwrap_or(0)).build() {
        Ok(threads) => threads.install(all),
        Err(_) => all(),
    }
}

/// A suite that was run, and what it covers of its pack, if that is counted.
type Found<'f> = (Opened<'f>, Option<Counts>);

fn suite<'f>(file: &'f SuiteFile, host: &dyn Host, options: &Options<'_>) -> (SuiteReport, Option<Found<'f>>) {
    let empty = SuiteReport { name: file.name().to_owned(), broken: None, entries: Vec::new(), snapshots: Vec::new(), kept: None };
    let ran = open(file, host, options.filter).and_then(|opened| {
        let run = |opened: Opened<'f>| entries(&opened, host, options).map(|(report, counts)| (report, (opened, counts)));
        opened.map(run).transpose()
    });
    match ran {
        Ok(Some((report, found))) => (report, Some(found)),
        Ok(None) => (empty, None),
        Err(broken) => (SuiteReport { broken: Some(broken), ..empty }, None),
    }
}

/// Runs the entries of a suite.
fn entries(opened: &Opened<'_>, host: &dyn Host, options: &Options<'_>) -> Result<(SuiteReport, Option<Counts>), Broken> {
    let branches = options.coverage.then(|| Branches::of(&opened.compiled.policy));
    let bench = Bench {
        opened,
        compiled: &opened.compiled,
        world: &opened.world,
        host,
        options: &options.explained,
        branches: branches.as_ref(),
        snapshots: true,
    };
    let ran: Vec<Result<Ran, Vec<Diagnostic>>> = opened.document.entries.par_iter().map(|entry| bench.run(entry)).collect();
    let (mut reports, mut snapshots, mut mistakes) = (Vec::new(), Vec::new(), opened.mistakes.clone());
    let mut counted = Counts::default();
    counted.happen(&opened.events);
    for ran in ran {
        match ran {
            Ok(Ran { mut report, snapshot, counts }) => {
                counted.add(&counts);
                if options.update {
                    report.failures.retain(|failure| !matches!(failure.difference, Difference::Snapshot { .. }));
                }
                reports.push(report);
                snapshots.extend(snapshot);
            }
            Err(found) => mistakes.extend(found),
        }
    }
    if !mistakes.is_empty() {
        mistakes = mistakes.into_iter().map(|mistake| narrowed(&opened.sources, mistake)).collect();
        // What is wrong on the suite is found by each entry.
        diag::sort(&mut mistakes);
        mistakes.dedup();
        syntax::fit_patches(&opened.sources, &mut mistakes);
        return Err(Broken::Mistakes(opened.sources.clone(), mistakes));
    }
    let changes = changes(&opened.kept, &snapshots, options.filter.is_some());
    let kept = (options.update && !changes.is_empty()).then(|| updated(&opened.kept, snapshots, options.filter.is_some()).written());
    let report = SuiteReport { name: opened.file.name().to_owned(), broken: None, entries: reports, snapshots: changes, kept };
    Ok((report, options.coverage.then_some(counted)))
}

/// The snapshots that are not as they are kept, and, unless only some entries were run, those that no entry uses.
fn changes(kept: &Kept, now: &[Snapshot], in_part: bool) -> Vec<SnapshotChange> {
    let changed = now.iter().filter(|snapshot| kept.text(&snapshot.name) != Some(&snapshot.text)).map(|snapshot| SnapshotChange {
        name: snapshot.name.clone(),
        kept: kept.text(&snapshot.name).map(str::to_owned),
        now: Some(snapshot.text.clone()),
    });
    let unused = kept.iter().filter(|kept| !in_part && !now.iter().any(|now| now.name == kept.name)).map(|kept| SnapshotChange {
        name: kept.name.clone(),
        kept: Some(kept.text.clone()),
        now: None,
    });
    changed.chain(unused).collect()
}

/// The snapshots of now in the order of the suite. If only some entries were run, the others stay as they are kept, in their place.
fn updated(kept: &Kept, now: Vec<Snapshot>, in_part: bool) -> Kept {
    if !in_part {
        return Kept::of(now);
    }
    let mut left = now;
    let mut all: Vec<Snapshot> = Vec::new();
    for old in kept.iter() {
        match left.iter().position(|new| new.name == old.name) {
            Some(at) => all.push(left.remove(at)),
            None => all.push(old.clone()),
        }
    }
    all.extend(left);
    Kept::of(all)
}
