//! A policy compiled for evaluation: conditions as plans with access paths, and what is in force on a date under toggles.
//!
//! Invariant: this room knows no worlds.

pub(crate) mod compiled;
pub(crate) mod condition;
pub(crate) mod validity;

pub use compiled::CompiledPolicy;
pub use validity::Context;
