//! From a row to what it says.
//!
//! `evaluator` has the data; `row` goes through the entries of a source, `says` adds what one of them says, and `values` finds the values that
//! it needs in the row and among bindings.
//!
//! Invariant: a row that lacks a value says less, never more. A fact that lacks one becomes unknown, with `_` in its place, and for all time.

mod evaluator;
mod row;
mod says;
mod values;

pub(super) use evaluator::{Bound, Captured, Evaluator};
