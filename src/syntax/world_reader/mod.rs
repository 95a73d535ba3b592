//! From a world file, TOML or NDJSON, to its entities, facts and events.

mod chunks;
mod json;
mod lines;
mod tables;
#[cfg(test)]
mod tests;

pub use chunks::{WorldPart, world_lines};
pub use lines::{LineMistakes, line_mistakes};
pub use tables::world_document;
