//! Changes of date: the same question asked as of another day.
//!
//! The answer can turn only at an instant at which something begins or ends on which it may depend. From the question's date on, these
//! instants are tried in order, back and forth, and the first one on each side at which the answer turns is proposed. So between it and the
//! question's date the answer does not turn. If a limit is reached first, nothing is proposed on that side.

use super::answer::{DatedAnswer, DatedElement, Element};
use crate::eval::{Decider, Outcome, QueryContext};
use crate::explain;
use crate::graph::Node;
use crate::plan::Context;
use crate::policy::{Metadata, Policy};
use crate::query::lists::Turning;
use crate::time::{Instant, Interval};
use crate::world::{EntityId, ResolvedRequest};
use std::collections::BTreeSet;

/// The most instants that are tried before the question's date, and the most after it.
const MAX_DATES: usize = 10_000;

/// The dates on which the answer is turned.
#[derive(Default)]
pub(super) struct DateTurns {
    /// At most two: just before the last turn before the question's date, and the first turn after it.
    pub(super) dates: Vec<DatedAnswer>,
    /// A limit was reached: there may be others.
    pub(super) limited: bool,
}

/// The nearest dates at which the answer is a yes (`allow`) or a no, where it is the other one on the question's date.
pub(super) fn turns(decider: &QueryContext<'_>, asked: &ResolvedRequest, allow: bool) -> DateTurns {
    // An answer may be found without dates: they do not use up what is left of the work.
    let part = decider.budget.half();
    let mut found = DateTurns::default();
    let search = decider.drawing_on(&part);
    let now = decider.context.at;
    let instants = instants(decider, asked);
    let (earlier, later) = instants.split_at(instants.partition_point(|&instant| instant <= now));
    // An assumption counts from the question's date on. That it does not count before is no turn.
    if !decider.world.has_assumptions_at(now) {
        nearest(&search, asked, allow, earlier.iter().rev().map(|instant| instant.before()), &mut found);
    }
    nearest(&search, asked, allow, later.iter().copied(), &mut found);
    found.limited |= part.exhausted().is_some();
    decider.budget.spend(part.spent());
    found
}

/// The instants at which something begins or ends on which the answer may depend, sorted.
fn instants(decider: &QueryContext<'_>, asked: &ResolvedRequest) -> Vec<Instant> {
    let only = |entity: EntityId| Some(BTreeSet::from([entity]));
    let mut turning = Turning::within(decider, !has_one_date(decider), Interval::ALWAYS);
    let mut instants = turning.of_requests(&[asked.action], &only(asked.subject), &only(asked.resource));
    instants.retain(|&instant| instant != Instant::MIN && instant != Instant::MAX);
    instants.into_iter().collect()
}

/// Adds the first of the dates at which the answer is turned.
fn nearest(decider: &QueryContext<'_>, asked: &ResolvedRequest, allow: bool, dates: impl Iterator<Item = Instant>, found: &mut DateTurns) {
    for (tried, at) in dates.enumerate() {
        // A life is one interval: further off, they do not live either.
        if ![asked.subject, asked.resource].into_iter().all(|entity| decider.world.lives(entity, at)) {
            return;
        }
        let context = moved(decider, at);
        let decision = decider.about(&Decider::new(decider.compiled, decider.world, context)).decide(asked);
        if tried == MAX_DATES || decision.exhausted.is_some() {
            found.limited = true;
            return;
        }
        if decision.allowed() == allow {
            let turning = if has_one_date(decider) { turning(decider, asked, turning_day(at, decider.context.at)) } else { Vec::new() };
            found.dates.push(DatedAnswer { at, outcome: decision.outcome, turning });
            return;
        }
    }
}

/// Whether world and policy have the same date in the question. They keep one date then.
fn has_one_date(decider: &QueryContext<'_>) -> bool {
    decider.context.at == decider.context.policy_at
}

/// The context of the question on another date.
fn moved(decider: &QueryContext<'_>, at: Instant) -> Context {
    let policy_at = if has_one_date(decider) { at } else { decider.context.policy_at };
    Context { at, policy_at, ..decider.context.clone() }
}

/// The day on which something begins or ends so that the answer turns. For a date before `now` this is the instant after it, since earlier
/// dates are tried just before the day.
pub fn turning_day(at: Instant, now: Instant) -> Instant {
    if at < now { at.after() } else { at }
}

/// The elements that turn the answer on that day: they begin or end then, and the answer rests on them while they are in force. None if the
/// world turns it without them.
fn turning(decider: &QueryContext<'_>, asked: &ResolvedRequest, day: Instant) -> Vec<DatedElement> {
    let policy = &decider.compiled.policy;
    let of = |context| Decider::new(decider.compiled, decider.world, context);
    let (before, then) = (of(moved(decider, day.before())), of(moved(decider, day)));
    let by_the_world = of(Context { policy_at: day.before(), ..then.context.clone() });
    let mut found = BTreeSet::new();
    if decider.about(&by_the_world).decide(asked).allowed() == decider.about(&then).decide(asked).allowed() {
        return Vec::new();
    }
    for (side, ends) in [(before, true), (then, false)] {
        let side = decider.about(&side);
        let record = side.record_decision(asked);
        if record.decision.exhausted.is_some() || record.decision.outcome == Outcome::NotGranted {
            continue;
        }
        let elements = explain::rests_on(&side, asked, &record).into_iter().filter_map(|node| element(policy, node));
        let turn = |meta: &Metadata| if ends { meta.validity.until } else { meta.validity.since };
        found.extend(elements.filter(|(_, meta)| turn(meta) == Some(day)).map(|(element, _)| DatedElement { element, ends }));
    }
    found.into_iter().collect()
}

/// The element that a node is, if it has dates.
fn element(policy: &Policy, node: Node) -> Option<(Element, &Metadata)> {
    Some(match node {
        Node::Implication(id) => (Element::Implication(id), &policy.implications[id].meta),
        Node::Role(id) => (Element::Role(id), &policy.roles[id].meta),
        Node::Rule(id) => (Element::Rule(id), &policy.rules[id].meta),
        Node::Table(id) => (Element::Table(id), &policy.tables[id].meta),
        _ => return None,
    })
}
