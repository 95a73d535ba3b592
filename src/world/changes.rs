//! What differs between two worlds that share a base.

use super::ids::{EntityId, FactId};
use super::model::Statement;
use super::open::Denied;
use super::store::column::id_of;
use super::world::World;
use crate::time::{Instant, Interval};
use std::collections::BTreeSet;
use std::sync::Arc;

impl World {
    /// Whether the other world is a clone of this one, or this one of it, apart from changes since.
    pub(crate) fn shares_base(&self, other: &World) -> bool {
        Arc::ptr_eq(&self.store, &other.store) && Arc::ptr_eq(&self.entities, &other.entities)
    }

    /// The statements of facts that were added or changed since the base was made.
    pub(crate) fn touched_statements(&self) -> impl Iterator<Item = Statement> + '_ {
        self.touched_facts().map(|id| self.fact(id).statement)
    }

    /// The facts that were added or whose intervals changed since the base was made.
    pub(crate) fn touched_facts(&self) -> impl Iterator<Item = FactId> + '_ {
        let added = (self.store.len()..self.count()).map(|at| FactId(id_of(at)));
        added.chain(self.delta.changed_facts())
    }

    /// Whether something is assumed from this instant on.
    pub(crate) fn has_assumptions_at(&self, at: Instant) -> bool {
        let turns = |during: Interval| during.since == at || during.until == at;
        // The base has none: an assumption is a change.
        self.touched_facts().any(|id| turns(self.fact(id).during) && self.is_assumed(id))
            || self.all_denials().any(|denial| denial.during.since == at && denial.place.is_none())
    }

    /// The entities that were added or whose lives changed since the base was made.
    pub(crate) fn touched_entities(&self) -> impl Iterator<Item = EntityId> + '_ {
        self.delta.lives().map(|(ent, _)| ent)
    }

    /// What is denied in one of two worlds and not in the other: facts; `None` if it may be more than facts. Denials are compared by what they
    /// are about and when.
    pub(crate) fn denied_otherwise(&self, other: &World) -> Option<Vec<Statement>> {
        if Arc::ptr_eq(&self.denials, &other.denials) {
            return Some(Vec::new());
        }
        let all = |world: &World| -> BTreeSet<(Denied, Instant, Instant)> {
            let sorted = world.denials.sorted().into_iter();
            sorted.flat_map(|(denied, all)| all.iter().map(move |one| (denied, one.during.since, one.during.until))).collect()
        };
        let (one, two) = (all(self), all(other));
        one.symmetric_difference(&two)
            .map(|(denied, ..)| match denied {
                Denied::Fact(statement) => Some(*statement),
                Denied::Attribute(..) | Denied::Others(..) => None,
            })
            .collect()
    }

    /// The statements that patterns of this world leave open which the other does not have; `None` if such a pattern fits several.
    pub(crate) fn opened_since(&self, other: &World) -> Option<Vec<Statement>> {
        if Arc::ptr_eq(&self.open, &other.open) {
            return Some(Vec::new());
        }
        let added = self.open.shapes().filter(|shape| shape.pattern >= other.open.next());
        added.map(super::open::Shape::statement).collect()
    }
}
