//! Texts and facts with placeholders: `group:{/groupId|guid}`.
//!
//! A fact is parsed with a filler of the same length in place of each placeholder, so that all places in it are those of the file.

use super::pointer::{marked, pointer};
use crate::diag::{Code, Diagnostic};
use crate::syntax::Text;
use crate::syntax::ast::mapping::{Hole, HoleSource, KindsDecl, Piece, Templated, TextTemplate};
use crate::syntax::grammar::Embedded;
use crate::syntax::placeholders::{Placeholder, placeholders};
use crate::syntax::toml::{Fields, Value, shown};
use crate::text::Spanned;

/// The first characters of the fillers of placeholders, of each another one: letters of three bytes that no mapping has.
const FILLERS: std::ops::RangeInclusive<char> = '\u{A960}'..='\u{A97C}';

/// The first character of the filler of a placeholder, by its number.
fn first_of_filler(number: usize) -> char {
    let mut all = FILLERS.cycle();
    all.nth(number % FILLERS.count()).unwrap_or(*FILLERS.start())
}

/// What stands in a fact for a placeholder: as many bytes.
fn filler(number: usize, hole: &Hole) -> String {
    let first = first_of_filler(number);
    format!("{first}{}", "$".repeat(hole.written.len().saturating_sub(first.len_utf8())))
}

/// Whether a text has a filler.
pub fn is_filled(text: &str) -> bool {
    text.contains(|c| FILLERS.contains(&c))
}

/// A text with placeholders.
pub(super) fn text(fields: &mut Fields<'_>, value: Value<'_>, key: &str) -> Option<TextTemplate> {
    let Some(embedded) = value.embedded() else {
        fields.spoil(value.wrong_type(&format!("`{}`", shown(key)), "a string"));
        return None;
    };
    let mut pieces = Vec::new();
    let mut end = 0;
    for found in placeholders(embedded.text) {
        if found.at > end {
            pieces.push(Piece::Text(embedded.text[end..found.at].to_owned()));
        }
        pieces.push(Piece::Hole(hole(fields, &embedded, found)?));
        end = found.at + found.text.len();
    }
    if end < embedded.text.len() {
        pieces.push(Piece::Text(embedded.text[end..].to_owned()));
    }
    Some(TextTemplate { span: embedded.span, pieces })
}

