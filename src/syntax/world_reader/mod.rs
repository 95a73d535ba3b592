//! From a world file, TOML or NDJSON, to its entities, facts and events.

mod json;
mod lines;
mod parts;
mod tables;
#[cfg(test)]
mod tests;

pub use lines::{LineMistakes, line_mistakes};
pub use parts::{WorldPart, world_lines};
pub use tables::world_document;
