//! Tables on the pages of vendors, in Markdown and in HTML.
//!
//! * `markdown` and `html` find the tables of a page, and the headings above them.
//! * `matrix` reads a table as roles and actions, and says what in it is none.
//!
//! The cells of Markdown are read by the grammar of a pack's `grid`, so that a pack reads a table as it is read here.

mod html;
mod markdown;
mod matrix;

pub use matrix::{Matrix, MatrixCell, MatrixRow, matrix};

use super::ast::{Grid, Text};
use super::grammar::{Embedded, StringForm, grid, plain};
use crate::diag::{Code, Diagnostic};
use crate::text::{FileId, Span, Spanned};
use std::ops::Range;

/// A table of a page.
#[derive(Clone, Debug)]
pub struct PublishedTable {
    /// The nearest heading above it.
    pub heading: Option<Text>,
    /// Its place.
    pub span: Span,
    /// Its cells.
    pub grid: Grid,
    /// The mistakes in its form.
    pub diagnostics: Vec<Diagnostic>,
}

/// Where a heading is, and where its text is.
struct HeadingAt {
    start: usize,
    text: Range<usize>,
}

/// The tables of a page, in its order. `html` says that the page is HTML; a page in Markdown may have tables of both forms.
pub fn published_tables(file: FileId, text: &str, html: bool) -> Vec<PublishedTable> {
    let markdown = if html { markdown::Found::default() } else { markdown::find(text) };
    let is_elsewhere = |at: usize| markdown.tables.iter().chain(&markdown.code).any(|range| range.contains(&at));
    let found = html::find(text);
    let mut headings = markdown.headings;
    headings.extend(found.headings.into_iter().filter(|heading| !markdown.code.iter().any(|code| code.contains(&heading.start))));
    headings.sort_by_key(|heading| heading.start);
    let mut tables: Vec<PublishedTable> = markdown.tables.iter().map(|range| of_markdown(file, text, range)).collect();
    let mut copies = html::COPIES;
    let of_html = found.tables.iter().filter(|table| !is_elsewhere(table.range.start));
    tables.extend(of_html.map(|table| html::read(file, text, table, &mut copies)));
    tables.sort_by_key(|table| table.span.start);
    for table in &mut tables {
        let above = headings.partition_point(|heading| heading.start < table.span.start as usize);
        table.heading = above.checked_sub(1).map(|at| {
            let range = headings[at].text.clone();
            Spanned::new(plain(&text[range.clone()]), Span::new(file, range.start, range.end))
        });
    }
    tables
}

fn of_markdown(file: FileId, text: &str, range: &Range<usize>) -> PublishedTable {
    let span = Span::new(file, range.start, range.end);
    let (grid, diagnostics) = grid(&Embedded { text: &text[range.clone()], span, writing: StringForm::Plain });
    PublishedTable { heading: None, span, grid, diagnostics }
}

/// The mistake of a page that has no table: what looks like one, and what is missing there.
pub fn no_table(file: FileId, text: &str) -> Diagnostic {
    let whole = Span::new(file, 0, text.len());
    let (_, diagnostics) = grid(&Embedded { text, span: whole, writing: StringForm::Plain });
    let nearly = diagnostics.into_iter().find(|mistake| mistake.labels.first().is_some_and(|label| label.span != whole));
    nearly.unwrap_or_else(|| {
        let first = Span::new(file, 0, text.find('\n').unwrap_or(text.len()));
        let none = Diagnostic::new(Code::TableSyntax, "the file has no table", first, "neither here nor below");
        none.help(
            "a table is rows of cells between bars (`|`) under a row of dashes, or `<table>` of HTML; a picture of one cannot be read",
        )
    })
}
