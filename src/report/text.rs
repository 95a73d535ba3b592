//! An explanation for people, as a page of text: the verdict, the proof, and the claims and documents that it cites.

use super::layout::{MAX_ITEMS, PageWriter, Piece, piece, prose, whole};
use super::notes::Notes;
use super::palette::Paint;
use super::tree::{Polarity, Trees};
use crate::explain::ReasonKind;
use crate::wording::{ClaimText, DocumentText, ExplanationText, ExportText, NoticeText, ReasonForm, ReasonText, ToggleText};
use std::collections::BTreeMap;
use std::collections::BTreeSet;

/// How an answer is rendered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Style {
    /// Whether the text has colours.
    pub color: bool,
    /// The width in columns. Names and paths that are wider are not broken.
    pub width: usize,
    /// Whether all items of a list are shown, however long it is.
    pub full: bool,
}

/// The least width of a page; a tree on a narrower page would be unreadable.
pub(super) const MIN_WIDTH: usize = 30;
/// The greatest width of a column of names. The text after a longer name begins further right.
const MAX_NAME_COLUMN: usize = 12;

/// The whole explanation; ends in a line break.
pub fn render(explanation: &ExplanationText, style: &Style) -> String {
    page(explanation, style).0
}

/// The whole explanation, and the notes that are on it, so that what follows does not repeat them; see [`how_to::ending`](super::how_to::ending).
pub fn page(explanation: &ExplanationText, style: &Style) -> (String, Notes) {
    let mut notes = Notes::default();
    let mut page = PageWriter::new(style.color, style.width.max(MIN_WIDTH));
    page.max_items = if style.full { usize::MAX } else { MAX_ITEMS };
    verdict(&mut page, explanation);
    asked(&mut page, explanation);
    missing(&mut page, explanation);
    let mut trees = Trees { page: &mut page, notes: &mut notes, drawn: BTreeSet::new() };
    // The section that decides the answer comes first.
    if explanation.outcome == "barred" {
        denies(&mut trees, explanation);
        allows(&mut trees, explanation);
    } else {
        allows(&mut trees, explanation);
        denies(&mut trees, explanation);
    }
    switched_off(&mut trees, explanation);
    unknown_roles(&mut trees, explanation);
    bullets(&mut page, "not listed", &explanation.unlisted);
    notices(&mut page, &mut notes, ("obligations", "obligation"), &explanation.obligations, true);
    // Advice about the subject alone does not explain a denial, so only its name is shown; its claims are listed below.
    notices(&mut page, &mut notes, ("advice", "advice"), &explanation.advice, explanation.decision);
    toggles(&mut page, &mut notes, &explanation.toggles);
    notes.print(&mut page);
    claims(&mut page, &explanation.claims);
    documents(&mut page, &explanation.claims);
    match (&explanation.sources, &explanation.absent) {
        (Some(exports), _) => sources(&mut page, exports),
        (None, Some(absent)) => {
            page.gap();
            page.paragraph(&[], "", &[prose(absent)]);
        }
        (None, None) => {}
    }
    (page.into_text(), notes)
}

fn verdict(page: &mut PageWriter, explanation: &ExplanationText) {
    headline(page, explanation.word(), &explanation.verdict);
}

/// The first line of an answer.
pub(super) fn headline(page: &mut PageWriter, word: &str, says: &str) {
    let paint = match word {
        "YES" => Paint::Yes,
        "UNKNOWN" => Paint::Doubt,
        _ => Paint::Stop,
    };
    let first = [whole(paint, word), whole(Paint::Plain, &" ".repeat(6_usize.saturating_sub(word.len()).max(2)))];
    page.paragraph(&first, "      ", &[piece(Paint::Title, says)]);
}

