//! What of the world is open, and how many rows of a list depend on it.

use crate::eval::{Decider, MissingDatum};
use crate::world::{PatternId, Topic};
use std::collections::BTreeMap;

/// What rows depend on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum OpenItem {
    /// A pattern of the world.
    Pattern(PatternId),
    /// A datum that the world does not have, although no pattern leaves it open.
    Datum(MissingDatum),
}

impl OpenItem {
    /// What would have to be known for the datum to be known.
    pub fn of(decider: &Decider<'_>, datum: MissingDatum) -> OpenItem {
        decider.opening(datum).map_or(OpenItem::Datum(datum), OpenItem::Pattern)
    }
}

/// Counts the rows that depend on each item.
#[derive(Clone, Debug, Default)]
pub struct OpenCounts(BTreeMap<OpenItem, usize>);

impl OpenCounts {
    /// Counts a row that depends on these items, each at most once.
    pub fn add_row(&mut self, items: impl IntoIterator<Item = OpenItem>) {
        let mut items: Vec<OpenItem> = items.into_iter().collect();
        items.sort_unstable();
        items.dedup();
        items.into_iter().for_each(|item| *self.0.entry(item).or_default() += 1);
    }

    /// Adds all patterns over memberships, without a row: whoever is in a group has what it has.
    pub fn add_memberships(&mut self, decider: &Decider<'_>) {
        let (world, at) = (decider.world, decider.context.at);
        let memberships = world.openings().of_topic(Topic::Member).filter(|shape| world.pattern(shape.pattern).during.contains(at));
        memberships.for_each(|shape| self.add(OpenItem::Pattern(shape.pattern)));
    }

    /// Adds an item without a row.
    pub fn add(&mut self, item: OpenItem) {
        self.0.entry(item).or_default();
    }

    /// The items with their counts of rows.
    pub fn iter(&self) -> impl Iterator<Item = (OpenItem, usize)> {
        self.0.iter().map(|(&item, &rows)| (item, rows))
    }
}
