//! Where the answers to a product differ from what its lines expect.

use super::lines::Lines;
use super::product::{Product, in_order};
use crate::eval::{Decider, Exhausted, Outcome, QueryContext};
use crate::query::access::access_list;
use crate::syntax::suite::ExpectedAnswer;
use crate::world::ResolvedRequest;

/// The most differences of one entry that are kept; the others are counted.
const MOST_KEPT: usize = 1000;

/// A request with the answer that is expected and the one it has.
#[derive(Clone, Copy, Debug)]
pub(super) struct Mismatch {
    pub(super) request: ResolvedRequest,
    pub(super) expected: ExpectedAnswer,
    pub(super) got: Outcome,
}

impl AsRef<ResolvedRequest> for Mismatch {
    fn as_ref(&self) -> &ResolvedRequest {
        &self.request
    }
}

/// The differences of an entry.
#[derive(Debug, Default)]
pub(super) struct Mismatches {
    /// Those that are kept, in the order of requests.
    pub(super) kept: Vec<Mismatch>,
    /// How many more there are.
    pub(super) left_out: usize,
}

/// A request that was given up.
#[derive(Debug)]
pub(super) struct GivenUp(pub(super) ResolvedRequest, pub(super) Exhausted);

/// Compares the answers. Whatever no line names must be denied, and the list of what is allowed or unknown is complete; what a line names is
/// asked about one by one.
///
/// # Errors
///
/// If a request was given up.
pub(super) fn compare<'q>(
    decider: &'q Decider<'q>,
    query: &QueryContext<'_>,
    product: &'q Product,
    lines: &Lines,
) -> Result<Mismatches, GivenUp> {
    let mut found = Mismatches::default();
    for row in access_list(decider, &product.selection) {
        if let Some(exhausted) = row.exhausted {
            return Err(GivenUp(row.request, exhausted));
        }
        if !lines.name(&row.request) {
            found.add(Mismatch { request: row.request, expected: ExpectedAnswer::Denied, got: row.outcome });
        }
    }
    for (request, expected) in lines.requests(query) {
        let decision = decider.decide(&request);
        if let Some(exhausted) = decision.exhausted {
            return Err(GivenUp(request, exhausted));
        }
        if !is_as(expected, decision.outcome) {
            found.add(Mismatch { request, expected, got: decision.outcome });
        }
    }
    in_order(query, &mut found.kept);
    Ok(found)
}

impl Mismatches {
    fn add(&mut self, mismatch: Mismatch) {
        if self.kept.len() < MOST_KEPT {
            self.kept.push(mismatch);
        } else {
            self.left_out += 1;
        }
    }
}

/// Whether an answer is the expected one. One that is unknown is no denial.
pub(super) fn is_as(expected: ExpectedAnswer, got: Outcome) -> bool {
    match expected {
        ExpectedAnswer::Allowed => got == Outcome::Allowed,
        ExpectedAnswer::Denied => matches!(got, Outcome::Barred | Outcome::NotGranted),
        ExpectedAnswer::Barred => got == Outcome::Barred,
        ExpectedAnswer::NotGranted => got == Outcome::NotGranted,
        ExpectedAnswer::Unknown => got == Outcome::Unknown,
    }
}
