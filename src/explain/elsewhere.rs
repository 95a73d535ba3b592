//! Assignments of a role that is not held: to groups that the subject is not in, and to the subject over other scopes.

use super::{Finding, Reason};
use crate::eval::{Decider, Truth};
use crate::policy::{Policy, RoleId};
use crate::time::Instant;
use crate::world::{EntityId, FactId, Statement, World};
use std::collections::BTreeSet;

/// Finds assignments beside the one that is lacking.
#[derive(Clone, Copy)]
pub(super) struct Elsewhere<'a> {
    pub(super) decider: &'a Decider<'a>,
    pub(super) policy: &'a Policy,
    pub(super) world: &'a World,
    pub(super) at: Instant,
}

impl Elsewhere<'_> {
    /// The first assignment of the role over the scope to a group that the holder is not in, and the nearest one to the holder over another
    /// scope; each says how many more there are.
    pub(super) fn of(self, holder: EntityId, role: RoleId, scope: EntityId) -> Vec<Reason> {
        let world = self.world;
        let own: BTreeSet<EntityId> = world.groups(holder, self.at).chain([holder]).collect();
        let containers: Vec<EntityId> = world.containers(scope, self.at).collect();
        let to_groups = containers.iter().flat_map(|&scope| world.assignments_over(scope)).filter(|&id| {
            let is_group = |ent| self.policy.groups_of(world.kind(holder)).contains(world.kind(ent));
            self.holds(id, role).is_some_and(|(who, _)| is_group(who) && !own.contains(&who))
        });
        let mut to_groups: Vec<FactId> = to_groups.collect();
        let mut nearby: Vec<FactId> = own.iter().flat_map(|&ent| world.assignments_of(ent)).collect();
        nearby.retain(|&id| self.holds(id, role).is_some_and(|(_, over)| !containers.contains(&over)));
        // The nearest shares the innermost container with the scope.
        nearby.sort_by_cached_key(|&id| {
            let Some((_, over)) = self.holds(id, role) else { return usize::MAX };
            let above: Vec<EntityId> = world.containers(over, self.at).collect();
            containers.iter().position(|container| above.contains(container)).unwrap_or(usize::MAX)
        });
        let more = |found: &[FactId]| u32::try_from(found.len().saturating_sub(1)).unwrap_or(u32::MAX);
        to_groups.sort_by(|&a, &b| world.compare_statements(world.fact(a).statement, world.fact(b).statement));
        let by_group = to_groups.first().map(|&assignment| Finding::HeldByGroup { member: holder, assignment, more: more(&to_groups) });
        let near = nearby.first().map(|&assignment| Finding::HeldNearby { member: holder, assignment, scope, more: more(&nearby) });
        by_group.into_iter().chain(near).map(|finding| Reason::leaf(finding, Truth::True, false)).collect()
    }

    /// Holder and scope of an assignment of the role, or of one that includes it, that holds at the time.
    fn holds(self, id: FactId, role: RoleId) -> Option<(EntityId, EntityId)> {
        let fact = self.world.fact(id);
        match fact.statement {
            Statement::Holds { holder, role: held, scope }
                if fact.during.contains(self.at) && (held == role || self.decider.includers(role).contains(&held)) =>
            {
                Some((holder, scope))
            }
            _ => None,
        }
    }
}
