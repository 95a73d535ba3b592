//! Where declarations say that they come from (`from`), by line, and the files of exports of which a world says that it was made.

use crate::syntax::{GivenValue, SourceDecl, WorldDocument, WorldPart};
use crate::text::{Sources, Span, Spanned};
use crate::world::ExportFile;
use crate::world::store::origins::LineOrigin;
use std::collections::BTreeSet;

/// The origins of the lines of a part. `before` has the count of lines in the files before each file.
pub(super) fn of_part(sources: &Sources, before: &[u32], part: &WorldPart, document: &WorldDocument) -> Vec<LineOrigin> {
    let all = || {
        let entities = document.entities.iter().map(|entity| (entity.id.span, entity.attributes.as_slice(), text(entity.from.as_ref())));
        let facts = document.facts.iter().map(|fact| (fact.is.span, [].as_slice(), text(fact.from.as_ref())));
        let denials = document.denials.iter().map(|denial| (denial.is.span(), [].as_slice(), text(denial.from.as_ref())));
        let unknown = document.unknown.iter().map(|unknown| (unknown.is.span, [].as_slice(), text(unknown.from.as_ref())));
        // An entity that an event creates is declared where its id is given.
        let events = document.events.iter().map(|event| (event.span, event.arguments.as_slice(), text(event.from.as_ref())));
        entities.chain(facts).chain(denials).chain(unknown).chain(events)
    };
    let line = |span: Span| before[span.file.0 as usize] + sources.place(span).line;
    if let WorldPart::Lines { .. } = part {
        let on_line = |(span, _, from): (Span, _, Option<&str>)| Some(LineOrigin { line: line(span), from: Some(from?.into()) });
        return all().filter_map(on_line).collect();
    }
    if all().all(|(_, _, from)| from.is_none()) {
        return Vec::new();
    }
    // In TOML a line may have several declarations, also such as do not say where they come from.
    let mut found = Vec::new();
    for (span, given, from) in all() {
        let mut lines: Vec<u32> = [span].into_iter().chain(given.iter().flat_map(|(_, given)| spans(given))).map(line).collect();
        lines.sort_unstable();
        lines.dedup();
        found.extend(lines.into_iter().map(|line| LineOrigin { line, from: from.map(Into::into) }));
    }
    found
}

/// An origin that is not empty.
fn text(from: Option<&Spanned<String>>) -> Option<&str> {
    from.map(|from| from.value.as_str()).filter(|from| !from.is_empty())
}

/// The spans of a value, and of the items of a list.
fn spans(given: &Spanned<GivenValue>) -> Vec<Span> {
    let items = match &given.value {
        GivenValue::List(items) => items.as_slice(),
        _ => &[],
    };
    [given.span].into_iter().chain(items.iter().map(|item| item.span)).collect()
}

/// The files of exports, each once, in the order of their names.
pub(super) fn exports(declared: impl IntoIterator<Item = SourceDecl>) -> Vec<ExportFile> {
    let file = |decl: SourceDecl| ExportFile {
        file: decl.file.value,
        sha256: decl.sha256.map(|sha256| sha256.value),
        captured: decl.captured.map(|captured| captured.value),
        lacks: decl.lacks.into_iter().map(|lack| lack.value).collect(),
    };
    declared.into_iter().map(file).collect::<BTreeSet<_>>().into_iter().collect()
}
