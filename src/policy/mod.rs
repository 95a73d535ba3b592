//! The resolved and typed policy.
//!
//! Invariant: this room knows no worlds, and names neither `toml` nor `nom`.

mod by_name;
mod condition;
mod ids;
mod kinds;
mod lint;
mod mentions;
mod model;
mod reach;
mod resolve;
#[cfg(test)]
mod tests;
mod typing;

pub use crate::syntax::Op;
pub use by_name::ByName;
pub use condition::{Atom, Condition, Expr, SLOTS, Slot, SlotId, Step, Steps, Term, TermNode, Test};
pub use ids::*;
pub use kinds::KindSet;
pub use lint::lint;
pub use mentions::Mentions;
pub use model::*;
pub use resolve::resolve;
