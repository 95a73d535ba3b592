//! Facts that would decide an atom otherwise at another time.

use crate::counterfactual::{MAX_ENDED_MEMBERSHIPS, ended_memberships};
use crate::policy::{Policy, RoleId};
use crate::time::Instant;
use crate::world::{EntityId, Fact, FactId, Statement, World};
use std::collections::BTreeSet;

/// Looks through one world for facts of other times.
#[derive(Clone, Copy)]
pub(super) struct OtherTimes<'a> {
    pub(super) policy: &'a Policy,
    pub(super) world: &'a World,
    pub(super) at: Instant,
}

impl OtherTimes<'_> {
    /// A fact that would make this so at another time: the one that ended last, else the one that begins first.
    pub(super) fn other_time(self, body: Statement) -> Option<FactId> {
        let bodies = self.giving(body);
        let facts: BTreeSet<FactId> = bodies.iter().flat_map(|&body| self.world.facts_stating(body)).collect();
        let (ended, begins): (Vec<FactId>, Vec<FactId>) = facts.into_iter().partition(|&id| self.world.fact(id).during.until <= self.at);
        let last = ended.into_iter().max_by_key(|&id| self.world.fact(id).during.until);
        last.or_else(|| begins.into_iter().min_by_key(|&id| self.world.fact(id).during.since))
    }

    /// What a fact must say to make this so: this itself; of a role or a relation that covers, also the same over what contains the scope;
    /// of a role, also by a group that the holder is in.
    fn giving(self, body: Statement) -> Vec<Statement> {
        let above = |ent| std::iter::successors(Some(ent), |&here| self.world.container(here, self.at));
        match body {
            Statement::Relation(relation, ends) if self.policy.relations[relation].covers => {
                let last = self.policy.relations[relation].ends.len() - 1;
                let at = |scope| {
                    let mut ends = ends;
                    ends[last] = scope;
                    Statement::Relation(relation, ends)
                };
                above(ends[last]).map(at).collect()
            }
            Statement::Holds { holder, role, scope } => {
                let holders = self.itself_and_groups(holder);
                above(scope).flat_map(|scope| holders.iter().map(move |&holder| Statement::Holds { holder, role, scope })).collect()
            }
            body => vec![body],
        }
    }

    fn itself_and_groups(self, member: EntityId) -> Vec<EntityId> {
        let mut found = vec![member];
        let mut known = BTreeSet::from([member]);
        let mut next = 0;
        while let Some(&here) = found.get(next) {
            for id in self.world.memberships(here) {
                match self.world.fact(id) {
                    Fact { statement: Statement::Member { group, .. }, during, .. } if during.contains(self.at) && known.insert(group) => {
                        found.push(group);
                    }
                    _ => {}
                }
            }
            next += 1;
        }
        found
    }

    /// The assignment of a role over the scope, in force, to a group that the member left; the group; and the membership that ended, the
    /// latest first. Of a member that left many groups only the last few are looked at.
    pub(super) fn held_by_left_group(self, member: EntityId, role: RoleId, scope: EntityId) -> Option<(FactId, EntityId, FactId)> {
        let world = self.world;
        let left = ended_memberships(world, member, self.at).into_iter().filter(|&(id, _)| !world.is_assumed(id));
        let scopes: Vec<EntityId> = std::iter::successors(Some(scope), |&here| world.container(here, self.at)).collect();
        left.take(MAX_ENDED_MEMBERSHIPS).find_map(|(left, group)| {
            let groups: BTreeSet<EntityId> = self.itself_and_groups(group).into_iter().collect();
            let assignments =
                scopes.iter().flat_map(|&scope| world.assignments_over(scope)).filter(|&id| world.fact(id).during.contains(self.at));
            let mut holders = assignments.filter_map(|id| match world.fact(id).statement {
                Statement::Holds { holder, role: held, .. } if held == role && groups.contains(&holder) => Some((id, holder)),
                _ => None,
            });
            holders.next().map(|(assignment, holder)| (assignment, holder, left))
        })
    }
}
