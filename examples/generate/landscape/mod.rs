//! A landscape of partners and customers, drawn from a seed: worlds of the shipped pack, of any size, and questions about them.
//!
//! Everything is a function of the seed and of its own number: a customer is drawn when it is written, and drawn again when a question
//! is about it, so that a world of ten million facts takes no more memory than one of a hundred.
//!
//! Invariant: nothing here asks the engine. Half of the questions are meant to be allowed, and are, because of whom they ask about.

mod chance;
mod customer;
mod days;
mod lives;
mod names;
mod partner;
mod plan;
mod questions;
mod rooms;
mod sheet;

pub use days::ASKED_AT;
pub use plan::Plan;
