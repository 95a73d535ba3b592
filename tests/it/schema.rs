//! The JSON Schemas of `delegraph schema`: they accept what is shipped, and have the keys that the readers read.

use delegraph::diag::Diagnostic;
use delegraph::files::{authored_files, read_world};
use delegraph::report::json::schema::document;
use delegraph::syntax::{DocumentKind, Form, Naming, Shape, inline_world, mapping_document, pack_document, suite_document, world_document};
use delegraph::text::Sources;
use serde_json::{Map, Value};
use std::collections::BTreeSet;
use std::fs;
use std::path::PathBuf;

const KINDS: [(DocumentKind, &str); 4] =
    [(DocumentKind::Pack, "pack"), (DocumentKind::World, "world"), (DocumentKind::Suite, "suite"), (DocumentKind::Mapping, "map")];

fn validator(kind: DocumentKind) -> jsonschema::Validator {
    let schema: Value = serde_json::from_str(&document(kind)).unwrap();
    assert!(jsonschema::meta::is_valid(&schema));
    jsonschema::validator_for(&schema).unwrap()
}

/// What a schema has against a file.
fn complaints(schema: &jsonschema::Validator, text: &str) -> Vec<String> {
    let file: toml::Table = toml::from_str(text).unwrap_or_else(|error| panic!("{error}\n{text}"));
    let found = json(toml::Value::Table(file));
    schema.iter_errors(&found).map(|error| format!("{}: {error}", error.instance_path())).collect()
}

/// TOML as JSON: dates are strings, as for editors.
fn json(value: toml::Value) -> Value {
    match value {
        toml::Value::String(text) => text.into(),
        toml::Value::Integer(number) => number.into(),
        toml::Value::Float(number) => number.into(),
        toml::Value::Boolean(flag) => flag.into(),
        toml::Value::Datetime(date) => date.to_string().into(),
        toml::Value::Array(items) => items.into_iter().map(json).collect(),
        toml::Value::Table(table) => table.into_iter().map(|(key, value)| (key, json(value))).collect::<Map<_, _>>().into(),
    }
}

/// What the readers have against a file.
fn mistakes(kind: DocumentKind, text: &str) -> Vec<Diagnostic> {
    let mut sources = Sources::default();
    let file = sources.add("file.toml", text.to_owned());
    match kind {
        DocumentKind::Pack => pack_document(&sources, file).1,
        DocumentKind::World => world_document(&sources, file).1,
        DocumentKind::Suite => suite_document(&sources, file).1.into_iter().chain(inline_world(&sources, file).1).collect(),
        DocumentKind::Mapping => mapping_document(&sources, file).1,
    }
}

#[test]
fn the_committed_schemas_are_up_to_date() {
    for (kind, name) in KINDS {
        let path = format!("docs/schema/{name}.json");
        if std::env::var("UPDATE_DOCS").is_ok() {
            fs::write(&path, document(kind)).unwrap();
        }
        let committed = fs::read_to_string(&path).unwrap_or_default();
        assert_eq!(committed, document(kind), "{path}: write it anew by `UPDATE_DOCS=1 cargo test --test it -- schema`");
    }
}

/// The shipped files, of which no editor may complain.
fn shipped() -> Vec<(PathBuf, String, DocumentKind)> {
    let folders =
        ["policies", "imports", "examples", "fixtures/worlds", "fixtures/cases", "fixtures/packs", "fixtures/models", "fixtures/field"];
    let mut files = authored_files(&folders.map(PathBuf::from)).unwrap();
    files.extend(authored_files(&[PathBuf::from("fixtures")]).unwrap().into_iter().filter(|file| file.path.iter().count() == 2));
    let read = files.into_iter().filter_map(|file| {
        let text = read_world(&file.path).unwrap().text;
        let kind = file.kind.or_else(|| DocumentKind::of_text(&text))?;
        Some((file.path, text, kind))
    });
    read.collect()
}

/// Seen to fail when the pattern of names was asked of the keys of the language too.
#[test]
fn shipped_files_are_valid() {
    let mut count = 0;
    for (kind, _) in KINDS {
        let schema = validator(kind);
        for (path, text, _) in shipped().into_iter().filter(|(_, _, of)| *of == kind) {
            assert_eq!(complaints(&schema, &text), Vec::<String>::new(), "{}", path.display());
            count += 1;
        }
    }
    assert!(count > 75, "{count}");
}

/// The files for which editors complete keys in this repository.
#[test]
fn shipped_files_name_their_schema() {
    let named = ["policies", "imports", "examples", "fixtures/worlds", "fixtures/cases", "fixtures/packs"].map(PathBuf::from);
    let mut count = 0;
    for (path, text, kind) in
        shipped().into_iter().filter(|(path, _, kind)| *kind == DocumentKind::Suite || named.iter().any(|folder| path.starts_with(folder)))
    {
        let name = text.lines().next().and_then(|line| line.strip_prefix("#:schema "));
        let schema = path.parent().unwrap().join(name.unwrap_or_else(|| panic!("{}", path.display())));
        assert_eq!(fs::read_to_string(&schema).unwrap_or_default(), document(kind), "{}", path.display());
        count += 1;
    }
    assert!(count > 40, "{count}");
}

