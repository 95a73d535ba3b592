//! Diagnostics as JSON: the order and the names of the fields are a contract.

use crate::diag::Diagnostic;
use crate::report::catalogue::page_of;
use crate::report::sanitize::safe_json;
use crate::text::{Columns, Sources, Span};
use std::collections::BTreeMap;

/// A diagnostic.
#[derive(serde::Serialize)]
pub(super) struct DiagnosticJson {
    /// `error` or `warning`.
    severity: &'static str,
    /// The name of its code, such as `unknown-role`.
    code: &'static str,
    /// Where the code is explained: a section of a page of the documentation.
    page: String,
    /// What is wrong, in one line.
    headline: String,
    /// Places; the first is that of the mistake.
    labels: Vec<LabelJson>,
    /// Further facts.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    notes: Vec<String>,
    /// What to do.
    #[serde(skip_serializing_if = "Option::is_none")]
    help: Option<String>,
    /// An edit that is certain.
    #[serde(skip_serializing_if = "Option::is_none")]
    patch: Option<PatchJson>,
}

/// A place, with a text about it.
#[derive(serde::Serialize)]
struct LabelJson {
    /// The place.
    #[serde(flatten)]
    place: PlaceJson,
    /// The text; may be empty.
    text: String,
}

/// An edit: what is at the place is replaced.
#[derive(serde::Serialize)]
struct PatchJson {
    /// The text that is replaced.
    #[serde(flatten)]
    place: PlaceJson,
    /// The new text.
    replacement: String,
}

/// A place in a file.
#[derive(serde::Serialize)]
struct PlaceJson {
    /// The file's name, as on the command line.
    file: String,
    /// The line of the first character, from 1.
    line: u32,
    /// Its column, in characters from 1.
    column: usize,
    /// Its first byte in the file, from 0.
    start: u32,
    /// The byte after its last, in the file from 0.
    end: u32,
}

/// The views of all diagnostics.
pub(super) fn diagnostics(sources: &Sources, diagnostics: &[Diagnostic]) -> Vec<DiagnosticJson> {
    let mut places = PlacesJson { sources, columns: Columns::in_characters(sources) };
    diagnostics.iter().map(|diagnostic| places.diagnostic(diagnostic)).collect()
}

/// Finds the places of spans.
struct PlacesJson<'a> {
    sources: &'a Sources,
    columns: Columns<'a>,
}

impl PlacesJson<'_> {
    fn diagnostic(&mut self, diagnostic: &Diagnostic) -> DiagnosticJson {
        let Diagnostic { code, severity, headline, labels, notes, help, patch } = diagnostic;
        DiagnosticJson {
            severity: severity.name(),
            code: code.name(),
            page: page_of(*code),
            headline: headline.clone(),
            labels: labels.iter().map(|label| LabelJson { place: self.place(label.span), text: label.text.clone() }).collect(),
            notes: notes.clone(),
            help: help.clone(),
            patch: patch.as_ref().map(|patch| PatchJson { place: self.place(patch.span), replacement: patch.replacement.clone() }),
        }
    }

    fn place(&mut self, span: Span) -> PlaceJson {
        let (line, column) = self.columns.at(span.file, span.start);
        PlaceJson { file: self.sources.name(span.file).to_string(), line, column, start: span.start, end: span.end }
    }
}

/// How much was read: of each sort of thing its name and how many there are.
pub type Counts<'a> = Vec<(&'a str, usize)>;

/// The diagnostics of a pack and its worlds, as one versioned object, and how much was read of them; of what has errors, nothing is counted.
pub fn check(sources: &Sources, found: &[Diagnostic], pack: Option<&Counts<'_>>, world: Option<&Counts<'_>>) -> String {
    #[derive(serde::Serialize)]
    struct Check<'a> {
        version: u32,
        #[serde(skip_serializing_if = "Option::is_none")]
        pack: Option<BTreeMap<&'a str, usize>>,
        #[serde(skip_serializing_if = "Option::is_none")]
        world: Option<BTreeMap<&'a str, usize>>,
        diagnostics: Vec<DiagnosticJson>,
    }
    let [pack, world] = [pack, world].map(|counts| Some(counts?.iter().copied().collect()));
    let check = Check { version: 1, pack, world, diagnostics: diagnostics(sources, found) };
    safe_json(serde_json::to_string_pretty(&check).expect("plain data is always JSON"))
}

#[cfg(test)]
mod tests {
    use super::diagnostics;
    use crate::diag::{Code, Diagnostic};
    use crate::text::{Sources, Span};

    #[test]
    fn places_are_lines_columns_and_bytes() {
        let mut sources = Sources::default();
        let file = sources.add("a.toml", "é = 1\ngränts = [\"ownr\"]\n".to_owned());
        let span = Span::new(file, 19, 23);
        let diagnostic = Diagnostic::new(Code::UnknownRole, "no role is called `ownr`", span, "").nearest("ownr", span, ["owner"]);
        let json = serde_json::to_string(&diagnostics(&sources, &[diagnostic])).unwrap();
        assert_eq!(
            json,
            "[{\"severity\":\"error\",\"code\":\"unknown-role\",\"page\":\"docs/diagnostics.md#unknown-role\",\
             \"headline\":\"no role is called `ownr`\",\"labels\":[{\"file\":\"a.toml\",\
             \"line\":2,\"column\":12,\"start\":19,\"end\":23,\"text\":\"\"}],\"help\":\"did you mean `owner`?\",\"patch\":{\"file\":\"a.toml\",\
             \"line\":2,\"column\":12,\"start\":19,\"end\":23,\"replacement\":\"owner\"}}]"
        );
    }
}
