//! Memberships that ended: groups that somebody was in before.

use crate::time::Instant;
use crate::world::{EntityId, FactId, Statement, World};
use std::cmp::Reverse;

/// How many ended memberships of a member are looked at for a way back; of more, those that ended last.
pub(crate) const MAX_ENDED_MEMBERSHIPS: usize = 8;

/// The direct memberships of the member that ended by then, with their groups. The one that ended last comes first, and of several that
/// ended together the first fact.
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
