//! Roles that are held where they grant nothing: no list of access shows them.

use super::{RolePath, RolesQuestion, roles};
use crate::eval::Decider;
use crate::graph::Permit;
use crate::policy::{KindId, KindSet, RoleId};
use rustc_hash::FxHashSet;

/// The paths of a question whose role grants no action on its scope or on what may lie within that. Roles that grant one are not looked for.
pub fn idle_roles(decider: &Decider<'_>, question: RolesQuestion) -> Vec<RolePath> {
    roles(decider, &RolesQuestion { except: granting(decider), ..question }).paths
}

/// The roles with the kinds of scopes over which each grants an action, itself or by a role that it includes.
fn granting(decider: &Decider<'_>) -> FxHashSet<(RoleId, KindId)> {
    let (policy, graph) = (&decider.compiled.policy, &decider.compiled.graph);
    let mut found = FxHashSet::default();
    for action in policy.actions.ids() {
        for (_, permit) in decider.permits(action) {
            let Permit::Role(granted) = permit else { continue };
            for &role in graph.includers(*granted) {
                let grants_below = |kind: &KindId| policy.with_below(&KindSet::one(*kind)).meets(&policy.actions[action].on);
                found.extend(policy.roles[role].on.iter().filter(grants_below).map(|kind| (role, kind)));
            }
        }
    }
    found
}
