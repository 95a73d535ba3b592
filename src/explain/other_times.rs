//! Facts that ended or have not begun, and that would make an atom true if they held.

use crate::counterfactual::{MAX_ENDED_MEMBERSHIPS, ended_memberships};
use crate::policy::{Policy, RoleId};
use crate::time::Instant;
use crate::world::{EntityId, FactId, Statement, World};
use std::collections::BTreeSet;

/// Finds facts of other times than the question's.
#[derive(Clone, Copy)]
pub(super) struct OtherTimes<'a> {
    pub(super) policy: &'a Policy,
    pub(super) world: &'a World,
    pub(super) at: Instant,
}

/// A role that a subject would hold if it had not left a group.
pub(super) struct LeftAssignment {
    /// The assignment to the group, or to a group in which that group is.
    pub(super) assignment: FactId,
    /// The holder of the assignment.
    pub(super) group: EntityId,
    /// The membership that ended.
    pub(super) membership: FactId,
}

impl OtherTimes<'_> {
    /// A fact that makes the statement hold at another time: the one that ended last, else the one that begins first.
    pub(super) fn nearest(self, statement: Statement) -> Option<FactId> {
        let statements = self.implying(statement);
        let facts: BTreeSet<FactId> = statements.iter().flat_map(|&statement| self.world.facts_stating(statement)).collect();
        let during = |id: FactId| self.world.fact(id).during;
        let ended = facts.iter().copied().filter(|&id| during(id).until <= self.at);
        // A fact that holds now is of no other time, though the atom may be false for another reason.
        let begins = facts.iter().copied().filter(|&id| during(id).until > self.at && during(id).since > self.at);
        ended.max_by_key(|&id| during(id).until).or_else(|| begins.min_by_key(|&id| during(id).since))
    }

    /// The statements any of which makes this one hold: itself; for a role, or a relation that covers what its last end contains, also the
    /// same over a container of the scope; for a role also the same with a group of the holder.
    fn implying(self, statement: Statement) -> Vec<Statement> {
        match statement {
            Statement::Relation(relation, ends) if self.policy.relations[relation].covers => {
                let last = self.policy.relations[relation].ends.len() - 1;
                let over = |scope| {
                    let mut ends = ends;
                    ends[last] = scope;
                    Statement::Relation(relation, ends)
                };
                self.world.containers(ends[last], self.at).map(over).collect()
            }
            Statement::Holds { holder, role, scope } => {
                let holders: Vec<EntityId> = self.world.groups(holder, self.at).collect();
                self.world
                    .containers(scope, self.at)
                    .flat_map(|scope| holders.iter().map(move |&holder| Statement::Holds { holder, role, scope }))
                    .collect()
            }
            statement => vec![statement],
        }
    }

    /// The assignment of a role over the scope, valid now, to a group that the member left; by the membership that ended last. If the
    /// member left many groups, only the last [`MAX_ENDED_MEMBERSHIPS`] are examined.
    pub(super) fn held_by_left_group(self, member: EntityId, role: RoleId, scope: EntityId) -> Option<LeftAssignment> {
        let world = self.world;
        let left = ended_memberships(world, member, self.at).into_iter().filter(|&(id, _)| !world.is_assumed(id));
        let scopes: Vec<EntityId> = world.containers(scope, self.at).collect();
        left.take(MAX_ENDED_MEMBERSHIPS).find_map(|(membership, group)| {
            let groups: BTreeSet<EntityId> = world.groups(group, self.at).collect();
            let assignments =
                scopes.iter().flat_map(|&scope| world.assignments_over(scope)).filter(|&id| world.fact(id).during.contains(self.at));
            let mut found = assignments.filter_map(|assignment| match world.fact(assignment).statement {
                Statement::Holds { holder, role: held, .. } if held == role && groups.contains(&holder) => {
                    Some(LeftAssignment { assignment, group: holder, membership })
                }
                _ => None,
            });
            found.next()
        })
    }
}
