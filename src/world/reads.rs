//! Reads: what the facts of a world state about an entity.
//!
//! Each read that a decision makes has two paths. If the delta does not touch the list or statement that it is about, it reads the base: an
//! inline cell, or the run or posting list of the entity. Otherwise it reads the postings of base and delta, one fact after the other.

use super::ids::{EntityId, FactId};
use super::model::{Fact, Inline, Lookup, Statement};
use super::store::facts::SHORT_RUN;
use super::store::list_key::{KeyLayout, ListKey};
use super::store::postings::Postings;
use super::store::row_index::Cell;
use super::value::Value;
use super::world::World;
use crate::policy::{AttributeId, Id, Policy, RelationId, RoleId, TextId, ValueClass, ValueType};
use crate::time::Instant;
use std::ops::Range;

impl World {
    /// The facts about an entity, at any time: its relations, assignments, memberships and members, and the values of its attributes. Values
    /// of other entities that name it are not included.
    pub fn facts_about(&self, ent: EntityId) -> Vec<FactId> {
        let mut found = Vec::new();
        for relation in (0..self.closed_relations.len()).map(RelationId::from_index) {
            for end in 0..3 {
                found.extend(self.related(relation, end, ent));
            }
        }
        for attribute in (0..self.closed_attributes.len()).map(AttributeId::from_index) {
            found.extend(self.values(ent, attribute));
        }
        for list in [self.memberships(ent), self.members(ent), self.assignments_of(ent), self.assignments_over(ent)] {
            found.extend(list);
        }
        found.sort();
        found.dedup();
        found
    }

    /// Whether the type accepts the value.
    pub fn fits(&self, ty: &ValueType, value: Value) -> bool {
        value != Value::Entity(EntityId::NONE) && ty.accepts(self.class_of(value))
    }

    fn class_of(&self, value: Value) -> ValueClass {
        value.class(|ent| self.kind(ent), |symbol| self.texts.policy_index(symbol).map(TextId::from_index))
    }

