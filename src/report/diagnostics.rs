//! Diagnostics for people, in the layout of rustc's.

use annotate_snippets::{Annotation, AnnotationKind, Group, Level, Patch, Renderer, Snippet};

use super::excerpt::{Excerpt, bounded, excerpt};
use super::sanitize::{brief, visible};
use crate::diag::phrases::{all_of, counted};
use crate::diag::{self, Diagnostic, Label, Severity};
use crate::text::{Sources, Span};

/// The most diagnostics that are shown; the others are counted.
const MAX_SHOWN: usize = 100;
/// The most labels that are shown of one diagnostic.
const MAX_LABELS: usize = 12;
/// The most characters that are shown of one text.
const MAX_TEXT: usize = 600;
/// The most bytes of a line that are shown on either side of a label.
const AROUND_LABEL: usize = 120;
/// The most bytes of a line that are shown on either side of a patch.
const AROUND_PATCH: usize = 40;
/// Labels of one file that are at most this many lines apart are in one snippet.
const MAX_GAP: u32 = 24;

/// All diagnostics, with an empty line between two. Ends in a line break; the text is empty if there is no diagnostic.
pub fn render(sources: &Sources, diagnostics: &[Diagnostic], color: bool, width: usize) -> String {
    let renderer = if color { Renderer::styled() } else { Renderer::plain() }.term_width(width.max(40));
    let mut pieces: Vec<String> = diagnostics.iter().take(MAX_SHOWN).map(|diagnostic| one(sources, diagnostic, &renderer)).collect();
    if diagnostics.len() > MAX_SHOWN {
        pieces.push(and_more(&diagnostics[MAX_SHOWN..]));
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
    let counts = [(errors, "more error"), (warnings, "more warning")].into_iter().filter(|&(count, _)| count > 0);
    format!("and {}", all_of(counts.map(|(count, noun)| counted(count, noun))))
}

fn one(sources: &Sources, diagnostic: &Diagnostic, renderer: &Renderer) -> String {
    let level = match diagnostic.severity {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
    };
    let mut main = Group::with_title(level.primary_title(brief(&diagnostic.headline, MAX_TEXT)).id(diagnostic.code.name()));
    let mut corrections = Vec::new();
    for labels in groups(sources, &diagnostic.labels) {
        let (snippet, correction) = snippet(sources, &labels);
        main = main.element(snippet);
        corrections.extend(correction);
    }
    if diagnostic.labels.len() > MAX_LABELS {
        main = main.element(Level::NOTE.message(format!("and {} more places", diagnostic.labels.len() - MAX_LABELS)));
    }
    for note in &diagnostic.notes {
        main = main.element(Level::NOTE.message(brief(note, MAX_TEXT)));
    }
    let Some(patch) = short_patch(diagnostic) else {
        if let Some(help) = &diagnostic.help {
            main = main.element(Level::HELP.message(brief(help, MAX_TEXT)));
        }
        return corrected(renderer.render(&[main]), &corrections);
    };
    let help = diagnostic.help.as_deref().unwrap_or("write this");
    let Excerpt { text, line, spans, .. } = excerpt(sources, &[bounded(sources, patch.span)], AROUND_PATCH);
    let patches = spans.into_iter().map(|span| Patch::new(span, visible(&patch.replacement)));
    let suggestion = Group::with_title(Level::HELP.secondary_title(brief(help, MAX_TEXT)))
        .element(Snippet::source(text).line_start(line).path(name_of_other_file(sources, diagnostic)).patches(patches));
    corrected(renderer.render(&[main, suggestion]), &corrections)
}

/// The patch, if it is short enough to be shown whole.
fn short_patch(diagnostic: &Diagnostic) -> Option<&diag::Patch> {
    let fits = |patch: &&diag::Patch| patch.replacement.len() <= MAX_TEXT && patch.span.end - patch.span.start <= 400;
    diagnostic.patch.as_ref().filter(fits)
}

/// The name of the file of the patch, if the mistake is in another file.
fn name_of_other_file(sources: &Sources, diagnostic: &Diagnostic) -> Option<String> {
    let patched = diagnostic.patch.as_ref()?.span.file;
    let elsewhere = diagnostic.labels.first().is_none_or(|label| label.span.file != patched);
    elsewhere.then(|| visible(sources.name(patched)).into_owned())
}

/// The labels with bounded spans and texts, in groups that are near each other in one file. The first label, which is the place of the
/// mistake, stays first.
fn groups(sources: &Sources, labels: &[Label]) -> Vec<Vec<(Span, usize, String)>> {
    let mut places: Vec<(Span, usize, String)> = labels
        .iter()
        .take(MAX_LABELS)
        .enumerate()
        .map(|(index, label)| (bounded(sources, label.span), index, brief(&label.text, MAX_TEXT)))
        .collect();
    places.sort_by_key(|&(span, index, _)| (span, index));
    let mut groups: Vec<Vec<(Span, usize, String)>> = Vec::new();
    for place in places {
        let line = |span: Span| sources.place(span).line;
        let near = |group: &Vec<(Span, usize, String)>| {
            group.last().is_some_and(|(last, ..)| last.file == place.0.file && line(place.0) - line(*last) <= MAX_GAP)
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

/// The source around some labels. If the beginning of the line of the first label is cut, the renderer prints a wrong column for it. Then
/// the second value is the place that it prints, and the right place.
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

/// Replaces the wrong places that the renderer printed by the right ones.
fn corrected(rendered: String, corrections: &[(String, String)]) -> String {
    corrections.iter().fold(rendered, |rendered, (shown, right)| rendered.replacen(shown, right, 1))
}

fn annotation<'a>(kind: AnnotationKind, place: std::ops::Range<usize>, label: &str) -> Annotation<'a> {
    let annotation = kind.span(place);
    if label.is_empty() { annotation } else { annotation.label(label.to_owned()) }
}
