//! Which facts say something, and which speak of an entity.

use super::model::{Body, Ent, FactId};
use super::store::World;
use crate::policy::{AttributeId, Id, RelationId};

impl World {
    /// Facts that may say this, at any time: those that share its rarest part.
    pub fn about(&self, body: Body) -> Vec<FactId> {
        let lists: Vec<&[FactId]> = match body {
            Body::Relation(relation, ends) => {
                let given = ends.iter().enumerate().take_while(|&(_, &end)| end != Ent::NOBODY);
                given.map(|(position, &end)| self.related(relation, position, end)).collect()
            }
            Body::Holds { holder, scope, .. } => vec![self.held_by(holder), self.held_on(scope)],
            Body::Member { member, group } => vec![self.memberships(member), self.members(group)],
            Body::Value { entity, attribute, .. } => vec![self.values(entity, attribute)],
        };
        lists.into_iter().min_by_key(|list| list.len()).unwrap_or_default().to_vec()
    }

    /// Facts that speak of the entity, at any time: relations and assignments in which it stands, memberships, and its own values.
    /// Values of others that name it are theirs.
    pub fn speaking_of(&self, ent: Ent) -> Vec<FactId> {
        let mut found = Vec::new();
        for relation in (0..self.closed_relations.len()).map(RelationId::from_index) {
            for end in 0..3 {
                found.extend_from_slice(self.related(relation, end, ent));
            }
        }
        for attribute in (0..self.closed_attributes.len()).map(AttributeId::from_index) {
            found.extend_from_slice(self.values(ent, attribute));
        }
        for list in [self.memberships(ent), self.members(ent), self.held_by(ent), self.held_on(ent)] {
            found.extend_from_slice(list);
        }
        found.sort();
        found.dedup();
        found
    }
}