fn asked(page: &mut PageWriter, explanation: &ExplanationText) {
    let question = &explanation.question;
    page.gap();
    let toggles = page.bounded(&question.toggles, ", ");
    let outcome = match explanation.outcome {
        "allowed" => "allowed",
        "barred" => "denied (barred)",
        "unknown" => "denied (unknown)",
        _ => "denied (not granted)",
    };
    let mut row = |name: &str, body: &[Piece]| page.paragraph(&[whole(Paint::Title, &format!("{name:<10}"))], "          ", body);
    row("subject", &[piece(Paint::Plain, &question.subject)]);
    let mut action = vec![piece(Paint::Plain, &question.action)];
    if let Some(title) = &question.title {
        action.extend([piece(Paint::Quiet, ": "), prose(title)]);
    }
    row("action", &action);
    row("resource", &[piece(Paint::Plain, &question.resource)]);
    let at = if question.at == question.policy_at {
        question.at.clone()
    } else {
        format!("{}, under the rules of {}", question.at, question.policy_at)
    };
    row("at", &[piece(Paint::Plain, &at)]);
    row("outcome", &[piece(Paint::Plain, outcome)]);
    if !question.toggles.is_empty() {
        row("turned on", &[piece(Paint::Plain, &toggles)]);
    }
    for fact in &question.assuming {
        row("assuming", &[piece(Paint::Doubt, fact)]);
    }
    for remark in &question.remarks {
        row("note", &[prose(remark)]);
    }
}

/// The title of a section, with a remark after it.
fn title(page: &mut PageWriter, name: &str, remark: &str) {
    page.gap();
    let mut pieces = vec![piece(Paint::Title, name)];
    if !remark.is_empty() {
        pieces.extend([piece(Paint::Quiet, ": "), piece(Paint::Quiet, remark)]);
    }
    page.paragraph(&[], "  ", &pieces);
}

fn missing(page: &mut PageWriter, explanation: &ExplanationText) {
    if explanation.unknown.is_empty() {
        return;
    }
    title(page, "unknown", "the answer depends on what is not known");
    for datum in explanation.unknown.iter().take(page.max_items) {
        page.paragraph(&[whole(Paint::Doubt, "  ? ")], "    ", &[piece(Paint::Plain, datum)]);
    }
    page.more(explanation.unknown.len());
}

fn allows(trees: &mut Trees<'_>, explanation: &ExplanationText) {
    let reasons = &explanation.reasons;
    let remark = match (explanation.outcome, reasons.len()) {
        (_, 0) if explanation.switched_off.is_empty() => "nothing in the policy could allow it",
        (_, 0) => "nothing that is in force could allow it",
        ("allowed", 1) => "",
        ("allowed", _) => "each of these by itself",
        _ if reasons.iter().all(|permit| permit.truth == "true") => "what would allow it otherwise",
        _ if reasons.iter().any(|permit| permit.truth == "true") => "what would allow it otherwise, then how far other ways got",
        ("not-granted", 1) => "nothing; how far the only way got",
        ("not-granted", _) => "nothing; how far each way got, the nearest first",
        (_, 1) => "how far the only way got",
        _ => "how far each way got, the nearest first",
    };
    title(trees.page, "allows", remark);
    let roots: Vec<(&ReasonText, Polarity)> = reasons.iter().map(|permit| (permit, Polarity::Permit)).collect();
    trees.draw(&roots);
}

/// What else would favour the subject, and is switched off.
fn switched_off(trees: &mut Trees<'_>, explanation: &ExplanationText) {
    if !explanation.switched_off.is_empty() {
        let is_dated = |other: &ReasonText| other.form == ReasonForm::NotInForce && other.kind == ReasonKind::Rule;
        let dated = explanation.switched_off.iter().filter(|other| is_dated(other)).count();
        let remark = match explanation.switched_off.len() - dated {
            0 => "what is not in force on this date",
            _ if dated > 0 => "what would also hold, but for an `unless` or a date",
            _ => "what would also hold, but for an `unless`",
        };
        title(trees.page, "switched off", remark);
        let roots: Vec<(&ReasonText, Polarity)> = explanation.switched_off.iter().map(|other| (other, Polarity::Permit)).collect();
        trees.draw(&roots);
    }
}

/// Assignments of roles that the policy does not name.
fn unknown_roles(trees: &mut Trees<'_>, explanation: &ExplanationText) {
    if !explanation.unknown_roles.is_empty() {
        title(trees.page, "unknown roles", "the pack does not name them, so nobody knows what they grant");
        let roots: Vec<(&ReasonText, Polarity)> = explanation.unknown_roles.iter().map(|held| (held, Polarity::Permit)).collect();
        trees.draw(&roots);
    }
}

