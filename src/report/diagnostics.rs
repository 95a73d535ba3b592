//! Diagnostics for people, as rustc shows its own.

use std::fmt::Write as _;

use annotate_snippets::{Annotation, AnnotationKind, Group, Level, Patch, Renderer, Snippet};

use super::excerpt::{Excerpt, bounded, excerpt};
use super::sanitize::{brief, visible};
use crate::diag::{Diagnostic, Label, Severity};
use crate::text::{Sources, Span};

/// How many diagnostics are shown; of more, their number.
const SHOWN: usize = 100;
/// How many places of one diagnostic are shown.
const LABELS: usize = 12;
/// How many characters of a text are shown.
const LONG: usize = 600;
/// How many bytes of a long line are shown on either side of a label, and of a patch.
const AROUND_LABEL: usize = 120;
const AROUND_PATCH: usize = 40;
/// Places of one file that are no more lines apart than this are shown together.
const APART: u32 = 24;

/// All diagnostics, one after the other with an empty line between; ends in a line break unless there are none.
pub fn render(sources: &Sources, diagnostics: &[Diagnostic], color: bool, width: usize) -> String {
    let renderer = if color { Renderer::styled() } else { Renderer::plain() }.term_width(width.max(40));
    let mut pieces: Vec<String> = diagnostics.iter().take(SHOWN).map(|diagnostic| one(sources, diagnostic, &renderer)).collect();
    if diagnostics.len() > SHOWN {
        pieces.push(and_more(&diagnostics[SHOWN..]));
    }
    let mut text = pieces.join("\n\n");
    if !text.is_empty() {
        text.push('\n');
    }
    text
}

fn and_more(rest: &[Diagnostic]) -> String {
    let errors = rest.iter().filter(|diagnostic| diagnostic.is_error()).count();
    let warnings = rest.len() - errors;
    let mut text = String::from("and ");
    for (index, (count, word)) in [(errors, "error"), (warnings, "warning")].into_iter().filter(|&(count, _)| count > 0).enumerate() {
        let and = if index > 0 { " and " } else { "" };
        let plural = if count == 1 { "" } else { "s" };
        _ = write!(text, "{and}{count} more {word}{plural}");
    }
    text
}

fn one(sources: &Sources, diagnostic: &Diagnostic, renderer: &Renderer) -> String {
    let level = match diagnostic.severity() {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
    };
    let mut main = Group::with_title(level.primary_title(brief(&diagnostic.headline, LONG)).id(diagnostic.code.name()));
    let mut corrections = Vec::new();
    for labels in together(sources, &diagnostic.labels) {
        let (snippet, correction) = snippet(sources, &labels);
        main = main.element(snippet);
        corrections.extend(correction);
    }
    if diagnostic.labels.len() > LABELS {
        main = main.element(Level::NOTE.message(format!("and {} more places", diagnostic.labels.len() - LABELS)));
    }
    for note in &diagnostic.notes {
        main = main.element(Level::NOTE.message(brief(note, LONG)));
    }
    let Some(patch) = shown_patch(diagnostic) else {
        if let Some(help) = &diagnostic.help {
            main = main.element(Level::HELP.message(brief(help, LONG)));
        }
        return corrected(renderer.render(&[main]), &corrections);
    };
    let help = diagnostic.help.as_deref().unwrap_or("write this");
    let Excerpt { text, line, spans, .. } = excerpt(sources, &[bounded(sources, patch.span)], AROUND_PATCH);
    let patches = spans.into_iter().map(|span| Patch::new(span, visible(&patch.replacement)));
    let suggestion = Group::with_title(Level::HELP.secondary_title(brief(help, LONG)))
        .element(Snippet::source(text).line_start(line).path(name_if_elsewhere(sources, diagnostic)).patches(patches));
    corrected(renderer.render(&[main, suggestion]), &corrections)
}

/// A patch that can be shown whole.
fn shown_patch(diagnostic: &Diagnostic) -> Option<&crate::diag::Patch> {
    let fits = |patch: &&crate::diag::Patch| patch.replacement.len() <= LONG && patch.span.end - patch.span.start <= 400;
    diagnostic.patch.as_ref().filter(fits)
}

/// The file of a patch, if it is another than that of the mistake.
fn name_if_elsewhere(sources: &Sources, diagnostic: &Diagnostic) -> Option<String> {
    let patched = diagnostic.patch.as_ref()?.span.file;
    let elsewhere = diagnostic.labels.first().is_none_or(|label| label.span.file != patched);
    elsewhere.then(|| visible(sources.name(patched)).into_owned())
}

/// The labels, bounded, in groups that are shown as one piece of source: near each other in one file. The first stays first, for it is
/// the place of the mistake.
fn together(sources: &Sources, labels: &[Label]) -> Vec<Vec<(Span, usize, String)>> {
    let mut places: Vec<(Span, usize, String)> = labels
        .iter()
        .take(LABELS)
        .enumerate()
        .map(|(index, label)| (bounded(sources, label.span), index, brief(&label.text, LONG)))
        .collect();
    places.sort_by_key(|&(span, index, _)| (span, index));
    let mut groups: Vec<Vec<(Span, usize, String)>> = Vec::new();
    for place in places {
        let line = |span: Span| sources.place(span).line;
        let near = |group: &Vec<(Span, usize, String)>| {
            group.last().is_some_and(|(last, ..)| last.file == place.0.file && line(place.0) - line(*last) <= APART)
        };
        match groups.last_mut().filter(|group| near(group)) {
            Some(group) => group.push(place),
            None => groups.push(vec![place]),
        }
    }
    for group in &mut groups {
        group.sort_by_key(|&(_, index, _)| index);
    }
    groups.sort_by_key(|group| group.first().map(|&(_, index, _)| index));
    groups
}

/// The source around some labels. Where the beginning of a line is left out the renderer cannot count the column: then also the place
/// that it will print, and the one that is right.
fn snippet<'a>(sources: &Sources, labels: &[(Span, usize, String)]) -> (Snippet<'a, Annotation<'a>>, Option<(String, String)>) {
    let spans: Vec<Span> = labels.iter().map(|&(span, ..)| span).collect();
    let Excerpt { text, line, spans: places, columns } = excerpt(sources, &spans, AROUND_LABEL);
    let annotations = labels.iter().zip(places).map(|((_, index, label), place)| {
        let kind = if *index == 0 { AnnotationKind::Primary } else { AnnotationKind::Context };
        annotation(kind, place, label)
    });
    let name = visible(sources.name(spans[0].file)).into_owned();
    let place = |column: usize| format!("{name}:{}:{column}", sources.place(spans[0]).line);
    let correction = columns.map(|(shown, right)| (place(shown), place(right)));
    (Snippet::source(text).line_start(line).annotations(annotations).path(name), correction)
}

fn corrected(rendered: String, corrections: &[(String, String)]) -> String {
    corrections.iter().fold(rendered, |rendered, (shown, right)| rendered.replacen(shown, right, 1))
}

fn annotation<'a>(kind: AnnotationKind, place: std::ops::Range<usize>, label: &str) -> Annotation<'a> {
    let annotation = kind.span(place);
    if label.is_empty() { annotation } else { annotation.label(label.to_owned()) }
}
