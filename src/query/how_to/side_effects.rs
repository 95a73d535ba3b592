//! What else a set of changes gives or takes among those who share a group or a home with the subject.

use super::actors::people;
use crate::counterfactual::Change;
use crate::eval::Decider;
use crate::policy::RoleId;
use crate::query::Overlay;
use crate::world::{EntityId, Lookup, ResolvedRequest, Statement, Value};
use std::collections::{BTreeMap, BTreeSet};

/// How many others are looked at.
const PEERS: usize = 100;

/// What else the changes give or take, in sentences. `most`: how many others are looked at, a hundred at most. The flag says whether that
/// was enough.
pub(super) fn also(decider: &Decider<'_>, asked: &ResolvedRequest, changes: &[Change], most: usize) -> (Vec<String>, bool) {
    if changes.iter().all(|change| matches!(change, Change::Date { .. })) {
        return (Vec::new(), true);
    }
    let mut peers = peers(decider, asked.subject);
    let whole = peers.len() <= most;
    peers.truncate(most);
    let overlay = Overlay::of(decider, changes);
    let after = overlay.decider(decider.compiled);
    let (mut given, mut taken): (Vec<EntityId>, Vec<EntityId>) = (Vec::new(), Vec::new());
    let mut roles: BTreeMap<(RoleId, EntityId, bool), Vec<EntityId>> = BTreeMap::new();
    let scopes: Vec<EntityId> =
        std::iter::successors(Some(asked.resource), |&here| decider.world.container(here, decider.context.at)).collect();
    for peer in std::iter::once(asked.subject).chain(peers) {
        if peer != asked.subject {
            let question = ResolvedRequest { subject: peer, ..*asked };
            match (decider.decide(&question).allowed(), after.decide(&question).allowed()) {
                (false, true) => given.push(peer),
                (true, false) => taken.push(peer),
                _ => {}
            }
        }
        for role in decider.compiled.policy.roles.ids() {
            for &scope in &scopes {
                let held = |decider: &Decider<'_>| decider.holds_here(peer, role, scope);
                let (before, after) = (held(decider), held(&after));
                if before != after {
                    roles.entry((role, scope, after)).or_default().push(peer);
                }
            }
        }
    }
    let policy = &decider.compiled.policy;
    let mut told = Vec::new();
    let itself = |role: RoleId, scope: EntityId, who: &[EntityId]| {
        let body = Statement::Holds { holder: asked.subject, role, scope };
        who == [asked.subject] && changes.iter().any(|change| matches!(change, Change::Add(own) | Change::Remove(own) if *own == body))
    };
    // What the change says itself need not be said again.
    for ((role, scope, gives), who) in roles.into_iter().filter(|((role, scope, _), who)| !itself(*role, *scope, who)) {
        let (role, scope) = (&policy.roles[role].meta.name, decider.world.name(policy, scope));
        let verb = if gives { "gives" } else { "takes" };
        told.push(format!("{verb} {role} on {scope} {} {}", if gives { "to" } else { "from" }, people(decider, &who)));
    }
    let action = &policy.actions[asked.action].meta.name;
    if !given.is_empty() {
        told.push(format!("lets {} do {action}", people(decider, &given)));
    }
    if !taken.is_empty() {
        told.push(format!("takes {action} from {}", people(decider, &taken)));
    }
    (told, whole)
}

/// Subjects that share a group or a home with this one, a hundred at most.
fn peers(decider: &Decider<'_>, subject: EntityId) -> Vec<EntityId> {
    let (world, at, policy) = (decider.world, decider.context.at, &decider.compiled.policy);
    let subjects = policy.subjects();
    let mut found = BTreeSet::new();
    for id in world.memberships(subject) {
        let fact = world.fact(id);
        if let (Statement::Member { group, .. }, true) = (fact.statement, fact.during.contains(at)) {
            found.extend(super::actors::members(world, group, at));
        }
    }
    for &attribute in &policy.kinds[world.kind(subject)].exactly_one {
        if !policy.attributes[attribute].value.is_entity() {
            continue;
        }
        if let Lookup::Known(Value::Entity(home), _) = world.read(subject, attribute, at) {
            let named = world.entities_with_value(attribute, home).take(4 * PEERS).filter_map(|id| match world.fact(id).statement {
                Statement::Value { entity, .. } if world.fact(id).during.contains(at) => Some(entity),
                _ => None,
            });
            found.extend(named);
        }
    }
    found.remove(&subject);
    found.into_iter().filter(|&ent| subjects.contains(world.kind(ent)) && world.lives(ent, at)).take(PEERS).collect()
}
