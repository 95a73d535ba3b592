//! Changes that are acts of their own, and who is responsible for those that no event of the policy makes, by the data of the world.

use super::answer::{ChangeAct, Keeper};
use super::ownership;
use crate::counterfactual::Change;
use crate::eval::QueryContext;
use crate::policy::RoleId;
use crate::time::Instant;
use crate::world::{EntityId, Statement};

/// The most assignments on one scope that are read to find who holds a role already.
const MAX_ASSIGNMENTS: usize = 400;

/// A change as an act of its own: what it is about, and who is responsible.
pub(super) fn act(decider: &QueryContext<'_>, change: Change) -> ChangeAct {
    let fact = match change {
        Change::Add(fact) | Change::Remove(fact) | Change::Set(fact) => Some(fact),
        Change::Toggle(..) => None,
    };
    let added = fact.filter(|_| matches!(change, Change::Add(_)));
    let removed = fact.filter(|_| matches!(change, Change::Remove(_)));
    ChangeAct {
        change,
        removed: removed.and_then(|fact| decider.world.find_holding(fact, decider.context.at)),
        ended: added.and_then(|fact| last_end(decider, fact)),
        foreign: added.and_then(|fact| ownership::foreign_group(decider, fact)),
        keeper: fact.map(|fact| keeper(decider, fact)),
        blocked: Vec::new(),
        self_defeating: Vec::new(),
        broader: Vec::new(),
    }
}

/// When a fact ended for the last time before now; `None` if it never held. Assumptions do not count.
fn last_end(decider: &QueryContext<'_>, fact: Statement) -> Option<Instant> {
    let world = decider.world;
    let ends = world.facts_stating(fact).filter(|&id| !world.is_assumed(id)).map(|id| world.fact(id).during.until);
    ends.filter(|&until| until <= decider.context.at).max()
}

/// Who is responsible for changing such a fact.
fn keeper(decider: &QueryContext<'_>, fact: Statement) -> Keeper {
    match fact {
        Statement::Member { group, .. } => Keeper::Group {
            group,
            owners: ownership::owners(decider, group),
            parties: ownership::parties(decider, &[group]).into_iter().filter(|&party| party != group).collect(),
        },
        Statement::Holds { role, scope, .. } => {
            let owner = ownership::outermost_container(decider, scope);
            Keeper::Assigner { role, scope, owner, holders: holders(decider, role, scope, owner.unwrap_or(scope)) }
        }
        Statement::Relation(relation, ends) => {
            let ends: Vec<EntityId> = ends.into_iter().filter(|&end| end != EntityId::NONE).collect();
            Keeper::Parties { relation, parties: ownership::parties(decider, &ends), ends }
        }
        Statement::Value { entity, .. } => Keeper::Record { entity, parties: ownership::parties(decider, &[entity]) },
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
