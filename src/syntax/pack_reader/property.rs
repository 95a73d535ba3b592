//! `[property.NAME]`

use crate::diag::{Code, Diagnostic};
use crate::syntax::toml::{Fields, shown};
use crate::syntax::{ChangeAllowed, MetadataDecl, PropertyDecl, Text, WithOutcome};
use crate::text::Spanned;

pub(super) fn read(fields: &mut Fields<'_>, meta: MetadataDecl) -> Option<PropertyDecl> {
    let (since, until) = fields.interval();
    let toggles = fields.text("toggles");
    let property = PropertyDecl {
        meta: MetadataDecl { since, until, ..meta },
        actions: fields.some_texts("for"),
        never: fields.condition("never"),
        always: fields.condition("always"),
        implies: fields.some_texts("implies"),
        change: one_of(fields, "change", &CHANGES, "change"),
        must_matter: fields.text("must-matter"),
        unless: fields.condition("unless"),
        given: fields.texts("given"),
        turn_on: fields.texts("turn-on"),
        turn_off: fields.texts("turn-off"),
        with: one_of(fields, "with", &OUTCOMES, "decision"),
        any_toggles: toggles.and_then(|text| choice(fields, &text, &TOGGLES, "choice of toggles")).is_some_and(|any| any.value),
        imported: fields.flag("imported", true),
        told: fields.flag("told", false),
    };
    fields.are_sound().then_some(property)
}

const CHANGES: [(&str, ChangeAllowed); 3] =
    [("none", ChangeAllowed::None), ("only-narrows", ChangeAllowed::OnlyNarrows), ("only-widens", ChangeAllowed::OnlyWidens)];
const OUTCOMES: [(&str, WithOutcome); 3] = [("allow", WithOutcome::Allow), ("deny", WithOutcome::Deny), ("unknown", WithOutcome::Unknown)];
const TOGGLES: [(&str, bool); 2] = [("default", false), ("any", true)];

/// A key that is one of these words.
fn one_of<T: Copy>(fields: &mut Fields<'_>, key: &'static str, words: &[(&'static str, T)], noun: &str) -> Option<Spanned<T>> {
    let text = fields.text(key)?;
    choice(fields, &text, words, noun)
}

fn choice<T: Copy>(fields: &mut Fields<'_>, text: &Text, words: &[(&'static str, T)], noun: &str) -> Option<Spanned<T>> {
    if let Some((_, meant)) = words.iter().find(|(word, _)| *word == text.value) {
        return Some(Spanned::new(*meant, text.span));
    }
    let headline = format!("`{}` is no {noun}", shown(&text.value));
    let known: Vec<String> = words.iter().map(|(word, _)| format!("`{word}`")).collect();
    let (last, others) = known.split_last()?;
    let expected = format!("expected {} or {last}", others.join(", "));
    let diagnostic = Diagnostic::new(Code::WrongType, headline, text.span, expected);
    fields.spoil(diagnostic.nearest(&text.value, text.span, words.iter().map(|(word, _)| *word)));
    None
}
