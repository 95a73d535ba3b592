//! Access lists: who can, and what can.
//!
//! `selection` reads what a list is about: subjects, actions and resources, each one or a pattern. `list` finds the requests among them that
//! are allowed or unknown.
//!
//! Candidates are found in reverse, from the facts (see [`Holdings`](crate::eval::Holdings)): there may be too many, and never too few. What
//! is listed is what the decider says of each, so a list always agrees with it.

mod list;
mod selection;

pub use list::{AccessRow, Selection, access_list};
pub use selection::{Certainty, EntityPattern, Resources, Subjects};
