//! Walks over the facts of a world: outwards through containers, up through groups, down through members.

use super::ids::EntityId;
use super::model::{Lookup, Statement};
use super::value::Value;
use super::world::World;
use crate::policy::{AttributeId, KindSet, Policy};
use crate::time::{Instant, Interval};
use rustc_hash::FxHashSet;

impl World {
    /// The entities of these kinds that live at that time, in order.
    pub fn living_of<'w>(&'w self, kinds: &'w KindSet, at: Instant) -> impl Iterator<Item = EntityId> + 'w {
        kinds.iter().flat_map(|kind| self.of_kind(kind)).filter(move |&ent| self.lives(ent, at))
    }

    /// The entity, then its containers at that time, from the nearest outwards.
    pub fn containers(&self, ent: EntityId, at: Instant) -> impl Iterator<Item = EntityId> {
        std::iter::successors(Some(ent), move |&here| self.container(here, at))
    }

    /// The entity, then the groups in which it is at that time, at any depth: breadth first, each once.
    pub fn groups(&self, ent: EntityId, at: Instant) -> impl Iterator<Item = EntityId> {
        breadth_first(ent, move |here, found| {
            let _all: Option<()> = self.find_group(here, at, |_, group| {
                found(group);
                None
            });
        })
    }

    /// The group, then its members at that time, at any depth: breadth first, each once.
    pub fn all_members(&self, group: EntityId, at: Instant) -> impl Iterator<Item = EntityId> {
        self.members_during(group, move |during| during.contains(at))
    }

    /// The group, then whoever is in it at any time, at any depth: breadth first, each once. Not all are in it at one time.
    pub(crate) fn ever_members(&self, group: EntityId) -> impl Iterator<Item = EntityId> {
        self.members_during(group, |_| true)
    }

    fn members_during(&self, group: EntityId, counts: impl Fn(Interval) -> bool) -> impl Iterator<Item = EntityId> {
        breadth_first(group, move |here, found| {
            for fact in self.members(here).map(|id| self.fact(id)).filter(|fact| counts(fact.during)) {
                if let Statement::Member { member, .. } = fact.statement {
                    found(member);
                }
            }
        })
    }

    /// The home of an entity at that time: the entity that one of the `exactly-one` attributes of its kind names, and that attribute.
    pub fn home(&self, policy: &Policy, ent: EntityId, at: Instant) -> Option<(AttributeId, EntityId)> {
        let attributes = policy.kinds[self.kind(ent)].exactly_one.iter().copied();
        let mut references = attributes.filter(|&attribute| policy.attributes[attribute].value.is_entity());
        // Not `value`: a second caller would keep the compiler from inlining it into the evaluator.
        references.find_map(|attribute| match self.read(ent, attribute, at) {
            Lookup::Known(Value::Entity(home), _) => Some((attribute, home)),
            _ => None,
        })
    }
}

/// Yields `start` and every entity that `neighbours` leads to. The neighbours of an entity are looked up when it is yielded.
fn breadth_first(start: EntityId, mut neighbours: impl FnMut(EntityId, &mut dyn FnMut(EntityId))) -> impl Iterator<Item = EntityId> {
    let mut found = vec![start];
    let mut known = FxHashSet::from_iter([start]);
    let mut position = 0;
    std::iter::from_fn(move || {
        let here = *found.get(position)?;
        position += 1;
        neighbours(here, &mut |ent| {
            if known.insert(ent) {
                found.push(ent);
            }
        });
        Some(here)
    })
}

#[cfg(test)]
mod tests {
    use super::{EntityId, breadth_first};

    #[test]
    fn each_entity_is_visited_once_and_nearer_ones_first() {
        let edges = [(0, 2), (0, 1), (1, 3), (2, 3), (3, 0)];
        let order: Vec<EntityId> = breadth_first(EntityId(0), |here, found| {
            edges.iter().filter(|(from, _)| EntityId(*from) == here).for_each(|&(_, to)| found(EntityId(to)));
        })
        .collect();
        assert_eq!(order, [0, 2, 1, 3].map(EntityId));
    }
}
