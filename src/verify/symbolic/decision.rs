//! Decisions: what is in force, and whether an action is allowed.

use super::evaluator::{Bindings, Evaluator};
use super::kleene::Kleene;
use crate::graph::Node;
use crate::plan::Context;
use crate::policy::{ActionId, ImplicationId, Policy, RoleId, RuleEffect, Validity};
use crate::verify::sat::Lit;

/// Under what a question is asked.
#[derive(Clone, Debug)]
pub struct Setting {
    /// Dates and toggles.
    pub context: Context,
    /// An element that is taken as not there.
    pub without: Option<Node>,
}

impl Setting {
    /// Dates and toggles, and the whole policy.
    pub fn new(context: Context) -> Setting {
        Setting { context, without: None }
    }

    fn has(&self, node: Node, validity: &Validity) -> bool {
        self.context.has(validity) && self.without != Some(node)
    }

    pub(in crate::verify) fn has_implication(&self, implication: ImplicationId, validity: &Validity) -> bool {
        self.has(Node::Implication(implication), validity)
    }

    fn has_role(&self, policy: &Policy, role: RoleId) -> bool {
        self.has(Node::Role(role), &policy.roles[role].meta.validity)
    }

    /// The roles in force that include the role, itself among them. None if it is not in force.
    pub(in crate::verify) fn includers(&self, policy: &Policy, role: RoleId) -> Vec<RoleId> {
        let mut found: Vec<RoleId> = Vec::new();
        let mut next: Vec<RoleId> = [role].into_iter().filter(|role| self.has_role(policy, *role)).collect();
        while let Some(role) = next.pop() {
            if found.contains(&role) {
                continue;
            }
            found.push(role);
            let including = policy.roles.iter().filter(|(_, other)| other.includes.iter().any(|(included, _)| *included == role));
            next.extend(including.map(|(id, _)| id).filter(|id| self.has_role(policy, *id)));
        }
        found.sort_unstable();
        found
    }

    /// The roles in force that grant the action, by themselves or by a role that they include.
    pub(in crate::verify) fn granting(&self, policy: &Policy, action: ActionId) -> Vec<RoleId> {
        let mut found: Vec<RoleId> = Vec::new();
        for (id, role) in policy.roles.iter() {
            let by_pattern = role.grants.iter().any(|(granted, _)| *granted == action);
            let by_table = policy.tables.iter().any(|(table, declared)| {
                let in_cell = || {
                    declared
                        .cells
                        .iter()
                        .any(|cell| declared.rows[cell.row as usize].action == action && declared.columns[cell.column as usize].role == id)
                };
                self.has(Node::Table(table), &declared.meta.validity) && in_cell()
            });
            if by_pattern || by_table {
                found.extend(self.includers(policy, id));
            }
        }
        found.sort_unstable();
        found.dedup();
        found
    }

    /// The rules of this effect about the action that are in force.
    pub(in crate::verify) fn rules<'p>(
        &self,
        policy: &'p Policy,
        effect: RuleEffect,
        action: ActionId,
    ) -> impl Iterator<Item = &'p crate::policy::Rule> {
        let rules = policy.rules.iter().filter(move |(_, rule)| rule.effect == effect && rule.actions.binary_search(&action).is_ok());
        rules.filter(|(id, rule)| self.has(Node::Rule(*id), &rule.meta.validity)).map(|(_, rule)| rule)
    }
}

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
    pub fn access_of(&mut self, subject: super::EntityIndex, action: ActionId, resource: super::EntityIndex) -> Access {
        let (policy, setting) = (self.world.policy, self.setting);
        let bindings = Bindings { subject: Some(subject), resource: Some(resource), ..Bindings::default() };
        let mut access = Access { permits: Kleene::FALSE, denies: Kleene::FALSE };
        for role in setting.granting(policy, action) {
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
        let policy = self.world.policy;
        for invariant in policy.invariants.values().filter(|invariant| !invariant.warn) {
            let broken = self.condition(&invariant.never, &Bindings::default());
            self.world.axioms.push(!broken.is_true);
        }
    }
}
