//! Rows that lack something, grouped: one diagnostic for all rows of a file that lack the same.

use crate::diag::phrases::{Limit, agree, code, shorten};
use crate::diag::{Code, Diagnostic};
use std::collections::BTreeMap;

/// How many rows a diagnostic names.
const NAMED: usize = 4;

/// How many problems of one sort a file has a diagnostic for; the rows of others are counted.
const APART: usize = 50;

/// The problems of all files.
#[derive(Debug, Default)]
pub(super) struct Problems {
    found: BTreeMap<(String, Code, String), Rows>,
    /// How many problems of each sort a file has.
    apart: BTreeMap<(String, Code), (usize, usize)>,
    /// Whether a row was bad.
    pub(super) any_bad_row: bool,
}

/// The rows of one problem.
#[derive(Debug, Default)]
struct Rows {
    count: usize,
    named: Vec<String>,
    last: Option<u32>,
    value: Option<String>,
    help: Option<String>,
}

impl Problems {
    /// Adds a row with this problem, such as "`/id` is missing".
    pub(super) fn add(&mut self, code: Code, (file, row): (&str, u32), what: String, value: Option<&str>, place: impl FnOnce() -> String) {
        self.any_bad_row |= code == Code::BadRow;
        let key = (file.to_owned(), code, what);
        if !self.found.contains_key(&key) {
            let (apart, others) = self.apart.entry((file.to_owned(), code)).or_default();
            if *apart == APART {
                *others += 1;
                return;
            }
            *apart += 1;
        }
        let rows = self.found.entry(key).or_default();
        // Several facts may need what a row lacks.
        if rows.last == Some(row) {
            return;
        }
        rows.last = Some(row);
        rows.count += 1;
        if rows.named.len() < NAMED {
            rows.named.push(place());
        }
        if rows.value.is_none() {
            rows.value = value.map(|value| shorten(value, Limit::NAME).into_owned());
        }
    }

    /// Adds what to do about a problem that was added.
    pub(super) fn help(&mut self, file: &str, what: &str, help: String) {
        if let Some(rows) = self.found.get_mut(&(file.to_owned(), Code::BadRow, what.to_owned())) {
            rows.help = Some(help);
        }
    }

    /// The diagnostics, by file.
    pub(super) fn diagnostics(self) -> Vec<Diagnostic> {
        let one = |((_, problem, what), rows): ((String, Code, String), Rows)| {
            let value = rows.value.map_or_else(String::new, |value| format!(": {}", code(value)));
            let mut diagnostic = Diagnostic::nowhere(problem, format!("{}: {what}{value}", code(&rows.named[0])));
            if rows.count > 1 {
                let more = rows.count - 1;
                let mut others: Vec<String> = rows.named[1..].iter().map(code).collect();
                if more > others.len() {
                    others.push("…".to_owned());
                }
                let rows = agree(more, "more row", "more rows");
                diagnostic = diagnostic.note(format!("the same in {more} {rows}: {}", others.join(", ")));
            }
            Diagnostic { help: rows.help, ..diagnostic }
        };
        let others = |((file, problem), (_, others)): ((String, Code), (usize, usize))| {
            let rows = agree(others, "more row", "more rows");
            (others > 0).then(|| Diagnostic::nowhere(problem, format!("{others} {rows} of {} with something else", code(file))))
        };
        self.found.into_iter().map(one).chain(self.apart.into_iter().filter_map(others)).collect()
    }
}
