//! What else a repair gives to or takes from the subject, and from its peers, who share a group or its home with it.

use super::actors::members;
use super::answer::SideEffect;
use crate::counterfactual::Change;
use crate::eval::QueryContext;
use crate::policy::RoleId;
use crate::query::Overlay;
use crate::world::{EntityId, ResolvedRequest, Statement};
use std::collections::{BTreeMap, BTreeSet};

/// The most peers for whom side effects are computed.
const MAX_PEERS: usize = 100;

/// The most facts that are read to find subjects with the same home.
const MAX_HOME_FACTS: usize = 4 * MAX_PEERS;

/// What else the changes give or take: roles over the resource and its containers, then the action itself. At most `most` peers are
/// considered; the flag is whether those are all of the peers that were found.
pub(super) fn side_effects(
    decider: &QueryContext<'_>,
    asked: &ResolvedRequest,
    changes: &[Change],
    most: usize,
) -> (Vec<SideEffect>, bool) {
    if changes.iter().all(|change| matches!(change, Change::Date { .. })) {
        return (Vec::new(), true);
    }
    let mut peers = peers(decider, asked.subject);
    let whole = peers.len() <= most;
    peers.truncate(most);
    let overlay = Overlay::of(decider, changes);
    let after = overlay.decider(decider.compiled);
    let after = decider.about(&after);
    let mut effects = role_effects(decider, &after, asked, &peers);
    // An effect that a change states itself is not a side effect.
    effects.retain(|effect| match effect {
        SideEffect::Role { role, scope, who, .. } => {
            let fact = Statement::Holds { holder: asked.subject, role: *role, scope: *scope };
            *who != [asked.subject] || !changes.iter().any(|&change| change == Change::Add(fact) || change == Change::Remove(fact))
        }
        SideEffect::Action { .. } => true,
    });
    effects.extend(action_effects(decider, &after, asked, &peers));
    (effects, whole)
}

/// The roles that the subject and its peers hold either only before or only after the changes. They are in the order of role and scope, and
/// lost roles come before gained ones.
fn role_effects(decider: &QueryContext<'_>, after: &QueryContext<'_>, asked: &ResolvedRequest, peers: &[EntityId]) -> Vec<SideEffect> {
    let scopes: Vec<EntityId> = decider.world.containers(asked.resource, decider.context.at).collect();
    let mut changed: BTreeMap<(RoleId, EntityId, bool), Vec<EntityId>> = BTreeMap::new();
    for &holder in std::iter::once(&asked.subject).chain(peers) {
        for role in decider.compiled.policy.roles.ids() {
            for &scope in &scopes {
                let held = decider.holds_here(holder, role, scope);
                if held != after.holds_here(holder, role, scope) {
                    changed.entry((role, scope, !held)).or_default().push(holder);
                }
            }
        }
    }
    changed.into_iter().map(|((role, scope, gives), who)| SideEffect::Role { role, scope, gives, who }).collect()
}

/// The peers who may do the action of the question on its resource either only before or only after the changes.
fn action_effects(decider: &QueryContext<'_>, after: &QueryContext<'_>, asked: &ResolvedRequest, peers: &[EntityId]) -> Vec<SideEffect> {
    let (mut given, mut taken): (Vec<EntityId>, Vec<EntityId>) = (Vec::new(), Vec::new());
    for &subject in peers {
        let question = ResolvedRequest { subject, ..*asked };
        match (decider.decide(&question).allowed(), after.decide(&question).allowed()) {
            (false, true) => given.push(subject),
            (true, false) => taken.push(subject),
            _ => {}
        }
    }
    let effects = [(true, given), (false, taken)].into_iter().filter(|(_, who)| !who.is_empty());
    effects.map(|(gives, who)| SideEffect::Action { action: asked.action, gives, who }).collect()
}

/// Other subjects that share a group or the home with the subject, sorted; at most [`MAX_PEERS`].
fn peers(decider: &QueryContext<'_>, subject: EntityId) -> Vec<EntityId> {
    let (world, at, policy) = (decider.world, decider.context.at, &decider.compiled.policy);
    let subjects = policy.subjects();
    let mut found = BTreeSet::new();
    for fact in world.memberships(subject).map(|id| world.fact(id)).filter(|fact| fact.during.contains(at)) {
        if let Statement::Member { group, .. } = fact.statement {
            found.extend(members(world, group, at));
        }
    }
    if let Some((attribute, home)) = world.home(policy, subject, at) {
        let facts = world.entities_with_value(attribute, home).take(MAX_HOME_FACTS).map(|id| world.fact(id));
        found.extend(facts.filter_map(|fact| match fact.statement {
            Statement::Value { entity, .. } if fact.during.contains(at) => Some(entity),
            _ => None,
        }));
    }
    found.remove(&subject);
    found.into_iter().filter(|&entity| subjects.contains(world.kind(entity)) && world.lives(entity, at)).take(MAX_PEERS).collect()
}
