//! Actions that two packs decide by the same words: there is nothing to look for.

use super::touched::implications_read;
use crate::graph::Graph;
use crate::policy::{ActionId, Condition, Expr, ImplicationId, Policy, RoleId, ToggleId, Validity, canonical};
use std::collections::BTreeSet;

/// A policy with its graph. Texts and literals have the numbers of the policy that it is compared with.
#[derive(Clone, Copy)]
pub(super) struct Decides<'a> {
    pub(super) policy: &'a Policy,
    pub(super) graph: &'a Graph,
    pub(super) action: ActionId,
}

/// Whether both say the same, element by element, of all on which a decision about the action may rest. If so, they decide alike in every
/// world; if not, they may do so all the same.
pub(super) fn says_the_same(one: Decides<'_>, other: Decides<'_>) -> bool {
    one.words() == other.words()
}

impl Decides<'_> {
    /// What it says, each thing once, whatever the names of rules and implications.
    fn words(self) -> BTreeSet<String> {
        let policy = self.policy;
        let mut words = BTreeSet::new();
        let mut toggles: BTreeSet<ToggleId> = BTreeSet::new();
        let mut condition = |condition: &Condition| {
            let asked = condition.expr.walk().filter_map(|(part, _)| if let Expr::Toggle(toggle, _) = part { Some(*toggle) } else { None });
            toggles.extend(asked);
            canonical::of_condition(condition)
        };
        for rule in policy.rules.values().filter(|rule| rule.actions.contains(&self.action)) {
            words.insert(format!("rule {:?} {} {}", rule.effect, self.in_force(rule.meta.validity), condition(&rule.condition)));
        }
        for (id, role) in policy.roles.iter() {
            let includes: Vec<RoleId> = role.includes.iter().map(|(included, _)| *included).collect();
            words.insert(format!("role {id:?} {} {includes:?}", self.in_force(role.meta.validity)));
            if role.grants.iter().any(|(granted, _)| *granted == self.action) {
                words.insert(format!("grant {id:?}"));
            }
        }
        for table in policy.tables.values() {
            let own = table.cells.iter().filter(|cell| table.rows[cell.row as usize].action == self.action);
            let in_force = self.in_force(table.meta.validity);
            words.extend(own.map(|cell| format!("mark {:?} {in_force}", table.columns[cell.column as usize].role)));
        }
        let invariants: Vec<&Condition> =
            policy.invariants.values().filter(|invariant| !invariant.warn).map(|invariant| &invariant.never).collect();
        let mut implications: BTreeSet<ImplicationId> = self.graph.implications(policy, self.action).into_iter().collect();
        implications.extend(invariants.iter().flat_map(|never| implications_read(policy, never)));
        words.extend(invariants.into_iter().map(|never| format!("invariant {}", condition(never))));
        for implication in implications.into_iter().map(|id| &policy.implications[id]) {
            _ = condition(&implication.condition);
            words.insert(format!(
                "implication {} {}",
                self.in_force(implication.meta.validity),
                canonical::of_implication(implication, None)
            ));
        }
        words
    }

    fn in_force(self, validity: Validity) -> String {
        let toggle = validity.toggle.map(|toggle| &self.policy.toggles[toggle]).map(|toggle| (toggle.meta.name.as_str(), toggle.default));
        format!("{:?} {:?} {toggle:?}", validity.since, validity.until)
    }
}
