//! What runs of suites found, in words.

use crate::diag::phrases::{all_of, counted};
use crate::eval::Outcome;
use std::fmt::Write as _;

/// What differs: the answer.
pub fn expected_answer(expected: &str, got: Outcome) -> String {
    format!("expected {expected}, got {}", got.name())
}

/// What differs: the claims on which the answer rests.
pub fn expected_claims(missing: &[String], got: &[String]) -> String {
    let got = if got.is_empty() { "no claim".to_owned() } else { all_of(got) };
    format!("expected to rest on {}, rests on {got}", all_of(missing))
}

/// What differs: the explanation.
pub fn expected_snapshot(is_kept: bool) -> &'static str {
    if is_kept { "the explanation is not the one that is kept" } else { "no explanation is kept yet; `--update` keeps this one" }
}

/// How many differences are not shown.
pub fn more_failures(count: usize) -> String {
    format!("and {count} more")
}

/// What became of a snapshot.
pub fn snapshot_change(kept: bool, now: bool) -> &'static str {
    match (kept, now) {
        (true, true) => "changed",
        (false, _) => "new",
        (true, false) => "used by no entry",
    }
}

/// The last line of a run.
pub fn suite_summary(suites: usize, (passed, failed, broken): (usize, usize, usize)) -> String {
    let mut line = format!("{}: {passed} passed, {failed} failed", counted(suites, "suite"));
    if broken > 0 {
        _ = write!(line, ", {} cannot be run", counted(broken, "suite"));
    }
    line
}

/// That a suite cannot be run, before its mistakes.
pub fn broken_suite(name: &str) -> String {
    format!("`{name}` cannot be run")
}

/// The title of a table of coverage.
pub fn coverage_of(pack: &str) -> String {
    format!("Coverage of {pack}")
}

/// What is not covered: the thing, and what never was.
pub fn not_covered(name: &str, missing: &str) -> String {
    format!("{name} {missing}")
}

/// That a measure is too low.
pub fn coverage_below(pack: &str, measure: &str, percent: usize, least: u8) -> String {
    format!("coverage of {measure} of {pack} is {percent} %, below {least} %")
}

/// How many changes of a pack were tried, and how many no suite noticed.
pub fn mutants_of(pack: &str, tried: usize, survived: usize) -> String {
    format!("Changes of {pack}: {tried} tried, {survived} not noticed by any suite")
}

/// How many of the changes that nobody noticed are explained.
pub fn explained_mutants(count: usize) -> String {
    format!("{count} of these {} explained by a comment (`-v` lists them)", if count == 1 { "is" } else { "are" })
}

/// A change that makes no difference, and why.
pub fn equivalent_mutant(change: &str, why: &str) -> String {
    format!("{change}: equivalent, since {why}")
}

/// Which request would tell a change from the pack.
pub fn told_apart(request: &str, at: &str, suite: &str, is: Outcome, becomes: Outcome) -> String {
    let (is, becomes) = (is.name(), becomes.name());
    format!("{request} at {at} would notice it, in the world of {suite}: {is}, and {becomes} with the change")
}

/// That no change was tried.
pub fn not_mutated() -> &'static str {
    "no change of the pack is tried where an entry fails or a suite cannot be run"
}

/// An entry of a suite that covers an element, in one line: where it is, its label and name, and in which ways.
pub fn covering_entry((suite, line): (&str, u32), (label, name): (&str, Option<&str>), ways: &[&str]) -> String {
    let name = name.map(|name| format!(": {name}")).unwrap_or_default();
    format!("{suite}:{line} {label}{name} ({})", ways.join(", "))
}

/// That a suite cannot be run, so that what it covers is not known.
pub fn covers_unknown(suite: &str) -> String {
    format!("`{suite}` cannot be run, so what it covers is not known: `delegraph test {suite}` says why")
}
