//! From a world file, TOML or NDJSON, to its entities, facts and events.

mod json;
mod lines;
mod tables;
#[cfg(test)]
mod tests;

pub use lines::world_lines;
pub use tables::world_document;
