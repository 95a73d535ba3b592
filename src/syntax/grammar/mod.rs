//! The grammars: conditions, facts and effects, questions, and the tables that are pasted from vendors' pages. `nom` is named here
//! alone.
//!
//! Invariant: a grammar does not know what names mean; it says where reading stopped, and what could have stood there.

mod cell;
mod condition;
mod failure;
mod lexer;
mod mark;
mod mistakes;
mod question;
mod table;
#[cfg(test)]
mod tests;

pub use cell::plain;
pub use condition::{conclusion, condition, effect, fact, term};
pub use mark::{Mark, mark};
pub use question::{Question, question};
pub use table::grid;

pub(in crate::syntax) use lexer::is_bare_id;

use crate::text::Span;

/// A text of one of the grammars that stands in a file of another format.
#[derive(Clone, Copy, Debug)]
pub struct Embedded<'a> {
    /// The text, its escapes resolved.
    pub text: &'a str,
    /// Where its content stands: without the quotes where `exact`.
    pub span: Span,
    /// Byte `i` of the text stands at `span.start + i`. Where that is not so (there were escapes), every mistake is shown at `span`.
    pub exact: bool,
}

impl Embedded<'_> {
    /// The span of the bytes `start..end` of the text.
    pub fn part(&self, start: usize, end: usize) -> Span {
        if !self.exact {
            return self.span;
        }
        let base = self.span.start as usize;
        Span::new(self.span.file, base.saturating_add(start), base.saturating_add(end))
    }
}
