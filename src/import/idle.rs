//! Entries of a mapping that no row fits, and values and columns that look like slips of the pen.
//!
//! Exports of vendors have more sorts of rows than any one file, so that of JSON only what looks like a slip is reported.

use super::gathered::{From, Gathered};
use super::mapping::{Entry, Says, Source, Test};
use super::reader::alike;
use crate::diag::phrases::{Limit, any_of_at_most, code, shorten};
use crate::diag::{Code, Diagnostic, did_you_mean};
use crate::syntax::ast::mapping::Mark;
use rustc_hash::FxHashMap;
use std::collections::{BTreeMap, BTreeSet};

/// How many values of one place are kept.
const KEPT: usize = 64;

/// The shortest value of which one that is near is a slip.
const SHORTEST: usize = 4;

/// What the rows of one source showed of its entries.
#[derive(Debug, Default)]
pub(super) struct EntryUse {
    /// The entries that a row fits, by their index.
    fitted: Vec<bool>,
    /// Values with which rows failed tests, in small letters, by the place of [`Source::tested`]: each as written, and where it is first.
    failed: Vec<FxHashMap<String, (String, From)>>,
    /// The columns of those of its files that are tables.
    columns: BTreeSet<String>,
    /// Its files.
    files: Vec<String>,
}

impl EntryUse {
    /// Notes a file of the source.
    pub(super) fn file(&mut self, source: &Source, name: &str, columns: &[&str]) {
        self.fitted.resize(source.entries.len(), false);
        self.failed.resize_with(source.tested.len(), FxHashMap::default);
        self.columns.extend(columns.iter().map(|column| column.trim().to_owned()));
        self.files.push(name.to_owned());
    }

    /// Whether a file of the source is a table.
    pub(super) fn is_table(&self) -> bool {
        !self.columns.is_empty()
    }

    /// Notes an entry that a row fits, or may.
    pub(super) fn fits(&mut self, entry: usize) {
        self.fitted[entry] = true;
    }

    /// Notes a value with which a row fails a test.
    pub(super) fn fails(&mut self, place: usize, value: &str, lower: &str, from: From) {
        let failed = &mut self.failed[place];
        if failed.len() < KEPT && !failed.contains_key(lower) {
            failed.insert(lower.to_owned(), (value.to_owned(), from));
        }
    }

    /// Reports the entries that no row fits, and values that are near to those that an entry wants.
    pub(super) fn report(&self, source: &Source, gathered: &Gathered, diagnostics: &mut Vec<Diagnostic>) {
        let is_idle = |entry: &&Entry| {
            let can_be = !entry.is_of_file && entry.each.is_none() && !entry.when.is_empty() && !matches!(entry.says, Says::Warn(_));
            can_be && !self.fitted[entry.number]
        };
        let mut reported: Vec<&str> = Vec::new();
        for entry in source.entries.iter().filter(is_idle) {
            let slip = entry.when.iter().find_map(|test| self.slip(source, test));
            if self.is_table() || slip.is_some() {
                diagnostics.push(self.idle(source, entry, slip));
                reported.extend(entry.when.iter().flat_map(|test| &test.is).map(String::as_str));
            }
        }
        for (place, (pointer, known)) in source.tested.iter().enumerate() {
            let failed: BTreeMap<&String, &(String, From)> = self.failed[place].iter().collect();
            for (lower, (value, from)) in failed.into_iter().filter(|(lower, _)| !known.contains(lower)) {
                let Some(near) = near(lower, known).filter(|near| !reported.contains(near)) else { continue };
                let row = gathered.origin(*from).unwrap_or_default();
                let headline = format!("{}: no entry of {} knows {} in {}", code(row), code(&source.name), shown(value), code(pointer));
                let help = format!("did you mean {}? A value that is right is named by `others`", code(near));
                diagnostics.push(Diagnostic::nowhere(Code::IdleEntry, headline).help(help));
            }
        }
    }

