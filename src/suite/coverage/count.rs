//! Counts what requests cover.

use super::branches::Branches;
use super::points::{Point, dates};
use super::tally::Tally;
use crate::eval::{Budget, Decider, TraceStep, Truth};
use crate::explain;
use crate::graph::{GrantSource, Permit};
use crate::policy::{EventId, RoleId};
use crate::world::ResolvedRequest;
use std::collections::{BTreeMap, BTreeSet};

/// By point: how many requests cover it.
#[derive(Clone, Debug, Default)]
pub(in crate::suite) struct Counts(BTreeMap<Point, u64>);

impl Counts {
    /// How many requests cover a point.
    pub(in crate::suite) fn of(&self, point: Point) -> u64 {
        self.0.get(&point).copied().unwrap_or_default()
    }

    /// Adds what other requests cover.
    pub(in crate::suite) fn add(&mut self, other: &Counts) {
        for (&point, &count) in &other.0 {
            *self.0.entry(point).or_default() += count;
        }
    }

    /// Adds the events that happen in a world.
    pub(in crate::suite) fn happen(&mut self, events: &BTreeSet<EventId>) {
        for &event in events {
            *self.0.entry(Point::Event(event)).or_default() += 1;
        }
    }

    /// Adds what a request covers.
    pub(in crate::suite) fn count(&mut self, decider: &Decider<'_>, branches: &Branches, request: &ResolvedRequest) {
        let record = decider.record_decision(request);
        if record.decision.exhausted.is_some() {
            return;
        }
        let policy = &decider.compiled.policy;
        let permits = decider.compiled.graph.permits(request.action);
        let (_, tally) = decider.recorded(request, &Budget::default(), Tally::new(branches, permits));
        let mut found = tally.found();
        for root in record.trace.roots() {
            let rule = |rule| match root.truth() {
                Truth::True => Some(Point::Rule(rule, true)),
                Truth::False => Some(Point::Rule(rule, false)),
                Truth::Unknown => None,
            };
            match root.step() {
                TraceStep::Deny(id) => found.extend(rule(id)),
                TraceStep::Permit(index) => match permits[index] {
                    Permit::Rule(id) => found.extend(rule(id)),
                    Permit::Role(role) if root.truth() == Truth::True => found.extend(grants(decider, request, role)),
                    Permit::Role(_) => {}
                },
                _ => {}
            }
        }
        found.extend(explain::cited(decider, request, &record).into_iter().map(Point::Claim));
        let toggles = decider.compiled.graph.toggles(policy, request.action);
        found.extend(toggles.into_iter().map(|toggle| Point::Toggle(toggle, decider.context.is_on(toggle))));
        found.insert(Point::Edition(dates(policy).partition_point(|&date| date <= decider.context.policy_at)));
        for point in found {
            *self.0.entry(point).or_default() += 1;
        }
    }
}

/// The cells and patterns by which a role that is held permits the action.
fn grants(decider: &Decider<'_>, request: &ResolvedRequest, role: RoleId) -> Vec<Point> {
    let path = decider.compiled.graph.active_grant_path(role, request.action, &|node| decider.in_force(node));
    let points = path.grants.iter().map(|grant| match grant.by {
        GrantSource::Cell { table, row, column, .. } => Point::Cell(table, row, column),
        GrantSource::Pattern(pattern) => Point::Grant(grant.role, pattern),
    });
    points.collect()
}