/// Denies that apply, then those that may, then those that do not.
fn denies(trees: &mut Trees<'_>, explanation: &ExplanationText) {
    let with_truth = |truth: &'static str, polarity: Polarity| {
        explanation.denies.iter().filter(move |deny| deny.truth == truth).map(move |deny| (deny, polarity))
    };
    let (apply, may, idle) =
        (with_truth("true", Polarity::Deny), with_truth("unknown", Polarity::Deny), with_truth("false", Polarity::IdleDeny));
    let remark = match (apply.clone().count(), may.clone().count(), idle.clone().count()) {
        (0, 0, 0) => "no rule that could deny it is in force",
        (0, 0, 1) => "none; the one rule that could deny it does not apply",
        (0, 0, _) => "none; no rule that could deny it applies",
        (0, ..) => "none is known to apply; one that may apply is enough",
        _ => "",
    };
    title(trees.page, "denies", remark);
    let roots: Vec<(&ReasonText, Polarity)> = apply.chain(may).chain(idle).collect();
    trees.draw(&roots);
}

fn bullets(page: &mut PageWriter, name: &str, texts: &[String]) {
    if texts.is_empty() {
        return;
    }
    title(page, name, "");
    for text in texts.iter().take(page.max_items) {
        page.paragraph(&[whole(Paint::Quiet, "  - ")], "    ", &[prose(text)]);
    }
    page.more(texts.len());
}

/// Obligations or advice: the name of the section and of an element in it. With `general`, notices about the subject alone are shown in full
/// too.
fn notices(page: &mut PageWriter, notes: &mut Notes, (name, element): (&str, &str), notices: &[NoticeText], general: bool) {
    if notices.is_empty() {
        return;
    }
    title(page, name, "");
    let (full, brief): (Vec<&NoticeText>, Vec<&NoticeText>) = notices.iter().partition(|notice| general || !notice.general);
    let mut shown = full.into_iter().take(page.max_items).peekable();
    while let Some(notice) = shown.next() {
        page.paragraph(&[whole(Paint::Quiet, "  - ")], "    ", &[prose(&notice.text)]);
        if shown.peek().is_some_and(|next| next.name == notice.name) {
            continue;
        }
        let mut origin = vec![piece(Paint::Quiet, &notice.name), piece(Paint::Quiet, ", ")];
        origin.extend(page.references(std::slice::from_ref(&notice.place), &notice.claims));
        page.paragraph(&[whole(Paint::Plain, "    ")], "    ", &origin);
        notes.keep(&format!("{element} {}", notice.name), notice.note.as_ref());
    }
    for notice in brief.into_iter().take(page.max_items) {
        let mut body = vec![piece(Paint::Quiet, "in general: "), piece(Paint::Quiet, &notice.name), piece(Paint::Quiet, ", ")];
        body.extend(page.references(std::slice::from_ref(&notice.place), &notice.claims));
        page.paragraph(&[whole(Paint::Quiet, "  - ")], "    ", &body);
    }
    page.more(notices.len());
}

/// The note of an author on the element above.
fn note(page: &mut PageWriter, margin: &str, note: Option<&String>) {
    if let Some(text) = note {
        page.paragraph(&[whole(Paint::Plain, margin)], margin, &[piece(Paint::Quiet, "note: "), prose(text)]);
    }
}

fn toggles(page: &mut PageWriter, notes: &mut Notes, toggles: &[ToggleText]) {
    if toggles.is_empty() {
        return;
    }
    title(page, "toggles", "");
    for toggle in toggles.iter().take(page.max_items) {
        let (state, paint) = if toggle.on { ("on ", Paint::Yes) } else { ("off", Paint::No) };
        let first = [whole(Paint::Plain, "  "), whole(paint, state), whole(Paint::Plain, " ")];
        let mut body = vec![piece(Paint::Plain, &format!("{} ({}", toggle.name, toggle.status))];
        if !toggle.claims.is_empty() {
            body.extend([piece(Paint::Quiet, ", "), piece(Paint::Claim, &page.bounded(&toggle.claims, " "))]);
        }
        body.push(piece(Paint::Plain, ")"));
        if let Some(title) = &toggle.title {
            body.extend([piece(Paint::Plain, ": "), prose(title)]);
        }
        page.paragraph(&first, "      ", &body);
        notes.keep(&format!("toggle {}", toggle.name), toggle.note.as_ref());
    }
    page.more(toggles.len());
}

