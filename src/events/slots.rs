//! What can have one value at a time.

use crate::policy::{AttributeId, Policy};
use crate::world::{EntityId, FactId, Statement, World, attributes_of};
use smallvec::SmallVec;

/// What has one value, or one set of values: the attribute of an entity, or all its attributes of `exactly-one`, by the first of them.
pub(super) type Slot = (EntityId, AttributeId);

/// The slots to which a statement gives a value; none unless it states a value or a membership.
pub(super) fn slots(policy: &Policy, world: &World, statement: Statement) -> SmallVec<[Slot; 1]> {
    attributes_of(policy, world, statement).into_iter().map(|(ent, attribute)| (ent, group(policy, &attribute)[0])).collect()
}

/// The attributes of which only one has a value: the attribute by itself, or those of its `exactly-one`.
pub(super) fn group<'p>(policy: &'p Policy, attribute: &'p AttributeId) -> &'p [AttributeId] {
    let exactly_one = policy.kinds[policy.attributes[*attribute].kind].exactly_one.as_slice();
    if exactly_one.contains(attribute) { exactly_one } else { std::slice::from_ref(attribute) }
}

/// The facts that give the attribute a value, at any time.
pub(super) fn facts_of(policy: &Policy, world: &World, entity: EntityId, attribute: AttributeId) -> Vec<FactId> {
    let declared = &policy.attributes[attribute];
    if !declared.member_of {
        return world.values(entity, attribute).collect();
    }
    let is_own = |id: &FactId| match world.fact(*id).statement {
        Statement::Member { group, .. } => declared.is_membership_in(world.kind(group)),
        _ => false,
    };
    world.memberships(entity).filter(is_own).collect()
}
