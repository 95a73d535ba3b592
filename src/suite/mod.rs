//! Suites of policy tests: what access is expected, and where the policy says something else.
//!
//! [`run()`] opens suites (`opened`) and runs their entries (`entry`). `host` is what it needs from outside: files, and texts of explanations. For each entry
//! `setting` makes dates and toggles. A case or a who is a `product` of subjects, actions and resources, with `lines` that name what of it
//! is allowed or unknown, and `compare` finds where the answers differ; `ask` compares the answer to one question. `snapshot` reads and
//! writes kept explanations, `filter` selects entries, `command` names the command that shows a request whole, `coverage` counts
//! what of the pack was used, `covering` the entries that use an element, `mutation` tries changes of it that no suite may notice, and `report` has the data of a result.
//!
//! Invariant: an entry passes only if every request of it was answered as expected: one that was given up, or that names what the world does
//! not have, breaks its suite. This room takes texts, prints nothing and touches no disk.

mod ask;
mod command;
mod compare;
mod coverage;
mod covering;
mod entry;
mod filter;
mod host;
mod lines;
mod mutation;
mod opened;
mod product;
mod report;
mod run;
mod setting;
mod snapshot;

pub use coverage::{Coverage, Covered, CoveredPoint, Measure, Way};
pub use covering::{Covering, CoveringEntry, covering};
pub use entry::Explained;
pub use filter::Filter;
pub use host::{Broken, Host, SuiteFile, SuiteWorld};
pub use mutation::{Apart, Change, Mutation, Survivor};
pub use report::{Difference, EntryReport, Failure, Report, SnapshotChange, SuiteReport};
pub use run::{Options, run};