fn claims(page: &mut PageWriter, claims: &[ClaimText]) {
    let (deciding, others): (Vec<&ClaimText>, Vec<&ClaimText>) = claims.iter().partition(|claim| claim.decides);
    cited(page, "claims", "", &deciding, true);
    cited(page, "other claims", "cited only by obligations, advice and toggles", &others, true);
}

/// Claims with their texts, and `in_full` with their documents and notes.
pub(super) fn cited(page: &mut PageWriter, name: &str, about: &str, claims: &[&ClaimText], in_full: bool) {
    if claims.is_empty() {
        return;
    }
    title(page, name, about);
    let column = column(claims.iter().map(|claim| claim.id.as_str()));
    let margin = " ".repeat(column);
    for claim in claims {
        page.paragraph(&[named(Paint::Claim, &claim.id, column)], &margin, &[prose(&claim.text)]);
        if !in_full {
            continue;
        }
        let documents: Vec<String> = claim.documents.iter().map(|document| document.name.clone()).collect();
        if !documents.is_empty() {
            page.paragraph(&[whole(Paint::Plain, &margin)], &margin, &[piece(Paint::Quiet, &page.bounded(&documents, ", "))]);
        }
        note(page, &margin, claim.note.as_ref());
    }
}

/// The documents of all claims, each once.
fn documents(page: &mut PageWriter, claims: &[ClaimText]) {
    let documents: BTreeMap<&str, &DocumentText> =
        claims.iter().flat_map(|claim| &claim.documents).map(|document| (document.name.as_str(), document)).collect();
    if documents.is_empty() {
        return;
    }
    title(page, "documents", "");
    let column = column(documents.keys().copied());
    for document in documents.values() {
        let about: Vec<String> = document.date.iter().chain(&document.locale).cloned().collect();
        let mut body = Vec::new();
        if let Some(title) = &document.title {
            body.extend([prose(title), piece(Paint::Plain, " ")]);
        }
        if !about.is_empty() {
            body.push(piece(Paint::Quiet, &format!("({})", about.join(", "))));
        }
        if let Some(url) = &document.url {
            body.extend([piece(Paint::Plain, " "), piece(Paint::Quiet, url)]);
        }
        page.paragraph(&[named(Paint::Quiet, &document.name, column)], &" ".repeat(column), &body);
    }
}

/// The exports of which the world was made.
fn sources(page: &mut PageWriter, sources: &[ExportText]) {
    title(page, "sources", if sources.is_empty() { "the world does not name the exports it was made from" } else { "" });
    for source in sources {
        let mut body = vec![piece(Paint::Plain, &source.file)];
        if let Some(captured) = &source.captured {
            body.push(piece(Paint::Quiet, &format!(" (captured {captured})")));
        }
        page.paragraph(&[whole(Paint::Plain, "  ")], "    ", &body);
        if let Some(sha256) = &source.sha256 {
            page.paragraph(&[whole(Paint::Plain, "    ")], "    ", &[piece(Paint::Quiet, &format!("sha256 {sha256}"))]);
        }
    }
    let lacks: BTreeSet<&str> = sources.iter().flat_map(|source| &source.lacks).map(String::as_str).collect();
    super::list::taken_as_absent(page, lacks);
}

/// The width of a column of names, with the spaces around it.
fn column<'a>(names: impl Iterator<Item = &'a str>) -> usize {
    2 + names.map(|name| name.chars().count()).filter(|&width| width <= MAX_NAME_COLUMN).max().unwrap_or(0) + 2
}

fn named(paint: Paint, name: &str, column: usize) -> Piece {
    let width = column - 2;
    whole(paint, &format!("  {name:<width$}", width = width.max(name.chars().count() + 2)))
}
