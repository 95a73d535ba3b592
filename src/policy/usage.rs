//! Which elements the files of a pack use, and where. Lints need this, and the policy itself does not have it.

use super::ids::{ClaimId, RoleId, TableId, ToggleId};
use crate::text::Span;
use std::collections::BTreeSet;

/// The elements in use, and the spans of conditions. Elements with mistakes count as users, so that what they use is not reported as
/// unused.
#[derive(Clone, Debug, Default)]
pub(crate) struct Usage {
    /// Claims that an element cites.
    pub claims: BTreeSet<ClaimId>,
    /// Toggles that gate an element, or that a condition uses.
    pub toggles: BTreeSet<ToggleId>,
    /// Roles that a condition uses, by name or by a variable.
    pub roles: BTreeSet<RoleId>,
    /// By rule: the spans of its `if` and `unless`.
    pub rules: Vec<Vec<Span>>,
    /// The same by implication.
    pub implications: Vec<Vec<Span>>,
    /// The same by obligation.
    pub obligations: Vec<Vec<Span>>,
    /// The same by advice.
    pub advice: Vec<Vec<Span>>,
    /// By invariant: the span of its `never`.
    pub invariants: Vec<Vec<Span>>,
    /// By event: the span of its `if`.
    pub events: Vec<Vec<Span>>,
    /// Tables that miss a row or a mark because of a mistake.
    pub doubtful_tables: BTreeSet<TableId>,
    /// Whether no element was dropped because of a mistake. Otherwise an element that seems unused may be used by one that was dropped.
    pub whole: bool,
    /// Whether there is an error outside conditions, so that kinds may be guessed.
    pub doubts_kinds: bool,
    /// The spans of mistakes in conditions, sorted. Lints ignore conditions with mistakes.
    pub mistakes: Vec<Span>,
}

impl Usage {
    /// Whether a mistake begins within the span.
    pub fn mistaken(&self, span: Span) -> bool {
        let first = self.mistakes.partition_point(|mistake| (mistake.file, mistake.start) < (span.file, span.start));
        self.mistakes.get(first).is_some_and(|mistake| mistake.file == span.file && mistake.start <= span.end)
    }
}
