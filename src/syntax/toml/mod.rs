//! TOML files with spans: syntax errors as diagnostics, and tables whose keys are read one by one.
//!
//! `meaning` is what a pack says without comments and layout. `source` maps a file to spans, `parse` makes a table of it, [`Fields`] reads the
//! keys of one table, and [`Value`] is what a key has. `layout` has the lines of a file as they are written.
//!
//! Invariant: `toml` is named in this folder alone, and no code here knows the elements of a pack.

use crate::diag::phrases::{Limit, shorten};
use std::borrow::Cow;

mod fields;
mod layout;
mod meaning;
mod parse;
mod source;
mod value;

#[cfg(test)]
pub(super) mod tests;

pub(super) use fields::{Fields, empty_interval};
pub(super) use layout::{GroupNode, KeyPart, Line, Node, Part, TextNode, dotted, layout};
pub use meaning::meaning;
pub(super) use parse::{dismantle, parse};
pub use source::cut_date;
pub(super) use source::{Toml, bad_date};
pub(super) use value::{Value, entries};

/// A user's text as a headline shows it: on one line and not too long.
pub(super) fn shown(text: &str) -> Cow<'_, str> {
    shorten(text, Limit::NAME)
}
