//! Decisions: whether an action is allowed.

use super::evaluator::{Bindings, Evaluator};
use super::fact::EntityIndex;
use super::kleene::Kleene;
use crate::policy::{ActionId, RuleEffect};
use crate::verify::sat::Lit;

/// Whether a request is allowed: some permit, and no deny.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Access {
    /// The disjunction of all permits in force.
    pub permits: Kleene,
    /// The disjunction of all denies in force.
    pub denies: Kleene,
}

impl Evaluator<'_, '_> {
    /// The access of the world's subject to its resource.
    pub fn access(&mut self, action: ActionId) -> Access {
        let Some((subject, resource)) = self.world.request else { return Access { permits: Kleene::FALSE, denies: Kleene::FALSE } };
        self.access_of(subject, action, resource)
    }

    /// The access of a subject to a resource, which both live.
    pub fn access_of(&mut self, subject: EntityIndex, action: ActionId, resource: EntityIndex) -> Access {
        let (policy, setting) = (self.policy, self.setting);
        let bindings = Bindings { subject: Some(subject), resource: Some(resource), ..Bindings::default() };
        let mut access = Access { permits: Kleene::FALSE, denies: Kleene::FALSE };
        for role in setting.granting(policy, action).into_iter().filter(|role| self.world.has_role(*role)).collect::<Vec<_>>() {
            let held = self.holds_itself(subject, role, resource);
            access.permits = access.permits.or(held, &mut self.world.circuit);
        }
        for rule in setting.rules(policy, RuleEffect::Allow, action) {
            let truth = self.condition(&rule.condition, &bindings);
            access.permits = access.permits.or(truth, &mut self.world.circuit);
        }
        for rule in setting.rules(policy, RuleEffect::Deny, action) {
            let truth = self.condition(&rule.condition, &bindings);
            access.denies = access.denies.or(truth, &mut self.world.circuit);
        }
        access
    }

    /// Whether the access is allowed.
    pub fn allowed(&mut self, access: Access) -> Lit {
        self.world.circuit.and(access.permits.is_true, access.denies.is_false())
    }

    /// Whether it is denied for certain: barred, or not granted.
    pub fn denied(&mut self, access: Access) -> Lit {
        self.world.circuit.or(access.denies.is_true, access.permits.is_false())
    }

    /// Asserts of the world that the invariants hold, under the default toggles of this setting's date.
    pub fn keep_invariants(&mut self) {
        let policy = self.policy;
        for invariant in policy.invariants.values().filter(|invariant| !invariant.warn) {
            let broken = self.condition(&invariant.never, &Bindings::default());
            self.world.axioms.push(!broken.is_true);
        }
    }
}
