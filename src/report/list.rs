//! What lists for people share: how a cut is said, and what of the world is open.

use super::layout::{PageWriter, piece, prose, whole};
use super::palette::Paint;
use crate::diag::phrases::counted;
use crate::wording::{OpenText, left_out, others_left_out};

/// Rows that a list does not print.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct LeftOut {
    /// How many were asked for, and cut by `--limit`.
    pub cut: usize,
    /// How many were not asked for: they are known or unknown, listed, or do not end in time.
    pub hidden: usize,
    /// The search for rows reached a limit, so that there may be others.
    pub search_cut: bool,
}

impl LeftOut {
    /// That no row is left: `none`, which claims nothing of rows that were not asked for, or not looked for.
    pub(super) fn no_row(self, none: &str) -> String {
        match (self.search_cut, self.hidden) {
            (true, _) => format!("no row was found within the limit{}", self.others()),
            (false, 0) => none.to_owned(),
            (false, _) => format!("no such row{}", self.others()),
        }
    }

    /// The rows that were not asked for, to follow the count of the others.
    pub(super) fn others(self) -> String {
        others_left_out(self.hidden, "other row")
    }
}

/// How many rows are printed, and of how many: `20 rows`, `the first 2 of 20 rows`.
pub(super) fn of_all(printed: usize, left_out: usize, noun: &str) -> String {
    let all = counted(printed + left_out, noun);
    if left_out > 0 { format!("the first {printed} of {all}") } else { all }
}

/// Adds how many rows were left out, if any were.
pub(super) fn cut(page: &mut PageWriter, count: usize) {
    if let Some(text) = left_out(count) {
        page.gap();
        page.paragraph(&[], "", &[piece(Paint::Doubt, &text), prose(", left out by --limit")]);
    }
}

/// Adds what of the world is open, with the number of rows that depend on it.
pub(super) fn open(page: &mut PageWriter, open: &[OpenText]) {
    if open.is_empty() {
        return;
    }
    page.gap();
    page.paragraph(&[], "", &[piece(Paint::Title, "what the world leaves open")]);
    for OpenText { fact, why, rows } in open {
        let why = why.as_ref().map(|why| format!(": {why}")).unwrap_or_default();
        let rows = if *rows == 0 { String::new() } else { format!(" ({})", counted(*rows, "row")) };
        let body = [whole(Paint::Plain, fact), prose(&why), piece(Paint::Plain, &rows)];
        page.paragraph(&[whole(Paint::Doubt, "? ")], "  ", &body);
    }
}

/// What counts as absent though no export shows it, a line each.
pub(super) fn taken_as_absent<'t>(page: &mut PageWriter, lacks: impl IntoIterator<Item = &'t str>) {
    let mut lacks = lacks.into_iter().peekable();
    if lacks.peek().is_none() {
        return;
    }
    page.gap();
    page.paragraph(&[], "", &[piece(Paint::Title, "not imported, so it counts as absent")]);
    for lack in lacks {
        page.paragraph(&[whole(Paint::Plain, "  "), whole(Paint::Doubt, "? ")], "    ", &[piece(Paint::Plain, lack)]);
    }
}