/// A fact or pattern with placeholders.
pub(super) fn templated<T>(
    fields: &mut Fields<'_>,
    value: Value<'_>,
    key: &str,
    parse: fn(&Embedded<'_>) -> Result<T, Diagnostic>,
) -> Option<Templated<T>> {
    let Some(embedded) = value.embedded() else {
        fields.spoil(value.wrong_type(&format!("`{}`", shown(key)), "a string"));
        return None;
    };
    let mut filled = embedded.text.to_owned();
    let (mut holes, mut kinds) = (Vec::new(), Vec::new());
    for found in placeholders(embedded.text) {
        let range = found.at..found.at + found.text.len();
        let hole = hole(fields, &embedded, found)?;
        if embedded.text[range.end..].starts_with(':') {
            kinds.push(bound_kind(fields, &hole)?);
            filled.replace_range(range, &kinds.last()?.0);
            continue;
        }
        filled.replace_range(range, &filler(holes.len(), &hole));
        holes.push(hole);
    }
    alternatives(&embedded, &mut filled, &mut kinds);
    let parsed = parse(&Embedded { text: &filled, span: embedded.span, writing: embedded.writing.clone() });
    let written = Text::new(embedded.text.to_owned(), embedded.span);
    match parsed {
        Ok(tree) => Some(Templated { tree, written, holes, kinds }),
        Err(diagnostic) => {
            let mut diagnostic = unfilled(diagnostic, &holes);
            for (stands, decl) in &kinds {
                each_text(&mut diagnostic, |text| *text = text.replace(stands, &decl.written()));
            }
            fields.spoil(with_help(diagnostic, &holes));
            None
        }
    }
}

/// The diagnostic with each filler in it, whole or cut, as it was written.
pub fn unfilled(mut diagnostic: Diagnostic, holes: &[Hole]) -> Diagnostic {
    each_text(&mut diagnostic, |text| {
        for (number, hole) in holes.iter().enumerate() {
            let first = first_of_filler(number);
            let padding = filler(number, hole).len() - first.len_utf8();
            while let Some(at) = text.find(first) {
                let after = at + first.len_utf8();
                let padded = text[after..].bytes().take(padding).take_while(|&byte| byte == b'$').count();
                text.replace_range(at..after + padded, &hole.written);
            }
        }
    });
    diagnostic
}

/// Changes each text of a diagnostic.
fn each_text(diagnostic: &mut Diagnostic, mut change: impl FnMut(&mut String)) {
    change(&mut diagnostic.headline);
    diagnostic.labels.iter_mut().for_each(|label| change(&mut label.text));
    diagnostic.notes.iter_mut().chain(&mut diagnostic.help).for_each(&mut change);
    diagnostic.patch.iter_mut().for_each(|patch| change(&mut patch.replacement));
}

/// The diagnostic of a placeholder that is where only a name or a whole term may be, with how it is written there.
fn with_help(diagnostic: Diagnostic, holes: &[Hole]) -> Diagnostic {
    let is_at = |hole: &&Hole| diagnostic.labels.first().is_some_and(|label| label.span.start == hole.span.start);
    match holes.iter().find(is_at) {
        Some(Hole { written, .. }) => {
            let help =
                format!("a placeholder is an id or a string, or part of one: write `KIND:{written}`, `role:{written}` or `\"{written}\"`");
            Diagnostic { help: Some(help), ..diagnostic }
        }
        None => diagnostic,
    }
}

impl KindsDecl {
    /// The kinds as they were written.
    fn written(&self) -> String {
        match self {
            KindsDecl::OneOf(names) => names.iter().map(|name| name.value.as_str()).collect::<Vec<_>>().join("|"),
            KindsDecl::Bound(_) => "{kind}".to_owned(),
        }
    }
}

/// The parts of an id or text of a tree: texts, and the placeholders in it by their number. `next` is the number of the next one.
pub fn parts(filled: &str, holes: &[Hole], next: &mut usize) -> Vec<Piece> {
    let mut pieces = Vec::new();
    let mut rest = filled;
    while let Some((before, _)) = rest.split_once(|c| FILLERS.contains(&c)) {
        if !before.is_empty() {
            pieces.push(Piece::Text(before.to_owned()));
        }
        let Some(hole) = holes.get(*next) else { break };
        let length = filler(*next, hole).len();
        *next += 1;
        rest = &rest[before.len() + length..];
        pieces.push(Piece::Hole(hole.clone()));
    }
    if !rest.is_empty() {
        pieces.push(Piece::Text(rest.to_owned()));
    }
    pieces
}

/// `{kind}:`, the kind that a table of kinds binds.
fn bound_kind(fields: &mut Fields<'_>, hole: &Hole) -> Option<(String, KindsDecl)> {
    match &hole.of {
        HoleSource::Name(name, _) if name.value == "kind" && hole.filters.is_empty() => {
            let stands = format!("k{}", "x".repeat(hole.written.len() - 1));
            Some((stands, KindsDecl::Bound(name.clone())))
        }
        _ => {
            let headline = format!("`{}` cannot be a kind", shown(&hole.written));
            let diagnostic = Diagnostic::new(Code::UnknownPlaceholder, headline, hole.span, "");
            fields.spoil(diagnostic.help("write `{kind}`, and bind it with `kind = { \"/pointer\" = { User = \"user\" } }`"));
            None
        }
    }
}

/// Puts one name in place of several kinds: `user|group:…`.
fn alternatives(embedded: &Embedded<'_>, filled: &mut String, kinds: &mut Vec<(String, KindsDecl)>) {
    let is_name = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-' || c == '|';
    let mut from = 0;
    while let Some(bar) = filled[from..].find('|').map(|at| from + at) {
        let start = filled[..bar].rfind(|c| !is_name(c)).map_or(0, |at| at + filled[at..].chars().next().map_or(1, char::len_utf8));
        let end = filled[bar..].find(|c| !is_name(c)).map_or(filled.len(), |at| bar + at);
        from = end;
        if !filled[end..].starts_with(':') {
            continue;
        }
        let mut at = start;
        let names = filled[start..end].split('|').map(|name| {
            let name = Text::new(name.to_owned(), embedded.part(at, at + name.len()));
            at += name.value.len() + 1;
            name
        });
        let names = names.collect();
        let stands = filled[start..end].replace('|', "x");
        filled.replace_range(start..end, &stands);
        kinds.push((stands, KindsDecl::OneOf(names)));
    }
}

/// A placeholder.
fn hole(fields: &mut Fields<'_>, embedded: &Embedded<'_>, found: Placeholder<'_>) -> Option<Hole> {
    let span = embedded.part(found.at, found.at + found.text.len());
    let Some(inside) = found.name().filter(|inside| !inside.trim().is_empty()) else {
        let headline = format!("`{}` is not a placeholder", shown(found.text));
        let diagnostic = Diagnostic::new(Code::UnknownPlaceholder, headline, span, "");
        fields.spoil(diagnostic.help("write `{/key}` for a value of the row, or `{name}` for what is bound"));
        return None;
    };
    let mut at = found.at + 1;
    let mut parts = inside.split('|').map(|part| {
        let start = at;
        at += part.len() + 1;
        Spanned::new(part, embedded.part(start, start + part.len()))
    });
    let first = parts.next()?;
    let filters = parts.map(|filter| Text::new(filter.value.to_owned(), filter.span)).collect();
    let of = if first.value.starts_with(['/', '.']) {
        HoleSource::Pointer(pointer(fields, first.value, first.span)?)
    } else {
        let (name, may) = marked(first.value);
        HoleSource::Name(Text::new(name.to_owned(), first.span), may)
    };
    Some(Hole { span, written: found.text.to_owned(), of, filters })
}
