//! Published tables, for programs.

use super::diagnostics::{DiagnosticJson, diagnostics};
use crate::diag::Diagnostic;
use crate::report::sanitize::safe_json;
use crate::syntax::{Mark, Matrix, PublishedTable};
use crate::text::{Place, Sources};
use crate::wording::{TableDiffText, TableLineText};
use serde::Serialize;

#[derive(Serialize)]
struct TableJson<'a> {
    nth: usize,
    line: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    heading: Option<&'a str>,
    headers: Vec<&'a str>,
    rows: usize,
}

/// The tables of a page, in its order.
pub fn list(tables: &[PublishedTable], sources: &Sources) -> String {
    #[derive(Serialize)]
    struct List<'a> {
        version: u32,
        tables: Vec<TableJson<'a>>,
    }
    text(&List { version: 1, tables: tables.iter().enumerate().map(|(at, one)| one_table(at, one, sources)).collect() })
}

/// A table: the name of each role, each row with its cells (`true`, `false`, or `null` where there is no mark), the TOML, and the diagnostics.
pub fn one(read: &Matrix, toml: &str, sources: &Sources, found: &[Diagnostic]) -> String {
    #[derive(Serialize)]
    struct Role<'a> {
        header: &'a str,
        name: Option<&'a str>,
    }
    #[derive(Serialize)]
    struct Row<'a> {
        labels: Vec<&'a str>,
        name: Option<String>,
        cells: Vec<Option<bool>>,
    }
    #[derive(Serialize)]
    struct One<'a> {
        version: u32,
        roles: Vec<Role<'a>>,
        rows: Vec<Row<'a>>,
        toml: &'a str,
        diagnostics: Vec<DiagnosticJson>,
    }
    let roles = read.roles.iter().map(|(header, name)| Role { header: &header.value, name: name.as_deref() });
    let rows = read.rows.iter().map(|row| Row {
        labels: row.labels.iter().map(|label| label.value.as_str()).collect(),
        name: row.name(),
        cells: row.cells.iter().map(|cell| cell.mark.map(|mark| mark == Mark::Yes)).collect(),
    });
    text(&One { version: 1, roles: roles.collect(), rows: rows.collect(), toml, diagnostics: diagnostics(sources, found) })
}

/// What could not be read, and why.
pub fn refused(sources: &Sources, found: &[Diagnostic]) -> String {
    #[derive(Serialize)]
    struct Refused {
        version: u32,
        diagnostics: Vec<DiagnosticJson>,
    }
    text(&Refused { version: 1, diagnostics: diagnostics(sources, found) })
}

/// How a table differs from the pack's.
pub fn diff(diff: &TableDiffText, is_same: bool, sources: &Sources, found: &[Diagnostic]) -> String {
    #[derive(Serialize)]
    struct Line<'a> {
        change: &'a str,
        says: &'a str,
        places: &'a [Place],
    }
    #[derive(Serialize)]
    struct Diff<'a> {
        version: u32,
        same: bool,
        summary: &'a str,
        columns: Vec<Line<'a>>,
        rows: Vec<Line<'a>>,
        cells: Vec<Line<'a>>,
        diagnostics: Vec<DiagnosticJson>,
    }
    fn lines(lines: &[TableLineText]) -> Vec<Line<'_>> {
        lines.iter().map(|line| Line { change: line.change, says: &line.says, places: &line.places }).collect()
    }
    text(&Diff {
        version: 1,
        same: is_same,
        summary: &diff.summary,
        columns: lines(&diff.columns),
        rows: lines(&diff.rows),
        cells: lines(&diff.cells),
        diagnostics: diagnostics(sources, found),
    })
}

fn one_table<'a>(at: usize, table: &'a PublishedTable, sources: &Sources) -> TableJson<'a> {
    TableJson {
        nth: at + 1,
        line: sources.place(table.span).line,
        heading: table.heading.as_ref().map(|heading| heading.value.as_str()),
        headers: table.grid.headers.iter().map(|header| header.value.as_str()).collect(),
        rows: table.grid.rows.len(),
    }
}

fn text(value: &impl Serialize) -> String {
    safe_json(serde_json::to_string_pretty(value).expect("plain data is always JSON"))
}
