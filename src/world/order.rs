//! The order of entities, texts and facts, in which answers name them. In the base it is the order of ids; what was added since has later ids,
//! and its place in the order by its name.

use super::ids::{EntityId, FactId, Symbol};
use super::model::{Fact, Statement};
use super::store::column::{id_of, partition};
use super::value::Value;
use super::world::World;
use std::cmp::Ordering;

impl World {
    /// Sorts entities by kind, then by id.
    #[inline]
    pub fn sort_entities(&self, entities: &mut [EntityId]) {
        if self.delta.entities().count() == 0 {
            entities.sort();
        } else {
            entities.sort_by(|&a, &b| self.compare_entities(a, b));
        }
    }

    /// Compares entities by kind, then by id.
    pub fn compare_entities(&self, a: EntityId, b: EntityId) -> Ordering {
        match (self.added_entity(a), self.added_entity(b)) {
            (None, None) => a.cmp(&b),
            // An entity of the base has the same number as one that was added before it, and comes after that.
            (Some(added), None) => added.before.cmp(&b.0).then(Ordering::Less),
            (None, Some(added)) => a.0.cmp(&added.before).then(Ordering::Greater),
            (Some(one), Some(other)) => (one.before, one.kind, &one.id).cmp(&(other.before, other.kind, &other.id)),
        }
    }

    /// Compares statements: by what they state, then by their entities and values.
    pub fn compare_statements(&self, a: Statement, b: Statement) -> Ordering {
        let by_entities = |pairs: &[(EntityId, EntityId)]| {
            pairs.iter().map(|&(a, b)| self.compare_entities(a, b)).find(|order| order.is_ne()).unwrap_or(Ordering::Equal)
        };
        match (a, b) {
            (Statement::Relation(one, ends), Statement::Relation(other, others)) => {
                one.cmp(&other).then_with(|| by_entities(&[(ends[0], others[0]), (ends[1], others[1]), (ends[2], others[2])]))
            }
            (Statement::Holds { holder, role, scope }, Statement::Holds { holder: other_holder, role: other_role, scope: other_scope }) => {
                self.compare_entities(holder, other_holder)
                    .then(role.cmp(&other_role))
                    .then_with(|| self.compare_entities(scope, other_scope))
            }
            (Statement::Member { member, group }, Statement::Member { member: other_member, group: other_group }) => {
                by_entities(&[(member, other_member), (group, other_group)])
            }
            (
                Statement::Value { entity, attribute, value },
                Statement::Value { entity: other_entity, attribute: other_attribute, value: other_value },
            ) => self
                .compare_entities(entity, other_entity)
                .then(attribute.cmp(&other_attribute))
                .then_with(|| self.compare_values(value, other_value)),
            // Two of different variants.
            _ => a.cmp(&b),
        }
    }

    fn compare_values(&self, a: Value, b: Value) -> Ordering {
        match (a, b) {
            (Value::Entity(a), Value::Entity(b)) => self.compare_entities(a, b),
            (Value::Text(a), Value::Text(b)) => self.compare_texts(a, b),
            _ => a.cmp(&b),
        }
    }

    /// The texts of the policy come first, in its order; the others are in alphabetical order.
    fn compare_texts(&self, a: Symbol, b: Symbol) -> Ordering {
        match (self.texts.policy_index(a), self.texts.policy_index(b)) {
            (None, None) => self.text(a).cmp(self.text(b)),
            _ => a.cmp(&b),
        }
    }

    /// Compares facts by their statements, then by their intervals.
    pub(super) fn compare_facts(&self, a: Fact, b: Fact) -> Ordering {
        self.compare_statements(a.statement, b.statement).then(a.during.cmp(&b.during))
    }

    /// The first fact of the base that comes after this one.
    pub(super) fn fact_after(&self, fact: Fact) -> FactId {
        FactId(id_of(partition(self.store.len(), |number| self.compare_facts(self.store.fact(id_of(number)), fact).is_lt())))
    }
}
