//! Questions that take many decisions: which changes would turn an answer, and what holds under assumptions.
//!
//! [`Overlay`] is a world and a context with assumed changes. [`assume`] makes an overlay from the text of a question; [`how_to`] searches
//! for sets of changes and tries each in an overlay. [`access`] lists who can do what, [`between`] when, [`diff`] whose access changes, and
//! [`replay`] what each event of a world gives and takes;
//! [`tables`] compares a published table with the pack's. [`lists`] has what all lists share, and those of facts and of roles held.
//!
//! Invariant: answers are data of ids, and each rests on decisions of the evaluator. The only sentences made here are about mistakes in the
//! text of a question.

pub mod access;
pub mod assume;
pub mod between;
mod blast_radius;
pub mod diff;
pub mod elements;
pub mod how_to;
pub mod lists;
mod overlay;
pub mod replay;
pub mod tables;

pub use blast_radius::blast_radius;
pub use overlay::Overlay;
