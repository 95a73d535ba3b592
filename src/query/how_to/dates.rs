//! Changes of date: the same question asked as of another day.

use super::answer::{ChangeStep, DatedElement, Element};
use crate::counterfactual::{Change, ChangeSet};
use crate::eval::QueryContext;
use crate::graph::{GrantSource, Permit};
use crate::policy::Metadata;
use crate::time::Instant;
use crate::world::ResolvedRequest;
use std::collections::BTreeSet;

/// The most dates that are tried before the question's date, and the most after it.
const MAX_DATES: usize = 24;

/// The changes of date to try, by the dates on which something begins or ends. An earlier date is tried just before it, a later one on it.
/// The earlier dates come first; in both groups the nearest is first.
pub(super) fn candidates(decider: &QueryContext<'_>, turning: &BTreeSet<Instant>) -> Vec<Change> {
    let now = decider.context.at;
    let bounded = |date: &&Instant| **date != Instant::MIN && **date != Instant::MAX;
    let earlier = turning.iter().filter(bounded).rev().filter(|&&date| date <= now).take(MAX_DATES).map(|date| date.before());
    let later = turning.iter().filter(bounded).filter(|&&date| date > now).take(MAX_DATES).copied();
    // If world and policy have the same date in the question, they keep one date.
    let one_date = decider.context.at == decider.context.policy_at;
    let change = |at| Change::Date { at, policy_at: if one_date { at } else { decider.context.policy_at } };
    earlier.chain(later).map(change).collect()
}

/// Drops the changes of date except two: the last one before the date of the question, and the first one after it.
pub(super) fn keep_nearest(decider: &QueryContext<'_>, sets: BTreeSet<ChangeSet>) -> BTreeSet<ChangeSet> {
    let now = decider.context.at;
    let date = |set: &ChangeSet| match set.as_slice() {
        [Change::Date { at, .. }] => Some(*at),
        _ => None,
    };
    let last_before = sets.iter().filter_map(date).filter(|&at| at < now).max();
    let first_after = sets.iter().filter_map(date).filter(|&at| at > now).min();
    sets.into_iter().filter(|set| date(set).is_none_or(|at| Some(at) == last_before || Some(at) == first_after)).collect()
}

/// A change of date with the elements that begin or end then.
pub(super) fn step(decider: &QueryContext<'_>, asked: &ResolvedRequest, change: Change, at: Instant) -> ChangeStep {
    let one_date = decider.context.at == decider.context.policy_at;
    let turning = if one_date { turning(decider, asked, turning_day(at, decider.context.at)) } else { Vec::new() };
    ChangeStep { turning, ..ChangeStep::bare(change) }
}

/// The day on which something begins or ends so that the answer turns. For a date before `now` this is the instant after it, since earlier
/// dates are tried just before the day.
pub fn turning_day(at: Instant, now: Instant) -> Instant {
    if at < now { at.after() } else { at }
}

/// The elements that matter to the action of the question, and begin or end on that day.
fn turning(decider: &QueryContext<'_>, asked: &ResolvedRequest, day: Instant) -> Vec<DatedElement> {
    let (policy, graph) = (&decider.compiled.policy, &decider.compiled.graph);
    let mut found = BTreeSet::new();
    let mut look_at = |element: Element, meta: &Metadata| {
        for (date, ends) in [(meta.validity.since, false), (meta.validity.until, true)] {
            if date == Some(day) {
                found.insert(DatedElement { element, ends });
            }
        }
    };
    for &rule in graph.denies(asked.action) {
        look_at(Element::Rule(rule), &policy.rules[rule].meta);
    }
    for &permit in graph.permits(asked.action) {
        match permit {
            Permit::Rule(rule) => look_at(Element::Rule(rule), &policy.rules[rule].meta),
            Permit::Role(role) => {
                look_at(Element::Role(role), &policy.roles[role].meta);
                for grant in graph.grant_path(role, asked.action).grants {
                    if let GrantSource::Cell { table, .. } = grant.by {
                        look_at(Element::Table(table), &policy.tables[table].meta);
                    }
                }
            }
        }
        for implication in graph.may_derive(permit) {
            look_at(Element::Implication(implication), &policy.implications[implication].meta);
        }
    }
    found.into_iter().collect()
}
