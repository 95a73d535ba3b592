//! From text to parsed documents: TOML and NDJSON with spans, and the grammars of conditions, tables and questions.
//!
//! Invariant: this room does not know what names mean, and never touches the disk.

mod document;
pub mod expr;
mod grammar;
mod names;
mod pack_reader;
mod print;
mod quoting;
mod reader;
mod world_reader;

pub use document::*;
pub use expr::Op;
pub use grammar::{Embedded, Mark, Question, Writing, conclusion, condition, effect, fact, grid, mark, plain, question, term};
pub use pack_reader::pack_document;
pub use print::{entity, quoted};
pub use quoting::fit_patches;
pub use world_reader::{LineMistakes, WorldPart, line_mistakes, world_document, world_lines};
