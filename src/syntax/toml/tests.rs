//! Rendering of diagnostics for the tests of the readers.

use crate::diag::Diagnostic;
use crate::text::{Sources, Span};
use std::fmt::Write;

/// Each diagnostic as `code place headline | label | help`, with its other causes, notes and edit below.
pub(in crate::syntax) fn rendered(sources: &Sources, diagnostics: &[Diagnostic]) -> String {
    let mut text = String::new();
    for diagnostic in diagnostics {
        let [first, causes @ ..] = &diagnostic.labels[..] else { panic!("a mistake of a file has a place") };
        let (place, label) = (place(sources, first.span), &first.text);
        let help = diagnostic.help.as_deref().unwrap_or("");
        writeln!(text, "{} {place} {} | {label} | {help}", diagnostic.code.name(), diagnostic.headline).expect("is a string");
        for cause in causes {
            writeln!(text, "  and {} {}", self::place(sources, cause.span), cause.text).expect("is a string");
        }
        for note in &diagnostic.notes {
            writeln!(text, "  note {note}").expect("is a string");
        }
        if let Some(patch) = &diagnostic.patch {
            writeln!(text, "  patch {} -> {}", sources.slice(patch.span), patch.replacement).expect("is a string");
        }
    }
    text
}

/// `line:column..column`, or `line:column..line:column` over several lines.
fn place(sources: &Sources, span: Span) -> String {
    let text = sources.text(span.file);
    let position = |offset: u32| {
        let before = &text[..offset as usize];
        let line = before.rfind('\n').map_or(0, |at| at + 1);
        (before.matches('\n').count() + 1, before[line..].chars().count() + 1)
    };
    let ((line, column), (last, end)) = (position(span.start), position(span.end));
    if line == last { format!("{line}:{column}..{end}") } else { format!("{line}:{column}..{last}:{end}") }
}
