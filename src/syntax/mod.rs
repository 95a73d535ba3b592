//! From text to syntax trees, with spans and diagnostics.
//!
//! * `ast` has the trees of packs, worlds, mappings, suites and expressions; `print` writes expressions back as text.
//! * `toml` parses TOML files into tables whose keys are read one by one.
//! * `pack_reader` and `world_reader` build the trees from TOML and NDJSON, `map_reader` those of mappings of imports, and
//!   `suite_reader` those of suites of tests; `naming` checks the
//!   names in them.
//! * `grammar` parses the texts inside: conditions, facts, effects, markdown tables and questions.
//! * `published` finds the tables of vendors' pages, in Markdown and HTML, and reads them as roles and actions.
//! * `placeholders` finds the names in braces in texts for people.
//! * `format` lays files out in the canonical way.
//! * `shape` has the keys of each table, their forms and what they are for.
//! * `json_key` reads keys of JSON without copying them.
//! * `likeness` tells a pack from a world where one is given for the other.
//! * `patch_quoting` escapes the edits of diagnostics for the place where they are made.
//!
//! Invariant: this room does not look names up, and never touches the disk. Parsing always returns a tree, with all mistakes beside it;
//! what could not be read is left out of the tree.

pub mod ast;
mod format;
mod grammar;
mod json_key;
mod likeness;
mod map_reader;
mod naming;
mod pack_reader;
mod patch_quoting;
mod placeholders;
mod print;
mod published;
mod shape;
mod suite_reader;
mod toml;
mod world_reader;

pub use ast::expr::Op;
pub use ast::*;
pub use format::{DocumentKind, formatted};
pub use grammar::{
    Clauses, Embedded, Mark, NamedEntities, ParsedQuestion, QuestionForm, RequestPattern, StringForm, conclusion, condition, effect,
    event_request, fact, grid, has_footnote, mark, pattern, plain, question, stated_fact, term,
};
pub(crate) use json_key::JsonKey;
pub use likeness::{looks_like_pack, looks_like_world};
pub use map_reader::{bindings_document, is_filled, mapping_document, parts, unfilled};
pub use naming::{Naming, is_action_name, label_name, plain_name};
pub use pack_reader::{is_of_pack, pack_document};
pub use patch_quoting::fit_patches;
pub use placeholders::{Placeholder, placeholders};
pub use print::{entity, quoted};
pub use published::{Matrix, MatrixCell, MatrixRow, PublishedTable, matrix, no_table, published_tables};
pub use shape::{Form, Key, Others, Shape};
pub use suite_reader::suite_document;
pub use toml::{cut_date, meaning};
pub use world_reader::{LineMistakes, WorldPart, inline_world, line_mistakes, world_document, world_lines};
