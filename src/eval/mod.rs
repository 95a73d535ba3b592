//! Evaluates requests against a world in Kleene logic, with or without a trace.
//!
//! Invariant: this room knows no text, no clock and no disk.

pub(crate) mod atoms;
pub(crate) mod bindings;
mod budget;
pub(crate) mod decide;
pub(crate) mod env;
pub(crate) mod evaluator;
mod groups;
pub(crate) mod instantiate;
mod membership;
pub(crate) mod roles;
pub(crate) mod terms;
pub(crate) mod trace;
pub(crate) mod truth;

pub use budget::BUDGET;
pub use decide::{Decider, Decision, Outcome, Record};
pub use trace::{AtomShape, MissingDatum, NoTrace, Recorder, TermValue, Trace, TraceNode, TraceStep};
pub use truth::Truth;
