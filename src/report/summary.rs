//! A short answer for people, on one screen: the verdict, why, what follows, how to turn it, and the claims by their names.

use super::layout::{PageWriter, Piece, columns, piece, prose, whole};
use super::palette::Paint;
use super::text::{MIN_WIDTH, Style, cited, headline};
use crate::text::Place;
use crate::wording::{ClaimText, Mark, SummaryLine, SummaryText, SummaryTurn, TurningLine};
use std::collections::BTreeMap;
use std::sync::Arc;
use unicode_width::UnicodeWidthStr as _;

/// The margin of the details of a way.
const DETAILS: &str = "       ";

/// The margin of the second line, below the verdict.
const ABOUT: &str = "      ";

/// The whole page. Its claims are in full after it if `claims` are given.
pub fn render(summary: &SummaryText, claims: Option<&[ClaimText]>, style: &Style) -> String {
    let mut page = ShortPage { page: PageWriter::new(style.color, style.width.max(MIN_WIDTH)), files: Files::default() };
    page.head(summary);
    for (index, section) in summary.sections.iter().enumerate() {
        if index == 0 {
            page.page.gap();
        }
        page.section(&section.title, &section.lines);
        section.lines.iter().for_each(|line| page.line(line));
        section.closing.iter().for_each(|text| page.sentence("  ", text));
    }
    if !summary.remarks.is_empty() || summary.sections.is_empty() {
        page.page.gap();
    }
    if !summary.remarks.is_empty() || !summary.notices.is_empty() {
        summary.remarks.iter().for_each(|text| page.sentence("", text));
        summary.notices.iter().for_each(|line| page.line(line));
    }
    if let Some(turn) = &summary.turn {
        page.turn(turn);
    }
    page.sources(&summary.claims, claims.is_some());
    let mut page = page.page;
    if let Some(claims) = claims {
        let used: Vec<&ClaimText> = claims.iter().filter(|claim| summary.claims.contains(&claim.id)).collect();
        cited(&mut page, "claims", "", &used, false);
    }
    page.into_text()
}

struct ShortPage {
    page: PageWriter,
    files: Files,
}

impl ShortPage {
    fn head(&mut self, summary: &SummaryText) {
        headline(&mut self.page, summary.word, &summary.answer);
        let about = summary.about.join(" · ");
        self.page.paragraph(&[whole(Paint::Plain, ABOUT)], ABOUT, &[piece(Paint::Quiet, &about)]);
        for fact in &summary.assuming {
            self.page.paragraph(&[whole(Paint::Plain, ABOUT)], ABOUT, &[piece(Paint::Quiet, "assuming "), piece(Paint::Doubt, fact)]);
        }
        for remark in &summary.asked {
            self.page.paragraph(&[whole(Paint::Plain, ABOUT)], ABOUT, &[prose(remark)]);
        }
    }

    fn title(&mut self, title: &str) {
        self.page.paragraph(&[], "", &[piece(Paint::Title, title)]);
    }

    /// The title of a section, with the file of its first fact, unless it is named already.
    fn section(&mut self, title: &str, lines: &[SummaryLine]) {
        let mut files = lines.iter().flat_map(|line| line.places.iter().take(MAX_PLACES)).filter(|place| place.from.is_none());
        let fits = |place: &&Place| title.width() + 2 + place.file.width() <= self.page.room(0).min(MAX_ALIGNED);
        let file = files.next().filter(fits).and_then(|place| self.files.introduce(&place.file));
        let references: Vec<Piece> = file.iter().map(|file| piece(Paint::Quiet, file)).collect();
        self.page.aligned(&[], "", &[piece(Paint::Title, title)], &references);
    }

    fn sentence(&mut self, margin: &str, text: &str) {
        self.page.paragraph(&[whole(Paint::Plain, margin)], margin, &[prose(text)]);
    }

