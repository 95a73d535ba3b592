//! Entities that a search for repairs or near misses tries for a variable.

use crate::eval::QueryContext;
use crate::eval::bindings::Bindings;
use crate::eval::evaluator::CandidateList;
use crate::eval::trace::NoTrace;
use crate::plan::tree::{Exists, Plan};
use crate::policy::{Hop, TermNode, VarId};
use crate::world::{EntityId, Statement};

/// The most entities that are tried for a variable.
const MAX_TRIED: usize = 100;

/// Entities worth trying for the variable of a search, whether or not its body is true of them. The flag is false if some were left out.
///
/// These are all entities over which the variable ranges if its kinds have at most [`MAX_TRIED`] entities. Otherwise they are the first
/// [`MAX_TRIED`] of those that an access path or a reverse lookup yields.
pub(super) fn nearby(decider: &QueryContext<'_>, exists: &Exists, bindings: &Bindings<'_>) -> (Vec<EntityId>, bool) {
    let world = decider.world;
    let own = exists.own();
    let count: usize = own.kinds.iter().map(|kind| world.of_kind(kind).len()).sum();
    if count <= MAX_TRIED {
        return (named_first(decider, decider.env.range(own).collect()), true);
    }
    let mut evaluator = decider.evaluator(NoTrace);
    let mut found = CandidateList::new();
    for path in &own.access_paths {
        let before = found.len();
        if !evaluator.follow(path, &own.kinds, bindings, usize::MAX, &mut found) {
            found.truncate(before);
        }
    }
    let mut found = found.into_vec();
    reverse_lookup(decider, &exists.body, exists.variable, bindings, &mut found);
    found.retain(|&entity| decider.env.ranges_over(own, entity));
    world.sort_entities(&mut found);
    found.dedup();
    let complete = found.len() <= MAX_TRIED;
    found.truncate(MAX_TRIED);
    (named_first(decider, found), complete)
}

/// Roles that the policy does not name come last: it takes nothing to hold one that would help.
fn named_first(decider: &QueryContext<'_>, mut found: Vec<EntityId>) -> Vec<EntityId> {
    found.sort_by_key(|&ent| decider.world.is_unknown_role(&decider.compiled.policy, ent));
    found
}

/// Adds the values of the variable for which an implication's conclusion names the holder in question or a group of it. For a conclusion
/// with `v.admin-agents`, these are the entities whose attribute `admin-agents` is the holder or one of its groups.
fn reverse_lookup(decider: &QueryContext<'_>, plan: &Plan, variable: VarId, bindings: &Bindings<'_>, found: &mut Vec<EntityId>) {
    match plan {
        Plan::All(parts) | Plan::Any(parts) => {
            parts.iter().for_each(|part| reverse_lookup(decider, part, variable, bindings, found));
        }
        Plan::Exists(exists) => reverse_lookup(decider, &exists.body, variable, bindings, found),
        Plan::Asked { term, index: 0, member: true } => {
            let TermNode::Path(of, path) = &term.node else { return };
            if !matches!(of.node, TermNode::Variable(own) if own == variable) {
                return;
            }
            let holder = bindings.asked[0];
            // The holder itself is the first of its closure.
            let mut evaluator = decider.evaluator(NoTrace);
            let named: Vec<EntityId> = evaluator.group_closure(holder).found.iter().map(|(group, _)| *group).collect();
            for (_, hop) in path.iter() {
                let Hop::Attribute(attribute) = hop else { continue };
                let facts = named.iter().flat_map(|&entity| decider.world.entities_with_value(attribute, entity));
                found.extend(facts.filter_map(|id| match decider.world.fact(id).statement {
                    Statement::Value { entity, .. } => Some(entity),
                    _ => None,
                }));
            }
        }
        _ => {}
    }
}
