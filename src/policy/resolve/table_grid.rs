//! The grid of a table: which columns are labels and which are roles, and the action of each row.

use super::Resolver;
use crate::diag::{Code, Diagnostic, did_you_mean};
use crate::policy::ids::RoleId;
use crate::policy::roles::TableColumn;
use crate::syntax::{GridRow, TableDecl, Text, is_action_name, label_name};
use crate::text::Span;
use std::collections::{BTreeMap, BTreeSet};

/// A grid after reading.
#[derive(Default)]
pub(super) struct ReadGrid {
    /// The columns of roles: the index of the cell in each row, and the column if its role is known.
    pub(super) columns: Vec<(usize, Option<TableColumn>)>,
    /// The rows, each with another action.
    pub(super) rows: Vec<GridLine>,
    /// The labels of all rows, joined.
    pub(super) labels: BTreeSet<String>,
    /// A row was left out for a mistake of its own.
    pub(super) incomplete: bool,
}

/// A row of a grid.
pub(super) struct GridLine {
    /// Its labels, joined.
    pub(super) label: String,
    /// The name of its action.
    pub(super) action: String,
    /// The span of its line.
    pub(super) span: Span,
    /// Its index in the grid.
    pub(super) at: usize,
}

/// What a column has.
enum ColumnHeader {
    Label,
    Role(Option<RoleId>),
    /// It has a mistake.
    Neither,
}

/// Reads a table's grid by its `columns` and `rows`.
pub(super) fn read(resolver: &mut Resolver<'_>, decl: &TableDecl) -> ReadGrid {
    let Some(headers) = headers(resolver, decl) else { return ReadGrid { incomplete: true, ..ReadGrid::default() } };
    let labels = headers.iter().take_while(|header| matches!(header, ColumnHeader::Label)).count();
    let mut grid = ReadGrid::default();
    for (at, (header, text)) in headers.iter().zip(&decl.grid.headers).enumerate() {
        if let ColumnHeader::Role(role) = *header {
            grid.columns.push((at, role.map(|role| TableColumn { label: text.clone(), role })));
        }
    }
    let mut parts = ActionNameParts::new(decl);
    let mut above: Vec<Option<&Text>> = vec![None; labels];
    let mut taken: BTreeMap<String, Span> = BTreeMap::new();
    for (at, row) in decl.grid.rows.iter().enumerate() {
        let Some(labels) = labels_of(resolver, row, &mut above) else {
            grid.incomplete = true;
            continue;
        };
        let label = labels.iter().map(|label| label.value.as_str()).collect::<Vec<_>>().join(" / ");
        grid.labels.insert(label.clone());
        let Some(action) = parts.action(resolver, &labels) else {
            grid.incomplete = true;
            continue;
        };
        if let Some(&first) = taken.get(&action) {
            let headline = format!("two rows of the table stand for `{action}`");
            let twice = Diagnostic::new(Code::TableRowTwice, headline, row.span, "the second").and(first, "the first");
            resolver.problems.push(twice.help("remove one of them, or distinguish them in `rows`"));
            continue;
        }
        taken.insert(action.clone(), row.span);
        grid.rows.push(GridLine { label, action, span: row.span, at });
    }
    parts.report_unused(resolver, &decl.grid.rows, labels);
    grid
}

/// What each column has; `None` if mistakes prevent reading the rows.
fn headers(resolver: &mut Resolver<'_>, decl: &TableDecl) -> Option<Vec<ColumnHeader>> {
    // The reader reports a grid without headers.
    let first = decl.grid.headers.first()?;
    let known: BTreeSet<&str> = decl.grid.headers.iter().map(|header| header.value.as_str()).collect();
    let mut roles: BTreeMap<&str, Option<RoleId>> = BTreeMap::new();
    let named: BTreeSet<&str> = decl.columns.iter().map(|(header, _)| header.value.as_str()).collect();
    let mut lost = false;
    for (header, role) in &decl.columns {
        let meant = resolver.roles.meant(&role.value);
        let role = resolver.roles.resolve(role, &mut resolver.problems);
        if role.is_none() || !known.contains(header.value.as_str()) {
            // What the column grants is not read, so the role is not reported as idle.
            resolver.usage.roles.extend(meant);
        }
        if known.contains(header.value.as_str()) {
            roles.insert(&header.value, role);
            continue;
        }
        let headline = format!("the grid has no column `{}`", header.value);
        let unknown = Diagnostic::new(Code::UnknownColumn, headline, header.span, "no such header");
        if let Some(near) = did_you_mean(&header.value, known.difference(&named).copied()) {
            // The mistake is plain, so the table is read as it was meant.
            resolver.problems.push(unknown.nearest(&header.value, header.span, known.difference(&named).copied()));
            roles.insert(near, role);
            continue;
        }
        lost = true;
        let headers: Vec<String> = decl.grid.headers.iter().map(|header| format!("`{}`", header.value)).collect();
        resolver.problems.push(unknown.help(format!("the headers are {}", headers.join(", "))));
    }
    if lost {
        return None;
    }
    if roles.is_empty() {
        let row = decl.grid.headers.iter().fold(first.span, |row, header| row.to(header.span));
        let none = Diagnostic::new(Code::TableSyntax, "no column of the table is a role's", row, "`columns` names none of these");
        resolver.problems.push(none.help("name the columns that tell a role's permissions: `columns = { \"HEADER\" = \"ROLE\" }`"));
        return None;
    }
    let mut headers = Vec::with_capacity(decl.grid.headers.len());
    let mut labels_only = true;
    for header in &decl.grid.headers {
        labels_only &= headers.last().is_none_or(|before| matches!(before, ColumnHeader::Label));
        headers.push(match roles.get(header.value.as_str()) {
            Some(&role) => ColumnHeader::Role(role),
            None if labels_only => ColumnHeader::Label,
            None => {
                let headline = format!("the column `{}` stands after the roles, and `columns` does not name it", header.value);
                let stray = Diagnostic::new(Code::TableSyntax, headline, header.span, "neither a label nor a role");
                resolver.problems.push(stray.help("name its role in `columns`, or put it first if its cells are labels"));
                ColumnHeader::Neither
            }
        });
    }
    if !matches!(headers.first(), Some(ColumnHeader::Label)) {
        let none = Diagnostic::new(Code::TableSyntax, "the table has no column of labels", first.span, "a role's column");
        resolver.problems.push(none.help("put a column before it that says what each row permits"));
        return None;
    }
    Some(headers)
}

