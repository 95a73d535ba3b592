//! What a run of suites found.

use super::coverage::Coverage;
use super::host::Broken;
use super::mutation::{Mutation, Survivor};
use crate::eval::Outcome;
use crate::syntax::suite::ExpectedAnswer;
use crate::world::Request;

/// What a run found, suite by suite in the order in which they were given.
#[derive(Clone, Debug, Default)]
pub struct Report {
    /// The suites.
    pub suites: Vec<SuiteReport>,
    /// What was covered of each pack, if that was asked for.
    pub coverage: Vec<Coverage>,
    /// Which changes of each pack no suite notices, if that was asked for and all entries passed.
    pub mutation: Option<Vec<Mutation>>,
}

/// What was found of one suite.
#[derive(Clone, Debug)]
pub struct SuiteReport {
    /// The name of its file.
    pub name: String,
    /// Why it could not be run. Then nothing else is known of it.
    pub broken: Option<Broken>,
    /// Its entries that were run, in the order of the file.
    pub entries: Vec<EntryReport>,
    /// Snapshots that differ from what is kept, and kept ones that no entry uses.
    pub snapshots: Vec<SnapshotChange>,
    /// The text of the snapshots as it is to be kept, empty if there are none; `None` if the kept one stays.
    pub kept: Option<String>,
}

/// What was found of one entry.
#[derive(Clone, Debug)]
pub struct EntryReport {
    /// Its form and number: `case 2`.
    pub label: String,
    /// Its name.
    pub name: Option<String>,
    /// Its line and column in the suite, from 1.
    pub place: (u32, usize),
    /// How many requests it has.
    pub requests: u64,
    /// Where the answers differ, in the order of requests.
    pub failures: Vec<Failure>,
    /// How many more differ.
    pub left_out: usize,
}

/// A request whose answer is not the expected one.
#[derive(Clone, Debug)]
pub struct Failure {
    /// The request.
    pub request: Request,
    /// What differs.
    pub difference: Difference,
    /// The explanation of the answer; of the first failures of an entry only.
    pub explanation: Option<String>,
    /// The words of the command that shows it whole.
    pub command: Vec<String>,
}

/// What differs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Difference {
    /// The answer.
    Outcome {
        /// The answer that the entry expects.
        expected: ExpectedAnswer,
        /// The answer.
        got: Outcome,
    },
    /// The claims on which it rests.
    Claims {
        /// Those that the entry expects and that are missing.
        missing: Vec<String>,
        /// All claims on which it rests.
        got: Vec<String>,
    },
    /// The explanation.
    Snapshot {
        /// The one that is kept, if there is one.
        kept: Option<String>,
        /// The one of now.
        now: String,
    },
}

/// A snapshot that is not as it is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SnapshotChange {
    /// Its name.
    pub name: String,
    /// The text that is kept; `None` if none is.
    pub kept: Option<String>,
    /// The text of now; `None` if no entry uses it.
    pub now: Option<String>,
}

impl EntryReport {
    /// Whether every answer is as expected.
    pub fn passed(&self) -> bool {
        self.failures.is_empty()
    }
}

impl Report {
    /// The changes that no suite notices and no comment explains.
    pub fn unexplained(&self) -> impl Iterator<Item = &Survivor> {
        let survivors = self.mutation.iter().flatten().flat_map(|mutation| &mutation.survivors);
        survivors.filter(|survivor| survivor.equivalent.is_none())
    }

    /// How many entries passed, how many failed, and how many suites could not be run.
    pub fn counts(&self) -> (usize, usize, usize) {
        let entries = || self.suites.iter().flat_map(|suite| &suite.entries);
        let passed = entries().filter(|entry| entry.passed()).count();
        let broken = self.suites.iter().filter(|suite| suite.broken.is_some()).count();
        (passed, entries().count() - passed, broken)
    }
}
