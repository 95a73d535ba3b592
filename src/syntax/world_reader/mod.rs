//! From a world file, TOML or NDJSON, to its entities, facts and events.
//!
//! `tables` reads TOML. `chunks` cuts NDJSON into parts that threads read on their own, `lines` reads the lines of a part, and `json` keeps
//! the spans of their texts.
//!
//! Invariant: a line or table with a mistake is left out and reported; it never becomes a different fact.

mod chunks;
mod json;
mod lines;
mod tables;
#[cfg(test)]
mod tests;

pub use chunks::{WorldPart, world_lines};
pub use lines::{LineMistakes, line_mistakes};
pub use tables::{inline_world, world_document};
