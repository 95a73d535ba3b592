//! The instants at which something begins or ends.

use super::world::World;
use crate::time::{Instant, Interval};

impl World {
    /// Every instant at which a fact, the life of an entity, or what is left open or denied begins or ends; in no order, and repeated.
    pub(crate) fn boundaries(&self) -> Vec<Instant> {
        let facts = self.facts().map(|(_, fact)| fact.during);
        let lives = self.ents().map(|ent| self.life(ent));
        let open = self.openings().patterns().map(|(_, pattern)| pattern.during);
        let all = facts
            .chain(lives)
            .chain(open)
            .chain(self.all_denials().map(|denial| denial.during))
            .filter(|during| *during != Interval::ALWAYS);
        all.flat_map(|during| [during.since, during.until]).collect()
    }

    /// Whether something is assumed from this instant on.
    pub(crate) fn has_assumptions_at(&self, at: Instant) -> bool {
        let turns = |during: Interval| during.since == at || during.until == at;
        self.facts().any(|(id, fact)| turns(fact.during) && self.is_assumed(id))
            || self.all_denials().any(|denial| denial.during.since == at && denial.place.is_none())
    }
}
