//! Answers and diagnostics for people and programs, one file a format.
//!
//! Invariant: this room does not know how answers came about.

pub mod catalogue;
pub mod diagnostics;
pub mod dot;
mod excerpt;
pub mod how_to;
pub mod json;
mod layout;
pub mod mermaid;
mod palette;
mod sanitize;
pub mod text;
mod tree;

#[cfg(test)]
mod tests;

pub use sanitize::{brief, visible};
