//! Which entries of suites cover an element of a pack.

use super::coverage::{Branches, Way, points_of};
use super::entry::{Bench, Explained};
use super::host::{Host, SuiteFile};
use super::opened::{Opened, open};
use super::run::on_threads;
use super::setting::label;
use crate::policy::Policy;
use rayon::prelude::*;
use std::collections::BTreeSet;

/// An entry whose requests use an element.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CoveringEntry {
    /// The file of the suite.
    pub suite: String,
    /// The line of the entry, from 1.
    pub line: u32,
    /// Its form and number: `case 2`.
    pub label: String,
    /// Its name.
    pub name: Option<String>,
    /// In which ways it uses the element.
    pub ways: BTreeSet<Way>,
}

/// The entries that cover an element, and suites of which that is not known.
#[derive(Clone, Debug, Default)]
pub struct Covering {
    /// The entries, by suite and line.
    pub entries: Vec<CoveringEntry>,
    /// The files of suites that cannot be run.
    pub broken: Vec<String>,
}

/// The entries that cover an element, called as in coverage (`rule owners-wipe`), of suites of this pack.
pub fn covering(files: &[SuiteFile], host: &dyn Host, policy: &Policy, element: &str) -> Covering {
    on_threads(None, || {
        let mut found = Covering::default();
        for file in files {
            match open(file, host, None) {
                Ok(Some(opened)) if opened.mistakes.is_empty() => {
                    if is_same(&opened.compiled.policy, policy) {
                        found.entries.extend(of_suite(&opened, host, element));
                    }
                }
                Ok(None) => {}
                Ok(Some(_)) | Err(_) => found.broken.push(file.name().to_owned()),
            }
        }
        found
    })
}

/// Whether two packs have the same texts.
fn is_same(one: &Policy, other: &Policy) -> bool {
    let texts = |policy: &Policy| policy.sources.files().map(|file| policy.sources.text(file).to_owned()).collect::<BTreeSet<String>>();
    texts(one) == texts(other)
}

fn of_suite(opened: &Opened<'_>, host: &dyn Host, element: &str) -> Vec<CoveringEntry> {
    let compiled = &opened.compiled;
    let (branches, options) = (Branches::of(&compiled.policy), Explained::default());
    let points = points_of(compiled, element);
    let bench = Bench { opened, compiled, world: &opened.world, host, options: &options, branches: Some(&branches), snapshots: false };
    let entries = opened.document.entries.par_iter().filter_map(|entry| {
        let counts = bench.run(entry).ok()?.counts;
        let ways: BTreeSet<Way> = points.iter().filter(|point| counts.of(point.0) > 0).map(|point| point.1).collect();
        (!ways.is_empty()).then(|| CoveringEntry {
            suite: opened.file.name().to_owned(),
            line: opened.sources.place(entry.span).line,
            label: label(entry),
            name: entry.name.as_ref().map(|name| name.value.clone()),
            ways,
        })
    });
    entries.collect()
}
