//! Memberships that ended: the groups that a member left.

use crate::time::Instant;
use crate::world::{EntityId, FactId, Statement, World};
use std::cmp::Reverse;

/// The most ended memberships of a member that are considered for its return to a group: those that ended last.
pub(crate) const MAX_ENDED_MEMBERSHIPS: usize = 8;

/// The direct memberships of the member that ended at or before `at`, with their groups: first the one that ended last. Those that ended
/// together are in the order of their facts.
pub(crate) fn ended_memberships(world: &World, member: EntityId, at: Instant) -> Vec<(FactId, EntityId)> {
    let mut ended: Vec<(Reverse<Instant>, FactId, EntityId)> = world
        .memberships(member)
        .filter_map(|id| match world.fact(id) {
            fact if fact.during.until > at => None,
            fact => match fact.statement {
                Statement::Member { group, .. } => Some((Reverse(fact.during.until), id, group)),
                _ => None,
            },
        })
        .collect();
    ended.sort();
    ended.into_iter().map(|(_, id, group)| (id, group)).collect()
}
