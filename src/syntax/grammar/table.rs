//! The grammar of markdown tables as they are pasted from vendors' pages: quoted, padded, with or without outer bars, and with prose
//! around them.

use super::{Embedded, cell};
use crate::diag::phrases::counted;
use crate::diag::{Code, Diagnostic};
use crate::syntax::ast::{Grid, GridRow, Text};
use crate::text::{Span, Spanned};
use nom::branch::alt;
use nom::bytes::complete::take_while1;
use nom::character::complete::{anychar, char, space0};
use nom::combinator::{all_consuming, opt, recognize};
use nom::multi::{many0_count, separated_list1};
use nom::sequence::preceded;
use nom::{IResult, Parser};
use std::collections::BTreeMap;

/// The most rows of a table.
const ROWS: usize = 10_000;
/// The most columns of a table.
const COLUMNS: usize = 1_000;

/// Parses the one table of a text. Without a table the grid is empty, and a diagnostic says why.
pub fn grid(source: &Embedded) -> (Grid, Vec<Diagnostic>) {
    let lines: Vec<TextLine> = lines(source.text).collect();
    let mut grid = Grid { span: source.span, headers: Vec::new(), rows: Vec::new() };
    let Some(dashes) = (0..lines.len()).find(|&at| is_head(&lines, at)) else {
        return (grid, vec![no_table(source, &lines)]);
    };
    let mut diagnostics = Vec::new();
    let header = &lines[dashes - 1];
    if header.cells.len() > COLUMNS {
        let headline = format!("the table has more than {COLUMNS} columns");
        diagnostics.push(Diagnostic::new(Code::TooLong, headline, header.span(source), format!("{} columns", header.cells.len())));
        return (grid, diagnostics);
    }
    grid.headers = header.texts(source);
    headers_once(&grid.headers, &mut diagnostics);
    if lines[dashes].cells.len() != header.cells.len() {
        diagnostics.push(ragged("row of dashes", &lines[dashes], header, source));
    }
    let body = &lines[dashes + 1..];
    let mut end = body.iter().take_while(|line| line.is_row()).count();
    let second = (dashes + 1..lines.len()).find(|&at| is_head(&lines, at));
    if let Some(second) = second {
        // A second row of dashes right below the first has no header of its own.
        end = end.min((second - dashes).saturating_sub(2));
        let diagnostic = Diagnostic::new(Code::TableSyntax, "two tables in one grid", lines[second - 1].span(source), "the second")
            .and(header.span(source), "the first");
        diagnostics.push(diagnostic.help("give each a table of its own"));
    }
    // A row outside the table would be a grant that is silently lost. Prose may have a bar too, so not every bar makes a row.
    let outside =
        |line: &&TextLine| line.has_leading_bar && line.is_row() || !header.has_leading_bar && line.cells.len() == header.cells.len();
    let after = if second.is_some() { &[][..] } else { &body[end..] };
    if let Some(stray) = lines[..dashes - 1].iter().chain(after).find(outside) {
        let diagnostic = Diagnostic::new(Code::TableSyntax, "the row belongs to no table", stray.span(source), "outside the table");
        diagnostics.push(diagnostic.help("a blank line or prose ends a table: remove what stands between"));
    }
    if end == 0 {
        diagnostics.push(Diagnostic::new(Code::TableSyntax, "the table has no rows", lines[dashes].span(source), "nothing follows"));
    }
    if end > ROWS {
        let headline = format!("the table has more than {ROWS} rows");
        diagnostics.push(Diagnostic::new(Code::TooLong, headline, body[ROWS].span(source), "the first too many"));
    }
    for line in &body[..end.min(ROWS)] {
        if line.cells.len() != header.cells.len() {
            diagnostics.push(ragged("row", line, header, source));
        }
        let mut cells = line.texts(source);
        let last = line.span(source);
        cells.resize_with(grid.headers.len(), || Spanned::new(String::new(), Span { start: last.end, ..last }));
        grid.rows.push(GridRow { span: line.span(source), cells });
    }
    (grid, diagnostics)
}

/// A line of the text, without the quotation marks `>` before it.
pub(super) struct TextLine<'a> {
    start: usize,
    text: &'a str,
    has_leading_bar: bool,
    /// The texts between the bars, with their offsets in the line; empty if the line has no bar.
    pub(super) cells: Vec<(usize, &'a str)>,
}

/// The lines of a grid.
pub(super) fn lines(text: &str) -> impl Iterator<Item = TextLine<'_>> {
    let mut next = 0;
    text.split_inclusive('\n').map(move |line| {
        let inner = line.trim_start_matches(|c: char| c == '>' || c.is_whitespace());
        let start = next + line.len() - inner.len();
        next += line.len();
        TextLine::new(start, inner.trim_end())
    })
}

