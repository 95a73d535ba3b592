//! Entities that lack an attribute: they have no value of it, and are not known to have none.
//!
//! Whoever looks for the entities with a value of an attribute by that value must look at these too, since theirs may be that value. Most
//! worlds have few, so that the base is searched for them once, and the list is kept.

use super::ids::EntityId;
use super::model::{Inline, Lookup};
use super::world::World;
use crate::policy::{AttributeId, Id, Policy};
use crate::time::Instant;

impl World {
    /// The living entities of the attribute's kind for which it is unknown at `at`, sorted by id. Only for an attribute with a single value.
    pub(crate) fn lacking(&self, policy: &Policy, attribute: AttributeId, at: Instant) -> Vec<EntityId> {
        let mut found = self.may_lack(policy, attribute).to_vec();
        if !self.delta.is_empty() {
            let lists = [attribute].into_iter().chain(self.absent_values[attribute.index()].alternatives.iter().copied());
            let keys: Vec<_> = lists.map(|attribute| self.layout.values_of(attribute)).collect();
            found.extend(self.delta.entities_in_lists(&keys));
            found.extend(self.delta.entities().of_kind(policy.attributes[attribute].kind, 0..0));
        }
        let is_unknown = |&ent: &EntityId| matches!(self.value(ent, attribute, at), Lookup::Unknown | Lookup::Open);
        found.retain(|ent| self.lives(*ent, at) && is_unknown(ent));
        found.sort_unstable();
        found.dedup();
        found
    }

    /// The entities of the base of which no value of the attribute is stated, or none for all time.
    fn may_lack(&self, policy: &Policy, attribute: AttributeId) -> &[EntityId] {
        let Some(kept) = self.lacking.of_attribute(attribute) else { return &[] };
        kept.get_or_init(|| {
            let given = |ent: EntityId, attribute: AttributeId| {
                matches!(self.store.inline(self.cells.values[attribute.index()], ent), Inline::Always(_))
            };
            let alternatives = &self.absent_values[attribute.index()].alternatives;
            let has_none = |ent: EntityId| alternatives.iter().any(|&other| given(ent, other));
            let of_kind = self.entities.of_kind()[policy.attributes[attribute].kind.index()].clone();
            of_kind.map(EntityId).filter(|&ent| !given(ent, attribute) && !has_none(ent)).collect()
        })
    }
}
