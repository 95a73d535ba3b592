//! Differences of access between two sides: two contexts, two worlds or two packs.
//!
//! * `sides` pairs the entities and the actions of both sides.
//! * `rows` finds the requests whose outcome differs: the access lists of both sides are read side by side, as far as the change can affect
//!   them (`affected`).
//! * `changes` has what differs between the sides, and `because` which of it turned an outcome.
//! * `what_if` makes the new side of assumed changes.
//!
//! Invariant: a row is printed only if the deciders of both sides say so.

mod affected;
mod because;
mod changes;
mod groups;
mod rows;
mod sides;
mod what_if;

pub use because::{Because, Cause};
pub use changes::{Boundary, Change, Changes};
pub use groups::{DiffGroup, DiffSummary, Survivors, diff_summary};
pub use rows::{DiffRow, Difference, Direction, SideAnswer};
pub use sides::{Side, Sides};
pub use what_if::{ChangeError, EventRefusal, ReadChange, WhatIf};
