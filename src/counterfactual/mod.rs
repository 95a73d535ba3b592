//! What would be decided if facts were otherwise: near misses of a question, and candidate repairs of its answer.
//!
//! Invariant: this room knows no terminals.

mod near_miss;
mod repairs;

pub use repairs::{Candidates, Change, ChangeSet};
