//! The certain edits of diagnostics, made in the files.

use super::Failure;
use super::found::Found;
use super::output::Streams;
use crate::diag::phrases::counted;
use crate::diag::{self, Code, Diagnostic, EditedFile};
use crate::files::{self, FoundPack};
use crate::report;
use crate::text::{Columns, Sources, Span};
use std::collections::BTreeSet;
use std::path::Path;

/// How often edits are made and the files checked again: an edit may show another mistake, and of edits that overlap one is made at a time.
const MOST_ROUNDS: usize = 50;

/// The most characters that are shown of an edit.
const MAX_EDIT: usize = 100;

/// An edit that made a mistake where it was made: its code, file, and what was replaced by what.
type Refused = (Code, String, String, String);

/// Makes the certain edits in the files until there are none, and returns what `find` finds then. Each edit is reported. One that makes a new
/// error at its place is taken back.
pub(super) fn fixed(mut found: Found, find: &dyn Fn() -> Result<Found, Failure>) -> Result<Found, Failure> {
    let (mut count, mut names) = (0, BTreeSet::new());
    let mut refused: BTreeSet<Refused> = BTreeSet::new();
    for _ in 0..MOST_ROUNDS {
        // The built-in pack has no file to be written, whatever its files are called.
        let is_built_in = !matches!(found.pack, None | Some(FoundPack::Here));
        let own = if is_built_in { found.pack_files } else { 0 };
        for diagnostic in &mut found.diagnostics {
            let of_pack = diagnostic.patch.as_ref().is_some_and(|patch| (patch.span.file.0 as usize) < own);
            if of_pack || key(&found.sources, diagnostic).is_some_and(|key| refused.contains(&key)) {
                diagnostic.patch = None;
            }
        }
        let edited = diag::edited(&found.sources, &found.diagnostics);
        if edited.is_empty() {
            break;
        }
        for file in &edited {
            files::rewrite(path(&found, file), found.sources.text(file.file), &file.text)?;
        }
        let then = find()?;
        let harmful: Vec<usize> = edited.iter().flat_map(|file| harmful(&found, file, &then)).collect();
        if !harmful.is_empty() {
            for file in &edited {
                files::rewrite(path(&found, file), &file.text, found.sources.text(file.file))?;
            }
            refused.extend(harmful.into_iter().filter_map(|index| key(&found.sources, &found.diagnostics[index])));
            continue;
        }
        for file in &edited {
            count += file.made.len();
            names.insert(found.sources.name(file.file).clone());
            let mut columns = Columns::in_characters(&found.sources);
            file.made.iter().for_each(|&index| Streams::note(&edit(&found, &mut columns, &found.diagnostics[index])));
        }
        found = then;
    }
    match count {
        0 => Streams::note("nothing was fixed: no mistake has an edit that is certain"),
        _ => Streams::note(&format!("{} in {}", counted(count, "edit"), counted(names.len(), "file"))),
    }
    Ok(found)
}

fn path<'f>(found: &'f Found, file: &EditedFile) -> &'f Path {
    Path::new(&**found.sources.name(file.file))
}

/// How an edit is known again.
fn key(sources: &Sources, diagnostic: &Diagnostic) -> Option<Refused> {
    let patch = diagnostic.patch.as_ref()?;
    let old = sources.slice(patch.span).to_owned();
    Some((diagnostic.code, sources.name(patch.span.file).to_string(), old, patch.replacement.clone()))
}

/// The edits of a file at whose places there is an error then that was not there before.
fn harmful(found: &Found, file: &EditedFile, then: &Found) -> Vec<usize> {
    let name = found.sources.name(file.file);
    let errors = |of: &Found, at: &dyn Fn(Span) -> bool| -> BTreeSet<Code> {
        let here = of.diagnostics.iter().filter(|one| one.is_error());
        let here = here.filter(|one| one.labels.first().is_some_and(|label| of.sources.name(label.span.file) == name && at(label.span)));
        here.map(|one| one.code).collect()
    };
    let meets = |one: Span, other: Span| one.start < other.end && other.start < one.end;
    let made = file.made.iter().zip(&file.places).filter(|(index, place)| {
        let Some(patch) = &found.diagnostics[**index].patch else { return false };
        let before = errors(found, &|span| meets(span, patch.span));
        !errors(then, &|span| meets(span, **place)).is_subset(&before)
    });
    made.map(|(&index, _)| index).collect()
}

/// An edit in words: where, what for, the old text and the new one.
fn edit(found: &Found, columns: &mut Columns<'_>, diagnostic: &Diagnostic) -> String {
    let Some(patch) = &diagnostic.patch else { return String::new() };
    let (line, column) = columns.at(patch.span.file, patch.span.start);
    let [old, new] = [found.sources.slice(patch.span), &patch.replacement].map(|text| report::brief(text, MAX_EDIT));
    let name = report::visible(found.sources.name(patch.span.file));
    let change = match (old.as_str(), new.as_str()) {
        ("", new) => format!("`{new}` was added"),
        (old, "") => format!("`{old}` was removed"),
        (old, new) => format!("`{old}` became `{new}`"),
    };
    format!("{name}:{line}:{column}: {}: {change}", diagnostic.code.name())
}
