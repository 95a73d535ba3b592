//! The events of a world one after the other, with the access that each instant gives and takes.
//!
//! `fold` applies the events, `turns` has what begins or ends at each instant, and `steps` compares each of these instants with the one
//! before, by [`diff`](super::diff).
//!
//! Invariant: an event that may not happen leaves no trace in the world that is compared.

mod fold;
mod steps;
mod turns;

pub use fold::{Happened, RefusedEvents, Replay, ReplaySettings};
