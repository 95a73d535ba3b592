//! What a world leaves open, and what it states not to hold: reads and changes.

use super::ids::EntityId;
use super::model::{EventRecord, Statement};
use super::open::{
    Denial, Denied, OpenPattern, Openings, Part, PatternId, PatternText, Shape, ShapePart, Topic, UncertainChange, UncertainEffect,
};
use super::world::World;
use crate::policy::{AttributeId, Expr, Id, KindId, Policy, RelationId, RoleId};
use crate::text::{Place, Span};
use crate::time::{Instant, Interval};
use rustc_hash::FxHashSet;
use smallvec::{SmallVec, smallvec};
use std::sync::Arc;

impl World {
    /// Whether facts of the relation that are not stated are false. If not, a pattern may leave them open.
    #[inline]
    pub fn relation_closed(&self, relation: RelationId) -> bool {
        self.closed_relations[relation.index()]
    }

    /// Whether assignments of the role that are not stated are false. If not, a pattern may leave them open.
    #[inline]
    pub fn role_closed(&self, role: RoleId) -> bool {
        self.closed_roles[role.index()]
    }

    /// Whether memberships that are not stated are false. If not, a pattern may leave them open.
    #[inline]
    pub fn memberships_closed(&self) -> bool {
        self.closed_memberships
    }

    /// Whether no pattern and no denial is about the attribute, so that its defaults decide.
    #[inline]
    pub(crate) fn attribute_closed(&self, attribute: AttributeId) -> bool {
        self.closed_attributes[attribute.index()]
    }

    /// Whether a pattern may leave open within what some entity lies.
    #[inline]
    pub(crate) fn containers_closed(&self) -> bool {
        self.closed_containers
    }

    /// Whether the entity has no other values of the many-valued attribute at `at` than those that are stated, whatever the patterns: its set
    /// is given or need not be. What an event set counts in place of what the line of the entity gives.
    #[inline]
    pub(crate) fn set_given(&self, ent: EntityId, attribute: AttributeId, at: Instant) -> bool {
        let is_given = self.sets.is_given(ent, attribute) || self.delta.gives_set(ent, attribute);
        if self.denials.is_empty() { is_given } else { self.set_or(is_given, ent, attribute, at) }
    }

    #[inline(never)]
    fn set_or(&self, is_given: bool, ent: EntityId, attribute: AttributeId, at: Instant) -> bool {
        let mut begun = self.denials.all(Denied::Others(ent, attribute)).iter().filter(|set| set.during.since <= at).peekable();
        if begun.peek().is_none() || self.sets.is_free(attribute) { is_given } else { begun.any(|set| set.during.contains(at)) }
    }

    /// Whether an event has set the set, so that it has no other members at `at` than those that are stated.
    pub(crate) fn is_set(&self, ent: EntityId, attribute: AttributeId, at: Instant) -> bool {
        self.denials.find(Denied::Others(ent, attribute), at).is_some()
    }

    /// The event by which the set, of which the statement would name a member, has no others at `at` than those that are stated.
    pub(crate) fn set_by(&self, policy: &Policy, statement: Statement, at: Instant) -> Option<&Denial> {
        if self.denials.is_empty() {
            return None;
        }
        let sets = attributes_of(policy, self, statement).into_iter().map(|(ent, attribute)| Denied::Others(ent, attribute));
        sets.into_iter().find_map(|set| self.denials.find(set, at))
    }

    /// Whether some pattern also stands for entities that the world does not name.
    #[inline]
    pub(crate) fn has_unnamed(&self) -> bool {
        self.open.names_all
    }

    /// The entity of this kind that stands for those that the world does not name; `None` if no pattern does.
    pub(crate) fn unnamed(&self, kind: KindId) -> Option<EntityId> {
        let first = self.of_kind(kind).next()?;
        (self.has_unnamed() && self.entities.id(first).is_empty()).then_some(first)
    }

    /// Whether the entity stands for those that the world does not name.
    #[inline]
    pub(crate) fn is_unnamed(&self, ent: EntityId) -> bool {
        self.has_unnamed() && (ent.0 as usize) < self.entities.len() && self.entities.id(ent).is_empty()
    }

    /// Whether some pattern has a condition.
    pub(crate) fn has_conditional_patterns(&self) -> bool {
        self.open.patterns().any(|(_, pattern)| pattern.condition != Expr::True)
    }

    /// A pattern by its id.
    pub fn pattern(&self, id: PatternId) -> &OpenPattern {
        self.open.pattern(id)
    }

    pub(crate) fn openings(&self) -> &Openings {
        &self.open
    }

    /// The denial of the statement that is in force at `at`: of the fact, or of all values of the attribute.
    pub(crate) fn denial(&self, policy: &Policy, statement: Statement, at: Instant) -> Option<&Denial> {
        if self.denials.is_empty() {
            return None;
        }
        denying(policy, self, statement).into_iter().find_map(|denied| self.denials.find(denied, at))
    }

