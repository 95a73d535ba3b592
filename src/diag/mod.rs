//! Diagnostics as plain data, the catalogue of their codes, and the English that messages are made of.
//!
//! A [`Diagnostic`] has a [`Code`] of the `catalogue`, whose severity a pack may set by [`LintLevels`]; `edits` makes the
//! certain edits, `nearest` finds the name that was probably meant, and [`phrases`] builds lists,
//! plurals and the like.
//!
//! Invariant: this room knows no terminal and no JSON; `report` renders diagnostics.

mod catalogue;
mod edits;
mod lint_levels;
mod nearest;
pub mod phrases;

pub use catalogue::{CATALOGUE, Code, Entry};
pub use edits::{EditedFile, edited};
pub use lint_levels::LintLevels;
pub use nearest::{Nearest, did_you_mean, has_same_digits, ids_meant, name_meant, nearest};

use crate::text::Span;
use std::collections::HashSet;

/// How bad a mistake is, and how it is shown: `error` or `warning`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// The pack or world cannot be used.
    Error,
    /// It can be used, but something in it is probably not meant.
    Warning,
}

impl Severity {
    /// The word for it.
    pub fn name(self) -> &'static str {
        match self {
            Severity::Error => "error",
            Severity::Warning => "warning",
        }
    }
}

/// A mistake in a user's file: what, where, what to do.
///
/// Headlines are lower case without a full stop; the user's text is in backticks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostic {
    /// Which mistake.
    pub code: Code,
    /// How bad it is: that of its code, unless the pack sets another one.
    pub severity: Severity,
    /// What is wrong, in one line.
    pub headline: String,
    /// Where: first the place of the mistake, then its other causes. Empty only if the mistake is in no file.
    pub labels: Vec<Label>,
    /// Further facts.
    pub notes: Vec<String>,
    /// What to do.
    pub help: Option<String>,
    /// An edit that is certain.
    pub patch: Option<Patch>,
}

/// A place and a remark on it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Label {
    /// Where.
    pub span: Span,
    /// The remark, lower case; may be empty.
    pub text: String,
}

/// An edit: replaces the text at `span`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Patch {
    /// What is replaced.
    pub span: Span,
    /// The new text.
    pub replacement: String,
}

impl Diagnostic {
    /// A mistake at `span`.
    pub fn new(code: Code, headline: impl Into<String>, span: Span, label: impl Into<String>) -> Diagnostic {
        let labels = vec![Label { span, text: label.into() }];
        Diagnostic { labels, ..Diagnostic::nowhere(code, headline) }
    }

    /// A mistake that is in no file, such as an empty pack.
    pub fn nowhere(code: Code, headline: impl Into<String>) -> Diagnostic {
        let severity = code.entry().severity;
        Diagnostic { code, severity, headline: headline.into(), labels: Vec::new(), notes: Vec::new(), help: None, patch: None }
    }

    /// The same with another cause.
    pub fn and(mut self, span: Span, label: impl Into<String>) -> Diagnostic {
        self.labels.push(Label { span, text: label.into() });
        self
    }

    /// The same with a further fact.
    pub fn note(mut self, note: impl Into<String>) -> Diagnostic {
        self.notes.push(note.into());
        self
    }

    /// The same with what to do.
    pub fn help(mut self, help: impl Into<String>) -> Diagnostic {
        self.help = Some(help.into());
        self
    }

    /// The same with a certain edit.
    pub fn patch(mut self, span: Span, replacement: impl Into<String>) -> Diagnostic {
        self.patch = Some(Patch { span, replacement: replacement.into() });
        self
    }

    /// For an unknown `name` at `span`: suggests the nearest of `known` as help, and as a patch if one is certain.
    pub fn nearest<'a>(self, name: &str, span: Span, known: impl IntoIterator<Item = &'a str>) -> Diagnostic {
        match nearest(name, known) {
            Some(near) => self.meant(&near, span, str::to_owned),
            None => self,
        }
    }

    /// Suggests these names as help, and as a patch if one is certain; `written` is how a name is written at `span`.
    pub fn meant(self, near: &Nearest<'_>, span: Span, written: impl Fn(&str) -> String) -> Diagnostic {
        let helped = self.help(near.help());
        match near.certain() {
            Some(one) => helped.patch(span, written(one)),
            None => helped,
        }
    }

    /// Whether it is an error.
    pub fn is_error(&self) -> bool {
        self.severity == Severity::Error
    }
}

/// Sorts by place, then code and headline, and removes duplicates, and what is reported once a file after its first place there.
pub fn sort(diagnostics: &mut Vec<Diagnostic>) {
    diagnostics.sort_by(|a, b| {
        let key = |d: &Diagnostic| (d.labels.first().map(|label| label.span), d.code);
        key(a).cmp(&key(b)).then_with(|| a.headline.cmp(&b.headline))
    });
    diagnostics.dedup();
    let mut reported = HashSet::new();
    diagnostics.retain(|d| !d.code.is_once_a_file() || reported.insert((d.code, d.labels.first().map(|label| label.span.file))));
}
