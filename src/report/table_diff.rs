//! How a published table differs from the pack's, for people.

use super::layout::{PageWriter, piece, prose, whole};
use super::palette::Paint;
use super::text::Style;
use crate::wording::{TableDiffText, TableLineText};

/// The most differences of one sort that are shown; the others are counted.
const MOST: usize = 200;

/// The differences: columns, rows, cells, and how many there are.
pub fn text(diff: &TableDiffText, style: &Style) -> String {
    let mut page = PageWriter::new(style.color, style.width);
    for (title, lines) in [("Columns", &diff.columns), ("Rows", &diff.rows), ("Cells", &diff.cells)] {
        if lines.is_empty() {
            continue;
        }
        page.gap();
        page.paragraph(&[], "", &[piece(Paint::Title, title)]);
        lines.iter().take(MOST).for_each(|line| one(&mut page, line));
        if lines.len() > MOST {
            page.more(lines.len() - MOST);
        }
    }
    page.gap();
    page.paragraph(&[], "", &[prose(&diff.summary)]);
    page.into_text()
}

fn one(page: &mut PageWriter, line: &TableLineText) {
    let places: Vec<String> = line.places.iter().map(ToString::to_string).collect();
    page.paragraph(&[whole(Paint::Plain, "  ")], "    ", &[prose(&line.says), piece(Paint::Quiet, &format!(" ({})", places.join(", ")))]);
}
