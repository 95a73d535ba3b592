//! From text to parsed documents: TOML and NDJSON with spans, and the grammars of conditions, tables and questions.
//!
//! Invariant: this room does not know what names mean, and never touches the disk.

mod date;
mod document;
pub mod expr;

pub use date::Instant;
pub use document::*;
pub use expr::Op;