    /// Whether it is stated that the attribute has no value at `at`.
    pub(crate) fn has_no_value(&self, entity: EntityId, attribute: AttributeId, at: Instant) -> bool {
        self.denials.find(Denied::Attribute(entity, attribute), at).is_some()
    }

    /// The entities that pack or world name by themselves in a condition, in what is open, or in what does not hold.
    pub(crate) fn singled_out(&self) -> FxHashSet<EntityId> {
        let shapes = self.open.shapes().flat_map(|shape| shape.parts).filter_map(|part| match part {
            ShapePart::Is(part) => part.entity(),
            ShapePart::Variable(_) | ShapePart::Any => None,
        });
        let denied = self.denials.sorted().into_iter().flat_map(|(denied, _)| match denied {
            Denied::Fact(statement) => statement.parts().iter().filter_map(|part| part.entity()).collect::<Vec<_>>(),
            Denied::Attribute(ent, _) | Denied::Others(ent, _) => vec![ent],
        });
        self.literals.iter().copied().chain(shapes).chain(denied).collect()
    }

    /// All denials of the statement, at any time, and what sets those of which it would be a member.
    pub(crate) fn denials(&self, policy: &Policy, statement: Statement) -> impl Iterator<Item = &Denial> {
        let sets = attributes_of(policy, self, statement).into_iter().map(|(ent, attribute)| Denied::Others(ent, attribute));
        denying(policy, self, statement).into_iter().chain(sets).flat_map(|denied| self.denials.all(denied))
    }

    /// What is denied, each with the instant at which its denial begins.
    pub(crate) fn denied_since(&self) -> impl Iterator<Item = (Denied, Instant)> {
        self.denials.sorted().into_iter().flat_map(|(denied, denials)| denials.iter().map(move |denial| (denied, denial.during.since)))
    }

    /// All denials.
    pub(crate) fn all_denials(&self) -> impl Iterator<Item = &Denial> {
        self.denials.sorted().into_iter().flat_map(|(_, denials)| denials)
    }

    /// Adds a pattern.
    pub(crate) fn add_pattern(&mut self, policy: &Policy, pattern: OpenPattern, condition: &str, shapes: Vec<Shape>) {
        for shape in &shapes {
            self.touch(policy, shape);
        }
        let groups: Vec<EntityId> = shapes.iter().filter(|shape| shape.topic == Topic::Member).filter_map(named_group).collect();
        Arc::make_mut(&mut self.open).add(pattern, condition, shapes);
        groups.into_iter().for_each(|group| self.touch_groups_above(group));
    }

    /// Leaves a fact open: it is unknown whether this event makes the change.
    pub(crate) fn open_fact(
        &mut self,
        policy: &Policy,
        statement: Statement,
        during: Interval,
        (record, change): (&EventRecord, UncertainChange),
    ) {
        let place = self.place_of(record.span);
        self.open_fact_at(policy, UncertainEffect { event: record.event, change, statement }, during, Some(place));
    }

    pub(super) fn open_fact_at(&mut self, policy: &Policy, effect: UncertainEffect, during: Interval, place: Option<Place>) {
        let statement = effect.statement;
        let text = PatternText::Event(effect);
        let pattern = OpenPattern { text, condition: Expr::True, variables: Vec::new(), during, why: None, place };
        let shape = Shape::of_statement(self.open.next(), statement);
        self.add_pattern(policy, pattern, "", vec![shape]);
    }

    /// States that something does not hold.
    pub(crate) fn deny(&mut self, denied: Denied, during: Interval, place: Option<Span>) {
        self.deny_at(denied, Denial { during, place: place.map(|span| self.place_of(span)), span: place });
    }

    pub(super) fn deny_at(&mut self, denied: Denied, denial: Denial) {
        match denied {
            Denied::Attribute(_, attribute) | Denied::Fact(Statement::Value { attribute, .. }) => {
                self.closed_attributes[attribute.index()] = false;
            }
            Denied::Fact(_) | Denied::Others(..) => {}
        }
        Arc::make_mut(&mut self.denials).add(denied, denial);
    }