    /// A value that a test wants, and the one of a row that is near to it.
    fn slip<'s>(&'s self, source: &Source, test: &'s Test) -> Option<(&'s str, &'s str)> {
        let known = &source.tested[test.place].1;
        let mut failed: Vec<&String> = self.failed[test.place].keys().filter(|value| self.is_table() || !known.contains(value)).collect();
        failed.sort();
        test.is.iter().find_map(|wanted| {
            let near = near(wanted, failed.iter().copied())?;
            Some((wanted.as_str(), self.failed[test.place][near].0.as_str()))
        })
    }

    /// The warning of an entry that no row fits.
    fn idle(&self, source: &Source, entry: &Entry, slip: Option<(&str, &str)>) -> Diagnostic {
        let files = any_of_at_most(self.files.iter().map(code), 3);
        let label = format!("no row of {files} fits");
        let headline = format!("no row fits an entry of {}", code(&source.name));
        let mut diagnostic = Diagnostic::new(Code::IdleEntry, headline, entry.span, label);
        for test in &entry.when {
            let failed = self.failed[test.place].iter().filter(|(lower, _)| !test.is.contains(lower));
            let mut values: Vec<&str> = failed.map(|(_, (value, _))| value.as_str()).collect();
            values.sort_unstable();
            if !values.is_empty() {
                let values = any_of_at_most(values.into_iter().map(shown), 6);
                diagnostic = diagnostic.note(format!("rows have {values} in {}", code(&test.pointer.text)));
            }
        }
        let misspelt = entry.when.iter().find_map(|test| {
            let [step] = test.pointer.steps.as_slice() else { return None };
            let is_there = self.columns.iter().any(|column| alike(column, step));
            if is_there { None } else { did_you_mean(step, self.columns.iter().map(String::as_str)) }
        });
        if let Some(column) = misspelt {
            return diagnostic.help(format!("did you mean the column {}?", code(column)));
        }
        match slip {
            Some((wanted, near)) => diagnostic.help(format!("did you mean {} in place of {}?", shown(near), code(wanted))),
            None => diagnostic,
        }
    }
}

/// The columns that a source may do without and that no row of a table has, where one that nothing reads has nearly that name.
pub(super) fn misspelt_columns(source: &Source, file: &str, columns: &[&str]) -> Vec<Diagnostic> {
    let is_column = |step: &str| columns.iter().any(|column| alike(column, step));
    let read: Vec<&str> = source.pointers().filter_map(|pointer| pointer.steps.first().map(String::as_str)).collect();
    let unread: Vec<&str> = columns.iter().copied().filter(|column| !read.iter().any(|step| alike(column, step))).collect();
    let absent = source.pointers().filter(|pointer| pointer.may == Mark::Absent && pointer.steps.len() == 1);
    let mut absent: Vec<&str> = absent.map(|pointer| pointer.steps[0].as_str()).filter(|step| !is_column(step)).collect();
    absent.sort_unstable();
    absent.dedup();
    let warning = |step: &str| {
        let near = did_you_mean(step, unread.iter().map(|column| column.trim()))?;
        let headline = format!("{} has no column {}, which {} would read", code(file), code(step), code(&source.name));
        let note = "the mapping allows that it lacks, so what it would say is left out, such as when something ends";
        Some(Diagnostic::nowhere(Code::IdleEntry, headline).note(note).help(format!("did you mean {}?", code(near))))
    };
    absent.into_iter().filter_map(warning).collect()
}

/// The one of some values that is near to another, if that looks like a slip.
fn near<'k>(value: &str, known: impl IntoIterator<Item = &'k String>) -> Option<&'k str> {
    let has_digit = |text: &str| text.bytes().any(|byte| byte.is_ascii_digit());
    let candidates = known.into_iter().map(String::as_str).filter(|known| *known != value && !has_digit(known));
    if value.chars().count() < SHORTEST || has_digit(value) { None } else { did_you_mean(value, candidates) }
}

fn shown(value: &str) -> String {
    if value.is_empty() { "nothing".to_owned() } else { code(shorten(value, Limit::NAME)) }
}
