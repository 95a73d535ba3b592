//! Roles held: assigned or derived, by the holder or a group, over the scope or what contains it.

use super::evaluator::Evaluator;
use super::fact::{EntityIndex, Fact};
use super::kleene::Kleene;
use crate::policy::{Conclusion, RoleId, RoleTerm};
use crate::verify::sat::Lit;

impl Evaluator<'_, '_> {
    /// Whether the role is held, or one that includes it.
    pub(super) fn holds(&mut self, holder: EntityIndex, role: RoleId, scope: EntityIndex) -> Kleene {
        let mut found = Kleene::FALSE;
        for held in self.setting.includers(self.policy, role) {
            let here = self.holds_itself(holder, held, scope);
            found = found.or(here, &mut self.world.circuit);
        }
        found
    }

    /// Whether the role itself is held, over the scope or a container of it, by assignment or implication.
    pub(super) fn holds_itself(&mut self, holder: EntityIndex, role: RoleId, scope: EntityIndex) -> Kleene {
        if let Some(&known) = self.held.get(&(holder, role, scope)) {
            return known;
        }
        let policy = self.policy;
        let mut found = Kleene::FALSE;
        if policy.holders().contains(self.world.kind(holder)) {
            for (here, guard) in self.world.with_containers(scope) {
                if policy.roles[role].on.contains(self.world.kind(here)) {
                    let any = self.holds_here(holder, role, here);
                    let any = any.where_true(guard, &mut self.world.circuit);
                    found = found.or(any, &mut self.world.circuit);
                }
            }
        }
        self.held.insert((holder, role, scope), found);
        found
    }

    /// Whether the role is held by something about exactly this scope.
    fn holds_here(&mut self, holder: EntityIndex, role: RoleId, scope: EntityIndex) -> Kleene {
        let policy = self.policy;
        let mut found = Kleene::known(self.assigned(holder, role, scope));
        for (id, implication) in policy.implications.iter() {
            let derives = match &implication.then {
                Conclusion::Holds { role: RoleTerm::Named(derived), .. } => *derived == role,
                Conclusion::Holds { .. } => true,
                Conclusion::Relation { .. } => false,
            };
            if derives {
                let implied = self.implied(id, [holder, self.world.role(role), scope]);
                found = found.or(implied, &mut self.world.circuit);
            }
        }
        found
    }

    /// Whether the role is assigned over this scope to the holder or a group of it.
    fn assigned(&mut self, holder: EntityIndex, role: RoleId, scope: EntityIndex) -> Lit {
        let mut found = Lit::FALSE;
        if self.may_be_assigned(holder, role, scope) {
            found = self.world.fact(Fact::Holds(holder, role, scope));
        }
        for group in self.world.of_kinds(&self.world.groups.clone()) {
            let member = self.world.is_member(holder, group);
            if member != Lit::FALSE && self.may_be_assigned(group, role, scope) {
                let stated = self.world.fact(Fact::Holds(group, role, scope));
                let here = self.world.circuit.and(member, stated);
                found = self.world.circuit.or(found, here);
            }
        }
        found
    }

    /// Whether a fact may state that the holder has the role over this scope.
    pub(super) fn may_be_assigned(&self, holder: EntityIndex, role: RoleId, scope: EntityIndex) -> bool {
        let policy = self.policy;
        policy.holders().contains(self.world.kind(holder)) && policy.roles[role].on.contains(self.world.kind(scope))
    }
}
