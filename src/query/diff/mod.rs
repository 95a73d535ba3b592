//! Differences of access between two sides: two contexts, two worlds or two packs.
//!
//! * `sides` pairs the entities and the actions of both sides.
//! * `turns` has what of a world begins or ends at each instant. `changes` has what differs between the sides, and `because` which of it
//!   turned an outcome.
//! * `affected` follows the changes forwards, to the requests that they can affect; `candidates` writes these out, and `classes` puts
//!   subjects together that have the same rows.
//! * `row` is what both sides say of a request, and `rows` finds those that differ. Of an action of which any request may be affected, the
//!   access lists of both sides are read side by side.
//! * `count` counts rows instead of listing them, with a bound.
//! * `what_if` makes the new side of assumed changes.
//!
//! Invariant: a row is printed only if the deciders of both sides say so.

mod affected;
mod because;
mod candidates;
mod changes;
mod classes;
mod count;
mod groups;
mod row;
mod rows;
mod sides;
mod turns;
mod what_if;

pub use because::{Because, Cause};
pub use changes::{Boundary, Change, Changes};
pub(in crate::query) use count::AccessCounter;
pub use count::{AccessCount, SubjectCount};
pub use groups::{DiffGroup, DiffSummary, Survivors, diff_summary};
pub use row::{DiffRow, Direction, SideAnswer};
pub use rows::Difference;
pub(in crate::query) use rows::selected_rows;
pub use sides::{Side, Sides};
pub(in crate::query) use turns::Turns;
pub use what_if::{ChangeError, EventRefusal, ReadChange, WhatIf};