/// The labels of a row, blank ones taken from the row above; `None` if that has none either.
fn labels_of<'g>(resolver: &mut Resolver<'_>, row: &'g GridRow, above: &mut [Option<&'g Text>]) -> Option<Vec<&'g Text>> {
    let mut whole = true;
    for (cell, above) in row.cells.iter().zip(above.iter_mut()) {
        if !is_blank(&cell.value) {
            *above = Some(cell);
        } else if above.is_none() {
            whole = false;
            let blank = Diagnostic::new(Code::TableSyntax, "the first row of the table has a blank label", cell.span, "blank");
            resolver.problems.push(blank.help("write the label; a blank one repeats the one above"));
        }
    }
    // A blank label in row 1 is itself passed on to the rows below, so that it is reported once.
    if !whole {
        above.iter_mut().zip(&row.cells).for_each(|(above, cell)| *above = above.or(Some(cell)));
        return None;
    }
    let labels: Vec<&Text> = above.iter().copied().flatten().collect();
    labels.iter().all(|label| !is_blank(&label.value)).then_some(labels)
}

fn is_blank(cell: &str) -> bool {
    cell.is_empty() || cell == "&nbsp;"
}

/// The parts of action names that a table's labels give.
struct ActionNameParts<'d> {
    decl: &'d TableDecl,
    /// The names in `rows`, by the label without emphasis.
    named: BTreeMap<String, &'d Text>,
    /// Labels that give no name, each reported once.
    reported: BTreeSet<&'d str>,
    used: BTreeSet<String>,
}

impl<'d> ActionNameParts<'d> {
    fn new(decl: &'d TableDecl) -> ActionNameParts<'d> {
        let named = decl.rows.iter().map(|(label, part)| (plain(&label.value), part)).collect();
        ActionNameParts { decl, named, reported: BTreeSet::new(), used: BTreeSet::new() }
    }

    /// The name of a row's action; `None` if a label gives no name.
    fn action(&mut self, resolver: &mut Resolver<'_>, labels: &[&'d Text]) -> Option<String> {
        let mut name = self.decl.system.value.clone();
        let mut whole = true;
        for label in labels {
            let part = self.part(resolver, label);
            whole &= part.is_some();
            name.push('.');
            name.push_str(&part.unwrap_or_default());
        }
        whole.then_some(name)
    }

    fn part(&mut self, resolver: &mut Resolver<'_>, label: &'d Text) -> Option<String> {
        let plain = plain(&label.value);
        let named = self.named.get(&plain).copied();
        if named.is_some() {
            self.used.insert(plain);
        }
        let part = named.map_or_else(|| label_name(&label.value), |named| named.value.clone());
        if is_action_name(&part) {
            return Some(part);
        }
        if self.reported.insert(&label.value) {
            let bad = match named {
                Some(named) => Diagnostic::new(
                    Code::BadName,
                    format!("`{}` is not a part of an action's name", named.value),
                    named.span,
                    "not of this form",
                )
                .help("write segments joined by dots, each a letter of a-z, then letters, digits, `-` and `_`"),
                None => Diagnostic::new(Code::BadName, format!("the label `{}` gives no name", label.value), label.span, "no name in it")
                    .help(format!("name it in `rows`: `rows = {{ \"{}\" = \"NAME\" }}`", label.value)),
            };
            resolver.problems.push(bad);
        }
        None
    }

    /// Reports keys of `rows` that are no label.
    fn report_unused(&self, resolver: &mut Resolver<'_>, rows: &[GridRow], labels: usize) {
        let unused = self.decl.rows.iter().filter(|(label, _)| !self.used.contains(&plain(&label.value)));
        for (label, _) in unused {
            let known: BTreeSet<&str> = rows.iter().flat_map(|row| row.cells.iter().take(labels)).map(|cell| cell.value.as_str()).collect();
            if known.iter().any(|known| self::plain(known) == plain(&label.value)) {
                continue;
            }
            let headline = format!("the grid has no row label `{}`", label.value);
            let unknown = Diagnostic::new(Code::UnknownRow, headline, label.span, "no such label");
            let is_named = |known: &str| self.decl.rows.iter().any(|(named, _)| named.value == known);
            let free = known.into_iter().filter(|known| !is_blank(known) && !is_named(known));
            resolver.problems.push(unknown.nearest(&label.value, label.span, free));
        }
    }
}

/// A label without marks of emphasis, as cells of a grid are read.
pub(super) fn plain(label: &str) -> String {
    crate::syntax::plain(label)
}
