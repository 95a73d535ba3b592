//! The mistakes found so far, and the names of elements that were left out for mistakes.

use crate::diag::{Code, Diagnostic};
use crate::syntax::Text;
use crate::text::Sources;
use std::collections::BTreeSet;
use std::ops::Bound;

/// Collects mistakes, and drops those that follow from others.
pub(super) struct Problems {
    /// Names of elements and attributes that were left out for mistakes of their own.
    lost: BTreeSet<String>,
    diagnostics: Vec<Diagnostic>,
    whole: bool,
}

impl Problems {
    /// With the mistakes of reading the files, and the names of what was left out there.
    pub(super) fn new(diagnostics: Vec<Diagnostic>, lost: &[Text]) -> Problems {
        Problems { lost: lost.iter().map(|name| name.value.clone()).collect(), diagnostics, whole: lost.is_empty() }
    }

    /// Notes the name of what is left out here.
    pub(super) fn lose(&mut self, name: &str) {
        self.lost.insert(name.to_owned());
    }

    /// Adds a mistake.
    pub(super) fn push(&mut self, diagnostic: Diagnostic) {
        self.diagnostics.push(diagnostic);
    }

    /// Adds mistakes of conditions, except unknown names of elements that were left out.
    pub(super) fn extend_known(&mut self, sources: &Sources, diagnostics: Vec<Diagnostic>) {
        let follows = |diagnostic: &Diagnostic| {
            let of_name = matches!(
                diagnostic.code,
                Code::UnknownKind | Code::UnknownAttribute | Code::UnknownRelation | Code::UnknownRole | Code::UnknownToggle
            );
            of_name && diagnostic.labels.first().is_some_and(|label| self.is_lost(sources.slice(label.span)))
        };
        let (_, own): (Vec<_>, Vec<_>) = diagnostics.into_iter().partition(follows);
        self.diagnostics.extend(own);
    }

    /// Whether an element or attribute of this name was left out for a mistake of its own.
    pub(super) fn is_lost(&self, name: &str) -> bool {
        self.lost.contains(name)
    }

    /// Whether a left-out name begins with this one, or, up to a dot, this one with it: a table is left out under the first part of its
    /// actions' names.
    pub(super) fn is_lost_part(&self, name: &str) -> bool {
        let begins = self.lost.range::<str, _>((Bound::Included(name), Bound::Unbounded)).next().is_some_and(|lost| lost.starts_with(name));
        begins || name.match_indices('.').any(|(dot, _)| self.is_lost(&name[..dot]))
    }

    /// Whether no element was left out when the files were read.
    pub(super) fn is_whole(&self) -> bool {
        self.whole
    }

    /// Whether one of the mistakes is an error.
    pub(super) fn has_error(&self) -> bool {
        self.diagnostics.iter().any(Diagnostic::is_error)
    }

    /// All mistakes.
    pub(super) fn into_diagnostics(self) -> Vec<Diagnostic> {
        self.diagnostics
    }
}
