//! How a published table differs from the pack's, and which tables a page has.

use crate::diag::phrases::{Limit, all_of, code, counted, counted_or_no, shorten};
use crate::policy::{Policy, Table};
use crate::query::tables::{Alignment, TableDiff};
use crate::syntax::{Mark, Matrix, PublishedTable};
use crate::text::{Place, Sources, Span};

/// How a published table differs from the pack's, in words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TableDiffText {
    /// How much differs.
    pub summary: String,
    /// Columns that are new, gone, renamed or elsewhere.
    pub columns: Vec<TableLineText>,
    /// Rows that are.
    pub rows: Vec<TableLineText>,
    /// Cells that differ.
    pub cells: Vec<TableLineText>,
}

/// A difference, and where it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TableLineText {
    /// What it is, for programs: `added`, `dropped`, `renamed`, `moved`, `granted`, `withdrawn`.
    pub change: &'static str,
    /// The sentence.
    pub says: String,
    /// Where: on the page, in the pack.
    pub places: Vec<Place>,
}

/// The words for a column or a row, and where it is.
type Labelled<'a> = &'a dyn Fn(usize) -> (String, Span);

/// The differences in words. `sources` has the page and the pack.
pub fn table_diff_text(policy: &Policy, table: &Table, published: &Matrix, diff: &TableDiff, sources: &Sources) -> TableDiffText {
    let column = |at: usize| (named(&published.roles[at].0.value), published.roles[at].0.span);
    let own_column = |at: usize| (named(&table.columns[at].label.value), table.columns[at].label.span);
    let row = |at: usize| (named(&published.rows[at].label()), published.rows[at].span);
    let own_row = |at: usize| (named(&table.rows[at].label), table.rows[at].span);
    let place = |span: Span| sources.place(span);
    let columns = moves("column", &diff.columns, &column, &own_column, &place);
    let mut rows = moves("row", &diff.rows, &row, &own_row, &place);
    for (line, &at) in rows.iter_mut().filter(|line| line.change == "added").zip(&diff.rows.added) {
        line.says.push_str(&marked_for(published, at));
    }
    let cells = diff.cells.iter().map(|cell| {
        let (says, change) =
            if cell.published { ("yes on the page, no in the pack", "granted") } else { ("no on the page, yes in the pack", "withdrawn") };
        let role = &policy.roles[table.columns[cell.column.own].role].meta.name;
        let (label, _) = row(cell.row.published);
        let span = published.rows[cell.row.published].cells[cell.column.published].text.span;
        let says = format!("{label} for {} (the role {role}): {says}", column(cell.column.published).0);
        TableLineText { change, says, places: vec![place(span), place(table.rows[cell.row.own].span)] }
    });
    let cells: Vec<TableLineText> = cells.collect();
    TableDiffText { summary: summary(diff, columns.len(), rows.len()), columns, rows, cells }
}

fn summary(diff: &TableDiff, columns: usize, rows: usize) -> String {
    let mut text = format!(
        "{} compared: {} {}; {} and {} new, gone, renamed or moved",
        counted(diff.compared, "cell"),
        counted_or_no(diff.cells.len(), "cell"),
        if diff.cells.len() > 1 { "differ" } else { "differs" },
        counted_or_no(columns, "column"),
        counted_or_no(rows, "row"),
    );
    if diff.unread > 0 {
        let not = format!("; {} not compared, because what is published there is not a mark", counted(diff.unread, "cell"));
        text.push_str(&not);
    }
    text
}

fn moves(noun: &str, found: &Alignment, published: Labelled<'_>, own: Labelled<'_>, place: &dyn Fn(Span) -> Place) -> Vec<TableLineText> {
    let mut lines = Vec::new();
    for pair in found.pairs.iter().filter(|pair| pair.is_renamed || pair.is_moved) {
        let ((label, span), (own_label, own_span)) = (published(pair.published), own(pair.own));
        let (change, says) = if pair.is_renamed {
            ("renamed", format!("{label} stands where the pack has {own_label}, and is taken for it by its place alone"))
        } else {
            ("moved", format!("{label} is {noun} {} on the page and {noun} {} in the pack", pair.published + 1, pair.own + 1))
        };
        lines.push(TableLineText { change, says, places: vec![place(span), place(own_span)] });
    }
    lines.extend(found.added.iter().map(|&at| {
        let (label, span) = published(at);
        TableLineText { change: "added", says: format!("{label} is on the page, not in the pack"), places: vec![place(span)] }
    }));
    lines.extend(found.dropped.iter().map(|&at| {
        let (label, span) = own(at);
        TableLineText { change: "dropped", says: format!("{label} is in the pack, not on the page"), places: vec![place(span)] }
    }));
    lines
}

/// For whom a new row is marked.
fn marked_for(published: &Matrix, row: usize) -> String {
    let cells = published.rows[row].cells.iter().zip(&published.roles);
    let marked: Vec<String> = cells.filter(|(cell, _)| cell.mark == Some(Mark::Yes)).map(|(_, (role, _))| named(&role.value)).collect();
    if marked.is_empty() { "; marked for nobody".to_owned() } else { format!("; marked for {}", all_of(marked)) }
}

/// The tables of a page, a line each: its number, its line, its heading, its columns and rows.
pub fn several_tables(tables: &[PublishedTable], sources: &Sources) -> Vec<String> {
    let line = |(at, table): (usize, &PublishedTable)| {
        let headers = all_of(table.grid.headers.iter().map(|header| named(&header.value)));
        let below = table.heading.as_ref().map(|heading| format!(", below the heading {}", named(&heading.value)));
        let (line, rows) = (sources.place(table.span).line, counted_or_no(table.grid.rows.len(), "row"));
        format!("{}: line {line}{}, {rows} of {headers}", at + 1, below.unwrap_or_default())
    };
    tables.iter().enumerate().map(line).collect()
}

fn named(text: &str) -> String {
    if text.is_empty() { "one without a header".to_owned() } else { code(shorten(text, Limit::NAME)) }
}