/// The mistakes that a schema sees: those of keys, types and names.
const SEEN: [&str; 6] = ["bad-name", "missing-key", "reserved-name", "unknown-element", "unknown-key", "wrong-type"];

#[test]
fn fixtures_with_mistakes_of_keys_and_types_are_refused_and_no_others() {
    let mut refused = BTreeSet::new();
    for file in authored_files(&[PathBuf::from("fixtures/diagnostics"), PathBuf::from("tests/cli/bad-input.in")]).unwrap() {
        let text = read_world(&file.path).unwrap().text;
        let kind = file.kind.or_else(|| DocumentKind::of_text(&text));
        let (Some(kind), true) = (kind, toml::from_str::<toml::Table>(&text).is_ok()) else { continue };
        let (mistakes, complaints) = (mistakes(kind, &text), complaints(&validator(kind), &text));
        let seen = mistakes.iter().find(|mistake| SEEN.contains(&mistake.code.name()));
        let name = file.path.to_string_lossy();
        // What comes to light when names are resolved.
        let is_later = |code: &&str| name.contains(code);
        let is_seen = seen.is_some() || ["rule-effect", "property-claim", "too-long", "unknown-lint"].iter().any(is_later);
        assert_eq!(is_seen, !complaints.is_empty(), "{name}: {complaints:?}");
        refused.extend(seen.map(|mistake| mistake.code.name()));
    }
    assert!(SEEN.iter().all(|code| refused.contains(code)), "{refused:?}");
}

/// The tables in a form, each with what is before and behind what it has in a file.
fn tables(form: &Form, before: &str, behind: &str, found: &mut Vec<(&'static Shape, String, String)>) {
    match form {
        Form::Table(shape) => {
            let (before, behind) = (format!("{before}{{ "), format!(" }}{behind}"));
            for key in shape.keys() {
                tables(&key.form, &format!("{before}{} = ", key.name), &behind, found);
            }
            if let Some(others) = &shape.others {
                tables(&others.form, &format!("{before}a-name = "), &behind, found);
            }
            found.push((shape, before, behind));
        }
        // A name that may be anything is a pointer in mappings, and an id elsewhere.
        Form::Named(Naming::Free, form) => tables(form, &format!("{before}{{ \"/a\" = "), &format!(" }}{behind}"), found),
        Form::Named(_, form) => tables(form, &format!("{before}{{ a-name = "), &format!(" }}{behind}"), found),
        Form::List(form) | Form::Some(form) | Form::OneOrSome(form) | Form::OneOrList(form) | Form::Ends(form) => {
            tables(form, &format!("{before}["), &format!("]{behind}"), found);
        }
        Form::AnyOf(forms) => forms.iter().for_each(|form| tables(form, before, behind, found)),
        _ => {}
    }
}

/// Each key of each table is known to its reader and to the schema, which both want another value than a float; and a key that neither has
/// is refused by both.
#[test]
fn readers_and_schemas_have_the_same_keys() {
    let mut count = 0;
    for (kind, name) in KINDS {
        let schema = validator(kind);
        let mut found = Vec::new();
        tables(&Form::Table(kind.shape()), "", "", &mut found);
        for (shape, before, behind) in found {
            // The table of the file itself has no brackets.
            let file = |inside: &str| {
                let whole = format!("{before}{inside}{behind}");
                whole.trim_start_matches("{ ").strip_suffix(" }").expect("a table").to_owned()
            };
            let is_doubted = shape.key("doubts").is_some();
            for key in shape.keys() {
                let also = if is_doubted && key.name != "doubts" { ", doubts = 'a in b'" } else { "" };
                let text = file(&format!("{} = 0.5{also}", key.name));
                let unknown = |mistake: &Diagnostic| {
                    mistake.code.name().starts_with("unknown-") && mistake.headline.contains(&format!("`{}`", key.name))
                };
                let found = mistakes(kind, &text);
                assert!(!found.is_empty() && !found.iter().any(unknown), "{name}: {text}\n{found:?}");
                assert!(!complaints(&schema, &text).is_empty(), "{name}: {text}");
                assert!(!complaints(&schema, &text).iter().any(|complaint| complaint.contains("Additional")), "{name}: {text}");
                count += 1;
            }
            if shape.others.is_none() {
                let text = file("no-such-key = 0.5");
                let is_refused = mistakes(kind, &text).iter().any(|mistake| mistake.code.name().starts_with("unknown-"));
                assert!(is_refused, "{name}: {text}");
                let complaints = complaints(&schema, &text);
                let is_refused =
                    |complaint: &String| complaint.contains("Additional properties") || complaint.contains("not valid under any");
                assert!(complaints.iter().any(is_refused), "{name}: {text}\n{complaints:?}");
            }
        }
    }
    assert!(count > 250, "{count}");
}
