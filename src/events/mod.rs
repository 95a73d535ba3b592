//! Events applied to a world, each checked at its time, and the invariants that no world may break.
//!
//! Invariant: this room knows no terminals.

mod apply;
mod effects;
mod invariants;

pub use apply::{EventError, apply};
pub(crate) use effects::has_solution;
pub use effects::unify_fact;
pub use invariants::{BrokenInvariant, invariants};
