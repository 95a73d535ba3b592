//! Reasons as a tree for people: what is so, what is not, what is in the way.

use super::layout::{PageWriter, Piece, columns, piece, whole};
use super::palette::Paint;
use crate::explain::ReasonKind;
use crate::text::Place;
use crate::wording::ReasonText;
use std::collections::BTreeSet;

/// How many siblings are shown; of more, their number.
pub(super) const SIBLINGS: usize = 20;
/// How many levels are shown; of what stands deeper, the number.
const LEVELS: usize = 24;

/// Draws trees on a page, and gathers the notes of the elements that it shows.
pub(super) struct Trees<'a> {
    pub(super) page: &'a mut PageWriter,
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

/// What a tree is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Polarity {
    /// A way to an allow, which goes through or stops somewhere.
    Way,
    /// A deny that bars, or may.
    Bar,
    /// A deny that does not bar. Only the first thing that keeps it from barring is shown.
    Idle,
}

/// Where a node hangs: what stands before it, and how many levels may follow.
#[derive(Clone, Copy)]
struct Hanging<'a> {
    bars: &'a str,
    sense: Polarity,
    levels: usize,
}

impl Trees<'_> {
    /// Siblings and all below them.
    pub(super) fn draw(&mut self, roots: &[(&ReasonText, Polarity)]) {
        let shown = &roots[..roots.len().min(SIBLINGS)];
        for (index, &(reason, sense)) in shown.iter().enumerate() {
            self.reason(reason, index + 1 == roots.len(), Hanging { bars: "", sense, levels: LEVELS });
        }
        self.more("", roots.len() - shown.len(), "");
    }

    fn reason(&mut self, reason: &ReasonText, last: bool, hang: Hanging<'_>) {
        let Hanging { bars, sense, levels } = hang;
        let (branch, further) = if last { ("└─ ", "   ") } else { ("├─ ", "│  ") };
        let (glyph, paint, tag) = mark(reason, sense);
        let first = [whole(Paint::Quiet, &format!("{bars}{branch}")), whole(paint, glyph), whole(Paint::Plain, " ")];
        let inner = format!("{bars}{further}");
        let rest = format!("{inner}{}", if reason.because.is_empty() { "  " } else { "│ " });
        let mut says = Vec::new();
        if let Some(tag) = tag {
            says.extend([piece(paint, tag), piece(Paint::Plain, " ")]);
        }
        says.push(piece(Paint::Plain, &reason.says));
        self.page.annotated(&first, &rest, says, &references(&reason.places, &reason.claims));
        self.notes.keep(&element(reason), reason.note.as_ref());
        let hang = Hanging { bars: &inner, sense, levels: levels - 1 };
        let stops = if sense == Polarity::Idle && levels == LEVELS { stops(reason) } else { Vec::new() };
        if stops.is_empty() {
            return self.all_below(reason, hang);
        }
        let shown = &stops[..stops.len().min(SIBLINGS)];
        let hidden = below(reason) - shown.iter().map(|stop| below(stop) + 1).sum::<usize>();
        for (index, stop) in shown.iter().enumerate() {
            self.reason(stop, hidden == 0 && index + 1 == shown.len(), hang);
        }
        self.more(&inner, hidden, " that did not settle it");
    }

    fn all_below(&mut self, reason: &ReasonText, hang: Hanging<'_>) {
        if hang.levels == 0 {
            return self.more(hang.bars, below(reason), ", deeper down");
        }
        let siblings = &reason.because;
        let shown = &siblings[..siblings.len().min(SIBLINGS)];
        for (index, reason) in shown.iter().enumerate() {
            self.reason(reason, index + 1 == siblings.len(), hang);
        }
        self.more(hang.bars, siblings.len() - shown.len(), "");
    }

    /// The last of siblings: how many are not shown, if any.
    fn more(&mut self, bars: &str, count: usize, which: &str) {
        if count > 0 {
            let text = format!("and {count} more{which}");
            self.page.paragraph(&[whole(Paint::Quiet, &format!("{bars}└─ "))], &format!("{bars}   "), &[piece(Paint::Quiet, &text)]);
        }
    }
}

impl PageWriter {
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
fn element(reason: &ReasonText) -> String {
    let sort = match reason.kind {
        ReasonKind::Role | ReasonKind::Grant | ReasonKind::Inclusion => "role",
        ReasonKind::Cell => "table",
        ReasonKind::Rule => "rule",
        ReasonKind::Implication => "implication",
        ReasonKind::Toggle => "toggle",
        ReasonKind::Fact | ReasonKind::Test | ReasonKind::Missing => "",
    };
    format!("{sort} {}", reason.name.as_deref().unwrap_or_default()).trim().to_owned()
}

/// The glyph of what a reason came to, its paint, and the words for one that is in the way. A deny says by itself that it bars.
fn mark(reason: &ReasonText, sense: Polarity) -> (&'static str, Paint, Option<&'static str>) {
    let (glyph, paint) = match reason.truth {
        "true" => ("✓", Paint::Yes),
        "false" => ("✗", Paint::No),
        _ => ("?", Paint::Doubt),
    };
    if !reason.blocking || sense == Polarity::Idle {
        return (glyph, paint, None);
    }
    let paint = if paint == Paint::Doubt { paint } else { Paint::Stop };
    (glyph, paint, (sense == Polarity::Way).then_some("stops here:"))
}

/// The reasons in a tree that are in the way, outermost, in their order.
fn stops(root: &ReasonText) -> Vec<&ReasonText> {
    let mut waiting = vec![root];
    let mut found = Vec::new();
    while let Some(reason) = waiting.pop() {
        if reason.blocking {
            found.push(reason);
        } else {
            waiting.extend(reason.because.iter().rev());
        }
    }
    found
}

/// How many reasons stand below one. A list of its own keeps the walk off the stack.
fn below(root: &ReasonText) -> usize {
    let mut waiting = vec![root];
    let mut count = 0;
    while let Some(reason) = waiting.pop() {
        count += reason.because.len();
        waiting.extend(&reason.because);
    }
    count
}
