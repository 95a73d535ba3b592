//! Instants of RFC 3339, and half-open intervals between them.
//!
//! Invariant: this room imports no other room.

mod instant;
mod interval;
mod other_order;

pub use instant::{Instant, TimeUnit};
pub use interval::Interval;
