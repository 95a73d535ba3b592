//! The walk: decisions in three truth values, recorded or not; events folded into facts; invariants.
//!
//! Invariant: this room knows no text, no clock and no disk.

mod code;
mod decide;
mod effects;
mod engine;
mod fold;
mod force;
mod holds;
mod invariant;
mod membership;
mod near;
mod record;
mod term;
mod test;
mod truth;
mod turn;
mod walk;

pub use decide::{Decider, Decision, Outcome, Record};
pub use effects::pairs;
pub use engine::Engine;
pub use fold::{Refusal, fold};
pub use force::Scene;
pub use invariant::{Broken, invariants};
pub use record::{Datum, Form, Got, Recorder, Silent, Step, Trace, Visit};
pub use truth::Truth;
pub use turn::{Change, Changes, Turns};
pub use walk::FUEL;
