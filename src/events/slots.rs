//! What can have one value at a time.

use crate::policy::{AttributeId, Policy};
use crate::world::{EntityId, Statement, World, attributes_of};
use smallvec::SmallVec;

/// What has one value, or one set of values: the attribute of an entity, or all its attributes of `exactly-one`, by the first of them.
pub(super) type Slot = (EntityId, AttributeId);

/// The slots to which a statement gives a value; none unless it states a value or a membership.
pub(super) fn slots(policy: &Policy, world: &World, statement: Statement) -> SmallVec<[Slot; 1]> {
    attributes_of(policy, world, statement).into_iter().map(|(ent, attribute)| (ent, policy.exclusive(&attribute)[0])).collect()
}
