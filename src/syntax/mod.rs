//! From text to parsed documents: TOML and NDJSON with spans, and the grammars of conditions, tables and questions.
//!
//! Invariant: this room does not know what names mean, and never touches the disk.

pub mod ast;
mod grammar;
mod naming;
mod pack_reader;
mod patch_quoting;
mod print;
mod toml;
mod world_reader;

pub use ast::expr::Op;
pub use ast::*;
pub use grammar::{Embedded, Mark, ParsedQuestion, StringForm, conclusion, condition, effect, fact, grid, mark, plain, question, term};
pub use pack_reader::pack_document;
pub use patch_quoting::fit_patches;
pub use print::{entity, quoted};
pub use world_reader::{LineMistakes, WorldPart, line_mistakes, world_document, world_lines};
