//! A table of a page as roles and actions, and what in it is none.

use super::PublishedTable;
use crate::diag::phrases::{Limit, agree, all_of, code, counted, shorten};
use crate::diag::{Code, Diagnostic, Severity};
use crate::syntax::ast::{Grid, Text};
use crate::syntax::grammar::{Mark, has_footnote, mark};
use crate::syntax::naming::{is_reserved, plain_name};
use crate::text::{Sources, Span, Spanned};
use std::collections::{BTreeMap, BTreeSet};

/// The most places that one diagnostic shows.
const PLACES: usize = 8;

/// A table of roles and actions.
#[derive(Clone, Debug, Default)]
pub struct Matrix {
    /// The headers of the columns of labels, which stand first.
    pub labels: Vec<Text>,
    /// The columns of roles: each its header and the name made of it, unless it gives none.
    pub roles: Vec<(Text, Option<String>)>,
    /// The rows.
    pub rows: Vec<MatrixRow>,
}

/// A row of a [`Matrix`].
#[derive(Clone, Debug)]
pub struct MatrixRow {
    /// Its place.
    pub span: Span,
    /// Its labels; those that stand blank are that of the row above.
    pub labels: Vec<Text>,
    /// Which of them stand blank.
    pub repeats: Vec<bool>,
    /// The name made of each label, unless it gives none.
    pub names: Vec<Option<String>>,
    /// Its cells, one for each role.
    pub cells: Vec<MatrixCell>,
}

impl MatrixRow {
    /// The labels, joined.
    pub fn label(&self) -> String {
        self.labels.iter().map(|label| label.value.as_str()).collect::<Vec<_>>().join(" / ")
    }

    /// What the row permits, as the end of an action's name; `None` if a label gives no name.
    pub fn name(&self) -> Option<String> {
        let names: Option<Vec<&str>> = self.names.iter().map(Option::as_deref).collect();
        names.map(|names| names.join("."))
    }
}

/// A cell of a [`Matrix`].
#[derive(Clone, Debug)]
pub struct MatrixCell {
    /// What is in it, as people see it.
    pub text: Text,
    /// What that means; `None` if it is not a mark.
    pub mark: Option<Mark>,
}

/// Reads a table as roles and actions: first columns of labels, then columns of marks. `transposed` says that each row is a role, so rows
/// become columns. The mistakes are those of the table's form, and what is probably not meant.
///
/// # Errors
///
/// If the table is none of roles and actions: it has no column of marks, or no mark in any.
pub fn matrix(sources: &Sources, table: &PublishedTable, transposed: bool) -> Result<(Matrix, Vec<Diagnostic>), Vec<Diagnostic>> {
    let mut diagnostics = table.diagnostics.clone();
    let (labels, roles) = match columns(table) {
        Ok(columns) => columns,
        Err(none) => {
            diagnostics.insert(0, none);
            return Err(diagnostics);
        }
    };
    let grid = &table.grid;
    let stray = (labels..grid.headers.len()).filter(|at| !roles.contains(at));
    diagnostics.extend(stray.map(|at| {
        let headline = format!("a column after those of roles has no marks: {}", named(&grid.headers[at]));
        doubt(Code::TableSyntax, headline, grid.headers[at].span, "left out").help("what it says may limit the marks: read it")
    }));
    let before = diagnostics.len();
    let read = if transposed { turned(grid, labels, &roles, &mut diagnostics) } else { upright(grid, labels, &roles, &mut diagnostics) };
    let is_whole = diagnostics.len() == before;
    unknown_marks(&read, &mut diagnostics);
    names(&read, &mut diagnostics);
    if is_whole {
        blank_columns(&read, &mut diagnostics);
    }
    roles_in_rows(&read, transposed, &mut diagnostics);
    footnotes(sources, grid, &mut diagnostics);
    Ok((read, diagnostics))
}

/// The number of columns of labels, and which columns have marks.
fn columns(table: &PublishedTable) -> Result<(usize, Vec<usize>), Diagnostic> {
    let grid = &table.grid;
    let counts = |at: usize| {
        let filled = grid.rows.iter().map(|row| row.cells[at].value.as_str()).filter(|text| !text.is_empty());
        filled.fold((0, 0), |(filled, marks), text| (filled + 1, marks + usize::from(mark(text).is_some())))
    };
    let is_of_marks = |at: &usize| {
        let (filled, marks) = counts(*at);
        marks * 2 >= filled
    };
    let found: Vec<usize> = (1..grid.headers.len()).filter(is_of_marks).collect();
    let Some(&first) = found.first().filter(|_| !grid.rows.is_empty()) else { return Err(no_marks(table)) };
    let (filled, marks) = found.iter().map(|&at| counts(at)).fold((0, 0), |sum, one| (sum.0 + one.0, sum.1 + one.1));
    if filled == 0 && first + found.len() == grid.headers.len() {
        let cells = grid.rows.len() * found.len();
        let headers = grid.headers[first].span.to(grid.headers[grid.headers.len() - 1].span);
        let headline = format!("all {} of the table below its roles are empty", counted(cells, "cell"));
        let blank = Diagnostic::new(Code::BlankTable, headline, headers, "no mark below these");
        let blank = Diagnostic { severity: Severity::Error, ..blank };
        return Err(blank.help("it is a skeleton: it would deny all to everyone; look for an edition of the page that has the marks"));
    }
    if marks == 0 { Err(no_marks(table)) } else { Ok((first, found)) }
}

