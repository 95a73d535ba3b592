//! Tables in HTML: rows, cells that span several, and two rows of headers.

use super::{HeadingAt, PublishedTable};
use crate::diag::phrases::counted;
use crate::diag::{Code, Diagnostic};
use crate::syntax::ast::{Grid, GridRow, Text};
use crate::syntax::grammar::plain;
use crate::text::{FileId, Span, Spanned};
use html5gum::{DefaultEmitter, StartTag, Token, Tokenizer};
use std::ops::Range;

/// The most columns, and the most rows that a cell may span.
const MOST: usize = 1_000;
/// The most rows of a table.
const ROWS: usize = 10_000;
/// The most bytes that cells which span several columns or rows may take beyond what is written, in a page.
pub(super) const COPIES: usize = 1 << 25;

/// What a page has.
#[derive(Default)]
pub(super) struct Found {
    pub(super) tables: Vec<TableAt>,
    pub(super) headings: Vec<HeadingAt>,
}

/// Where a table and its rows are.
pub(super) struct TableAt {
    pub(super) range: Range<usize>,
    rows: Vec<RowAt>,
}

struct RowAt {
    range: Range<usize>,
    cells: Vec<CellAt>,
}

struct CellAt {
    inner: Range<usize>,
    is_header: bool,
    columns: usize,
    rows: usize,
}

/// The tables and headings of a page. A table within a cell of another is a part of the cell.
pub(super) fn find(text: &str) -> Found {
    let mut found = Found::default();
    let (mut depth, mut open_cell, mut heading) = (0_usize, false, None);
    for token in Tokenizer::new_with_emitter(text, DefaultEmitter::<usize>::new_with_span()) {
        let Ok(token) = token;
        let (name, range, start) = match &token {
            Token::StartTag(tag) => (tag.name.as_slice(), tag.span.start..tag.span.end, Some(tag)),
            Token::EndTag(tag) => (tag.name.as_slice(), tag.span.start..tag.span.end, None),
            _ => continue,
        };
        match (name, start) {
            (b"h1" | b"h2" | b"h3" | b"h4" | b"h5" | b"h6", Some(_)) => heading = Some(range),
            (b"h1" | b"h2" | b"h3" | b"h4" | b"h5" | b"h6", None) => {
                let within = heading.take().map(|open: Range<usize>| HeadingAt { start: open.start, text: open.end..range.start });
                found.headings.extend(within.filter(|heading| heading.text.start <= heading.text.end));
            }
            (b"table", Some(_)) => {
                depth += 1;
                if depth == 1 {
                    found.tables.push(TableAt { range: range.start..text.len(), rows: Vec::new() });
                }
            }
            (b"table", None) => {
                if depth == 1 {
                    let Some(table) = found.tables.last_mut() else { continue };
                    table.close(range.start, &mut open_cell);
                    table.range.end = range.end;
                }
                depth = depth.saturating_sub(1);
            }
            _ if depth != 1 => {}
            (b"tr", start) => {
                let Some(table) = found.tables.last_mut() else { continue };
                table.close(range.start, &mut open_cell);
                if start.is_some() {
                    table.rows.push(RowAt { range, cells: Vec::new() });
                }
            }
            (b"td" | b"th" | b"thead" | b"tbody" | b"tfoot", start) => {
                let Some(table) = found.tables.last_mut() else { continue };
                table.close(range.start, &mut open_cell);
                if let (Some(tag), b"td" | b"th") = (start, name) {
                    table.open(tag, &range);
                    open_cell = true;
                }
            }
            _ => {}
        }
    }
    if let Some(table) = found.tables.last_mut().filter(|_| depth > 0) {
        table.close(text.len(), &mut open_cell);
    }
    found.tables.iter_mut().for_each(|table| table.rows.retain(|row| !row.cells.is_empty()));
    found
}

impl TableAt {
    /// Begins a cell. A cell outside a row begins one.
    fn open(&mut self, tag: &StartTag<usize>, range: &Range<usize>) {
        let span = |key: &[u8]| {
            let value = tag.attributes.get(key).and_then(|value| std::str::from_utf8(&value.value).ok()?.trim().parse::<usize>().ok());
            value.unwrap_or(1).clamp(1, MOST)
        };
        if self.rows.is_empty() {
            self.rows.push(RowAt { range: range.clone(), cells: Vec::new() });
        }
        let is_header = tag.name.as_slice() == b"th";
        let cell = CellAt { inner: range.end..range.end, is_header, columns: span(b"colspan"), rows: span(b"rowspan") };
        self.rows.last_mut().into_iter().for_each(|row| row.cells.push(CellAt { inner: cell.inner.clone(), ..cell }));
    }

    /// Ends the open cell, if there is one, and its row there.
    fn close(&mut self, at: usize, open_cell: &mut bool) {
        let Some(row) = self.rows.last_mut().filter(|_| std::mem::take(open_cell)) else { return };
        row.range.end = row.range.end.max(at);
        row.cells.last_mut().into_iter().for_each(|cell| cell.inner.end = at.max(cell.inner.start));
    }
}

/// A row whose cells stand in every column that they span.
struct WideRow {
    span: Span,
    cells: Vec<Text>,
    is_header: bool,
    /// One cell spans the whole row.
    is_one: bool,
}

