//! What the outcomes of requests, and what a list is about, may depend on at any time.

use super::{Ever, Instants, Turning};
use crate::eval::Decider;
use crate::graph::Permit;
use crate::policy::{ActionId, KindId, KindSet, RoleId, RuleId};
use crate::time::{Instant, Interval};
use crate::world::EntityId;
use std::collections::BTreeSet;

impl<'a> Turning<'a> {
    /// For the instants of a window and the one at its end. Those at which an element of the policy begins or ends are among them, unless the
    /// date of the policy stays.
    pub(in crate::query) fn within(decider: &'a Decider<'a>, policy_stays: bool, window: Interval) -> Turning<'a> {
        let policy = &decider.compiled.policy;
        let mut turning = Turning { window, ..Turning::new(decider, policy_stays) };
        if !policy_stays {
            let rules = policy.rules.values().map(|rule| &rule.meta);
            let metas = rules.chain(policy.tables.values().map(|table| &table.meta));
            turning.common.extend(metas.flat_map(|meta| meta.validity.dates()));
        }
        if decider.env.leaves_open {
            // What is left open from an instant on may have held before only just after it.
            let after: Vec<Instant> = turning.common.iter().map(|instant| instant.after()).collect();
            turning.common.extend(after);
        }
        turning.common.retain(|&instant| window.since <= instant && instant <= window.until);
        turning
    }

    /// The instants at which the outcome of some request may turn: of any of these subjects, actions and resources.
    pub(in crate::query) fn of_requests(&mut self, actions: &[ActionId], subjects: &Ever, resources: &Ever) -> BTreeSet<Instant> {
        let mut instants = self.instants();
        instants.requests(actions, subjects, resources);
        instants.into_found()
    }

    /// The instants at which it may turn which subjects such an entity stands for.
    pub(in crate::query) fn of_members(&mut self, group: Option<EntityId>, kind: KindId) -> BTreeSet<Instant> {
        let policy = &self.decider.compiled.policy;
        let mut instants = self.instants();
        let closed = instants.world().memberships_closed();
        instants.membership(&None, &group.filter(|_| closed).map(|group| BTreeSet::from([group])));
        for subject in policy.subjects().iter() {
            for &attribute in &policy.kinds[subject].exactly_one {
                if policy.attributes[attribute].value.accepts_kind(kind) {
                    instants.attribute(attribute);
                }
            }
            instants.kind(subject);
        }
        policy.holders().iter().for_each(|kind| instants.kind(kind));
        instants.into_found()
    }

    /// The instants at which it may turn what lies within what.
    pub(in crate::query) fn of_contents(&mut self) -> BTreeSet<Instant> {
        let scopes = self.decider.compiled.policy.scopes();
        let mut instants = self.instants();
        instants.containment();
        scopes.iter().for_each(|kind| instants.kind(kind));
        instants.into_found()
    }
}

impl Instants<'_, '_> {
    fn requests(&mut self, actions: &[ActionId], subjects: &Ever, resources: &Ever) {
        let compiled = self.turning.decider.compiled;
        let policy = &compiled.policy;
        let on = actions.iter().fold(KindSet::default(), |all, &action| all.union(&policy.actions[action].on));
        self.lives(&policy.subjects().union(&policy.holders()), subjects);
        self.lives(&on.union(&policy.scopes()), resources);
        let (mut roles, mut rules): (BTreeSet<RoleId>, BTreeSet<RuleId>) = (BTreeSet::new(), BTreeSet::new());
        for &action in actions {
            rules.extend(compiled.graph.denies(action));
            for permit in compiled.graph.permits(action) {
                match *permit {
                    Permit::Role(role) => roles.extend(compiled.graph.includers(role)),
                    Permit::Rule(rule) => _ = rules.insert(rule),
                }
            }
        }
        if !roles.is_empty() {
            self.any_held(subjects, &roles.into_iter().collect::<Vec<_>>(), resources);
        }
        for rule in rules {
            self.rule(rule, subjects, resources);
        }
    }
}
