//! What would be decided if facts were otherwise: near misses of a question, and candidate repairs of its answer.
//!
//! Invariant: this room knows no terminals.

mod near_miss;
mod regression;
mod repairs;
pub(crate) mod static_eval;

pub(crate) use regression::{PartialEvent, above, entities};
pub use repairs::{Candidates, Change, ChangeSet};
