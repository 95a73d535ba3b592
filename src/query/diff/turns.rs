//! What of a world begins or ends at each instant.

use crate::time::{Instant, Interval};
use crate::world::{EntityId, Statement, World};
use std::collections::{BTreeMap, BTreeSet};

/// What of a world begins or ends, by the instant.
#[derive(Clone, Debug, Default)]
pub(in crate::query) struct Turns {
    statements: BTreeMap<Instant, BTreeSet<Statement>>,
    entities: BTreeMap<Instant, BTreeSet<EntityId>>,
    /// Where something is opened, denied, or neither any more, and the instants just after.
    open: BTreeSet<Instant>,
}

static NO_STATEMENTS: BTreeSet<Statement> = BTreeSet::new();
static NO_ENTITIES: BTreeSet<EntityId> = BTreeSet::new();

impl Turns {
    /// Those at some instant of a window, or just at its end.
    pub(in crate::query) fn of(world: &World, window: Interval) -> Turns {
        let mut turns = Turns::default();
        let ends = |during: Interval| {
            let ends = [during.since, during.until].into_iter().filter(|&end| end != Instant::MIN && end != Instant::MAX);
            ends.filter(move |&end| window.since <= end && end <= window.until && !during.is_empty())
        };
        for (_, fact) in world.facts() {
            ends(fact.during).for_each(|end| _ = turns.statements.entry(end).or_default().insert(fact.statement));
        }
        for ent in world.ents() {
            ends(world.life(ent)).for_each(|end| _ = turns.entities.entry(end).or_default().insert(ent));
        }
        let patterns = world.openings().patterns().map(|(_, pattern)| pattern.during);
        let open = patterns.chain(world.all_denials().map(|denial| denial.during)).flat_map(ends);
        // What was left open from an instant on may have held before only just after it.
        turns.open = open.flat_map(|end| [end, end.after()]).collect();
        turns
    }

    /// All instants, in no order.
    pub(in crate::query) fn instants(&self) -> impl Iterator<Item = Instant> {
        self.statements.keys().chain(self.entities.keys()).chain(&self.open).copied()
    }

    /// The statements of facts that begin or end at an instant.
    pub(in crate::query) fn statements(&self, at: Instant) -> &BTreeSet<Statement> {
        self.statements.get(&at).unwrap_or(&NO_STATEMENTS)
    }

    /// The entities that begin or end to live at an instant.
    pub(super) fn entities(&self, at: Instant) -> &BTreeSet<EntityId> {
        self.entities.get(&at).unwrap_or(&NO_ENTITIES)
    }

    /// Whether something begins or ends to be open or denied at an instant, or just before it.
    pub(super) fn is_open(&self, at: Instant) -> bool {
        self.open.contains(&at)
    }
}
