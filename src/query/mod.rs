//! Questions over many decisions: which changes would turn an answer, and what holds under assumptions.
//!
//! [`Overlay`] is a world and a context with assumed changes. [`assume`] makes one of a question as text; [`how_to`] searches for sets of
//! changes and tries each in an overlay.
//!
//! Invariant: answers are data of ids, and each comes from a decision. Only what is wrong with a question's text is put into words here.

pub mod assume;
pub mod how_to;
mod overlay;

pub use overlay::Overlay;
