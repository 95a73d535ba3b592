//! Tests of the grammars: what is parsed, which mistakes are reported, and laws of both.

mod conditions;
mod laws;
mod mistakes;
mod questions;
mod tables;

use super::{Embedded, StringForm};
use crate::diag::Diagnostic;
use crate::text::{FileId, Span};

/// A text that begins at the first byte of its file.
fn exact(text: &str) -> Embedded<'_> {
    Embedded { text, span: Span::new(FileId(0), 0, text.len()), writing: StringForm::Plain }
}

/// `code start..end headline | label | help`, each further label after a plus.
fn rendered(diagnostic: &Diagnostic) -> String {
    let place = |span: Span| format!("{}..{}", span.start, span.end);
    let mut line = diagnostic.code.name().to_owned();
    for (index, label) in diagnostic.labels.iter().enumerate() {
        let lead =
            if index == 0 { format!(" {} {} |", place(label.span), diagnostic.headline) } else { format!(" + {}", place(label.span)) };
        line = format!("{line}{lead} {}", label.text);
    }
    match &diagnostic.help {
        Some(help) => format!("{line} | {help}"),
        None => line,
    }
}
