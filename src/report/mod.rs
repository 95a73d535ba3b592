//! Answers and diagnostics for people and programs, one file a format.
//!
//! Invariant: this room does not know how answers came about.

pub mod answer;
pub mod catalogue;
pub mod diagnostics;
pub mod dot;
mod excerpt;
pub mod how_to;
pub mod human;
pub mod json;
pub mod mermaid;
mod page;
mod palette;
mod tree;
mod visible;

#[cfg(test)]
mod tests;

pub use visible::{brief, visible};
