//! What a world leaves open: patterns whose facts may hold, and facts that are stated not to hold.
//!
//! * `shape` is the data: an [`OpenPattern`] with its reason, and its [`Shape`]s, each of which fits statements of one [`Topic`].
//! * `openings` indexes the shapes, so that those that may fit a statement are found by its parts, however many patterns there are.
//! * `denials` has what is stated not to hold.
//! * `blob` is the packed form of all of this.
//!
//! Whether `where` of a pattern is true needs an evaluation, so `eval` decides whether a statement fits a pattern.
//!
//! Invariant: patterns name no facts. What is stated holds or does not hold, whatever the patterns.

mod blob;
mod denials;
mod openings;
mod shape;

pub(in crate::world) use blob::{OpenBlob, TextBlob};
pub(crate) use denials::{Denial, Denials, Denied};
pub(crate) use openings::Openings;
pub use shape::{FactSelector, OpenPattern, PatternId, PatternText, UncertainChange, UncertainEffect};
pub(crate) use shape::{Part, Shape, ShapePart, Topic};
