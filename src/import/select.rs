//! Of which source a file is.

use super::bindings::{Bindings, bind_option};
use super::mapping::{Mappings, Pointer, Source};
use super::reader::{Export, Found, Json, alike};
use crate::diag::phrases::{all_of, code};
use crate::diag::{Code, Diagnostic, did_you_mean};

/// How many rows are looked at.
const LOOKED_AT: usize = 100;

/// The source of a file: as it is bound, as its rows look like, else as its path says.
///
/// # Errors
///
/// If there is none, or there are two: a warning. If the one that is bound does not exist: an error.
pub(super) fn source(mappings: &Mappings, bindings: &mut Bindings<'_>, file: &str, export: &Export<'_>) -> Result<usize, Diagnostic> {
    if let Some(named) = bindings.source(file) {
        let name = named.value();
        let found = mappings.sources.iter().position(|source| source.name == name);
        return found.ok_or_else(|| {
            let headline = format!("no source is named {}", code(name));
            let diagnostic = Diagnostic::nowhere(Code::BadBinding, headline).note(format!("bound for {}", code(file)));
            match did_you_mean(name, mappings.sources.iter().map(|source| source.name.as_str())) {
                Some(meant) => diagnostic.help(format!("did you mean {}?", code(meant))),
                None => diagnostic.help(format!("the sources are {}", all_of(mappings.sources.iter().map(|source| code(&source.name))))),
            }
        });
    }
    let rows: Vec<Json<'_>> = export.rows().take(LOOKED_AT).filter_map(Result::ok).filter(|row| !matches!(row, Json::Null)).collect();
    let looks = |source: &Source| {
        let fits = |row: &Json<'_>| source.looks_like.iter().all(|(pointer, values)| has(row, pointer, values));
        (!source.looks_like.is_empty() && rows.iter().any(fits)).then_some(source.looks_like.len())
    };
    let found: Vec<(usize, usize)> =
        mappings.sources.iter().enumerate().filter_map(|(number, source)| Some((looks(source)?, number))).collect();
    let most = found.iter().map(|&(entries, _)| entries).max();
    let mut best: Vec<usize> = found.into_iter().filter(|&(entries, _)| Some(entries) == most).map(|(_, number)| number).collect();
    let by_path = |number: &usize| mappings.sources[*number].paths.iter().any(|end| end.of_path(file).is_some());
    let all: Vec<usize> = if best.is_empty() { (0..mappings.sources.len()).collect() } else { best.clone() };
    if let ([_, _, ..] | [], [of_path]) = (best.as_slice(), all.into_iter().filter(by_path).collect::<Vec<_>>().as_slice()) {
        best = vec![*of_path];
    }
    // A row may lack the key by which two exports are distinguished.
    if let ([by_look], [of_path]) = (best.as_slice(), (0..mappings.sources.len()).filter(by_path).collect::<Vec<_>>().as_slice())
        && by_look != of_path
    {
        best.push(*of_path);
    }
    match best.as_slice() {
        [one] => Ok(*one),
        [] => Err(unfit(mappings, file, export, rows.first())),
        several => {
            let names: Vec<String> = several.iter().map(|&number| code(&mappings.sources[number].name)).collect();
            let headline = format!("{} could be {}, by content or by name", code(file), crate::diag::phrases::any_of(names));
            let help = format!("name the source: --bind {file}:source={}", mappings.sources[several[0]].name);
            Err(Diagnostic::nowhere(Code::AmbiguousExport, headline).note("it was not read").help(help))
        }
    }
}

/// The warning of a file that no source looks like.
fn unfit(mappings: &Mappings, file: &str, export: &Export<'_>, first: Option<&Json<'_>>) -> Diagnostic {
    let headline = if export.is_empty() {
        format!("{} is an empty list, which matches no source of the mappings", code(file))
    } else {
        format!("{} matches no source of the mappings", code(file))
    };
    let mut diagnostic = Diagnostic::nowhere(Code::UnfitExport, headline).note("it was not read");
    if let Some(source) = first.is_none().then(|| export.columns()).flatten().and_then(|columns| by_header(mappings, &columns)) {
        let name = &source.name;
        let note = format!("its header has what rows of {} have, and it has no row", code(name));
        return diagnostic.note(note).help(format!("if it is one of it without rows, say so: --bind {file}:source={name}"));
    }
    if let Some(keys) = first.map(Json::keys).filter(|keys| !keys.is_empty()) {
        diagnostic = diagnostic.note(format!("its first row has {keys}"));
    }
    if let Some((source, lacks)) = first.and_then(|row| nearest(mappings, row)) {
        let lacks = crate::diag::phrases::all_of(lacks.iter().map(|pointer| code(&pointer.text)));
        diagnostic = diagnostic.note(format!("{} comes nearest, and its rows have {lacks} too", code(&source.name)));
    }
    let names = mappings.sources.iter().map(|source| source.name.as_str());
    let known = crate::diag::phrases::any_of_at_most(names, 6);
    diagnostic.help(format!("if a mapping reads it, name the source: {} ({known})", bind_option(file, "source", "NAME")))
}

/// The source whose rows have these columns, if there is one.
fn by_header<'m>(mappings: &'m Mappings, columns: &[&str]) -> Option<&'m Source> {
    let has = |(pointer, _): &(Pointer, Vec<String>)| matches!(pointer.steps.as_slice(), [step] if columns.iter().any(|column| alike(column, step)));
    mappings.sources.iter().find(|source| !source.looks_like.is_empty() && source.looks_like.iter().all(has))
}

/// The source of which a row has most, if that is more than half, and what it lacks.
fn nearest<'m>(mappings: &'m Mappings, row: &Json<'_>) -> Option<(&'m Source, Vec<&'m Pointer>)> {
    let lacks = |source: &'m Source| {
        let lacks = source.looks_like.iter().filter(|(pointer, values)| !has(row, pointer, values));
        lacks.map(|(pointer, _)| pointer).collect::<Vec<_>>()
    };
    let found = mappings.sources.iter().map(|source| (source, lacks(source)));
    let near = found.filter(|(source, lacks)| 2 * lacks.len() < source.looks_like.len());
    near.max_by_key(|(source, lacks)| source.looks_like.len() - lacks.len())
}

/// Whether a row has a pointer, with one of the values if there are any. The name of a type in its way counts as there.
fn has(row: &Json<'_>, pointer: &Pointer, values: &[String]) -> bool {
    match row.at(&pointer.steps) {
        Found::Absent | Found::Unread(_) => false,
        Found::Value(value) if !values.is_empty() => {
            let text = match value {
                Json::Text(text) => text.trim().to_lowercase(),
                Json::Bool(value) => value.to_string(),
                Json::Number(number) => number.clone(),
                _ => return false,
            };
            values.contains(&text)
        }
        Found::Null | Found::Twice => values.is_empty(),
        Found::Value(_) | Found::TypeName => true,
    }
}