    /// States from `at` on that the fact does not hold, until it is stated to hold. Returns what was stated; `None` if that changes nothing,
    /// since nothing leaves such facts open.
    pub(crate) fn close_fact(
        &mut self,
        policy: &Policy,
        statement: Statement,
        at: Instant,
        place: Option<Span>,
    ) -> Option<(Denied, Interval)> {
        let may_be_open = match statement {
            Statement::Relation(relation, _) => !self.relation_closed(relation),
            Statement::Holds { role, .. } => !self.role_closed(role),
            Statement::Member { .. } => !self.memberships_closed(),
            Statement::Value { attribute, .. } => !policy.attributes[attribute].optional || !self.attribute_closed(attribute),
        };
        if !may_be_open {
            return None;
        }
        let later = self.facts_stating(statement).map(|id| self.fact(id).during).filter(|during| at < during.since && !during.is_empty());
        let until = later.map(|during| during.since).min().unwrap_or(Instant::MAX);
        let (denied, during) = (Denied::Fact(statement), Interval { since: at, until });
        self.deny(denied, during, place);
        Some((denied, during))
    }

    /// Ends what denies the statement at `at`. Returns that, with the interval that each had.
    pub(crate) fn end_denials(&mut self, policy: &Policy, statement: Statement, at: Instant) -> Vec<(Denied, Interval)> {
        if self.denial(policy, statement, at).is_none() {
            return Vec::new();
        }
        let all = denying(policy, self, statement);
        let denials = Arc::make_mut(&mut self.denials);
        all.into_iter().flat_map(|denied| denials.end(denied, at, true).into_iter().map(move |during| (denied, during))).collect()
    }

    /// States that a set has no other members than those that are stated. Returns what says so, and what said so until then, with the interval
    /// that each had.
    pub(crate) fn begin_set(
        &mut self,
        (ent, attribute): (EntityId, AttributeId),
        during: Interval,
        place: Span,
    ) -> ((Denied, Interval), Vec<(Denied, Interval)>) {
        let denied = Denied::Others(ent, attribute);
        let ended = Arc::make_mut(&mut self.denials).end(denied, during.since, false);
        self.deny(denied, during, Some(place));
        ((denied, during), ended.into_iter().map(|during| (denied, during)).collect())
    }

    /// Undoes [`World::end_denials`].
    pub(crate) fn restore_denial(&mut self, denied: Denied, during: Interval) {
        Arc::make_mut(&mut self.denials).restore(denied, during);
    }

    /// Undoes [`World::close_fact`].
    pub(crate) fn remove_denial(&mut self, denied: Denied, during: Interval) {
        Arc::make_mut(&mut self.denials).remove(denied, during);
    }

    /// Records what a shape may leave open.
    fn touch(&mut self, policy: &Policy, shape: &Shape) {
        match shape.topic {
            Topic::Relation(relation) => self.closed_relations[relation.index()] = false,
            Topic::Holds => match shape.parts[1] {
                ShapePart::Is(Part::Role(role)) => self.closed_roles[role.index()] = false,
                _ => self.closed_roles.fill(false),
            },
            Topic::Member => {
                self.closed_memberships = false;
                for (id, _) in policy.attributes.iter().filter(|(_, attribute)| attribute.member_of) {
                    self.closed_attributes[id.index()] = false;
                }
            }
            Topic::Value(attribute) => {
                self.closed_attributes[attribute.index()] = false;
                self.closed_containers &= !policy.attributes[attribute].container;
            }
        }
    }

    /// Records that memberships in the groups in which this one is, directly or not and at any time, may be open through it.
    pub(super) fn touch_groups_above(&mut self, group: EntityId) {
        let mut next = vec![group];
        while let Some(here) = next.pop() {
            let above: Vec<EntityId> = self
                .memberships(here)
                .filter_map(|id| match self.fact(id).statement {
                    Statement::Member { group, .. } => Some(group),
                    _ => None,
                })
                .collect();
            let groups = Arc::make_mut(&mut self.open).groups_mut();
            next.extend(above.into_iter().filter(|&above| groups.insert(above)));
        }
    }
}

fn named_group(shape: &Shape) -> Option<EntityId> {
    match shape.parts[1] {
        ShapePart::Is(part) => part.entity(),
        ShapePart::Variable(_) | ShapePart::Any => None,
    }
}

/// What would deny the statement.
fn denying(policy: &Policy, world: &World, statement: Statement) -> Vec<Denied> {
    let mut all = vec![Denied::Fact(statement)];
    all.extend(attributes_of(policy, world, statement).into_iter().map(|(entity, attribute)| Denied::Attribute(entity, attribute)));
    all
}

/// The attributes of which the statement gives a value.
pub(crate) fn attributes_of(policy: &Policy, world: &World, statement: Statement) -> SmallVec<[(EntityId, AttributeId); 1]> {
    match statement {
        Statement::Value { entity, attribute, .. } => smallvec![(entity, attribute)],
        Statement::Member { member, group } => {
            let attributes = policy.kinds[world.kind(member)].attributes.iter().copied();
            let stating = attributes.filter(|&attribute| policy.attributes[attribute].is_membership_in(world.kind(group)));
            stating.map(|attribute| (member, attribute)).collect()
        }
        Statement::Relation(..) | Statement::Holds { .. } => SmallVec::new(),
    }
}
