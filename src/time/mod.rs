//! Points and spans of time: instants of RFC 3339, and the intervals between them.
//!
//! Invariant: this room knows nothing else of ours.

mod instant;
mod interval;

pub use instant::Instant;
pub use interval::Interval;
