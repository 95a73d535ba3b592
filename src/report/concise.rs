//! Diagnostics in one line each, as editors and `grep` read them.

use super::sanitize::visible;
use crate::diag::Diagnostic;
use crate::text::{Columns, Sources};
use std::fmt::Write as _;

/// A line `file:line:column: severity[code] message` for each diagnostic. Lines and columns, in characters, are from 1. A diagnostic that is in
/// no file has no place before it.
pub fn lines(sources: &Sources, diagnostics: &[Diagnostic]) -> String {
    let mut columns = Columns::in_characters(sources);
    let mut text = String::new();
    for diagnostic in diagnostics {
        if let Some(label) = diagnostic.labels.first() {
            let (line, column) = columns.at(label.span.file, label.span.start);
            _ = write!(text, "{}:{line}:{column}: ", visible(sources.name(label.span.file)));
        }
        _ = writeln!(text, "{}[{}] {}", diagnostic.severity.name(), diagnostic.code.name(), visible(&diagnostic.headline));
    }
    text
}
