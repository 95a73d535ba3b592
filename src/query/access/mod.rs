//! Access lists: who can, and what can.
//!
//! `selection` reads what a list is about: subjects, actions and resources, each one or a pattern; `filter` tells of single requests whether
//! it is about them. `list` finds the requests among them that
//! are allowed or unknown, among the candidates that `reach` finds. `alike` tells which subjects or resources have the same answers, so that one of
//! them is asked about for all; `shared` keeps the rows of a subject for others, and `same_answers` the answers about a resource. `ways` reads from
//! the record of a decision by what it is permitted, and `summary` puts together who has the same access by the same ways, by `grouping`.
//! `paths` has what drawings show of it. `through` has the world in which subjects left a group. `unnamed` finds what a list may miss.
//!
//! Candidates are found in reverse, from the facts (see [`Holdings`](crate::eval::Holdings)): there may be too many, and never too few. What
//! is listed is what the decider says of each, so a list always agrees with it.

mod alike;
mod filter;
mod grouping;
mod list;
mod paths;
mod reach;
mod same_answers;
mod selection;
mod shared;
mod summary;
mod through;
mod unnamed;
mod ways;

pub(in crate::query) use alike::{Alike, Likeness};
pub(in crate::query) use grouping::Grouping;
pub use list::{AccessRow, access_list, missing};
pub(in crate::query) use list::{Block, answer, blocks, class_count};
pub use paths::{AccessPath, request_paths};
pub(in crate::query) use reach::{ResourceReach, SubjectReach};
pub(in crate::query) use same_answers::{pays_off, same_answers};
pub use selection::{Resources, Selection, Subjects};
pub(in crate::query) use shared::SharedRows;
pub use summary::{AccessGroup, BarredGroup, Hidden, MANY_ROWS, Summary, Taken, summary, summary_by_class};
pub(in crate::query) use summary::{outermost, summary_without_ways};
pub use through::{left_of, without_members};
pub use unnamed::unnamed_access;
pub use ways::{Origin, Way};
