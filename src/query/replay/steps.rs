//! The steps of a replay: the instants at which events happen or something begins or ends, each compared with the instant before.

use super::fold::{Happened, RefusedEvents, Replay};
use crate::eval::Decider;
use crate::query::diff::{Changes, Sides};
use crate::time::Instant;
use crate::world::Statement;
use std::collections::BTreeSet;

impl Replay<'_> {
    /// The instants that may be steps, in order: those at which events happen or were refused, at which something of the world begins or
    /// ends and, between the first and the last of these, at which something of the policy does.
    pub fn instants(&self) -> Vec<Instant> {
        let mut instants: BTreeSet<Instant> = self.turns.instants().chain(self.happened.keys().copied()).collect();
        if let (Some(&first), Some(&last), None) = (instants.first(), instants.last(), self.settings.policy_at) {
            instants.extend(self.compiled.policy.dates().filter(|&date| first < date && date < last));
        }
        if let Some(stopped) = self.stopped {
            instants.retain(|&at| at < stopped);
        }
        instants.extend(self.refused.iter().map(|refused| refused.at));
        instants.into_iter().collect()
    }

    /// What happened at an instant.
    pub fn happened_at(&self, at: Instant) -> &[Happened] {
        self.happened.get(&at).map_or(&[], Vec::as_slice)
    }

    /// What cannot happen at an instant. An instant may have several of these, since the refusal of some events may forbid others.
    pub fn refused_at(&self, at: Instant) -> &[RefusedEvents] {
        let start = self.refused.partition_point(|refused| refused.at < at);
        let end = self.refused.partition_point(|refused| refused.at <= at);
        &self.refused[start..end]
    }

    /// The names of the events that happened at an instant, in the order in which the world has them.
    pub fn names_at(&self, at: Instant) -> Vec<&str> {
        let name = |happened: &Happened| self.compiled.policy.events[self.events[happened.event].event].meta.name.as_str();
        self.happened_at(at).iter().map(name).collect()
    }

    /// The facts of which one statement ends at an instant and another begins, so that they go on, by their names, sorted.
    pub fn going_on_at(&self, at: Instant, changes: &Changes) -> Vec<String> {
        let policy = &self.compiled.policy;
        let goes_on = |&statement: &Statement| {
            self.world.find_holding(statement, at).is_some() && self.world.find_holding(statement, at.before()).is_some()
        };
        let statements = self.turns.statements(at).iter().copied().filter(goes_on);
        let mut names: Vec<String> = statements.map(|statement| self.world.statement_text(policy, &statement)).collect();
        names.retain(|name| self.stopped != Some(at) && changes.iter().all(|change| change.subject() != name));
        names.sort();
        names
    }

    /// Compares an instant, as the new side, with the instant before, and calls `then` with both and with what differs.
    pub fn compare<T>(&self, at: Instant, then: impl FnOnce(Sides<'_>, &Changes) -> T) -> T {
        let old = Decider::new(self.compiled, &self.world, self.settings.context(at.before()));
        let new = Decider::new(self.compiled, &self.world, self.settings.context(at));
        let sides = Sides::of_one_world(&old, &new);
        if self.stopped == Some(at) {
            return then(sides, &Changes::default());
        }
        let changes = Changes::at(sides, &self.turns);
        then(sides, &changes)
    }
}
