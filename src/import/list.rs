//! Lists: the files of one source with the same bindings.

use super::mapping::NameId;
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
    /// How many of them say that another page follows.
    pub(super) with_next: usize,
    /// How many rows it has, by what it says.
    pub(super) total: Option<u64>,
    /// How many rows were read.
    pub(super) rows: u64,
    /// How many of them do not count.
    pub(super) passed_over: u64,
    /// Whether a row is lost, or what it needs is not bound.
    pub(super) is_broken: bool,
    /// The channels that it closes if it is complete: each with what it is of.
    pub(super) tells: BTreeSet<(usize, String)>,
}

impl List {
    pub(super) fn new(source: usize, bound: Vec<(NameId, String)>) -> List {
        List {
            source,
            bound,
            files: Vec::new(),
            with_next: 0,
            total: None,
            rows: 0,
            passed_over: 0,
            is_broken: false,
            tells: BTreeSet::new(),
        }
    }

    /// Whether a page is missing: each page but one says that another follows.
    pub(super) fn is_cut(&self) -> bool {
        self.with_next >= self.files.len().max(1) || self.total.is_some_and(|total| total > self.rows)
    }

    /// Whether it has all that its source has.
    pub(super) fn is_complete(&self) -> bool {
        !self.is_broken && !self.is_cut()
    }
}
