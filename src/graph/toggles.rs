//! The toggles and implications that affect an action.

use super::references::{Referent, references};
use super::{GrantSource, Graph, Permit};
use crate::policy::{ActionId, Conclusion, Condition, ImplicationId, Metadata, Policy, RoleId, ToggleId};
use std::collections::BTreeSet;

impl Graph {
    /// The toggles that gate a permit or deny of the action, its notices, or an implication on which these rest, at any depth and inside `not`
    /// too; or that a condition of one of them uses. In order.
    pub fn toggles(&self, policy: &Policy, action: ActionId) -> Vec<ToggleId> {
        self.search(policy, action).found.into_iter().collect()
    }

    /// The implications on which the answer about an action may rest, at any depth and inside `not` too, in order.
    pub fn implications(&self, policy: &Policy, action: ActionId) -> Vec<ImplicationId> {
        self.search(policy, action).implications.into_iter().collect()
    }

    /// Follows all on which the answer about an action rests.
    fn search<'a>(&'a self, policy: &'a Policy, action: ActionId) -> Search<'a> {
        let mut search = Search { graph: self, policy, found: BTreeSet::new(), implications: BTreeSet::new(), waiting: Vec::new() };
        for &rule in self.denies(action) {
            search.element(&policy.rules[rule].meta, &policy.rules[rule].condition);
        }
        for &permit in self.permits(action) {
            match permit {
                Permit::Rule(rule) => search.element(&policy.rules[rule].meta, &policy.rules[rule].condition),
                Permit::Role(role) => {
                    search.found.extend(policy.roles[role].meta.validity.toggle);
                    for grant in self.grant_path(role, action).grants {
                        if let GrantSource::Cell { table, .. } = grant.by {
                            search.found.extend(policy.tables[table].meta.validity.toggle);
                        }
                    }
                    search.implications(self.rules_deriving(role));
                }
            }
        }
        let obligations = self.obligations(action).iter().map(|&id| &policy.obligations[id]);
        for notice in obligations.chain(self.advice(action).iter().map(|&id| &policy.advice[id])) {
            search.element(&notice.meta, &notice.condition);
        }
        while let Some(implication) = search.waiting.pop() {
            let implication = &policy.implications[implication];
            search.element(&implication.meta, &implication.condition);
        }
        search
    }
}

/// Follows what elements rest on.
struct Search<'a> {
    graph: &'a Graph,
    policy: &'a Policy,
    found: BTreeSet<ToggleId>,
    /// The implications that were met, and those of them that were not followed yet.
    implications: BTreeSet<ImplicationId>,
    waiting: Vec<ImplicationId>,
}

impl Search<'_> {
    fn element(&mut self, meta: &Metadata, condition: &Condition) {
        self.found.extend(meta.validity.toggle);
        for reference in references(condition).filter(|reference| !reference.was) {
            match reference.what {
                Referent::Toggle(toggle) => _ = self.found.insert(toggle),
                Referent::Relation(relation) => self.implications(&self.policy.relations[relation].derived_by),
                Referent::Role(role) => self.role(role),
                Referent::AnyRole => {
                    let holding = self.policy.implications.iter().filter(|(_, each)| matches!(each.then, Conclusion::Holds { .. }));
                    self.implications(&holding.map(|(id, _)| id).collect::<Vec<ImplicationId>>());
                }
            }
        }
    }

    fn role(&mut self, role: RoleId) {
        for &includer in self.graph.includers(role) {
            self.found.extend(self.policy.roles[includer].meta.validity.toggle);
            self.implications(self.graph.rules_deriving(includer));
        }
    }

    fn implications(&mut self, implications: &[ImplicationId]) {
        let new = implications.iter().copied().filter(|&implication| self.implications.insert(implication));
        self.waiting.extend(new);
    }
}
