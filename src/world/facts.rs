//! What the facts of a world say of an entity: settled facts by the quick ways, those that changed since one by one.

use super::ledger::SHORT;
use super::listed::Listed;
use super::model::{AtHand, Body, Ent, Fact, FactId, Read, Value};
use super::shelves::Spot;
use super::slots::{Slot, Slots};
use super::store::World;
use crate::policy::{AttributeId, Id, RelationId, RoleId};
use crate::time::Instant;
use std::ops::Range;

impl World {
    /// The facts in which the entity comes first.
    #[inline]
    fn first(&self, slot: Slot, ent: Ent) -> Listed<'_> {
        Listed::run(self.run(slot, ent), self.added(slot, ent))
    }

    #[inline]
    fn run(&self, slot: Slot, ent: Ent) -> Range<u32> {
        self.ledger.run(slot, ent, self.kind(ent), self.roll.of_kind().len())
    }

    #[inline]
    fn at_hand(&self, spot: Spot, ent: Ent) -> AtHand<u32> {
        if self.is_settled() { self.ledger.at_hand(spot, ent) } else { AtHand::Look }
    }

    #[inline]
    fn value_at_hand(&self, entity: Ent, attribute: AttributeId) -> AtHand<u32> {
        self.at_hand(self.spots.values[attribute.index()], entity)
    }

    /// The facts in which the entity comes later.
    #[inline]
    fn later(&self, slot: Slot, ent: Ent) -> Listed<'_> {
        Listed::list(self.ledger.list(self.run(slot, ent)), self.added(slot, ent))
    }

    #[inline]
    fn added(&self, slot: Slot, ent: Ent) -> &[FactId] {
        if self.since.index.is_empty() {
            return &[];
        }
        self.since.index.get(&(slot, ent)).map_or(&[], |ids| ids)
    }

    /// Facts of the relation with this entity at this end (from 0), at any time.
    #[inline]
    pub fn related(&self, relation: RelationId, end: usize, ent: Ent) -> Listed<'_> {
        match end {
            0 => self.first(Slots::end(relation.0, 0), ent),
            1 => self.later(Slots::end(relation.0, 1), ent),
            _ => self.later(Slots::end(relation.0, 2), ent),
        }
    }

    /// Memberships of the entity, at any time.
    #[inline]
    pub fn memberships(&self, member: Ent) -> Listed<'_> {
        self.first(self.slots.memberships(), member)
    }

    /// The first of the groups in which the entity is told to be at that time, directly, for which `take` gives something.
    #[inline]
    pub fn find_group<T>(&self, member: Ent, at: Instant, mut take: impl FnMut(FactId, Ent) -> Option<T>) -> Option<T> {
        if self.is_settled() {
            let run = self.run(self.slots.memberships(), member);
            return self.ledger.seconds(run, at).find_map(|(number, group)| take(FactId(number), group));
        }
        self.memberships(member).find_map(|id| match self.fact(id) {
            Fact { body: Body::Member { group, .. }, during } if during.contains(at) => take(id, group),
            _ => None,
        })
    }

    /// The one group in which the entity is told to be, directly.
    #[inline]
    pub fn lone_group(&self, member: Ent) -> AtHand<Ent> {
        match self.at_hand(self.spots.groups[self.kind(member).index()], member) {
            AtHand::Always(group) => AtHand::Always(Ent(group)),
            AtHand::Nothing => AtHand::Nothing,
            AtHand::Look => AtHand::Look,
        }
    }

    /// The first of the assignments over the entity itself, at that time, for which `take` gives something; it is given who holds what.
    #[inline]
    pub fn find_assignment<T>(&self, scope: Ent, at: Instant, mut take: impl FnMut(FactId, Ent, RoleId) -> Option<T>) -> Option<T> {
        if self.is_settled() {
            let mut found = self.ledger.firsts(self.run(self.slots.held_on(), scope), at);
            return found.find_map(|(place, holder, role)| take(FactId(self.ledger.numbered(place)), holder, RoleId(role)));
        }
        self.held_on(scope).find_map(|id| match self.fact(id) {
            Fact { body: Body::Holds { holder, role, .. }, during } if during.contains(at) => take(id, holder, role),
            _ => None,
        })
    }

    /// Memberships in the group, at any time.
    pub fn members(&self, group: Ent) -> Listed<'_> {
        self.later(self.slots.members(), group)
    }

    /// Assignments to the entity itself, at any time.
    #[inline]
    pub fn held_by(&self, holder: Ent) -> Listed<'_> {
        self.first(self.slots.held_by(), holder)
    }

    /// Assignments over the entity itself, at any time.
    #[inline]
    pub fn held_on(&self, scope: Ent) -> Listed<'_> {
        self.later(self.slots.held_on(), scope)
    }

    /// What the attribute of the entity is told to be, at any time.
    #[inline]
    pub fn values(&self, entity: Ent, attribute: AttributeId) -> Listed<'_> {
        let run = self.run(self.slots.values(), entity);
        let run = if run.is_empty() { run } else { self.ledger.of_attribute(run, attribute) };
        Listed::run(run, self.added(self.slots.value_of(attribute), entity))
    }

    /// The facts by which the attribute names this entity, at any time.
    pub fn valued(&self, attribute: AttributeId, target: Ent) -> Listed<'_> {
        self.later(self.slots.valued(attribute), target)
    }

    /// The facts that say this, at any time.
    #[inline]
    pub fn saying(&self, body: Body) -> impl Iterator<Item = FactId> {
        let (slot, ent) = self.slots.first(body);
        let run = self.run(slot, ent);
        let run = if run.is_empty() { run } else { self.ledger.saying(run, body) };
        let slot = if let Body::Value { attribute, .. } = body { self.slots.value_of(attribute) } else { slot };
        let added = self.added(slot, ent).iter().copied().filter(move |&id| self.fact(id).body == body);
        run.map(FactId).chain(added)
    }

    /// The fact that says this, and holds at that time.
    #[inline]
    pub fn told(&self, body: Body, at: Instant) -> Option<FactId> {
        if self.is_settled() {
            let (slot, ent) = self.slots.first(body);
            let run = self.run(slot, ent);
            return match run.len() {
                0 => None,
                1..=SHORT => self.ledger.told(run, body, at).map(FactId),
                _ => self.told_among_many(run, body, at),
            };
        }
        self.saying(body).find(|&id| self.fact(id).during.contains(at))
    }

    /// The same of settled facts, of which many stand in the run of the first entity.
    #[inline(never)]
    fn told_among_many(&self, run: Range<u32>, body: Body, at: Instant) -> Option<FactId> {
        if let Body::Relation(relation, [first, second, Ent::NOBODY]) = body
            && second != Ent::NOBODY
        {
            // Of many facts of the first end those of the second are mostly few, and halving a long run touches memory all over.
            let run = self.run(Slots::end(relation.0, 1), second);
            if run.len() <= SHORT {
                let mut found = self.ledger.firsts(run, at);
                return found.find(|&(_, ent, _)| ent == first).map(|(place, ..)| FactId(self.ledger.numbered(place)));
            }
        }
        self.ledger.told(self.ledger.saying(run, body), body, at).map(FactId)
    }

    /// Of each fact of a relation of two ends that has this entity at one end (from 0) and holds at that time, who is at the other.
    #[inline]
    pub fn each_other_end(&self, relation: RelationId, end: usize, ent: Ent, at: Instant, mut take: impl FnMut(Ent)) {
        let run = |end| self.run(Slots::end(relation.0, end), ent);
        match end {
            0 if self.is_settled() => self.ledger.seconds(run(0), at).for_each(|(_, other)| take(other)),
            1 if self.is_settled() => self.ledger.firsts(run(1), at).for_each(|(_, other, _)| take(other)),
            _ => {
                for id in self.related(relation, end, ent) {
                    let fact = self.fact(id);
                    if let (Body::Relation(_, ends), true) = (fact.body, fact.during.contains(at)) {
                        take(ends[1 - end]);
                    }
                }
            }
        }
    }

    /// Reads a single-valued attribute.
    #[inline]
    pub fn read(&self, entity: Ent, attribute: AttributeId, at: Instant) -> Read {
        if self.is_settled() {
            return match self.ledger.value(self.run(self.slots.values(), entity), attribute, at) {
                Some((value, number)) => Read::Known(value, FactId(number)),
                None => self.silent(entity, attribute, at),
            };
        }
        for id in self.values(entity, attribute) {
            let fact = self.fact(id);
            if let (true, Body::Value { value, .. }) = (fact.during.contains(at), fact.body) {
                return Read::Known(value, id);
            }
        }
        self.silent(entity, attribute, at)
    }

    /// Reads a single-valued attribute, but for the fact that tells it: most values are at hand.
    #[inline]
    pub fn value(&self, entity: Ent, attribute: AttributeId, at: Instant) -> Read<()> {
        match self.value_at_hand(entity, attribute) {
            AtHand::Always(number) => Read::Known(self.slots.value(attribute, number), ()),
            AtHand::Nothing => self.silent(entity, attribute, at),
            AtHand::Look => self.value_told(entity, attribute, at),
        }
    }

    #[inline(never)]
    fn value_told(&self, entity: Ent, attribute: AttributeId, at: Instant) -> Read<()> {
        match self.read(entity, attribute, at) {
            Read::Known(value, _) => Read::Known(value, ()),
            Read::None => Read::None,
            Read::Unknown => Read::Unknown,
        }
    }

    /// What it means that nothing is told of the attribute.
    #[inline(never)]
    fn silent<F>(&self, entity: Ent, attribute: AttributeId, at: Instant) -> Read<F> {
        let silence = &self.silence[attribute.index()];
        // One that does not live has no data at all.
        if !self.lives(entity, at) {
            return Read::Unknown;
        }
        if silence.others.iter().any(|&other| self.is_given(entity, other, at)) {
            return Read::None;
        }
        match silence.read {
            Read::None => Read::None,
            _ => Read::Unknown,
        }
    }

    /// Whether a value of the attribute is told.
    fn is_given(&self, entity: Ent, attribute: AttributeId, at: Instant) -> bool {
        match self.value_at_hand(entity, attribute) {
            AtHand::Always(_) => true,
            AtHand::Nothing => false,
            AtHand::Look => self.values(entity, attribute).any(|id| self.fact(id).during.contains(at)),
        }
    }

    /// Fetches what is at hand of both, so that neither is waited for alone.
    #[inline]
    pub fn fetch(&self, one: Ent, other: Ent) {
        let row = |ent: Ent| self.ledger.in_row(self.spots.rows[self.kind(ent).index()], ent);
        std::hint::black_box((row(one), row(other)));
    }

    /// What the entity lies within directly.
    #[inline]
    pub fn container(&self, entity: Ent, at: Instant) -> Option<Ent> {
        let spot = self.spots.within[self.kind(entity).index()]?;
        match self.at_hand(spot, entity) {
            AtHand::Always(container) => Some(Ent(container)),
            AtHand::Nothing => None,
            AtHand::Look => self.container_told(entity, at),
        }
    }

    #[inline(never)]
    fn container_told(&self, entity: Ent, at: Instant) -> Option<Ent> {
        self.containment(entity, at).map(|(container, _)| container)
    }

    /// What the entity lies within directly, and the fact that says so.
    pub fn containment(&self, entity: Ent, at: Instant) -> Option<(Ent, FactId)> {
        let attributes = &self.containers[self.kind(entity).index()];
        if self.is_settled() && !attributes.is_empty() {
            let run = self.run(self.slots.values(), entity);
            let told = attributes.iter().find_map(|&attribute| self.ledger.value(run.clone(), attribute, at));
            return match told {
                Some((Value::Entity(container), number)) => Some((container, FactId(number))),
                _ => None,
            };
        }
        for &attribute in attributes {
            for id in self.values(entity, attribute) {
                let fact = self.fact(id);
                if let (true, Body::Value { value: Value::Entity(container), .. }) = (fact.during.contains(at), fact.body) {
                    return Some((container, id));
                }
            }
        }
        None
    }
}
