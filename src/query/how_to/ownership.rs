//! Whose a group is, by the attributes that name it, and whether that is the home of whoever is put into it.

use crate::eval::Decider;
use crate::policy::AttributeId;
use crate::world::{EntityId, Lookup, Statement, Value};

/// How many entities are looked at that call a group their own.
const OWNERS: usize = 8;

/// The entities that call the group their own, each with the attribute by which it does.
pub(super) fn owners(decider: &Decider<'_>, group: EntityId) -> Vec<(AttributeId, EntityId)> {
    let (policy, world, at) = (&decider.compiled.policy, decider.world, decider.context.at);
    let mut owners = Vec::new();
    for (attribute, _) in policy.attributes.iter().filter(|(_, declared)| !declared.member_of) {
        let facts = world.entities_with_value(attribute, group).map(|id| world.fact(id)).filter(|fact| fact.during.contains(at));
        owners.extend(facts.take(OWNERS).filter_map(|fact| match fact.statement {
            Statement::Value { entity, .. } => Some((attribute, entity)),
            _ => None,
        }));
    }
    owners.truncate(OWNERS);
    owners
}

/// The home of a subject: what the one given of its exclusive attributes names.
pub(super) fn home(decider: &Decider<'_>, ent: EntityId) -> Option<EntityId> {
    let (policy, world) = (&decider.compiled.policy, decider.world);
    let homes = policy.kinds[world.kind(ent)].exactly_one.iter();
    homes.filter(|&&attribute| policy.attributes[attribute].value.is_entity()).find_map(|&attribute| {
        match world.read(ent, attribute, decider.context.at) {
            Lookup::Known(Value::Entity(home), _) => Some(home),
            _ => None,
        }
    })
}

/// That a group into which somebody is put is another's: `of another partner, partner:tailspin`.
pub(super) fn foreign(decider: &Decider<'_>, body: Statement) -> Option<String> {
    let Statement::Member { member, group } = body else { return None };
    let (policy, world) = (&decider.compiled.policy, decider.world);
    let home = home(decider, member)?;
    let owners = owners(decider, group);
    let &(_, owner) = owners.first()?;
    if owners.iter().any(|&(_, owner)| owner == home) {
        return None;
    }
    let kind = &policy.kinds[world.kind(owner)].meta.name;
    let (name, owner_name) = (world.name(policy, home), world.name(policy, owner));
    Some(if world.kind(owner) == world.kind(home) {
        format!("of another {kind}: {} is {owner_name}'s, and {} is {name}'s", world.name(policy, group), world.name(policy, member))
    } else {
        format!("of a {kind}: {} is {owner_name}'s, and {} is {name}'s", world.name(policy, group), world.name(policy, member))
    })
}
