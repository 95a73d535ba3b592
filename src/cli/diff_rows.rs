//! Rows of differences for programs, as `what-if`, `diff` and `replay` print them.

use crate::eval::Outcome;
use crate::query::diff::{Because, DiffRow, Direction, Side, Sides};
use crate::query::lists::{OpenCounts, OpenItem};
use crate::report;
use crate::report::json::diff::{DiffCounts, DiffRowJson};
use crate::wording::Words;
use std::cell::RefCell;

/// Counts a row.
pub(super) fn count(counts: &mut DiffCounts, row: &DiffRow) {
    match row.direction() {
        Direction::Widened => counts.widened += 1,
        Direction::Narrowed => counts.narrowed += 1,
        Direction::Unsure => counts.unsure += 1,
    }
}

/// The row as programs read it. What is missing on the new side is counted in `open`.
pub(super) fn program_row<'s>(sides: Sides<'s>, row: &DiffRow, because: &Because<'_>, open: &RefCell<OpenCounts>) -> DiffRowJson<'s> {
    let unknown = [Side::New, Side::Old].into_iter().find(|&side| row.side(side).outcome == Some(Outcome::Unknown));
    let missing = unknown.map(|side| (side, row.missing(sides, side)));
    let why = missing.as_ref().map_or_else(Vec::new, |(side, missing)| {
        let words = Words::of(sides.decider(*side));
        missing.iter().map(|&datum| words.datum(datum)).collect()
    });
    if let Some((Side::New, missing)) = &missing {
        open.borrow_mut().add_row(missing.iter().map(|&datum| OpenItem::of(sides.new, datum)));
    }
    report::json::diff::row(sides, row, because.of(row), why)
}
