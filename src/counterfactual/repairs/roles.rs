//! Repairs of roles held: assignments to add or remove, memberships in groups that hold the role, and implications that derive it.

use super::RepairSearch;
use crate::counterfactual::change::Change;
use crate::counterfactual::dnf::{Dnf, Goal};
use crate::eval::Truth;
use crate::eval::evaluator::Evaluator;
use crate::eval::instantiate::instantiate;
use crate::eval::trace::NoTrace;
use crate::policy::{Conclusion, ImplicationId, RoleId, RoleTerm};
use crate::world::{EntityId, Fact, Statement};
use rustc_hash::FxHashSet;

/// The holder of a role, with its groups. These are found once, however many assignments are looked at.
struct Holder<'a> {
    entity: EntityId,
    /// Its groups; `None` if it may be in others too.
    groups: Option<FxHashSet<EntityId>>,
    evaluator: Evaluator<'a, NoTrace>,
}

impl Holder<'_> {
    /// Whether it is the assignee, or is known to be in it.
    fn is_or_is_in(&mut self, assignee: EntityId) -> bool {
        assignee == self.entity
            || match &self.groups {
                Some(groups) => groups.contains(&assignee),
                None => self.evaluator.member(self.entity, assignee) == Truth::True,
            }
    }
}

impl RepairSearch<'_> {
    /// A role is held by an assignment over the scope or a container of it, to the holder or a group of it, or by an implication. With
    /// `or_includer`, a role that includes it will do too.
    pub(super) fn holds(&mut self, holder: EntityId, role: RoleId, scope: EntityId, goal: Goal, or_includer: bool) -> Dnf {
        let (world, at, policy) = (self.decider.world, self.decider.context.at, &self.decider.compiled.policy);
        let mut evaluator = self.evaluator();
        let containers: Vec<EntityId> = world.containers(scope, at).collect();
        let groups = evaluator.groups(holder).map(FxHashSet::from_iter);
        let mut assigned = Holder { entity: holder, groups, evaluator };
        let roles: Vec<RoleId> = if or_includer { self.decider.includers(role).to_vec() } else { vec![role] };
        let connective = goal.connective_of_any();
        let mut sets = connective.unit();
        for held in roles {
            let scopes: Vec<EntityId> =
                containers.iter().copied().filter(|&here| policy.roles[held].on.contains(world.kind(here))).collect();
            for &here in &scopes {
                for id in world.assignments_over(here) {
                    let fact = world.fact(id);
                    let Statement::Holds { holder: assignee, role: assigned_role, .. } = fact.statement else { continue };
                    if assigned_role != held {
                        continue;
                    }
                    if let Some(more) = self.assignment(fact, assignee, &mut assigned, goal) {
                        sets = connective.add(sets, more);
                        if goal == Goal::MakeFalse && sets.is_never() {
                            return sets;
                        }
                    }
                }
                for &implication in self.decider.compiled.graph.rules_deriving(held) {
                    let ends = [holder, world.role_entity(held), here];
                    sets = connective.add(sets, self.implication(implication, ends, goal));
                }
            }
            if goal == Goal::MakeTrue
                && held == role
                && policy.holders().contains(world.kind(holder))
                && let Some(&scope) = scopes.first()
            {
                let statement = Statement::Holds { holder, role, scope };
                sets = sets.or(Dnf::one(Change::Add(statement)));
            }
            if goal == Goal::MakeFalse
                && !world.role_closed(held)
                && scopes.iter().any(|&scope| self.evaluator().open_assignment(holder, held, scope).is_some())
            {
                // Nobody knows whether there is an assignment to remove.
                return sets.and(Dnf::never());
            }
        }
        sets
    }

    /// The repairs that change one assignment or make it apply; `None` if it is irrelevant to the goal.
    fn assignment(&mut self, fact: Fact, assignee: EntityId, holder: &mut Holder<'_>, goal: Goal) -> Option<Dnf> {
        let at = self.decider.context.at;
        let applies = holder.is_or_is_in(assignee);
        if !fact.during.contains(at) {
            if !applies {
                return None;
            }
            // An assignment that ended can be made again as it was: to the group, or over the wider scope.
            return (goal == Goal::MakeTrue && fact.during.until <= at).then(|| Dnf::one(Change::Add(fact.statement)));
        }
        match (goal, applies) {
            (Goal::MakeTrue, false) => Some(self.member(holder.entity, assignee, Goal::MakeTrue)),
            (Goal::MakeFalse, true) => {
                let leave = if assignee == holder.entity { Dnf::never() } else { self.member(holder.entity, assignee, Goal::MakeFalse) };
                Some(Dnf::one(Change::Remove(fact.statement)).or(leave))
            }
            _ => None,
        }
    }

    /// The repairs by which one implication derives the fact with these ends, or ceases to; see
    /// [`Bindings::asked`](crate::eval::bindings::Bindings::asked).
    pub(super) fn implication(&mut self, implication: ImplicationId, ends: [EntityId; 3], goal: Goal) -> Dnf {
        let (world, policy) = (self.decider.world, &self.decider.compiled.policy);
        let Some(bindings) = instantiate(&self.decider.env, implication, ends) else { return goal.of_fixed(false) };
        let declared = &policy.implications[implication];
        let gives_role = match &declared.then {
            Conclusion::Holds { role: RoleTerm::Named(role), .. } => world.role_of(ends[1]) == Some(*role),
            _ => true,
        };
        if !gives_role {
            return goal.of_fixed(false);
        }
        let plan = &self.decider.compiled.implications[implication].plan;
        self.gated(&declared.meta.validity, goal, |search| search.plan(plan, &bindings, goal))
    }
}
