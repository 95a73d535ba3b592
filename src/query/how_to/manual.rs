//! Who is responsible for changes that no event of the policy makes, by the data of the world.

use super::answer::Keeper;
use super::ownership;
use crate::eval::QueryContext;
use crate::policy::RoleId;
use crate::world::{EntityId, Statement};

/// The most assignments on one scope that are read to find who holds a role already.
const MAX_ASSIGNMENTS: usize = 400;

/// Who is responsible for changing such a fact.
pub(super) fn keeper(decider: &QueryContext<'_>, fact: Statement) -> Keeper {
    match fact {
        Statement::Member { group, .. } => Keeper::Group { group, owners: ownership::owners(decider, group) },
        Statement::Holds { role, scope, .. } => {
            let owner = ownership::outermost_container(decider, scope);
            Keeper::Assigner { role, scope, owner, holders: holders(decider, role, scope, owner.unwrap_or(scope)) }
        }
        Statement::Relation(relation, ends) => {
            Keeper::Parties { relation, ends: ends.into_iter().filter(|&end| end != EntityId::NONE).collect() }
        }
        Statement::Value { entity, .. } => Keeper::Record { entity, owner: ownership::outermost_container(decider, entity) },
    }
}

/// The subjects with that home who are assigned the role on the scope, or on a container of it, now; sorted.
fn holders(decider: &QueryContext<'_>, role: RoleId, scope: EntityId, home: EntityId) -> Vec<EntityId> {
    let (world, at) = (decider.world, decider.context.at);
    let assignments = world.containers(scope, at).flat_map(|scope| world.assignments_over(scope).take(MAX_ASSIGNMENTS));
    let holding = assignments.map(|id| world.fact(id)).filter_map(|fact| match fact.statement {
        Statement::Holds { holder, role: held, .. } if held == role && fact.during.contains(at) => Some(holder),
        _ => None,
    });
    let mut holders: Vec<EntityId> = holding.filter(|&holder| ownership::home(decider, holder) == Some(home)).collect();
    world.sort_entities(&mut holders);
    holders.dedup();
    holders
}