/// The mistake of a table that has no column of marks.
fn no_marks(table: &PublishedTable) -> Diagnostic {
    let grid = &table.grid;
    let headers = all_of(grid.headers.iter().map(named));
    let headline = format!("the table has no column of marks, so that it is not one of roles and actions: its columns are {headers}");
    let cell = grid.rows.iter().find_map(|row| row.cells.iter().skip(1).find(|cell| !cell.value.is_empty()));
    let none = match cell {
        Some(cell) => Diagnostic::new(Code::TableSyntax, headline, cell.span, "neither yes nor no"),
        None => Diagnostic::new(Code::TableSyntax, headline, table.span, "no cell beside the first column says anything"),
    };
    none.help("if each row is an action of one role, write them as the `grants` of a `[role.NAME]`; a pack's `[table.NAME]` needs marks")
}

fn upright(grid: &Grid, labels: usize, roles: &[usize], diagnostics: &mut Vec<Diagnostic>) -> Matrix {
    let role = |&at: &usize| (grid.headers[at].clone(), role_name(&grid.headers[at].value));
    let mut read = Matrix { labels: grid.headers[..labels].to_vec(), roles: roles.iter().map(role).collect(), rows: Vec::new() };
    let mut above: Vec<Option<Text>> = vec![None; labels];
    for row in &grid.rows {
        let repeats: Vec<bool> = row.cells[..labels].iter().map(|label| label.value.is_empty()).collect();
        for (label, above) in row.cells[..labels].iter().zip(&mut above).filter(|(label, _)| !label.value.is_empty()) {
            *above = Some(label.clone());
        }
        let filled: Option<Vec<Text>> = above.iter().cloned().collect();
        let Some(labels) = filled else {
            let blank = row.cells.iter().find(|cell| cell.value.is_empty()).map_or(row.span, |cell| cell.span);
            let first = Diagnostic::new(Code::TableSyntax, "the first row of the table has a blank label", blank, "blank");
            diagnostics.push(first.help("the row is left out: a blank label repeats the one above, and none is"));
            continue;
        };
        let names = labels.iter().map(|label| plain_name(&label.value)).collect();
        let cells = roles.iter().map(|&at| cell(&row.cells[at])).collect();
        read.rows.push(MatrixRow { span: row.span, labels, repeats, names, cells });
    }
    read
}

/// The same with roles in rows: each column of marks is what is permitted, and the labels of a row are a role.
fn turned(grid: &Grid, labels: usize, columns: &[usize], diagnostics: &mut Vec<Diagnostic>) -> Matrix {
    let upright = upright(grid, labels, columns, diagnostics);
    let span = grid.headers.first().map_or(grid.span, |header| header.span);
    let roles = upright.rows.iter().map(|row| {
        let label = row.label();
        let name = role_name(&label);
        let span = row.labels.first().map_or(row.span, |first| first.span);
        (Spanned::new(label, span), name)
    });
    let rows = upright.roles.iter().enumerate().map(|(at, (header, _))| MatrixRow {
        span: header.span,
        names: vec![plain_name(&header.value)],
        labels: vec![header.clone()],
        repeats: vec![false],
        cells: upright.rows.iter().map(|row| row.cells[at].clone()).collect(),
    });
    Matrix { labels: vec![Spanned::new("Permission".to_owned(), span)], roles: roles.collect(), rows: rows.collect() }
}

fn cell(text: &Text) -> MatrixCell {
    MatrixCell { text: text.clone(), mark: mark(&text.value) }
}

fn role_name(header: &str) -> Option<String> {
    plain_name(header).filter(|name| !is_reserved(name))
}

fn unknown_marks(read: &Matrix, diagnostics: &mut Vec<Diagnostic>) {
    for row in &read.rows {
        let unknown = row.cells.iter().zip(&read.roles).filter(|(cell, _)| cell.mark.is_none());
        diagnostics.extend(unknown.map(|(cell, (role, _))| {
            let headline = format!("the cell of {} and {} has `{}`, which is not a mark", label(row), named(role), short(&cell.text.value));
            let unknown = Diagnostic::new(Code::TableMark, headline, cell.text.span, "neither yes nor no");
            unknown.help("what it means is on the page, or nowhere: the grid has it as it is, and no pack reads it until it is yes or no")
        }));
    }
}

