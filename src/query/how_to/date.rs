//! Dates as changes: the same question asked of another day.

use super::Step;
use crate::eval::{Change, Changes, Decider};
use crate::syntax::Instant;
use std::collections::BTreeSet;

/// How many dates are tried on either side.
const TRIED: usize = 24;

/// The dates worth a try: just before something begins or ends, and when it does.
pub(super) fn dates(decider: &Decider<'_>, known: &BTreeSet<Instant>) -> Vec<Change> {
    let now = decider.scene.at;
    let bounded = |date: &&Instant| **date != Instant::MIN && **date != Instant::MAX;
    let earlier = known.iter().filter(bounded).rev().filter(|&&date| date <= now).take(TRIED).map(|date| date.before());
    let later = known.iter().filter(bounded).filter(|&&date| date > now).take(TRIED).copied();
    let both = decider.scene.at == decider.scene.policy_at;
    let changes = earlier.chain(later).map(|at| Change::Date { at, policy_at: if both { at } else { decider.scene.policy_at } });
    changes.collect()
}

/// Of the dates that do it, the nearest before and the nearest after.
pub(super) fn nearest(decider: &Decider<'_>, good: BTreeSet<Changes>) -> BTreeSet<Changes> {
    let now = decider.scene.at;
    let date = |set: &Changes| match set.as_slice() {
        [Change::Date { at, .. }] => Some(*at),
        _ => None,
    };
    let last_before = good.iter().filter_map(date).filter(|&at| at < now).max();
    let first_after = good.iter().filter_map(date).filter(|&at| at > now).min();
    good.into_iter().filter(|set| date(set).is_none_or(|at| Some(at) == last_before || Some(at) == first_after)).collect()
}

/// A date in words.
pub(super) fn step(decider: &Decider<'_>, at: Instant, allow: bool) -> Step {
    let earlier = at < decider.scene.at;
    let answer = if allow { "allowed" } else { "not allowed" };
    // A date tried is the last instant before something began or ended; people name the day on which that was.
    let (what, says) = if earlier {
        (format!("before {}", at.after()), format!("until then it was {answer}"))
    } else {
        (format!("from {at}"), format!("from then on it is {answer}"))
    };
    Step { change: "date", what, says, places: Vec::new(), by: Vec::new(), outside: None }
}
