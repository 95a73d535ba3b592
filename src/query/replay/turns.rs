//! What of a world begins or ends at each instant.

use crate::time::{Instant, Interval};
use crate::world::{EntityId, Statement, World};
use std::collections::BTreeSet;

/// What of a world begins or ends, by the instant.
#[derive(Debug, Default)]
pub(super) struct Turns {
    facts: Vec<(Instant, Statement)>,
    lives: Vec<(Instant, EntityId)>,
    /// Where what is left open, or denied, begins or ends.
    open: Vec<Instant>,
}

impl Turns {
    /// Those of a world.
    pub(super) fn of(world: &World) -> Turns {
        let mut turns = Turns::default();
        for (_, fact) in world.facts().filter(|(_, fact)| !fact.during.is_empty()) {
            turns.facts.extend(ends(fact.during).map(|at| (at, fact.statement)));
        }
        for ent in world.ents().filter(|&ent| !world.life(ent).is_empty()) {
            turns.lives.extend(ends(world.life(ent)).map(|at| (at, ent)));
        }
        let patterns = world.openings().patterns().map(|(_, pattern)| pattern.during);
        turns.open.extend(patterns.chain(world.all_denials().map(|denial| denial.during)).flat_map(ends));
        turns.facts.sort_unstable();
        turns.lives.sort_unstable();
        turns.open.sort_unstable();
        turns
    }

    /// All instants, in no order. What was left open from an instant on may have held before only just after it.
    pub(super) fn instants(&self) -> impl Iterator<Item = Instant> {
        let facts = self.facts.iter().map(|&(at, _)| at);
        let lives = self.lives.iter().map(|&(at, _)| at);
        facts.chain(lives).chain(self.open.iter().flat_map(|&at| [at, at.after()]))
    }

    /// The statements of facts that begin or end at an instant.
    pub(super) fn statements(&self, at: Instant) -> BTreeSet<Statement> {
        of_instant(&self.facts, at).iter().map(|&(_, statement)| statement).collect()
    }

    /// The entities that begin or end to live at an instant.
    pub(super) fn entities(&self, at: Instant) -> Vec<EntityId> {
        let mut entities: Vec<EntityId> = of_instant(&self.lives, at).iter().map(|&(_, ent)| ent).collect();
        entities.dedup();
        entities
    }

    /// Whether something begins or ends to be open or denied at an instant, or just before it.
    pub(super) fn is_open(&self, at: Instant) -> bool {
        [at, at.before()].iter().any(|at| self.open.binary_search(at).is_ok())
    }
}

fn of_instant<T>(all: &[(Instant, T)], at: Instant) -> &[(Instant, T)] {
    let start = all.partition_point(|(other, _)| *other < at);
    let end = all.partition_point(|(other, _)| *other <= at);
    &all[start..end]
}

/// The instants at which an interval begins and ends.
fn ends(during: Interval) -> impl Iterator<Item = Instant> {
    [during.since, during.until].into_iter().filter(|&at| at != Instant::MIN && at != Instant::MAX)
}
