//! Changes that no event of the policy makes: for whom they are, as far as the world's own data say.

use super::ManualChange;
use super::ownership;
use crate::counterfactual::above;
use crate::eval::Decider;
use crate::policy::{ClaimId, RoleId};
use crate::world::{EntityId, Statement};

/// How many things are named that call a group their own.
const NAMED: usize = 2;

/// How many assignments on one scope are looked at for those who hold a role already.
const LOOKED_AT: usize = 400;

/// For whom the change is.
pub(super) fn outside(decider: &Decider<'_>, body: Statement) -> ManualChange {
    let (policy, world) = (&decider.compiled.policy, decider.world);
    let name = |ent| world.name(policy, ent);
    let (who, source): (String, &[ClaimId]) = match body {
        Statement::Member { group, .. } => (format!("whoever keeps {}{}", name(group), called(decider, group)), &[]),
        Statement::Holds { role, scope, .. } => {
            let meta = &policy.roles[role].meta;
            (format!("whoever assigns {} on {}{}", meta.name, name(scope), holding(decider, role, scope)), &meta.source)
        }
        Statement::Relation(relation, ends) => {
            let parties: Vec<String> = ends.into_iter().filter(|&end| end != EntityId::NONE).map(name).collect();
            (format!("whoever keeps this between {}", parties.join(" and ")), &policy.relations[relation].meta.source)
        }
        Statement::Value { entity, .. } => (format!("whoever keeps the record of {}{}", name(entity), within(decider, entity)), &[]),
    };
    ManualChange { who, claims: source.iter().map(|&claim| policy.claims[claim].meta.name.clone()).collect(), closed: Vec::new() }
}

/// What calls a group its own: ` (admin-agents of partner:contoso)`.
fn called(decider: &Decider<'_>, group: EntityId) -> String {
    let policy = &decider.compiled.policy;
    let owner = |(attribute, ent)| format!("{} of {}", policy.attributes[attribute].name, decider.world.name(policy, ent));
    let owners: Vec<String> = ownership::owners(decider, group).into_iter().take(NAMED).map(owner).collect();
    if owners.is_empty() { String::new() } else { format!(" ({})", owners.join(", ")) }
}

/// Whose an entity is, and who of these holds the role there already: ` (of customer:coho, whose user:cleo@coho holds it there)`.
fn holding(decider: &Decider<'_>, role: RoleId, scope: EntityId) -> String {
    let (policy, world, at) = (&decider.compiled.policy, decider.world, decider.context.at);
    let outermost = above(world, scope, at).pop();
    let owner = outermost.unwrap_or(scope);
    let scopes = std::iter::successors(Some(scope), |&here| world.container(here, at));
    let facts = scopes.flat_map(|scope| world.assignments_over(scope).take(LOOKED_AT)).map(|id| world.fact(id));
    let mut own: Vec<EntityId> = facts
        .filter_map(|fact| match fact.statement {
            Statement::Holds { holder, role: held, .. } if held == role && fact.during.contains(at) => Some(holder),
            _ => None,
        })
        .filter(|&holder| ownership::home(decider, holder) == Some(owner))
        .collect();
    own.sort();
    own.dedup();
    let names: Vec<String> = own.iter().take(NAMED).map(|&ent| world.name(policy, ent)).collect();
    let who = match (names.as_slice(), own.len() > NAMED) {
        ([], _) => return outermost.map_or_else(String::new, |above| format!(" (of {})", world.name(policy, above))),
        (names, false) => names.join(" and "),
        (names, true) => format!("{} and others", names.join(", ")),
    };
    let holds = if own.len() == 1 { "holds" } else { "hold" };
    match outermost {
        Some(above) => format!(" (of {}, whose {who} {holds} it there)", world.name(policy, above)),
        None => format!(" (whose {who} {holds} it)"),
    }
}

/// What the entity lies within in the end: ` (of customer:woodgrove)`.
fn within(decider: &Decider<'_>, ent: EntityId) -> String {
    let outermost = above(decider.world, ent, decider.context.at).pop();
    outermost.map_or_else(String::new, |above| format!(" (of {})", decider.world.name(&decider.compiled.policy, above)))
}