/// Reports labels and headers that give no name, and those that give the same.
fn names(read: &Matrix, diagnostics: &mut Vec<Diagnostic>) {
    let mut roles: BTreeMap<&str, Span> = BTreeMap::new();
    for (header, name) in &read.roles {
        let Some(name) = name else {
            let none = Diagnostic::new(Code::BadName, format!("{} gives no name for a role", named(header)), header.span, "no name in it");
            diagnostics.push(none.help("name it in `columns`"));
            continue;
        };
        if let Some(first) = roles.insert(name, header.span) {
            let headline = format!("two columns would be the role `{name}`");
            let twice = Diagnostic::new(Code::TableSyntax, headline, header.span, "the second").and(first, "the first");
            diagnostics.push(twice.help("give them different names in `columns`"));
        }
    }
    let (mut actions, mut nameless): (BTreeMap<String, Span>, BTreeSet<&str>) = (BTreeMap::new(), BTreeSet::new());
    for row in &read.rows {
        for (label, _) in row.labels.iter().zip(&row.names).filter(|(_, name)| name.is_none()) {
            if nameless.insert(&label.value) {
                let headline = format!("the label {} gives no name", named(label));
                let none = Diagnostic::new(Code::BadName, headline, label.span, "no name in it");
                diagnostics.push(none.help("name it in `rows`"));
            }
        }
        let key = row.name().unwrap_or_else(|| row.label());
        if let Some(first) = actions.insert(key, row.span) {
            let headline = format!("two rows of the table stand for {}", label(row));
            let twice = Diagnostic::new(Code::TableRowTwice, headline, row.span, "the second").and(first, "the first");
            diagnostics.push(twice.help("remove one of them, or distinguish them in `rows`"));
        }
    }
}

fn blank_columns(read: &Matrix, diagnostics: &mut Vec<Diagnostic>) {
    for (at, (header, _)) in read.roles.iter().enumerate() {
        if read.rows.iter().all(|row| row.cells[at].mark == Some(Mark::No)) {
            let headline = format!("nothing is marked for {}", named(header));
            let blank = doubt(Code::BlankColumn, headline, header.span, "no yes");
            diagnostics.push(blank.help("the table gives this role nothing: see whether the page has marks here"));
        }
    }
}

/// Doubts about where the roles are: a header that says that they are in rows, rows that are called as columns are.
fn roles_in_rows(read: &Matrix, transposed: bool, diagnostics: &mut Vec<Diagnostic>) {
    let Some(first) = read.labels.first().filter(|_| !transposed) else { return };
    if matches!(first.value.to_lowercase().as_str(), "role" | "roles" | "role name" | "built-in role") {
        let headline = format!("the rows of the table seem to be its roles: their column is headed {}", named(first));
        let rows = doubt(Code::TableSyntax, headline, first.span, "read as what is permitted");
        diagnostics.push(rows.help("`--transpose` reads each row as a role"));
        return;
    }
    let roles: BTreeSet<&str> = read.roles.iter().map(|(header, _)| header.value.as_str()).collect();
    let same: Vec<&Text> =
        read.rows.iter().filter_map(|row| row.labels.first()).filter(|label| roles.contains(label.value.as_str())).collect();
    let Some(one) = same.first() else { return };
    let headline = format!(
        "{} of the table {} called as {} of its columns",
        counted(same.len(), "row"),
        agree(same.len(), "is", "are"),
        agree(same.len(), "one", "some")
    );
    let alike = doubt(Code::TableSyntax, headline, one.span, "also the header of a column");
    let alike = same.iter().skip(1).take(PLACES - 1).fold(alike, |alike, label| alike.and(label.span, ""));
    diagnostics
        .push(alike.help("if rows are those to whom something is done, say in the actions' titles what: the table gives only their names"));
}

/// Footnotes, whose texts are not in the table and may limit what is marked.
fn footnotes(sources: &Sources, grid: &Grid, diagnostics: &mut Vec<Diagnostic>) {
    let cells = grid.headers.iter().chain(grid.rows.iter().flat_map(|row| &row.cells));
    let noted: Vec<&Text> = cells.filter(|cell| !cell.value.is_empty() && has_footnote(sources.slice(cell.span))).collect();
    let Some(one) = noted.first() else { return };
    let headline = format!("{} of the table {} a footnote", counted(noted.len(), "cell"), agree(noted.len(), "has", "have"));
    let footnote = doubt(Code::TableMark, headline, one.span, "read without it");
    let footnote = noted.iter().skip(1).take(PLACES - 1).fold(footnote, |footnote, cell| footnote.and(cell.span, ""));
    let footnote = if noted.len() > PLACES { footnote.note(format!("the first {PLACES} are shown")) } else { footnote };
    diagnostics.push(footnote.help("what it says is not in the table and may limit what is marked: write it into `notes`, or as a rule"));
}

fn doubt(code: Code, headline: impl Into<String>, span: Span, label: &str) -> Diagnostic {
    Diagnostic { severity: Severity::Warning, ..Diagnostic::new(code, headline, span, label) }
}

fn named(text: &Text) -> String {
    if text.value.is_empty() { "one without a header".to_owned() } else { code(short(&text.value)) }
}

fn label(row: &MatrixRow) -> String {
    code(short(&row.label()))
}

fn short(text: &str) -> String {
    shorten(text, Limit::NAME).into_owned()
}
