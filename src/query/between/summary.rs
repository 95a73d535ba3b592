//! Rows for people: who may do the same in the same interval for the same reasons, together.

use super::rows::{AccessInterval, Between, Causes};
use crate::eval::Outcome;
use crate::policy::ActionId;
use crate::query::access::Grouping;
use crate::query::lists::{OpenCounts, OpenItem};
use crate::time::{Instant, Interval};
use crate::world::EntityId;

/// With more rows than these, what began and ended them is not worked out.
pub const MANY_INTERVALS: usize = 20_000;

/// Rows that are grouped.
#[derive(Clone, Debug, Default)]
pub struct BetweenSummary {
    /// How many rows are allowed.
    pub allowed: usize,
    /// How many are unknown.
    pub unknown: usize,
    /// How many were given up.
    pub given_up: usize,
    /// Whether what began and ended the rows was worked out.
    pub with_causes: bool,
    /// The groups: those that begin first come first.
    pub groups: Vec<IntervalGroup>,
    /// What unknown rows depend on.
    pub open: OpenCounts,
}

/// Requests with the same outcome in the same interval, each of the subjects with each of the actions on each of the resources.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IntervalGroup {
    /// Allowed or unknown.
    pub outcome: Outcome,
    /// The interval, as [`AccessInterval::during`].
    pub during: Interval,
    /// What began and ended it.
    pub causes: Causes,
    /// Who, in order.
    pub subjects: Vec<EntityId>,
    /// What, in the order of names.
    pub actions: Vec<ActionId>,
    /// To what, in order.
    pub resources: Vec<EntityId>,
}

/// What the rows of a group have in common. The order is that of groups.
type Key = (Instant, Instant, Outcome, Causes);

impl Between<'_> {
    /// The rows, grouped.
    pub fn summary(&self, rows: &[AccessInterval]) -> BetweenSummary {
        let mut summary = BetweenSummary { with_causes: rows.len() <= MANY_INTERVALS, ..BetweenSummary::default() };
        let causes = if summary.with_causes { self.causes(rows) } else { Vec::new() };
        let mut grouping: Grouping<Key> = Grouping::default();
        for (index, row) in rows.iter().enumerate() {
            let unknown = row.row.outcome == Outcome::Unknown;
            *(if unknown { &mut summary.unknown } else { &mut summary.allowed }) += 1;
            summary.given_up += usize::from(row.row.exhausted.is_some());
            if unknown {
                summary.open.add_row(self.open_items(row));
            }
            let causes = causes.get(index).cloned().unwrap_or_default();
            grouping.add(row.row.request, (row.during.since, row.during.until, row.row.outcome, causes));
        }
        let world = self.decider.world;
        let groups = grouping.into_shared().into_iter().map(|(((since, until, outcome, causes), actions, mut resources), subjects)| {
            world.sort_entities(&mut resources);
            IntervalGroup { outcome, during: Interval { since, until }, causes, subjects, actions, resources }
        });
        summary.groups = groups.collect();
        summary.groups.sort_by(|a, b| {
            let by_subject = || world.compare_entities(a.subjects[0], b.subjects[0]);
            let by_resource = || world.compare_entities(a.resources[0], b.resources[0]);
            a.during.cmp(&b.during).then_with(by_resource).then_with(by_subject).then_with(|| a.actions.cmp(&b.actions))
        });
        summary
    }

    /// What of the world an unknown row depends on, at its first instant.
    pub fn open_items(&self, row: &AccessInterval) -> Vec<OpenItem> {
        let decider = self.timeline.decider(row.first);
        self.missing(row).into_iter().map(|datum| OpenItem::of(&decider, datum)).collect()
    }
}
