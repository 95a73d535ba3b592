//! Diagnostics as SARIF 2.1.0, the format in which code hosts and editors take findings.

use super::catalogue::first_sentence;
use super::sanitize::safe_json;
use crate::diag::{Code, Diagnostic, Label};
use crate::text::{Columns, Sources, Span};
use serde_json::{Value, json};
use std::fmt::Write as _;

/// The document: one run, with a rule for each code that is reported. Columns are in code units of UTF-16, from 1; the end of a region is the
/// character after it.
pub fn document(sources: &Sources, diagnostics: &[Diagnostic]) -> String {
    let mut codes: Vec<Code> = diagnostics.iter().map(|diagnostic| diagnostic.code).collect();
    codes.sort_unstable();
    codes.dedup();
    let mut regions = Regions { sources, columns: Columns::in_utf16(sources) };
    let results: Vec<Value> = diagnostics.iter().map(|diagnostic| result(&mut regions, &codes, diagnostic)).collect();
    let driver = json!({
        "name": env!("CARGO_PKG_NAME"),
        "version": env!("CARGO_PKG_VERSION"),
        "rules": codes.iter().map(|code| rule(*code)).collect::<Vec<_>>(),
    });
    let document = json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{ "tool": { "driver": driver }, "columnKind": "utf16CodeUnits", "results": results }],
    });
    safe_json(serde_json::to_string_pretty(&document).expect("plain data is always JSON"))
}

/// What a code means.
fn rule(code: Code) -> Value {
    let entry = code.entry();
    let help = format!("{} `delegraph code {}` shows an example and its mend.", entry.about, entry.name);
    json!({
        "id": entry.name,
        "shortDescription": message(first_sentence(entry.about)),
        "fullDescription": message(entry.about),
        "help": message(&help),
        "defaultConfiguration": { "level": entry.severity.name() },
    })
}

fn result(regions: &mut Regions<'_>, codes: &[Code], diagnostic: &Diagnostic) -> Value {
    let mut text = diagnostic.headline.clone();
    diagnostic.notes.iter().for_each(|note| _ = write!(text, "\nnote: {note}"));
    diagnostic.help.iter().for_each(|help| _ = write!(text, "\nhelp: {help}"));
    let mut result = json!({
        "ruleId": diagnostic.code.name(),
        "ruleIndex": codes.binary_search(&diagnostic.code).unwrap_or_default(),
        "level": diagnostic.severity.name(),
        "message": message(&text),
    });
    let mut places = diagnostic.labels.iter().map(|label| regions.location(label));
    if let Some(first) = places.next() {
        result["locations"] = json!([first]);
    }
    let related: Vec<Value> = places.collect();
    if !related.is_empty() {
        result["relatedLocations"] = Value::Array(related);
    }
    if let Some(patch) = &diagnostic.patch {
        let replacement = json!({ "deletedRegion": regions.region(patch.span), "insertedContent": { "text": patch.replacement } });
        let change = json!({ "artifactLocation": regions.artifact(patch.span), "replacements": [replacement] });
        result["fixes"] =
            json!([{ "description": message(diagnostic.help.as_deref().unwrap_or("write this")), "artifactChanges": [change] }]);
    }
    result
}

/// A message. Braces would be places for arguments, so they are doubled.
fn message(text: &str) -> Value {
    json!({ "text": text.replace('{', "{{").replace('}', "}}") })
}

/// Finds the regions of spans.
struct Regions<'s> {
    sources: &'s Sources,
    columns: Columns<'s>,
}

impl Regions<'_> {
    fn location(&mut self, label: &Label) -> Value {
        let physical = json!({ "artifactLocation": self.artifact(label.span), "region": self.region(label.span) });
        let mut location = json!({ "physicalLocation": physical });
        if !label.text.is_empty() {
            location["message"] = message(&label.text);
        }
        location
    }

    fn region(&mut self, span: Span) -> Value {
        let (start_line, start_column) = self.columns.at(span.file, span.start);
        let (end_line, end_column) = self.columns.at(span.file, span.end.max(span.start));
        json!({ "startLine": start_line, "startColumn": start_column, "endLine": end_line, "endColumn": end_column })
    }

    fn artifact(&self, span: Span) -> Value {
        json!({ "uri": uri(self.sources.name(span.file)) })
    }
}

/// The path of a file as a reference: relative to where the program runs, unless the path is absolute.
fn uri(path: &str) -> String {
    let mut uri = String::with_capacity(path.len());
    let path = match path.as_bytes() {
        [b'/', ..] => {
            uri.push_str("file://");
            path
        }
        [drive, b':', b'/', ..] if drive.is_ascii_alphabetic() => {
            uri.extend(["file:///", &path[..2]]);
            &path[2..]
        }
        _ => path.strip_prefix("./").unwrap_or(path),
    };
    for byte in path.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~/".contains(&byte) {
            uri.push(char::from(byte));
        } else {
            _ = write!(uri, "%{byte:02X}");
        }
    }
    uri
}

#[cfg(test)]
mod tests {
    use super::uri;

    #[test]
    fn paths_become_references() {
        for (path, expected) in [
            ("policies/a.toml", "policies/a.toml"),
            ("./a.toml", "a.toml"),
            ("../a b/c#d.toml", "../a%20b/c%23d.toml"),
            ("a:b.toml", "a%3Ab.toml"),
            ("/tmp/é.toml", "file:///tmp/%C3%A9.toml"),
            ("C:/packs/a.toml", "file:///C:/packs/a.toml"),
        ] {
            assert_eq!(uri(path), expected);
        }
    }
}
