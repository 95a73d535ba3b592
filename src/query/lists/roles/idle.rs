//! Roles that are held where they grant nothing: no list of access shows them.

use super::{RolePath, RolesQuestion, roles};
use crate::eval::Decider;
use crate::graph::Permit;
use crate::policy::{KindSet, RoleId};
use crate::world::EntityId;
use rustc_hash::{FxHashMap, FxHashSet};

/// The paths of a question whose role grants no action on its scope or on what may lie within that.
pub fn idle_roles(decider: &Decider<'_>, question: &RolesQuestion) -> Vec<RolePath> {
    let policy = &decider.compiled.policy;
    let mut granted: FxHashMap<RoleId, KindSet> = FxHashMap::default();
    for action in policy.actions.ids() {
        for (_, permit) in decider.permits(action) {
            if let Permit::Role(role) = permit {
                let on = granted.entry(*role).or_default();
                *on = on.union(&policy.actions[action].on);
            }
        }
    }
    let grants_there = |path: &RolePath| {
        let below = policy.with_below(&KindSet::one(decider.world.kind(path.origin.scope())));
        with_included(decider, path.role).iter().filter_map(|role| granted.get(role)).any(|on| on.iter().any(|kind| below.contains(kind)))
    };
    roles(decider, question).paths.into_iter().filter(|path| !grants_there(path)).collect()
}

/// The role and all that it includes; none for a role that the pack does not name.
fn with_included(decider: &Decider<'_>, role: EntityId) -> FxHashSet<RoleId> {
    let mut found = FxHashSet::default();
    let mut waiting: Vec<RoleId> = decider.world.role_of(role).into_iter().collect();
    while let Some(role) = waiting.pop() {
        if found.insert(role) {
            waiting.extend(decider.compiled.policy.roles[role].includes.iter().map(|(included, _)| *included));
        }
    }
    found
}
