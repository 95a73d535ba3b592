//! Who can do what in a window of time: each request with the longest intervals of its outcomes, and what began and ended them.
//!
//! * `selection` has the subjects and resources that a question stands for at some time of the window.
//! * `rows` finds the intervals: the access lists at every instant at which something may turn that bears on them (see
//!   [`Turning`](crate::query::lists)), put together.
//! * `summary` has the rows that have intervals and causes in common, together.
//!
//! Invariant: a row says what the decider says at every instant of its interval, and the decider says something else just outside.

mod rows;
mod selection;
mod summary;

pub use rows::{AccessInterval, Between, Causes};
pub use summary::{BetweenSummary, IntervalGroup, MANY_INTERVALS};