    /// A sentence after its mark, with its places and claims at the right, if they fit beside it.
    fn line(&mut self, line: &SummaryLine) {
        let (glyph, paint) = match line.mark {
            Mark::Met => ("✓", Paint::Yes),
            Mark::Unmet => ("✗", Paint::Stop),
            Mark::Unknown => ("?", Paint::Doubt),
            Mark::Derived => ("→", Paint::Plain),
            Mark::Obligation => ("!", Paint::Doubt),
            Mark::Notice => ("·", Paint::Quiet),
        };
        let first = [whole(Paint::Plain, "  "), whole(paint, glyph), whole(Paint::Plain, " ")];
        let places = self.places(&line.places);
        let body = [prose(&line.says)];
        let claims = self.page.fitting(&first, "    ", &body, (&places, &line.claims));
        let space = if places.is_empty() || claims.is_empty() { "" } else { "  " };
        let references = [piece(Paint::Quiet, &places), whole(Paint::Plain, space), piece(Paint::Claim, &claims)];
        let references: Vec<Piece> = references.into_iter().filter(|piece| columns(std::slice::from_ref(piece)) > 0).collect();
        self.page.aligned(&first, "    ", &body, &references);
    }

    fn places(&mut self, places: &[Place]) -> String {
        let mut texts: Vec<String> = places.iter().take(MAX_PLACES).map(|place| self.files.mention(place)).collect();
        texts.dedup();
        if places.len() > MAX_PLACES {
            texts.push(format!("and {} more", places.len() - MAX_PLACES));
        }
        texts.join(", ")
    }

    fn turn(&mut self, turn: &SummaryTurn) {
        if !turn.find_out.is_empty() {
            self.page.gap();
            self.title("To find out");
            turn.find_out.iter().for_each(|line| self.line(line));
        }
        if turn.is_empty() {
            return;
        }
        self.page.gap();
        self.title(&turn.title);
        for (index, way) in turn.ways.iter().enumerate() {
            if let Some(heading) = &way.heading {
                self.sentence("  ", heading);
            }
            for (step, line) in way.lines.iter().enumerate() {
                let lead = if step == 0 { format!("  {}  ", index + 1) } else { "     then ".to_owned() };
                self.change(&lead, line);
            }
        }
        turn.remarks.iter().for_each(|line| self.line(line));
    }

    /// A change, and how it comes about: on the same line if there is room, else below it.
    fn change(&mut self, lead: &str, line: &TurningLine) {
        let first = [whole(Paint::Title, lead)];
        let with_keeper = line.keeper.iter().chain(&line.details).map(String::as_str).collect::<Vec<_>>().join(" · ");
        let fits = with_keeper.width() + DETAILS.width() <= self.page.room(0);
        let details = if fits { with_keeper } else { line.details.join(" · ") };
        let body = [piece(Paint::Plain, &line.change)];
        if columns(&first) + columns(&body) + 3 + columns(&[piece(Paint::Quiet, &details)]) <= self.page.room(0) {
            let separator = if details.is_empty() { "" } else { "   " };
            let body = [piece(Paint::Plain, &line.change), whole(Paint::Plain, separator), piece(Paint::Quiet, &details)];
            return self.page.paragraph(&first, DETAILS, &body);
        }
        self.page.paragraph(&first, DETAILS, &body);
        if !details.is_empty() {
            self.page.paragraph(&[whole(Paint::Plain, DETAILS)], DETAILS, &[piece(Paint::Quiet, &details)]);
        }
    }

    fn sources(&mut self, claims: &[String], listed: bool) {
        let mut body = Vec::new();
        if !claims.is_empty() {
            body.extend([piece(Paint::Title, "Sources "), piece(Paint::Claim, &claims.join(" ")), piece(Paint::Quiet, " · ")]);
        }
        let long = "--claims for their sentences, --full for all";
        let options = match listed || claims.is_empty() {
            true => "--full for all",
            false if columns(&body) + long.len() <= self.page.room(0) => long,
            false => "--claims, --full",
        };
        body.push(piece(Paint::Quiet, options));
        self.page.paragraph(&[], "", &body);
    }
}