/// Reads a table. The rows at its top that have headers alone are its header, their texts joined.
/// `copies` is what is left of [`COPIES`].
pub(super) fn read(file: FileId, text: &str, table: &TableAt, copies: &mut usize) -> PublishedTable {
    let span = Span::new(file, table.range.start, table.range.end);
    let mut rows = wide_rows(file, text, table, copies);
    let mut diagnostics = Vec::new();
    if *copies == 0 {
        let headline = "the cells of the page span too many columns and rows";
        diagnostics.push(Diagnostic::new(Code::TooLong, headline, span, "cut here at the latest").help("remove `colspan` and `rowspan`"));
    }
    if let Some(row) = rows.get(ROWS) {
        let headline = format!("the table has more than {ROWS} rows");
        diagnostics.push(Diagnostic::new(Code::TooLong, headline, row.span, "the first too many"));
    }
    rows.truncate(ROWS);
    let heads = rows.iter().take_while(|row| row.is_header).count().max(1).min(rows.len());
    let body = rows.split_off(heads);
    let width = rows.iter().map(|row| row.cells.len()).max().unwrap_or(0);
    let headers: Vec<Text> = (0..width).map(|at| header(&rows, at, span)).collect();
    if body.is_empty() {
        diagnostics.push(Diagnostic::new(Code::TableSyntax, "the table has no rows", span, "a header at most"));
    }
    let mut grid = Grid { span, headers, rows: Vec::new() };
    for row in body {
        if row.is_one && width > 1 {
            let headline = "one cell of the table spans a whole row";
            let whole = Diagnostic::new(Code::TableRagged, headline, row.span, "left out");
            diagnostics.push(whole.help("if it is a heading for the rows below, put it before them as a column of labels of their own"));
            continue;
        }
        if row.cells.len() != width {
            let headline = format!("the row has {}, the header {width}", counted(row.cells.len(), "cell"));
            diagnostics.push(Diagnostic::new(Code::TableRagged, headline, row.span, counted(row.cells.len(), "cell")));
        }
        let mut cells = row.cells;
        cells.resize_with(width, || Spanned::new(String::new(), row.span));
        grid.rows.push(GridRow { span: row.span, cells });
    }
    PublishedTable { heading: None, span, grid, diagnostics }
}

/// The header of a column: its texts from the top, each once.
fn header(rows: &[WideRow], column: usize, table: Span) -> Text {
    let mut texts: Vec<&Text> = rows.iter().filter_map(|row| row.cells.get(column)).filter(|text| !text.value.is_empty()).collect();
    texts.dedup_by(|next, before| next.value == before.value);
    let span = texts.last().map(|text| text.span).or_else(|| rows.first()?.cells.get(column).map(|text| text.span));
    let value = texts.iter().map(|text| text.value.as_str()).collect::<Vec<_>>().join(" / ");
    Spanned::new(value, span.unwrap_or(table))
}

/// The rows, with each cell in all columns and rows that it spans.
fn wide_rows(file: FileId, text: &str, table: &TableAt, copies: &mut usize) -> Vec<WideRow> {
    let mut copied = |text: &Text| {
        *copies = copies.saturating_sub(text.value.len() + size_of::<Text>());
        *copies > 0
    };
    let mut from_above: Vec<Option<(usize, Text)>> = Vec::new();
    let mut wide = Vec::with_capacity(table.rows.len());
    for row in table.rows.iter().take(ROWS + 1) {
        let mut cells: Vec<Text> = Vec::new();
        let mut given = row.cells.iter().peekable();
        while cells.len() < MOST {
            let at = cells.len();
            if let Some((left, above)) = from_above.get_mut(at).and_then(Option::take) {
                if !copied(&above) {
                    return wide;
                }
                cells.push(above.clone());
                from_above[at] = (left > 1).then_some((left - 1, above));
                continue;
            }
            let Some(cell) = given.next() else {
                // What spans rows from above may lie further to the right.
                if from_above.iter().skip(at).any(Option::is_some) {
                    cells.push(Spanned::new(String::new(), Span::new(file, row.range.end, row.range.end)));
                    continue;
                }
                break;
            };
            let value = cell_text(file, text, cell);
            for column in at..(at + cell.columns).min(MOST) {
                if from_above.len() <= column {
                    from_above.resize(column + 1, None);
                }
                if column > at && !copied(&value) {
                    return wide;
                }
                from_above[column] = (cell.rows > 1).then(|| (cell.rows - 1, value.clone()));
                cells.push(value.clone());
            }
        }
        let is_one = row.cells.len() == 1 && row.cells[0].columns > 1 && row.cells[0].columns == cells.len();
        let is_header = row.cells.iter().all(|cell| cell.is_header);
        wide.push(WideRow { span: Span::new(file, row.range.start, row.range.end), cells, is_header, is_one });
    }
    wide
}

fn cell_text(file: FileId, text: &str, cell: &CellAt) -> Text {
    let raw = text.get(cell.inner.clone()).unwrap_or("");
    let from = cell.inner.start + raw.len() - raw.trim_start().len();
    let trimmed = raw.trim();
    let (start, end) = if trimmed.is_empty() { (cell.inner.start, cell.inner.end) } else { (from, from + trimmed.len()) };
    Spanned::new(plain(raw), Span::new(file, start, end))
}
