//! Exports as rows, whatever their format: JSON, JSON lines and CSV, in UTF-8 or UTF-16.
//!
//! `encoding` makes a text of bytes. `json` and `csv` find the rows in it, and what the file says of pages and counts. `value` is a row, in which
//! pointers find values.
//!
//! Invariant: rows are read one by one, and no more of a file is kept than its text and the places of its rows.

mod csv;
mod encoding;
mod json;
mod value;

pub(super) use encoding::decode;
pub(super) use value::{Found, Json};

use std::borrow::Cow;

/// The rows of a file, and what it says of them.
pub(super) struct Export<'t> {
    /// The pointer of the list; a row's is this, `/` and its number.
    pub(super) list: &'static str,
    /// Whether it is one object, which has no number.
    pub(super) is_alone: bool,
    rows: Rows<'t>,
    /// Whether it says that another page follows.
    pub(super) has_next: bool,
    /// How many rows the whole list has, by what it says.
    pub(super) total: Option<u64>,
    /// The addresses that it names: of the next page, and of what it is.
    pub(super) addresses: Vec<String>,
}

enum Rows<'t> {
    Json(Vec<&'t serde_json::value::RawValue>),
    Lines(Vec<&'t str>),
    Csv(csv::Table<'t>),
}

impl<'t> Export<'t> {
    /// The rows of a text. The name of the file decides how it is read.
    ///
    /// # Errors
    ///
    /// If it is of no format, or not as the format has it. The error is a sentence without its subject, which is the file.
    pub(super) fn of(name: &str, text: &'t str) -> Result<Export<'t>, String> {
        let ending = name.rsplit_once('.').map_or("", |(_, ending)| ending).to_lowercase();
        match ending.as_str() {
            "csv" | "tsv" | "ndjson" | "jsonl" | "json" if text.trim_start().starts_with('<') => {
                Err("is a page of HTML or XML, perhaps that of a sign-in, and not an export".to_owned())
            }
            "csv" | "tsv" => csv::table(text, ending == "tsv").map(Export::of_table),
            "ndjson" | "jsonl" => Ok(Export::of_lines(text)),
            "json" => json::export(text),
            _ if text.trim_start().starts_with(['{', '[']) => json::export(text),
            _ => Err("is neither JSON nor CSV: its name does not end in .json, .ndjson, .jsonl, .csv or .tsv".to_owned()),
        }
    }

    fn of_table(table: csv::Table<'t>) -> Export<'t> {
        Export { list: "", is_alone: false, rows: Rows::Csv(table), has_next: false, total: None, addresses: Vec::new() }
    }

    fn of_lines(text: &'t str) -> Export<'t> {
        let lines = text.lines().filter(|line| !line.trim().is_empty()).collect();
        Export { list: "", is_alone: false, rows: Rows::Lines(lines), has_next: false, total: None, addresses: Vec::new() }
    }

    /// The number of rows; of a table, that of its lines.
    pub(super) fn count(&self) -> usize {
        match &self.rows {
            Rows::Json(rows) => rows.len(),
            Rows::Lines(lines) => lines.len(),
            Rows::Csv(table) => table.lines(),
        }
    }

    /// The columns of a table.
    pub(super) fn columns(&self) -> Option<Vec<&str>> {
        match &self.rows {
            Rows::Csv(table) => Some(table.columns().collect()),
            Rows::Json(_) | Rows::Lines(_) => None,
        }
    }

    /// Whether the last row of a table has no end, as in a file that is cut.
    pub(super) fn is_unended(&self) -> bool {
        matches!(&self.rows, Rows::Csv(table) if table.is_unended())
    }

    /// Whether it has no row.
    pub(super) fn is_empty(&self) -> bool {
        match &self.rows {
            Rows::Json(rows) => rows.is_empty(),
            Rows::Lines(lines) => lines.is_empty(),
            Rows::Csv(table) => table.rows().next().is_none(),
        }
    }

    /// The rows, in order. A row that cannot be read is the reason why.
    pub(super) fn rows(&self) -> Box<dyn Iterator<Item = Result<Json<'_>, String>> + '_> {
        match &self.rows {
            Rows::Json(rows) => Box::new(rows.iter().map(|row| json::row(row.get()))),
            Rows::Lines(lines) => Box::new(lines.iter().map(|line| json::row(line))),
            Rows::Csv(table) => Box::new(table.rows()),
        }
    }
}

/// Keys as they are compared: without blanks around them, in small letters.
pub(super) fn alike(key: &str, wanted: &str) -> bool {
    let key = key.trim();
    key.eq_ignore_ascii_case(wanted) || !key.is_ascii() && key.to_lowercase() == wanted.to_lowercase()
}

/// A text that may be borrowed.
type TextOf<'t> = Cow<'t, str>;
