//! Repairs of memberships: direct ones to add, ended ones to restore, and paths to cut.

use super::RepairSearch;
use crate::counterfactual::change::Change;
use crate::counterfactual::dnf::{Connective, Dnf, Goal, MAX_SETS};
use crate::counterfactual::ended_memberships::{MAX_ENDED_MEMBERSHIPS, ended_memberships};
use crate::eval::Truth;
use crate::world::{EntityId, Statement};

impl RepairSearch<'_> {
    pub(super) fn member(&mut self, member: EntityId, group: EntityId, goal: Goal) -> Dnf {
        if member == group {
            return Dnf::never();
        }
        match goal {
            Goal::MakeTrue => self.join_group(member, group),
            Goal::MakeFalse => self.cut_paths(member, group),
        }
    }

    /// Adds the member to the group, or again to a group that it left and that is in the group.
    fn join_group(&mut self, member: EntityId, group: EntityId) -> Dnf {
        let (world, policy) = (self.decider.world, &self.decider.compiled.policy);
        let mut attributes = policy.kinds[world.kind(member)].attributes.iter().map(|&attribute| &policy.attributes[attribute]);
        let may_be_direct = attributes.any(|attribute| attribute.is_membership_in(world.kind(group)));
        let statement = Statement::Member { member, group };
        let rejoin = Dnf::any_of(self.left_groups(member, group).into_iter().map(|group| Change::Add(Statement::Member { member, group })));
        if may_be_direct { Dnf::one(Change::Add(statement)).or(rejoin) } else { rejoin }
    }

    /// Of the groups that the member left last, those that are still in the group.
    fn left_groups(&self, member: EntityId, group: EntityId) -> Vec<EntityId> {
        let mut left: Vec<EntityId> = ended_memberships(self.decider.world, member, self.decider.context.at)
            .into_iter()
            .map(|(_, left)| left)
            .filter(|&left| left != group)
            .collect();
        left.dedup();
        left.truncate(MAX_ENDED_MEMBERSHIPS);
        let mut evaluator = self.evaluator();
        left.retain(|&left| evaluator.member(left, group) == Truth::True);
        left
    }

    /// Removes a membership from every path that leads from the member to the group.
    fn cut_paths(&mut self, member: EntityId, group: EntityId) -> Dnf {
        let mut paths = Vec::new();
        let complete = self.paths(member, group, &mut vec![member], &mut paths);
        let cuts = paths
            .into_iter()
            .fold(Connective::And.unit(), |sets, path| Connective::And.add(sets, Dnf::any_of(path.into_iter().map(Change::Remove))));
        if complete { cuts } else { cuts.incomplete() }
    }

    /// Collects the paths from a member to a group that visit no group twice, and returns whether it has all. `visited` starts with the
    /// member. Bounded in the number of paths, in their length, and in the memberships followed.
    fn paths(&mut self, from: EntityId, to: EntityId, visited: &mut Vec<EntityId>, found: &mut Vec<Vec<Statement>>) -> bool {
        let (world, at) = (self.decider.world, self.decider.context.at);
        let mut complete = true;
        for id in world.memberships(from) {
            if found.len() >= MAX_SETS || visited.len() > MAX_SETS || self.path_steps == 0 {
                self.limited = true;
                return false;
            }
            self.path_steps -= 1;
            let fact = world.fact(id);
            let Statement::Member { group, .. } = fact.statement else { continue };
            if !fact.during.contains(at) || visited.contains(&group) {
                continue;
            }
            visited.push(group);
            if group == to {
                found.push(visited.windows(2).map(|pair| Statement::Member { member: pair[0], group: pair[1] }).collect());
            } else {
                complete &= self.paths(group, to, visited, found);
            }
            visited.pop();
        }
        complete
    }
}
