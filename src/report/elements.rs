//! Elements of a pack for people: lists, and one with all that is said of it.

use super::layout::{PageWriter, piece, prose, whole};
use super::palette::Paint;
use super::text::Style;
use crate::diag::phrases::counted_or_no;
use crate::query::elements::ElementSort;
use crate::text::Place;
use crate::wording::elements::{ElementText, TestedBy};
use unicode_width::UnicodeWidthStr as _;

/// The greatest width of a column of names.
const MAX_COLUMN: usize = 36;

/// An element in a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ElementRow {
    /// What it is.
    pub sort: ElementSort,
    /// Its name.
    pub name: String,
    /// What it is about, in a few words.
    pub brief: String,
    /// Where it is declared.
    pub place: Place,
}

/// Elements, those of a sort together. The rows are in the order of sorts.
pub fn list(rows: &[ElementRow], style: &Style) -> String {
    let mut page = PageWriter::new(style.color, style.width);
    for rows in rows.chunk_by(|one, other| one.sort == other.sort) {
        page.gap();
        page.paragraph(&[], "", &[piece(Paint::Title, &counted(rows.len(), rows[0].sort))]);
        let column = rows.iter().map(|row| row.name.width()).filter(|&width| width <= MAX_COLUMN).max().unwrap_or(MAX_COLUMN);
        let margin = " ".repeat(column + 4);
        for row in rows {
            let name = format!("  {:column$}  ", row.name);
            page.paragraph(&[whole(Paint::Plain, &name)], &margin, &[prose(&row.brief)]);
        }
    }
    page.into_text()
}

/// How many elements of each sort a pack has.
pub fn counts(counts: &[(ElementSort, usize)], style: &Style) -> String {
    let mut page = PageWriter::new(style.color, style.width);
    for &(sort, count) in counts {
        page.paragraph(&[], "", &[piece(Paint::Plain, &self::counted(count, sort))]);
    }
    page.into_text()
}

fn counted(count: usize, sort: ElementSort) -> String {
    match sort {
        ElementSort::Advice if count == 1 => "1 piece of advice".to_owned(),
        ElementSort::Advice if count > 1 => format!("{count} pieces of advice"),
        sort => counted_or_no(count, sort.name()),
    }
}

/// An element: what it says, what is beside it, its claims and its tests.
pub fn one(element: &ElementText, style: &Style) -> String {
    let mut page = PageWriter::new(style.color, style.width);
    let place = element.place.as_ref().map(|place| format!(" ({place})")).unwrap_or_default();
    page.paragraph(&[], "", &[piece(Paint::Title, &element.name), piece(Paint::Quiet, &place)]);
    element.title.iter().for_each(|title| page.paragraph(&[whole(Paint::Plain, "  ")], "  ", &[prose(title)]));
    section(&mut page, "What it says", element.says.iter().map(|says| (String::new(), says.clone())));
    section(&mut page, "What is beside it", element.beside.iter().map(|(how, names)| (format!("{how} "), names.join(", "))));
    section(&mut page, "Claims", element.claims.iter().map(|(id, text)| (format!("{id}: "), text.clone())));
    section(&mut page, "Note", element.note.iter().map(|note| (String::new(), note.clone())));
    let (title, tests, none) = match &element.tested_by {
        TestedBy::Covering(entries) => ("Tests that cover it", entries, "no test covers it"),
        TestedBy::Naming(suites) => {
            ("Suites that name it, or an action that it is about", suites, "no suite names it, nor an action that it is about")
        }
    };
    let more = tests.len().saturating_sub(MOST_TESTS);
    let more = (more > 0).then(|| format!("and {more} more; `--format json` lists all"));
    section(&mut page, title, tests.iter().take(MOST_TESTS).cloned().chain(more).map(|test| (String::new(), test)));
    if tests.is_empty() {
        page.gap();
        page.paragraph(&[], "", &[piece(Paint::Doubt, none)]);
    }
    page.into_text()
}

/// The most tests of an element that are shown to people.
const MOST_TESTS: usize = 12;

/// A title with lines below it, each with a word before it; nothing if there is no line.
fn section(page: &mut PageWriter, title: &str, lines: impl Iterator<Item = (String, String)>) {
    let mut lines = lines.peekable();
    if lines.peek().is_none() {
        return;
    }
    page.gap();
    page.paragraph(&[], "", &[piece(Paint::Title, title)]);
    lines.for_each(|(before, text)| page.paragraph(&[whole(Paint::Plain, "  ")], "    ", &[piece(Paint::Quiet, &before), prose(&text)]));
}
