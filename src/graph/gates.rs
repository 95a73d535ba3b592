//! The toggles that bear on an action.

use super::asks::{Asked, asks};
use super::{By, Graph, Way};
use crate::policy::{ActionId, Condition, Metadata, Policy, ToggleId};
use std::collections::BTreeSet;

impl Graph {
    /// The toggles that gate a way or a deny of the action, or what these rest on, or that a condition of one of them asks for; in order.
    pub fn toggles(&self, policy: &Policy, action: ActionId) -> Vec<ToggleId> {
        let mut found = BTreeSet::new();
        let mut element = |meta: &Metadata, condition: Option<&Condition>| {
            found.extend(meta.validity.toggle);
            let asked = condition.map(asks).unwrap_or_default();
            found.extend(asked.into_iter().filter_map(|ask| match ask.what {
                Asked::Toggle(toggle) => Some(toggle),
                _ => None,
            }));
        };
        for &rule in self.bars(action) {
            element(&policy.rules[rule].meta, Some(&policy.rules[rule].condition));
        }
        for &way in self.ways(action) {
            match way {
                Way::Rule(rule) => element(&policy.rules[rule].meta, Some(&policy.rules[rule].condition)),
                Way::Role(role) => {
                    element(&policy.roles[role].meta, None);
                    for grant in self.through(role, action).grants {
                        if let By::Cell { table, .. } = grant.by {
                            element(&policy.tables[table].meta, None);
                        }
                    }
                }
            }
            for implication in self.could_give(way) {
                element(&policy.implications[implication].meta, Some(&policy.implications[implication].condition));
            }
        }
        for telling in self
            .obligations(action)
            .iter()
            .map(|&id| &policy.obligations[id])
            .chain(self.advice(action).iter().map(|&id| &policy.advice[id]))
        {
            element(&telling.meta, Some(&telling.condition));
        }
        found.into_iter().collect()
    }
}
