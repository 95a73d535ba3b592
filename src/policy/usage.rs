//! What the files of a pack speak of, beside what it means: lints ask here what nothing cites and what nothing asks for.

use super::ids::{ClaimId, RoleId, TableId, ToggleId};
use crate::text::Span;
use std::collections::BTreeSet;

/// What is mentioned, and where conditions are written. Elements with mistakes count: what only they mention is not idle.
#[derive(Clone, Debug, Default)]
pub struct Usage {
    /// Claims that an element cites.
    pub claims: BTreeSet<ClaimId>,
    /// Toggles that gate an element, or that a condition asks for.
    pub toggles: BTreeSet<ToggleId>,
    /// Roles that a condition names, or may come to by a variable.
    pub roles: BTreeSet<RoleId>,
    /// Where the `if` and `unless` of each rule stand, by its id; the same of the others.
    pub rules: Vec<Vec<Span>>,
    /// Of implications.
    pub implications: Vec<Vec<Span>>,
    /// Of obligations.
    pub obligations: Vec<Vec<Span>>,
    /// Of advice.
    pub advice: Vec<Vec<Span>>,
    /// Of invariants: their `never`.
    pub invariants: Vec<Vec<Span>>,
    /// Of events.
    pub events: Vec<Vec<Span>>,
    /// Tables of which a row or a mark was left out for a mistake of its own.
    pub doubtful_tables: BTreeSet<TableId>,
    /// No element was left out for mistakes of its own: only then can it be told what nothing mentions.
    pub whole: bool,
    /// Where mistakes were found in conditions, sorted: no lint judges a condition that has one.
    pub mistakes: Vec<Span>,
}

impl Usage {
    /// Whether a mistake was found in what stands at the span.
    pub fn mistaken(&self, span: Span) -> bool {
        let first = self.mistakes.partition_point(|mistake| (mistake.file, mistake.start) < (span.file, span.start));
        self.mistakes.get(first).is_some_and(|mistake| mistake.file == span.file && mistake.start <= span.end)
    }
}
