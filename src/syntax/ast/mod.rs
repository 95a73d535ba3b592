//! Syntax trees: packs, worlds, mappings, suites and expressions as written, with spans and no names looked up.

pub mod expr;
pub mod mapping;
mod pack;
pub mod suite;
mod world;

pub use pack::*;
pub use world::*;

use crate::text::Spanned;

/// A name or text with its span.
pub type Text = Spanned<String>;
