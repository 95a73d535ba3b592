//! Reasons as a tree for people, with a glyph for each truth value and a tag on blockers.

use super::layout::{PageWriter, Piece, columns, piece, whole};
use super::notes::Notes;
use super::palette::Paint;
use crate::diag::phrases::agree;
use crate::explain::ReasonKind;
use crate::text::Place;
use crate::wording::ReasonText;
use std::collections::BTreeSet;

/// The most levels that are shown; the nodes below are counted.
const LEVELS: usize = 24;

/// Draws trees on a page, and collects the notes of the elements that it shows.
pub(super) struct Trees<'a> {
    pub(super) page: &'a mut PageWriter,
    pub(super) notes: &'a mut Notes,
    /// The numbers of the proofs that are drawn.
    pub(super) drawn: BTreeSet<u32>,
}

/// The kind of the root of a tree.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Polarity {
    /// A permit. Its blockers are tagged.
    Permit,
    /// A deny that applies, or may.
    Deny,
    /// A deny that does not apply. Below it only its blockers are shown, which keep it from applying.
    IdleDeny,
}

/// The position of a node in its tree.
#[derive(Clone, Copy)]
struct Position<'a> {
    /// The vertical lines of the levels above it.
    margin: &'a str,
    /// The kind of its root.
    polarity: Polarity,
    /// The number of levels that may still be shown, including its own.
    levels: usize,
}

impl Trees<'_> {
    /// Draws siblings with everything below them.
    pub(super) fn draw(&mut self, roots: &[(&ReasonText, Polarity)]) {
        let shown = &roots[..roots.len().min(self.page.max_items)];
        for (index, &(reason, polarity)) in shown.iter().enumerate() {
            self.reason(reason, index + 1 == roots.len(), Position { margin: "", polarity, levels: LEVELS });
        }
        self.more("", roots.len() - shown.len(), "");
    }

    fn reason(&mut self, reason: &ReasonText, last: bool, position: Position<'_>) {
        let Position { margin, polarity, levels } = position;
        let (branch, further) = if last { ("└─ ", "   ") } else { ("├─ ", "│  ") };
        let (glyph, paint, tag) = mark(reason, polarity);
        let first = [whole(Paint::Quiet, &format!("{margin}{branch}")), whole(paint, glyph), whole(Paint::Plain, " ")];
        let inner = format!("{margin}{further}");
        let rest = format!("{inner}{}", if reason.because.is_empty() { "  " } else { "│ " });
        let mut says = Vec::new();
        if let Some(tag) = tag {
            says.extend([piece(paint, tag), piece(Paint::Plain, " ")]);
        }
        says.push(piece(Paint::Plain, &reason.says));
        // What is cut from the page was not drawn.
        match reason.proof {
            Some(proof) if !reason.repeated => _ = self.drawn.insert(proof),
            Some(proof) if self.drawn.contains(&proof) => says.push(piece(Paint::Quiet, " (as above)")),
            _ => {}
        }
        let references = self.page.references(&reason.places, &reason.claims);
        self.page.annotated(&first, &rest, says, &references);
        self.notes.keep(&element(reason), reason.note.as_ref());
        let below_it = Position { margin: &inner, polarity, levels: levels - 1 };
        let blockers = if polarity == Polarity::IdleDeny && levels == LEVELS { outermost_blockers(reason) } else { Vec::new() };
        if blockers.is_empty() {
            return self.all_below(reason, below_it);
        }
        let shown = &blockers[..blockers.len().min(self.page.max_items)];
        let hidden = count_below(reason) - shown.iter().map(|blocker| count_below(blocker) + 1).sum::<usize>();
        for (index, blocker) in shown.iter().enumerate() {
            self.reason(blocker, hidden == 0 && index + 1 == shown.len(), below_it);
        }
        self.more(&inner, hidden, agree(hidden, " condition that did not decide it", " conditions that did not decide it"));
    }

    fn all_below(&mut self, reason: &ReasonText, position: Position<'_>) {
        if position.levels == 0 {
            return self.more(position.margin, count_below(reason), ", deeper down");
        }
        let siblings = &reason.because;
        let shown = &siblings[..siblings.len().min(self.page.max_items)];
        for (index, reason) in shown.iter().enumerate() {
            self.reason(reason, index + 1 == siblings.len(), position);
        }
        self.more(position.margin, siblings.len() - shown.len(), "");
    }

    /// Draws the number of nodes that are not shown as the last sibling, if there are such nodes.
    fn more(&mut self, margin: &str, count: usize, which: &str) {
        if count > 0 {
            let text = format!("and {count} more{which}");
            self.page.paragraph(&[whole(Paint::Quiet, &format!("{margin}└─ "))], &format!("{margin}   "), &[piece(Paint::Quiet, &text)]);
        }
    }
}

