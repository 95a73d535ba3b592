//! Which facts speak of an entity.

use super::model::{Ent, FactId};
use super::store::World;
use crate::policy::{AttributeId, Id, RelationId};

impl World {
    /// Facts that speak of the entity, at any time: relations and assignments in which it stands, memberships, and its own values.
    /// Values of others that name it are theirs.
    pub fn speaking_of(&self, ent: Ent) -> Vec<FactId> {
        let mut found = Vec::new();
        for relation in (0..self.closed_relations.len()).map(RelationId::from_index) {
            for end in 0..3 {
                found.extend(self.related(relation, end, ent));
            }
        }
        for attribute in (0..self.closed_attributes.len()).map(AttributeId::from_index) {
            found.extend(self.values(ent, attribute));
        }
        for list in [self.memberships(ent), self.members(ent), self.held_by(ent), self.held_on(ent)] {
            found.extend(list);
        }
        found.sort();
        found.dedup();
        found
    }
}
