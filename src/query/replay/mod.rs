//! The events of a world one after the other, with the access that each instant gives and takes.
//!
//! `fold` applies the events, and `steps` compares each instant at which something begins or ends with the one before, by
//! [`diff`](super::diff).
//!
//! Invariant: an event that cannot happen leaves no trace in the world that is compared.

mod fold;
mod steps;

pub use fold::{Happened, RefusedEvents, Replay, ReplaySettings};
