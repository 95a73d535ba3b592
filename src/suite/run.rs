//! Runs suites.

use super::entry::{Bench, Explained, Ran};
use super::filter::Filter;
use super::host::{Broken, Host, SuiteFile};
use super::report::{Difference, Report, SnapshotChange, SuiteReport};
use super::setting::label;
use super::snapshot::{Kept, Snapshot};
use crate::diag::{self, Diagnostic};
use crate::syntax;
use crate::syntax::suite::EntryDecl;
use rayon::prelude::*;

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
    /// The number of threads; one for each core without it.
    pub threads: Option<usize>,
}

/// Runs the suites, each entry on a thread of its own. The result does not depend on the number of threads.
pub fn run(files: &[SuiteFile], host: &dyn Host, options: &Options<'_>) -> Report {
    let all = || Report { suites: files.iter().map(|file| suite(file, host, options)).collect() };
    match rayon::ThreadPoolBuilder::new().stack_size(STACK).num_threads(options.threads.unwrap_or(0)).build() {
        Ok(threads) => threads.install(all),
        Err(_) => all(),
    }
}

fn suite(file: &SuiteFile, host: &dyn Host, options: &Options<'_>) -> SuiteReport {
    let empty = SuiteReport { name: file.name().to_owned(), broken: None, entries: Vec::new(), snapshots: Vec::new(), kept: None };
    match entries(file, host, options) {
        Ok(Some(report)) => report,
        Ok(None) => empty,
        Err(broken) => SuiteReport { broken: Some(broken), ..empty },
    }
}

/// Runs the entries of a suite that the filter takes. `None` if it takes none.
fn entries(file: &SuiteFile, host: &dyn Host, options: &Options<'_>) -> Result<Option<SuiteReport>, Broken> {
    if let Some(unreadable) = &file.unreadable {
        return Err(unreadable.clone());
    }
    let (document, mut mistakes) = syntax::suite_document(&file.sources, file.file);
    if mistakes.iter().any(Diagnostic::is_error) {
        syntax::fit_patches(&file.sources, &mut mistakes);
        return Err(Broken::Mistakes(file.sources.clone(), mistakes));
    }
    let takes = |entry: &EntryDecl| {
        let name = entry.name.as_ref().map(|name| name.value.as_str());
        options.filter.is_none_or(|filter| filter.takes(file.name(), &label(entry), name))
    };
    if !document.entries.iter().any(takes) {
        return Ok(None);
    }
    let compiled = host.policy(file, document.policies.as_ref().map(|path| path.value.as_str()))?;
    let paths: Vec<String> = document.worlds.iter().map(|path| path.value.clone()).collect();
    let world = host.world(file, &compiled, &paths, document.world.is_some())?;
    // The same suite, with spans beside those of the pack.
    let mut sources = world.sources.clone();
    let here = sources.add(file.name(), file.text().to_owned());
    let (mut document, _) = syntax::suite_document(&sources, here);
    document.entries.retain(takes);
    let kept = Kept::read(file.kept.as_deref().unwrap_or_default());
    let bench = Bench {
        file,
        document: &document,
        compiled: &compiled,
        world: &world,
        sources: &sources,
        kept: &kept,
        host,
        options: &options.explained,
    };
    let ran: Vec<Result<Ran, Vec<Diagnostic>>> = document.entries.par_iter().map(|entry| bench.run(entry)).collect();
    let (mut reports, mut snapshots, mut mistakes) = (Vec::new(), Vec::new(), Vec::new());
    for ran in ran {
        match ran {
            Ok(Ran { mut report, snapshot }) => {
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
        // What is wrong on the suite is found by each entry.
        diag::sort(&mut mistakes);
        mistakes.dedup();
        syntax::fit_patches(&sources, &mut mistakes);
        return Err(Broken::Mistakes(sources.clone(), mistakes));
    }
    let changes = changes(&kept, &snapshots, options.filter.is_some());
    let kept = (options.update && !changes.is_empty()).then(|| updated(&kept, snapshots, options.filter.is_some()).written());
    Ok(Some(SuiteReport { name: file.name().to_owned(), broken: None, entries: reports, snapshots: changes, kept }))
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
