//! Lists: rows of data, each of which the evaluator says of itself, in an order that depends on names alone.
//!
//! * `open` counts the rows that depend on what the world leaves open.

mod open;

pub use open::{OpenCounts, OpenItem};