/// The most places of one fact.
const MAX_PLACES: usize = 4;

/// The files that a page has named.
#[derive(Default)]
struct Files {
    /// The file that was named last.
    last: Option<Arc<str>>,
    /// For each file that was named, its name without its folder, which is `None` if another file that was named has the same one.
    named: BTreeMap<Arc<str>, String>,
}

impl Files {
    /// The name of a file, if no file was named before.
    fn introduce(&mut self, file: &Arc<str>) -> Option<String> {
        if self.last.is_some() {
            return None;
        }
        self.named.insert(Arc::clone(file), base(file));
        self.last = Some(Arc::clone(file));
        Some(file.to_string())
    }

    /// A place: in full where its file is named first, then by its line, after the last part of the file's name if another file was named
    /// between.
    fn mention(&mut self, place: &Place) -> String {
        if place.from.is_some() {
            return place.to_string();
        }
        let base = base(&place.file);
        let known = self.named.contains_key(&place.file);
        let is_last = self.last.as_ref() == Some(&place.file);
        let is_alone = self.named.iter().all(|(file, name)| *file == place.file || *name != base);
        let text = match (known, is_last, is_alone) {
            (true, true, _) => format!(":{}", place.line),
            (true, false, true) => format!("{base}:{}", place.line),
            _ => place.to_string(),
        };
        self.named.insert(Arc::clone(&place.file), base);
        self.last = Some(Arc::clone(&place.file));
        text
    }
}

/// The last part of a file's name.
fn base(file: &str) -> String {
    file.rsplit(['/', '\\']).next().unwrap_or(file).to_owned()
}

impl PageWriter {
    /// The claims that fit beside the last line of a paragraph and its places, with `…` for the others; all are at the end of the page.
    fn fitting(&self, first: &[Piece], rest: &str, body: &[Piece], (places, claims): (&str, &[String])) -> String {
        let mut room = self.room(0).min(MAX_ALIGNED).saturating_sub(self.end(first, rest, body) + 2);
        if places.width() > room {
            room = self.room(0).min(MAX_ALIGNED).saturating_sub(rest.width());
        }
        let room = room.saturating_sub(places.width() + if places.is_empty() { 0 } else { 2 });
        let all = claims.join(" ");
        if all.width() <= room {
            return all;
        }
        let cut = (1..claims.len()).rev().map(|count| format!("{} …", claims[..count].join(" ")));
        // Where not even one fits there, all are on a line of their own.
        let own_line = self.room(0).min(MAX_ALIGNED).saturating_sub(rest.width());
        cut.into_iter().find(|cut| cut.width() <= room).unwrap_or(if all.width() <= own_line { all } else { String::new() })
    }

    /// Where the last line of a paragraph ends.
    fn end(&self, first: &[Piece], rest: &str, body: &[Piece]) -> usize {
        let used = columns(first) + columns(body);
        if used <= self.room(0) { used } else { rest.width() + self.last_line(first, rest, body) }
    }

    /// A paragraph with references at the right edge of its last line if they fit there, else at the right edge of a line of their own.
    fn aligned(&mut self, first: &[Piece], rest: &str, body: &[Piece], references: &[Piece]) {
        if references.is_empty() {
            return self.paragraph(first, rest, body);
        }
        let used = self.end(first, rest, body);
        let width = self.room(0).min(MAX_ALIGNED);
        let space = |used: usize| " ".repeat(width.saturating_sub(used + columns(references)));
        if used + 2 + columns(references) <= width {
            let mut line = body.to_vec();
            line.push(whole(Paint::Plain, &space(used)));
            line.extend_from_slice(references);
            return self.paragraph(first, rest, &line);
        }
        self.paragraph(first, rest, body);
        let margin = if columns(references) + rest.width() <= width { space(0) } else { rest.to_owned() };
        self.paragraph(&[whole(Paint::Plain, &margin)], rest, references);
    }
}

/// The greatest width at which references stand at the right edge.
const MAX_ALIGNED: usize = 100;
