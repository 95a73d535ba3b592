//! Reasons as a tree for people: what is so, what is not, what is in the way.

use super::page::{Page, Piece, columns, piece, whole};
use super::palette::Paint;
use crate::explain::{Reason, Sort};
use crate::text::Place;
use std::collections::BTreeSet;

/// How many siblings are shown; of more, their number.
pub(super) const SIBLINGS: usize = 20;
/// How many levels are shown; of what stands deeper, the number.
const LEVELS: usize = 24;

/// Draws trees on a page, and gathers the notes of the elements that it shows.
pub(super) struct Trees<'a> {
    pub(super) page: &'a mut Page,
    pub(super) notes: Notes,
}

/// Authors' remarks, each once, in the order in which their elements were shown.
#[derive(Debug, Default)]
pub(super) struct Notes {
    pub(super) told: Vec<(String, String)>,
    known: BTreeSet<(String, String)>,
}

impl Notes {
    /// Keeps the note of an element, if it has one.
    pub(super) fn keep(&mut self, element: &str, note: Option<&String>) {
        let Some(note) = note else { return };
        let entry = (element.to_owned(), note.clone());
        if self.known.insert(entry.clone()) {
            self.told.push(entry);
        }
    }
}

impl Trees<'_> {
    /// Siblings and all below them.
    pub(super) fn draw(&mut self, reasons: &[Reason]) {
        self.siblings(reasons, "", LEVELS);
    }

    fn siblings(&mut self, reasons: &[Reason], bars: &str, levels: usize) {
        if levels == 0 {
            let text = format!("and {} more, deeper down", reasons.iter().map(size).sum::<usize>());
            return self.page.paragraph(&[whole(Paint::Quiet, &format!("{bars}└─ "))], bars, &[piece(Paint::Quiet, &text)]);
        }
        let shown = reasons.len().min(SIBLINGS);
        for (index, reason) in reasons[..shown].iter().enumerate() {
            self.reason(reason, bars, index + 1 == reasons.len(), levels);
        }
        if reasons.len() > shown {
            let text = format!("and {} more", reasons.len() - shown);
            self.page.paragraph(&[whole(Paint::Quiet, &format!("{bars}└─ "))], bars, &[piece(Paint::Quiet, &text)]);
        }
    }

    fn reason(&mut self, reason: &Reason, bars: &str, last: bool, levels: usize) {
        let (branch, further) = if last { ("└─ ", "   ") } else { ("├─ ", "│  ") };
        let inner = format!("{bars}{further}");
        let (glyph, paint) = mark(reason);
        let first = [whole(Paint::Quiet, &format!("{bars}{branch}")), whole(paint, glyph), whole(Paint::Plain, " ")];
        let rest = format!("{inner}{}", if reason.because.is_empty() { "  " } else { "│ " });
        let mut says = Vec::new();
        if let Some(tag) = tag(reason) {
            says.extend([piece(paint, tag), piece(Paint::Plain, " ")]);
        }
        says.push(piece(Paint::Plain, &reason.says));
        self.page.annotated(&first, &rest, says, &references(&reason.places, &reason.claims));
        self.notes.keep(&element(reason), reason.note.as_ref());
        if !reason.because.is_empty() {
            self.siblings(&reason.because, &inner, levels - 1);
        }
    }
}

impl Page {
    /// A paragraph with references: at its end where both fit on one line, else below it.
    pub(super) fn annotated(&mut self, first: &[Piece], rest: &str, mut body: Vec<Piece>, references: &[Piece]) {
        if references.is_empty() {
            return self.paragraph(first, rest, &body);
        }
        if columns(&body) + 2 + columns(references) <= self.room(columns(first)) {
            body.push(whole(Paint::Plain, "  "));
            body.extend_from_slice(references);
            return self.paragraph(first, rest, &body);
        }
        self.paragraph(first, rest, &body);
        self.paragraph(&[whole(Paint::Quiet, rest)], rest, references);
    }
}

/// Places and claims: `policies/roles.toml:3, b.toml:7 · SUB-1 SUB-2`.
pub(super) fn references(places: &[Place], claims: &[String]) -> Vec<Piece> {
    let mut pieces = Vec::new();
    let places: Vec<String> = places.iter().map(ToString::to_string).collect();
    if !places.is_empty() {
        pieces.push(piece(Paint::Quiet, &bounded(&places, ", ")));
    }
    let Some((first, rest)) = claims.split_first() else { return pieces };
    if !pieces.is_empty() {
        pieces.push(piece(Paint::Quiet, " "));
        pieces.push(whole(Paint::Quiet, "· "));
    }
    pieces.push(piece(Paint::Claim, first));
    if !rest.is_empty() {
        pieces.push(piece(Paint::Claim, &format!(" {}", bounded(rest, " "))));
    }
    pieces
}

/// A list on one line; of a long one its beginning, and how many more there are.
pub(super) fn bounded(texts: &[String], separator: &str) -> String {
    let shown = texts.len().min(SIBLINGS);
    let list = texts[..shown].join(separator);
    if texts.len() == shown { list } else { format!("{list}{separator}and {} more", texts.len() - shown) }
}

/// The element whose note it is: `rule customer-devices-barred`.
fn element(reason: &Reason) -> String {
    let sort = match reason.sort {
        Sort::Role | Sort::Grant | Sort::Inclusion => "role",
        Sort::Cell => "table",
        Sort::Rule => "rule",
        Sort::Implication => "implication",
        Sort::Toggle => "toggle",
        Sort::Fact | Sort::Test | Sort::Missing => "",
    };
    format!("{sort} {}", reason.name.as_deref().unwrap_or_default()).trim().to_owned()
}

fn mark(reason: &Reason) -> (&'static str, Paint) {
    let (glyph, paint) = match reason.truth {
        "true" => ("✓", Paint::Yes),
        "false" => ("✗", Paint::No),
        _ => ("?", Paint::Doubt),
    };
    let stops = reason.lacking && paint != Paint::Doubt;
    (glyph, if stops { Paint::Stop } else { paint })
}

/// What a reason that is in the way is to its way. A deny says by itself that it bars.
fn tag(reason: &Reason) -> Option<&'static str> {
    if !reason.lacking {
        return None;
    }
    match reason.truth {
        "true" if reason.sort == Sort::Rule => None,
        "true" => Some("in the way:"),
        _ => Some("lacks:"),
    }
}

/// How many reasons a tree has. Its depth is not bounded, so this walks a list of its own.
fn size(reason: &Reason) -> usize {
    let mut waiting = vec![reason];
    let mut count = 0;
    while let Some(reason) = waiting.pop() {
        count += 1;
        waiting.extend(&reason.because);
    }
    count
}
