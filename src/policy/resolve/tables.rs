//! Tables: the marks of a grid, which grant the actions of rows to the roles of columns.

use super::Resolver;
use super::patterns::ActionNames;
use super::table_grid::{self, ReadGrid};
use crate::diag::{Code, Diagnostic};
use crate::policy::kind_set::KindSet;
use crate::policy::metadata::Metadata;
use crate::policy::roles::{Table, TableCell, TableRow};
use crate::syntax::TableDecl;
use crate::syntax::{Mark, mark};
use crate::text::Span;
use std::collections::BTreeMap;

/// A table without the ids of its actions.
pub(super) struct TableDraft<'d> {
    /// The declaration.
    pub(super) decl: &'d TableDecl,
    /// Name and the like.
    pub(super) meta: Metadata,
    /// The kinds of its actions' resources.
    pub(super) on: KindSet,
    /// Its grid.
    pub(super) grid: ReadGrid,
    /// The notes on its rows, by their labels.
    notes: BTreeMap<String, &'d str>,
    /// The marks for yes: the index of the row in the grid, that of the column among those whose roles are known, the span.
    marks: Vec<(usize, u32, Span)>,
}

/// `[table.NAME]`
pub(super) fn draft<'d>(resolver: &mut Resolver<'_>, decl: &'d TableDecl) -> TableDraft<'d> {
    let meta = resolver.meta(&decl.meta);
    let on = resolver.kind_set(&decl.on);
    let grid = table_grid::read(resolver, decl);
    let notes = notes(resolver, decl, &grid);
    let (marks, unread) = marks(resolver, decl, &grid);
    // A row whose action an earlier row has is left out too.
    if unread || grid.rows.len() < decl.grid.rows.len() || grid.columns.iter().any(|(_, column)| column.is_none()) {
        resolver.usage.doubtful_tables.extend(resolver.tables.find(&decl.meta.name.value));
    }
    TableDraft { decl, meta, on, grid, notes, marks }
}

impl TableDraft<'_> {
    /// The table, once its actions have ids.
    pub(super) fn finish(&self, names: &ActionNames<'_>) -> Table {
        let mut rows = Vec::with_capacity(self.grid.rows.len());
        let mut cells = Vec::with_capacity(self.marks.len());
        for line in &self.grid.rows {
            let Some(action) = names.names.find(&line.action) else { continue };
            let row = u32::try_from(rows.len()).expect("a file has fewer than four billion lines");
            let first = self.marks.partition_point(|&(at, ..)| at < line.at);
            let marks = self.marks[first..].iter().take_while(|&&(at, ..)| at == line.at);
            cells.extend(marks.map(|&(_, column, span)| TableCell { row, column, span }));
            let note = self.notes.get(&line.label).map(|&note| note.to_owned());
            rows.push(TableRow { label: line.label.clone(), span: line.span, action, note });
        }
        let columns = self.grid.columns.iter().filter_map(|(_, column)| column.clone()).collect();
        Table { meta: self.meta.clone(), system: self.decl.system.value.clone(), columns, rows, cells }
    }
}

/// The notes on rows, by label; reports those for unknown labels.
fn notes<'d>(resolver: &mut Resolver<'_>, decl: &'d TableDecl, grid: &ReadGrid) -> BTreeMap<String, &'d str> {
    let mut notes = BTreeMap::new();
    for (label, note) in &decl.notes {
        let plain = table_grid::plain(&label.value);
        if grid.labels.contains(&plain) {
            notes.insert(plain, note.value.as_str());
        } else if !grid.incomplete {
            let headline = format!("the grid has no row `{}`", label.value);
            let unknown = Diagnostic::new(Code::UnknownRow, headline, label.span, "no such row");
            let known = grid.labels.iter().map(String::as_str);
            let unknown = unknown.nearest(&label.value, label.span, known);
            let help = "write the row's labels, joined by ` / `, with those that stand blank in it";
            resolver.problems.push(if unknown.help.is_some() { unknown } else { unknown.help(help) });
        }
    }
    notes
}

/// The marks for yes, by row, then column, and whether a cell has an unknown mark, which is reported.
fn marks(resolver: &mut Resolver<'_>, decl: &TableDecl, grid: &ReadGrid) -> (Vec<(usize, u32, Span)>, bool) {
    let mut marks = Vec::new();
    let mut unread = false;
    for (at, row) in decl.grid.rows.iter().enumerate() {
        let mut known = 0;
        for (place, column) in &grid.columns {
            let index = known;
            known += u32::from(column.is_some());
            let Some(cell) = row.cells.get(*place) else { continue };
            match mark(&cell.value) {
                Some(Mark::Yes) if column.is_some() => marks.push((at, index, cell.span)),
                Some(_) => {}
                None => {
                    unread = true;
                    let headline = format!("the cell holds `{}`, which is not a mark", cell.value);
                    let unknown = Diagnostic::new(Code::TableMark, headline, cell.span, "neither yes nor no");
                    resolver.problems.push(unknown.help("for yes write `✔`, `✅`, `x` or `Yes`; for no leave it blank, or write `No`"));
                }
            }
        }
    }
    (marks, unread)
}
