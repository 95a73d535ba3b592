//! The resolved and typed policy.
//!
//! Invariant: this room knows no worlds, and names neither `toml` nor `nom`.

mod condition;
mod ids;
mod kinds;
mod model;

pub use condition::{Atom, Condition, Expr, SLOTS, Slot, SlotId, Step, Term, TermNode, Test};
pub use ids::*;
pub use kinds::KindSet;
pub use model::*;
