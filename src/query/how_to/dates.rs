//! Dates as changes: the same question asked of another day.

use super::ChangeStep;
use crate::counterfactual::{Change, ChangeSet};
use crate::eval::Decider;
use crate::graph::{GrantSource, Permit};
use crate::policy::Metadata;
use crate::time::Instant;
use crate::world::ResolvedRequest;
use std::collections::BTreeSet;

/// How many dates are tried on either side.
const TRIED: usize = 24;

/// The dates worth a try: just before something begins or ends, and when it does.
pub(super) fn dates(decider: &Decider<'_>, known: &BTreeSet<Instant>) -> Vec<Change> {
    let now = decider.context.at;
    let bounded = |date: &&Instant| **date != Instant::MIN && **date != Instant::MAX;
    let earlier = known.iter().filter(bounded).rev().filter(|&&date| date <= now).take(TRIED).map(|date| date.before());
    let later = known.iter().filter(bounded).filter(|&&date| date > now).take(TRIED).copied();
    let both = decider.context.at == decider.context.policy_at;
    let changes = earlier.chain(later).map(|at| Change::Date { at, policy_at: if both { at } else { decider.context.policy_at } });
    changes.collect()
}

/// Of the dates that do it, the nearest before and the nearest after.
pub(super) fn nearest(decider: &Decider<'_>, good: BTreeSet<ChangeSet>) -> BTreeSet<ChangeSet> {
    let now = decider.context.at;
    let date = |set: &ChangeSet| match set.as_slice() {
        [Change::Date { at, .. }] => Some(*at),
        _ => None,
    };
    let last_before = good.iter().filter_map(date).filter(|&at| at < now).max();
    let first_after = good.iter().filter_map(date).filter(|&at| at > now).min();
    good.into_iter().filter(|set| date(set).is_none_or(|at| Some(at) == last_before || Some(at) == first_after)).collect()
}

/// A date in words.
pub(super) fn step(decider: &Decider<'_>, asked: &ResolvedRequest, at: Instant, allow: bool) -> ChangeStep {
    let earlier = at < decider.context.at;
    let day = if earlier { at.after() } else { at };
    let answer = if allow { "allowed" } else { "not allowed" };
    // A date tried is the last instant before something began or ended; people name the day on which that was.
    let (what, says) = if earlier {
        let revokes = if allow { "" } else { ": the access began then, and an earlier date takes nothing away" };
        (format!("before {day}"), format!("until then it was {answer}{revokes}"))
    } else {
        (format!("from {day}"), format!("from then on it is {answer}"))
    };
    let turns = if decider.context.at == decider.context.policy_at { turning(decider, asked, day) } else { Vec::new() };
    let says = std::iter::once(says).chain(turns).collect::<Vec<_>>().join("; ");
    ChangeStep { change: "date", status: None, what, says, places: Vec::new(), ended: None, foreign: None, by: Vec::new(), outside: None }
}

/// What of the policy begins or ends on that day, of all that bears on the action.
fn turning(decider: &Decider<'_>, asked: &ResolvedRequest, day: Instant) -> Vec<String> {
    let (policy, graph) = (&decider.compiled.policy, &decider.compiled.graph);
    let mut told = BTreeSet::new();
    let mut element = |sort: &str, meta: &Metadata| {
        let claims: Vec<&str> = meta.source.iter().map(|&claim| policy.claims[claim].meta.name.as_str()).collect();
        let cites = if claims.is_empty() { String::new() } else { format!(" ({})", claims.join(", ")) };
        for (date, verb) in [(meta.validity.since, "begins"), (meta.validity.until, "ends")] {
            if date == Some(day) {
                told.insert(format!("{sort} {}{cites} {verb} that day", meta.name));
            }
        }
    };
    for &rule in graph.denies(asked.action) {
        element("rule", &policy.rules[rule].meta);
    }
    for &way in graph.permits(asked.action) {
        match way {
            Permit::Rule(rule) => element("rule", &policy.rules[rule].meta),
            Permit::Role(role) => {
                element("role", &policy.roles[role].meta);
                for grant in graph.grant_path(role, asked.action).grants {
                    if let GrantSource::Cell { table, .. } = grant.by {
                        element("table", &policy.tables[table].meta);
                    }
                }
            }
        }
        for implication in graph.may_derive(way) {
            element("implication", &policy.implications[implication].meta);
        }
    }
    told.into_iter().collect()
}