impl PageWriter {
    /// Writes a paragraph with references. They are at its end if both fit on one line, else below it.
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

    /// Places and claims: `policies/roles.toml:3, b.toml:7 · SUB-1 SUB-2`.
    pub(super) fn references(&self, places: &[Place], claims: &[String]) -> Vec<Piece> {
        let mut pieces = Vec::new();
        let mut places: Vec<String> = places.iter().map(ToString::to_string).collect();
        // Several lines may come from one row of an export.
        places.dedup();
        if !places.is_empty() {
            pieces.push(piece(Paint::Quiet, &self.bounded(&places, ", ")));
        }
        let Some((first, rest)) = claims.split_first() else { return pieces };
        if !pieces.is_empty() {
            pieces.push(piece(Paint::Quiet, " "));
            pieces.push(whole(Paint::Quiet, "· "));
        }
        pieces.push(piece(Paint::Claim, first));
        if !rest.is_empty() {
            pieces.push(piece(Paint::Claim, &format!(" {}", self.bounded(rest, " "))));
        }
        pieces
    }

    /// A list on one line: as many texts as the page shows, and the number of the others.
    pub(super) fn bounded(&self, texts: &[String], separator: &str) -> String {
        let shown = texts.len().min(self.max_items);
        let list = texts[..shown].join(separator);
        if texts.len() == shown { list } else { format!("{list}{separator}and {} more", texts.len() - shown) }
    }
}

/// The element of a reason, with its kind: `rule customer-devices-barred`.
fn element(reason: &ReasonText) -> String {
    let kind = match reason.kind {
        ReasonKind::Role | ReasonKind::Grant | ReasonKind::Inclusion => "role",
        ReasonKind::Cell => "table",
        ReasonKind::Rule => "rule",
        ReasonKind::Implication => "implication",
        ReasonKind::Toggle => "toggle",
        ReasonKind::Fact | ReasonKind::Test | ReasonKind::Missing => "",
    };
    format!("{kind} {}", reason.name.as_deref().unwrap_or_default()).trim().to_owned()
}

/// The glyph of a truth value, its paint, and the tag of a blocker. A deny needs no tag, since its sentence already states that it blocks.
fn mark(reason: &ReasonText, polarity: Polarity) -> (&'static str, Paint, Option<&'static str>) {
    let (glyph, paint) = match (reason.truth, reason.negated && polarity != Polarity::IdleDeny) {
        // What must not hold, and does.
        ("true", true) if reason.blocking => ("✗", Paint::No),
        ("true", _) | ("false", true) => ("✓", Paint::Yes),
        ("false", false) => ("✗", Paint::No),
        _ => ("?", Paint::Doubt),
    };
    if !reason.blocking || polarity == Polarity::IdleDeny {
        return (glyph, paint, None);
    }
    let paint = if paint == Paint::Doubt { paint } else { Paint::Stop };
    (glyph, paint, (polarity == Polarity::Permit).then_some("stops here:"))
}

/// The blockers of a tree that are not below another blocker, in order.
fn outermost_blockers(root: &ReasonText) -> Vec<&ReasonText> {
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

/// How many reasons are below one. Iterates, since proofs may be deep.
fn count_below(root: &ReasonText) -> usize {
    let mut waiting = vec![root];
    let mut count = 0;
    while let Some(reason) = waiting.pop() {
        count += reason.because.len();
        waiting.extend(&reason.because);
    }
    count
}
