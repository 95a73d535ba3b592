//! Changes that no event of the policy makes: for whom they are, as far as the world's own data say.

use super::Outside;
use super::given::above;
use crate::eval::Decider;
use crate::policy::ClaimId;
use crate::world::{Body, Ent};

/// How many things are named that call a group their own.
const NAMED: usize = 2;

/// For whom the change is.
pub(super) fn outside(decider: &Decider<'_>, body: Body) -> Outside {
    let (policy, world) = (&decider.engine.policy, decider.world);
    let name = |ent| world.name(policy, ent);
    let (who, source): (String, &[ClaimId]) = match body {
        Body::Member { group, .. } => (format!("whoever keeps {}{}", name(group), called(decider, group)), &[]),
        Body::Holds { role, scope, .. } => {
            let role = &policy.roles[role].head;
            (format!("whoever assigns {} on {}{}", role.name, name(scope), within(decider, scope)), &role.source)
        }
        Body::Relation(relation, ends) => {
            let parties: Vec<String> = ends.into_iter().filter(|&end| end != Ent::NOBODY).map(name).collect();
            (format!("whoever keeps this between {}", parties.join(" and ")), &policy.relations[relation].head.source)
        }
        Body::Value { entity, .. } => (format!("whoever keeps the record of {}{}", name(entity), within(decider, entity)), &[]),
    };
    Outside { who, claims: source.iter().map(|&claim| policy.claims[claim].head.name.clone()).collect() }
}

/// What calls a group its own: ` (admin-agents of partner:contoso)`.
fn called(decider: &Decider<'_>, group: Ent) -> String {
    let (policy, world, at) = (&decider.engine.policy, decider.world, decider.scene.at);
    let mut owners = Vec::new();
    for (attribute, declared) in policy.attributes.iter().filter(|(_, declared)| !declared.member_of) {
        let facts = world.valued(attribute, group).map(|id| world.fact(id)).filter(|fact| fact.during.contains(at));
        owners.extend(facts.take(NAMED).filter_map(|fact| match fact.body {
            Body::Value { entity, .. } => Some(format!("{} of {}", declared.name, world.name(policy, entity))),
            _ => None,
        }));
    }
    owners.truncate(NAMED);
    if owners.is_empty() { String::new() } else { format!(" ({})", owners.join(", ")) }
}

/// What the entity lies within in the end: ` (of customer:woodgrove)`.
fn within(decider: &Decider<'_>, ent: Ent) -> String {
    let outermost = above(decider.world, ent, decider.scene.at).pop();
    outermost.map_or_else(String::new, |above| format!(" (of {})", decider.world.name(&decider.engine.policy, above)))
}
