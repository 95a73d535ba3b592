//! The toggles that affect an action.

use super::references::{Referent, references};
use super::{GrantSource, Graph, Permit};
use crate::policy::{ActionId, Condition, Metadata, Policy, ToggleId};
use std::collections::BTreeSet;

impl Graph {
    /// The toggles that gate a permit or denial of the action, its notices or what these depend on, or that a condition of one of them
    /// uses; in order.
    pub fn toggles(&self, policy: &Policy, action: ActionId) -> Vec<ToggleId> {
        let mut found = BTreeSet::new();
        let mut element = |meta: &Metadata, condition: Option<&Condition>| {
            found.extend(meta.validity.toggle);
            found.extend(condition.into_iter().flat_map(references).filter_map(|reference| match reference.what {
                Referent::Toggle(toggle) => Some(toggle),
                _ => None,
            }));
        };
        for &rule in self.denies(action) {
            element(&policy.rules[rule].meta, Some(&policy.rules[rule].condition));
        }
        for &permit in self.permits(action) {
            match permit {
                Permit::Rule(rule) => element(&policy.rules[rule].meta, Some(&policy.rules[rule].condition)),
                Permit::Role(role) => {
                    element(&policy.roles[role].meta, None);
                    for grant in self.grant_path(role, action).grants {
                        if let GrantSource::Cell { table, .. } = grant.by {
                            element(&policy.tables[table].meta, None);
                        }
                    }
                }
            }
            for implication in self.may_derive(permit) {
                element(&policy.implications[implication].meta, Some(&policy.implications[implication].condition));
            }
        }
        for notice in self
            .obligations(action)
            .iter()
            .map(|&id| &policy.obligations[id])
            .chain(self.advice(action).iter().map(|&id| &policy.advice[id]))
        {
            element(&notice.meta, Some(&notice.condition));
        }
        found.into_iter().collect()
    }
}
