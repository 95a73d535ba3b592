//! Lists: the files of one source with the same bindings.

use super::mapping::{Mappings, NameId};
use std::collections::BTreeSet;

/// One list of an export, in one file or more.
#[derive(Debug)]
pub(super) struct List {
    /// The source: its index.
    pub(super) source: usize,
    /// What is bound.
    pub(super) bound: Vec<(NameId, String)>,
    /// Its files.
    pub(super) files: Vec<String>,
    /// The digests of these, each with its file.
    pub(super) contents: Vec<(String, String)>,
    /// How many of them say that another page follows.
    pub(super) with_next: usize,
    /// How many rows it has, by what it says.
    pub(super) total: Option<u64>,
    /// How many rows were read.
    pub(super) rows: u64,
    /// How many of them do not count.
    pub(super) passed_over: u64,
    /// The first thing that is lost of it, as a reason has it: a row, or what it needs and is not bound.
    pub(super) broken: Option<String>,
    /// The bindings that it lacks, as the command line takes them.
    pub(super) lacks: BTreeSet<String>,
    /// How many rows each file has, and how many of them do not count, in the order of `files`.
    pub(super) rows_of_files: Vec<(u64, u64)>,
    /// The channels that it closes if it is complete: each with what it is of.
    pub(super) tells: BTreeSet<(usize, String)>,
}

impl List {
    pub(super) fn new(source: usize, bound: Vec<(NameId, String)>) -> List {
        List {
            source,
            bound,
            files: Vec::new(),
            contents: Vec::new(),
            with_next: 0,
            total: None,
            rows: 0,
            passed_over: 0,
            broken: None,
            lacks: BTreeSet::new(),
            rows_of_files: Vec::new(),
            tells: BTreeSet::new(),
        }
    }

    /// Whether a page is missing: each page but one says that another follows.
    pub(super) fn is_cut(&self) -> bool {
        self.with_next >= self.files.len().max(1) || self.total.is_some_and(|total| total > self.rows)
    }

    /// Whether it has all that its source has.
    pub(super) fn is_complete(&self) -> bool {
        self.broken.is_none() && !self.is_cut()
    }

    /// Whether it may be about any entity of a channel that it tells, since it lacks what says which.
    pub(super) fn may_be_about(&self, mappings: &Mappings, channel: usize) -> bool {
        let is_unbound = |name: NameId| !self.bound.iter().any(|(bound, _)| *bound == name);
        let source = &mappings.sources[self.source];
        let mut tells = source.tells.iter().filter(|tells| tells.channel == channel);
        tells.any(|tells| tells.of.names().any(|name| is_unbound(name) && source.needs.contains(&name)))
    }

    /// Notes what is lost of it, unless something was before.
    pub(super) fn breaks(&mut self, what: impl FnOnce() -> String) {
        self.broken.get_or_insert_with(what);
    }

    /// Why it is not complete, to be put after a reason; `None` if it is.
    pub(super) fn why_incomplete(&self) -> Option<String> {
        let page = || self.is_cut().then(|| format!("a page of {} is missing", self.files.first().map_or("it", String::as_str)));
        self.broken.clone().or_else(page)
    }
}
