//! The properties that all elements share: a name, claims, and when they are in force.

use super::ids::{ClaimId, ToggleId};
use crate::text::Span;
use crate::time::Instant;

/// The name of an element, the texts about it, and when it is in force.
#[derive(Clone, Debug)]
pub struct Metadata {
    /// Its name.
    pub name: String,
    /// The span of the name in its header.
    pub span: Span,
    /// A short human name.
    pub title: Option<String>,
    /// A remark, shown in explanations.
    pub note: Option<String>,
    /// Why a change of it makes no difference: what its `comment` says after `equivalent:`.
    pub equivalent: Option<String>,
    /// The claims that it cites, sorted.
    pub source: Vec<ClaimId>,
    /// When, and under which toggle, it is in force.
    pub validity: Validity,
}

impl Metadata {
    /// A name without texts, always in force.
    pub(super) fn new(name: String, span: Span) -> Metadata {
        Metadata { name, span, title: None, note: None, equivalent: None, source: Vec::new(), validity: Validity::default() }
    }
}

/// When an element is in force: from `since` and before `until`, if its toggle is on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Validity {
    /// The first instant, inclusive; `None` is always before.
    pub since: Option<Instant>,
    /// The end, exclusive; `None` is never.
    pub until: Option<Instant>,
    /// The toggle that must be on.
    pub toggle: Option<ToggleId>,
}

impl Validity {
    /// Whether the date is between its dates, whatever its toggle.
    pub fn is_current(&self, date: Instant) -> bool {
        self.since.is_none_or(|since| since <= date) && self.until.is_none_or(|until| date < until)
    }

    /// The dates at which it begins and ends to be in force.
    pub fn dates(&self) -> impl Iterator<Item = Instant> + use<> {
        self.since.into_iter().chain(self.until)
    }
}
