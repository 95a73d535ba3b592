//! Questions over many decisions: what would turn an answer.
//!
//! Invariant: this room knows no terminals.

pub mod assume;
pub mod how_to;
mod overlay;

pub use overlay::Overlay;