impl<'a> TextLine<'a> {
    fn new(start: usize, text: &'a str) -> TextLine<'a> {
        let cells: Vec<&str> = row(text).map(|(_, cells)| cells).unwrap_or_default();
        let place = |cell: &'a str| (nom::Offset::offset(text, cell), cell);
        let mut cells: Vec<_> = cells.into_iter().map(place).collect();
        let has_leading_bar = text.starts_with('|');
        if cells.len() == 1 && !has_leading_bar {
            cells.clear();
        }
        // The text after the last bar is a cell only if it is not empty.
        if cells.len() > 1 && cells.last().is_some_and(|(_, cell)| cell.is_empty()) {
            cells.pop();
        }
        TextLine { start, text, has_leading_bar, cells }
    }

    /// Whether it has cells.
    pub(super) fn is_row(&self) -> bool {
        !self.cells.is_empty()
    }

    /// Whether all its cells are dashes.
    pub(super) fn is_dashes(&self) -> bool {
        let is_dashes = |cell: &str| {
            let cell = cell.trim();
            let cell = cell.strip_prefix(':').unwrap_or(cell);
            let cell = cell.strip_suffix(':').unwrap_or(cell);
            !cell.is_empty() && cell.bytes().all(|byte| byte == b'-')
        };
        self.is_row() && self.cells.iter().all(|(_, cell)| is_dashes(cell))
    }

    fn span(&self, source: &Embedded) -> Span {
        source.part(self.start, self.start + self.text.len())
    }

    fn texts(&self, source: &Embedded) -> Vec<Text> {
        let text = |&(at, raw): &(usize, &str)| {
            let start = self.start + at;
            let trimmed = raw.trim();
            let from = start + raw.len() - raw.trim_start().len();
            let bar = (start + raw.len(), (start + raw.len() + 1).min(self.start + self.text.len()));
            let (from, to) = if trimmed.is_empty() { bar } else { (from, from + trimmed.len()) };
            Spanned::new(cell::plain(raw), source.part(from, to))
        };
        self.cells.iter().map(text).collect()
    }
}

/// The cells of a row. A bar after a backslash belongs to its cell.
fn row(input: &str) -> IResult<&str, Vec<&str>, ()> {
    let escaped = recognize((char('\\'), anychar));
    let cell = recognize(many0_count(alt((escaped, take_while1(|c| c != '|' && c != '\\'), recognize(char('\\'))))));
    all_consuming(preceded((space0, opt(char('|'))), separated_list1(char('|'), cell))).parse(input)
}

/// Whether the line `at` is the row of dashes under a header.
pub(super) fn is_head(lines: &[TextLine], at: usize) -> bool {
    lines[at].is_dashes() && at > 0 && lines[at - 1].is_row()
}

fn no_table(source: &Embedded, lines: &[TextLine]) -> Diagnostic {
    let help = "a table is a header row, a row of dashes such as `| - | - |`, then rows";
    let (headline, span, label) = match lines.iter().position(TextLine::is_row) {
        Some(at) if lines[at].is_dashes() => ("the table has no header", lines[at].span(source), "nothing stands above"),
        Some(at) => match lines.get(at + 1).filter(|line| line.is_row()) {
            Some(next) => ("expected a row of dashes under the header", next.span(source), "found this row"),
            None => ("expected a row of dashes under the header", lines[at].span(source), "the header"),
        },
        None => ("the grid holds no table", source.span, ""),
    };
    Diagnostic::new(Code::TableSyntax, headline, span, label).help(help)
}

fn ragged(what: &str, line: &TextLine, header: &TextLine, source: &Embedded) -> Diagnostic {
    let cells = |count: usize| counted(count, "cell");
    let (found, wanted) = (line.cells.len(), header.cells.len());
    let headline = format!("the {what} has {}, the header {wanted}", cells(found));
    let diagnostic = Diagnostic::new(Code::TableRagged, headline, line.span(source), cells(found));
    let diagnostic = diagnostic.and(header.span(source), cells(wanted));
    let help =
        if found > wanted { "a `|` inside a cell is written `\\|`" } else { "add the missing cells: a blank cell needs its `|` too" };
    diagnostic.help(help)
}

/// Headers identify their columns, so they differ; those of label columns may be empty.
fn headers_once(headers: &[Text], diagnostics: &mut Vec<Diagnostic>) {
    let mut seen: BTreeMap<&str, Span> = BTreeMap::new();
    for header in headers.iter().filter(|header| !header.value.is_empty()) {
        if let Some(first) = seen.insert(&header.value, header.span) {
            let headline = format!("two columns have the header `{}`", header.value);
            diagnostics.push(Diagnostic::new(Code::TableSyntax, headline, header.span, "the second").and(first, "the first"));
        }
    }
}
