//! The grammars: conditions, facts and effects, questions, and the tables that are pasted from vendors' pages. `nom` is named here
//! alone.
//!
//! Invariant: a grammar does not know what names mean; it says where reading stopped, and what could have stood there.

mod cell;
mod condition;
mod embedded;
mod error;
mod hints;
mod lexer;
mod mark;
mod question;
mod table;
#[cfg(test)]
mod tests;

pub use cell::plain;
pub use condition::{conclusion, condition, effect, fact, term};
pub use embedded::{Embedded, StringForm};
pub use mark::{Mark, mark};
pub use question::{ParsedQuestion, question};
pub use table::grid;

pub(super) use embedded::Escapes;
pub(super) use lexer::is_bare_id;
