//! What is in force on a date and under toggles.

use crate::policy::{
    AdviceId, Arena, EventId, Id, ImplicationId, Metadata, ObligationId, Policy, RoleId, RuleId, TableId, ToggleId, Validity,
};
use crate::time::Instant;

/// The part of a question that is not who, what and whereon: dates and toggles.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Scene {
    /// The date of the world's facts.
    pub at: Instant,
    /// The date of the policy's elements.
    pub policy_at: Instant,
    /// Which toggles are on, by their ids.
    pub toggles: Vec<bool>,
}

impl Scene {
    /// That date for world and policy, under the pack's default toggles.
    pub fn at(policy: &Policy, at: Instant) -> Scene {
        Scene { at, policy_at: at, toggles: policy.toggles.values().map(|toggle| toggle.default).collect() }
    }

    /// Whether the toggle is on.
    pub fn is_on(&self, toggle: ToggleId) -> bool {
        self.toggles.get(toggle.index()).copied().unwrap_or(false)
    }

    /// Whether something is in force.
    pub fn has(&self, active: &Validity) -> bool {
        active.since.is_none_or(|since| since <= self.policy_at)
            && active.until.is_none_or(|until| self.policy_at < until)
            && active.toggle.is_none_or(|toggle| self.is_on(toggle))
    }
}

/// Which elements are in force in a scene, by their ids.
#[derive(Clone, Debug)]
pub(super) struct InForce {
    pub(super) rules: Vec<bool>,
    pub(super) roles: Vec<bool>,
    pub(super) tables: Vec<bool>,
    pub(super) implications: Vec<bool>,
    pub(super) obligations: Vec<bool>,
    pub(super) advice: Vec<bool>,
    pub(super) events: Vec<bool>,
}

impl InForce {
    pub(super) fn of(policy: &Policy, scene: &Scene) -> InForce {
        fn each<I: Id, T>(arena: &Arena<I, T>, scene: &Scene, meta: impl Fn(&T) -> &Metadata) -> Vec<bool> {
            arena.values().map(|element| scene.has(&meta(element).validity)).collect()
        }
        InForce {
            rules: each(&policy.rules, scene, |rule| &rule.meta),
            roles: each(&policy.roles, scene, |role| &role.meta),
            tables: each(&policy.tables, scene, |table| &table.meta),
            implications: each(&policy.implications, scene, |implication| &implication.meta),
            obligations: each(&policy.obligations, scene, |telling| &telling.meta),
            advice: each(&policy.advice, scene, |telling| &telling.meta),
            events: each(&policy.events, scene, |event| &event.meta),
        }
    }

    pub(super) fn rule(&self, id: RuleId) -> bool {
        self.rules[id.index()]
    }

    pub(super) fn role(&self, id: RoleId) -> bool {
        self.roles[id.index()]
    }

    pub(super) fn table(&self, id: TableId) -> bool {
        self.tables[id.index()]
    }

    pub(super) fn implication(&self, id: ImplicationId) -> bool {
        self.implications[id.index()]
    }

    pub(super) fn obligation(&self, id: ObligationId) -> bool {
        self.obligations[id.index()]
    }

    pub(super) fn advice(&self, id: AdviceId) -> bool {
        self.advice[id.index()]
    }

    pub(super) fn event(&self, id: EventId) -> bool {
        self.events[id.index()]
    }
}