    /// The facts in which the entity comes first.
    #[inline]
    fn first(&self, key: ListKey, ent: EntityId) -> Postings<'_> {
        Postings::run(self.run(key, ent), self.delta.postings(key, ent))
    }

    /// The run or posting list of an entity in the base; an empty one if the base does not have the entity.
    #[inline]
    fn run(&self, key: ListKey, ent: EntityId) -> Range<u32> {
        let kind = self.entities.quick_kind(ent).unwrap_or_else(|| self.entities.slow_kind(ent));
        self.store.run(key, ent, kind, self.entities.of_kind().len())
    }

    /// The inline cell of an entity, which counts only while the delta does not touch the facts in this list.
    #[inline]
    fn inline(&self, cell: Cell, key: ListKey, ent: EntityId) -> Inline<u32> {
        if self.delta.touches_list(key, ent) { Inline::ReadFacts } else { self.store.inline(cell, ent) }
    }

    #[inline]
    fn inline_value(&self, entity: EntityId, attribute: AttributeId) -> Inline<u32> {
        self.inline(self.cells.values[attribute.index()], self.layout.values_of(attribute), entity)
    }

    /// The facts in which the entity comes after the first.
    #[inline]
    fn later(&self, key: ListKey, ent: EntityId) -> Postings<'_> {
        Postings::list(self.store.list(self.run(key, ent)), self.delta.postings(key, ent))
    }

    /// Facts of the relation with this entity at this end (from 0), at any time.
    #[inline]
    pub fn related(&self, relation: RelationId, end: usize, ent: EntityId) -> Postings<'_> {
        match end {
            0 => self.first(KeyLayout::end(relation.0, 0), ent),
            1 => self.later(KeyLayout::end(relation.0, 1), ent),
            _ => self.later(KeyLayout::end(relation.0, 2), ent),
        }
    }

    /// Memberships of the entity, at any time.
    #[inline]
    pub fn memberships(&self, member: EntityId) -> Postings<'_> {
        self.first(self.layout.memberships(), member)
    }

    /// Calls `take` with each group in which the entity is directly at `at`, and with the fact that states it, until `take` returns a value.
    #[inline]
    pub fn find_group<T>(&self, member: EntityId, at: Instant, mut take: impl FnMut(FactId, EntityId) -> Option<T>) -> Option<T> {
        if !self.delta.touches_list(self.layout.memberships(), member) {
            let run = self.run(self.layout.memberships(), member);
            return self.store.seconds(run, at).find_map(|(number, group)| take(FactId(number), group));
        }
        self.memberships(member).find_map(|id| match self.fact(id) {
            Fact { statement: Statement::Member { group, .. }, during } if during.contains(at) => take(id, group),
            _ => None,
        })
    }

    /// The facts that give the attribute of the entity a value, at any time.
    pub fn facts_giving(&self, policy: &Policy, entity: EntityId, attribute: AttributeId) -> Vec<FactId> {
        let declared = &policy.attributes[attribute];
        if !declared.member_of {
            return self.values(entity, attribute).collect();
        }
        let is_own = |id: &FactId| match self.fact(*id).statement {
            Statement::Member { group, .. } => declared.is_membership_in(self.kind(group)),
            _ => false,
        };
        self.memberships(entity).filter(is_own).collect()
    }

    /// The one group in which the entity is directly, from its inline cell.
    #[inline]
    pub fn single_group(&self, member: EntityId) -> Inline<EntityId> {
        match self.inline(self.cells.groups[self.kind(member).index()], self.layout.memberships(), member) {
            Inline::Always(group) => Inline::Always(EntityId(group)),
            Inline::NoFact => Inline::NoFact,
            Inline::ReadFacts => Inline::ReadFacts,
        }
    }

    /// Calls `take` with each assignment over the entity itself at `at` (the fact, its holder and its role), until `take` returns a value.
    #[inline]
    pub fn find_assignment<T>(
        &self,
        scope: EntityId,
        at: Instant,
        mut take: impl FnMut(FactId, EntityId, RoleId) -> Option<T>,
    ) -> Option<T> {
        if !self.delta.touches_list(self.layout.assignments_over(), scope) {
            let mut found = self.store.firsts(self.run(self.layout.assignments_over(), scope), at);
            return found.find_map(|(place, holder, role)| take(FactId(self.store.numbered(place)), holder, RoleId(role)));
        }
        self.assignments_over(scope).find_map(|id| match self.fact(id) {
            Fact { statement: Statement::Holds { holder, role, .. }, during } if during.contains(at) => take(id, holder, role),
            _ => None,
        })
    }

    /// Memberships in the group, at any time.
    pub fn members(&self, group: EntityId) -> Postings<'_> {
        self.later(self.layout.members(), group)
    }

    /// Assignments to the entity itself, at any time.
    #[inline]
    pub fn assignments_of(&self, holder: EntityId) -> Postings<'_> {
        self.first(self.layout.assignments_of(), holder)
    }

    /// Assignments over the entity itself, at any time.
    #[inline]
    pub fn assignments_over(&self, scope: EntityId) -> Postings<'_> {
        self.later(self.layout.assignments_over(), scope)
    }

    /// The facts that state values of the attribute of the entity, at any time.
    #[inline]
    pub fn values(&self, entity: EntityId, attribute: AttributeId) -> Postings<'_> {
        let run = self.run(self.layout.values(), entity);
        let run = if run.is_empty() { run } else { self.store.of_attribute(run, attribute) };
        Postings::run(run, self.delta.postings(self.layout.values_of(attribute), entity))
    }

    /// The facts that state this entity as a value of the attribute, at any time.
    pub fn entities_with_value(&self, attribute: AttributeId, target: EntityId) -> Postings<'_> {
        self.later(self.layout.entities_with_value(attribute), target)
    }

    /// The facts that state this, at any time.
    #[inline]
    pub fn facts_stating(&self, statement: Statement) -> Postings<'_> {
        let (key, ent) = self.layout.first(statement);
        let run = self.run(key, ent);
        let run = if run.is_empty() { run } else { self.store.facts_stating(run, statement) };
        let added = if self.delta.touches_statement(statement) { self.delta.stating(statement) } else { &[] };
        Postings::run(run, added)
    }

    /// The fact that states this and holds at `at`.
    #[inline]
    pub fn find_holding(&self, statement: Statement, at: Instant) -> Option<FactId> {
        if !self.delta.touches_statement(statement) {
            let (key, ent) = self.layout.first(statement);
            let run = self.run(key, ent);
            return match run.len() {
                0 => None,
                1..=SHORT_RUN => self.store.find_holding(run, statement, at).map(FactId),
                _ => self.find_in_long_run(run, statement, at),
            };
        }
        self.facts_stating(statement).find(|&id| self.fact(id).during.contains(at))
    }

    /// [`World::find_holding`] in the base, where the first entity has a long run.
    #[inline(never)]
    fn find_in_long_run(&self, run: Range<u32>, statement: Statement, at: Instant) -> Option<FactId> {
        if let Statement::Relation(relation, [first, second, EntityId::NONE]) = statement
            && second != EntityId::NONE
        {
            // The second end usually has few facts, and a binary search in a long run touches many cache lines.
            let run = self.run(KeyLayout::end(relation.0, 1), second);
            if run.len() <= SHORT_RUN {
                let mut found = self.store.firsts(run, at);
                return found.find(|&(_, ent, _)| ent == first).map(|(place, ..)| FactId(self.store.numbered(place)));
            }
        }
        self.store.find_holding(self.store.facts_stating(run, statement), statement, at).map(FactId)
    }

    /// Calls `take` with the other end of each fact of a relation of two ends that holds at `at` and has this entity at `end` (from 0).
    #[inline]
    pub fn each_other_end(&self, relation: RelationId, end: usize, ent: EntityId, at: Instant, mut take: impl FnMut(EntityId)) {
        let key = KeyLayout::end(relation.0, u32::from(end != 0));
        match end {
            0 if !self.delta.touches_list(key, ent) => self.store.seconds(self.run(key, ent), at).for_each(|(_, other)| take(other)),
            1 if !self.delta.touches_list(key, ent) => self.store.firsts(self.run(key, ent), at).for_each(|(_, other, _)| take(other)),
            _ => {
                for id in self.related(relation, end, ent) {
                    let fact = self.fact(id);
                    if let (Statement::Relation(_, ends), true) = (fact.statement, fact.during.contains(at)) {
                        take(ends[1 - end]);
                    }
                }
            }
        }
    }

    /// Reads a single-valued attribute, and the fact that states its value.
    #[inline]
    pub fn read(&self, entity: EntityId, attribute: AttributeId, at: Instant) -> Lookup {
        if !self.delta.touches_list(self.layout.values_of(attribute), entity) {
            return match self.store.value(self.run(self.layout.values(), entity), attribute, at) {
                Some((value, number)) => Lookup::Known(value, FactId(number)),
                None => self.value_not_given(entity, attribute, at),
            };
        }
        for id in self.values(entity, attribute) {
            let fact = self.fact(id);
            if let (true, Statement::Value { value, .. }) = (fact.during.contains(at), fact.statement) {
                return Lookup::Known(value, id);
            }
        }
        self.value_not_given(entity, attribute, at)
    }

    /// Reads a single-valued attribute without the fact that states it, which most inline cells can answer.
    #[inline]
    pub fn value(&self, entity: EntityId, attribute: AttributeId, at: Instant) -> Lookup<()> {
        match self.inline_value(entity, attribute) {
            Inline::Always(number) => Lookup::Known(self.layout.cell_value(attribute, number), ()),
            Inline::NoFact => self.value_not_given(entity, attribute, at),
            Inline::ReadFacts => self.value_in_facts(entity, attribute, at),
        }
    }

    #[inline(never)]
    fn value_in_facts(&self, entity: EntityId, attribute: AttributeId, at: Instant) -> Lookup<()> {
        match self.read(entity, attribute, at) {
            Lookup::Known(value, _) => Lookup::Known(value, ()),
            Lookup::None => Lookup::None,
            Lookup::Unknown => Lookup::Unknown,
            Lookup::Open => Lookup::Open,
        }
    }

    /// How the attribute is read if no value of it is given.
    #[inline(never)]
    fn value_not_given<F>(&self, entity: EntityId, attribute: AttributeId, at: Instant) -> Lookup<F> {
        let defaults = &self.absent_values[attribute.index()];
        // The world has no data of an entity that does not live.
        if !self.lives(entity, at) {
            return Lookup::Unknown;
        }
        if defaults.alternatives.iter().any(|&other| self.is_given(entity, other, at)) {
            return Lookup::None;
        }
        match defaults.not_given {
            _ if !self.attribute_closed(attribute) => Lookup::Open,
            Lookup::None => Lookup::None,
            _ => Lookup::Unknown,
        }
    }

    /// Whether a value of the attribute is given at `at`.
    fn is_given(&self, entity: EntityId, attribute: AttributeId, at: Instant) -> bool {
        match self.inline_value(entity, attribute) {
            Inline::Always(_) => true,
            Inline::NoFact => false,
            Inline::ReadFacts => self.values(entity, attribute).any(|id| self.fact(id).during.contains(at)),
        }
    }

    /// Prefetches the rows of both entities, so that their cache misses overlap.
    #[inline]
    pub fn prefetch(&self, one: EntityId, other: EntityId) {
        let row = |ent: EntityId| self.store.in_row(self.cells.rows[self.kind(ent).index()], ent);
        std::hint::black_box((row(one), row(other)));
    }

    /// The container that the entity is directly within.
    #[inline]
    pub fn container(&self, entity: EntityId, at: Instant) -> Option<EntityId> {
        let cell = self.cells.containers[self.kind(entity).index()]?;
        match self.inline(cell, self.layout.container_cell(), entity) {
            Inline::Always(container) => Some(EntityId(container)),
            Inline::NoFact => None,
            Inline::ReadFacts => self.container_in_facts(entity, at),
        }
    }

    #[inline(never)]
    fn container_in_facts(&self, entity: EntityId, at: Instant) -> Option<EntityId> {
        self.containment(entity, at).map(|(container, _)| container)
    }

    /// The container of the entity, and the fact that states it.
    pub fn containment(&self, entity: EntityId, at: Instant) -> Option<(EntityId, FactId)> {
        let attributes = &self.container_attributes[self.kind(entity).index()];
        if !attributes.is_empty() && !self.delta.touches_list(self.layout.container_cell(), entity) {
            let run = self.run(self.layout.values(), entity);
            let found = attributes.iter().find_map(|&attribute| self.store.value(run.clone(), attribute, at));
            return match found {
                Some((Value::Entity(container), number)) => Some((container, FactId(number))),
                _ => None,
            };
        }
        for &attribute in attributes {
            for id in self.values(entity, attribute) {
                let fact = self.fact(id);
                if let (true, Statement::Value { value: Value::Entity(container), .. }) = (fact.during.contains(at), fact.statement) {
                    return Some((container, id));
                }
            }
        }
        None
    }
}
