//! Properties of a policy, proved for all worlds or refuted by one.
//!
//! [`verify()`] makes the questions of a property (`questions`): a date, toggles, an action, and what subject and resource are. For each, `claims`
//! says what refutes the property; `bound` finds a size of worlds that is enough; `symbolic` encodes decisions over worlds of that size as a
//! circuit, and `sat` decides it. No world: the proof of the solver is checked, and the property holds in all worlds. A world: `least` makes it small, `parts`
//! names its entities, `world_text` writes it, and `confirm` puts it to the ordinary loader and evaluator. `touched` says whether events may
//! change what a property of worlds reads.
//!
//! Invariant: where something is not encoded, or a limit is reached, the verdict says so. "Proved" is never a guess: it rests on the encoder
//! and the bound, which laws test, and on a search whose proof was checked. A counterexample that the evaluator does not confirm is an error
//! of this program, not a verdict.

mod alike;
pub mod bound;
mod certificate;
mod claims;
mod compare;
mod confirm;
mod host;
mod incomparable;
mod least;
mod open_worlds;
mod parts;
mod questions;
mod report;
mod role_classes;
mod run;
pub mod sat;
mod satisfy;
mod schema;
mod search;
mod step;
mod step_confirm;
mod steps;
pub mod symbolic;
mod touched;
mod world_text;

pub use compare::{Packs, against, dead, toggle};
pub use host::{Host, Refusal};
pub use report::{About, BreakingEvent, Certificate, Counterexample, EventObstacle, Granted, Obstacle, PropertyReport, Verdict};
pub use run::{Disagreement, Options, UNBOUNDED, verify};
pub use schema::{Conflict, Schema, complete_kinds};
pub use world_text::Model;
