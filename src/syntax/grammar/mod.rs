//! The grammars: conditions, facts and effects, questions, and tables that are pasted from vendors' pages.
//!
//! * `lexer` has the tokens; `condition` builds expressions of them, `question` questions, and `event` events that are to
//!   happen. Their errors are those of `error`, which
//!   keeps the furthest failure, and `hints` turns an error into a diagnostic.
//! * `table` finds the table in a text, `cell` reads the inside of a cell, `mark` reads it as yes or no, and `aligned` writes it anew.
//! * `embedded` maps bytes of a parsed text to the file that contains it.
//!
//! Invariant: `nom` is named in this folder alone. A grammar does not look names up; a diagnostic says where parsing stopped and what
//! was expected there.

mod aligned;
mod cell;
mod condition;
mod embedded;
mod error;
mod event;
mod hints;
mod lexer;
mod mark;
mod question;
mod table;
#[cfg(test)]
mod tests;

pub use aligned::aligned;
pub use cell::{has_footnote, plain};
pub use condition::{conclusion, condition, effect, fact, pattern, stated_fact, term};
pub use embedded::{Embedded, StringForm};
pub use event::event_request;
pub use lexer::cut_dates;
pub use mark::{Mark, mark};
pub use question::{Clauses, NamedEntities, ParsedQuestion, QuestionForm, RequestPattern, question, request_pattern};
pub use table::grid;

pub(super) use embedded::Escapes;
pub(super) use hints::is_typographic_quote;
pub(super) use lexer::is_bare_id;
