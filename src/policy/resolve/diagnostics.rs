//! The mistakes found so far, and what was left out for mistakes that were told before.

use crate::diag::{Code, Diagnostic};
use crate::syntax::Text;
use crate::text::Sources;
use std::collections::BTreeSet;
use std::ops::Bound;

/// Collects mistakes.
pub(super) struct Problems {
    lost: BTreeSet<String>,
    told: Vec<Diagnostic>,
    whole: bool,
}

impl Problems {
    /// With those told already, and the names of what was left out when the files were read.
    pub(super) fn new(told: Vec<Diagnostic>, lost: &[Text]) -> Problems {
        Problems { lost: lost.iter().map(|name| name.value.clone()).collect(), told, whole: lost.is_empty() }
    }

    /// Notes the name of what is left out only here.
    pub(super) fn lose(&mut self, name: &str) {
        self.lost.insert(name.to_owned());
    }

    /// Tells a mistake.
    pub(super) fn push(&mut self, diagnostic: Diagnostic) {
        self.told.push(diagnostic);
    }

    /// Tells mistakes of conditions, but not that a name is unknown whose element was left out.
    pub(super) fn extend_known(&mut self, sources: &Sources, diagnostics: Vec<Diagnostic>) {
        let follows = |diagnostic: &Diagnostic| {
            let of_name = matches!(
                diagnostic.code,
                Code::UnknownKind | Code::UnknownAttribute | Code::UnknownRelation | Code::UnknownRole | Code::UnknownToggle
            );
            of_name && diagnostic.labels.first().is_some_and(|label| self.is_lost(sources.slice(label.span)))
        };
        let (_, told): (Vec<_>, Vec<_>) = diagnostics.into_iter().partition(follows);
        self.told.extend(told);
    }

    /// Whether an element or attribute of this name was left out for a mistake of its own.
    pub(super) fn is_lost(&self, name: &str) -> bool {
        self.lost.contains(name)
    }

    /// Whether a name that begins so was left out, or one with which this begins: of a table, the first part of its actions' names.
    pub(super) fn is_lost_part(&self, name: &str) -> bool {
        let begins = self.lost.range::<str, _>((Bound::Included(name), Bound::Unbounded)).next().is_some_and(|lost| lost.starts_with(name));
        begins || name.match_indices('.').any(|(dot, _)| self.is_lost(&name[..dot]))
    }

    /// Whether no element was left out when the files were read.
    pub(super) fn is_whole(&self) -> bool {
        self.whole
    }

    /// All of them.
    pub(super) fn into_told(self) -> Vec<Diagnostic> {
        self.told
    }
}
