//! The effects of the events of one instant: how they are enacted and reverted, which of them several events have, and which contradict each
//! other.

use super::current::CurrentFacts;
use super::errors::EventError;
use super::slots::{Slot, slots};
use crate::policy::{AttributeId, Policy};
use crate::text::Span;
use crate::time::{Instant, Interval};
use crate::world::{Denied, EntityId, EventRecord, Fact, FactId, Statement, UncertainChange, World};
use rustc_hash::{FxHashMap, FxHashSet};
use std::cmp::Reverse;
use std::collections::BTreeMap;

/// What one event does to the world.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct EventEffects {
    /// Entities whose lives begin.
    pub(super) creates: Vec<EntityId>,
    /// The `many` attributes of created entities whose sets are given, even if they are empty.
    pub(super) gives: Vec<(EntityId, AttributeId)>,
    /// Facts that begin to hold, each with its interval.
    pub(super) adds: Vec<(Statement, Interval)>,
    /// Facts that cease to hold.
    pub(super) removes: Vec<Statement>,
    /// Those of the removed facts that held or might have held: from then on they are stated not to hold.
    pub(super) closes: Vec<Statement>,
    /// Facts that begin to hold or not, because `where` is unknown, each with its interval.
    pub(super) may_add: Vec<(Statement, Interval)>,
    /// Facts that hold, and that cease to hold or not.
    pub(super) may_remove: Vec<Statement>,
    /// The values that are set, each with what they are a value of. They are among the added facts, and what they replace among the removed.
    pub(super) sets: Vec<(Slot, Statement)>,
    /// Facts that hold and state what is set: from then on they hold as long as that is set.
    pub(super) renews: Vec<FactId>,
    /// Sets that have no other members than those that are stated, while the member that is set holds.
    pub(super) wholes: Vec<((EntityId, AttributeId), Interval)>,
    /// Values that are set or not, each with its interval.
    pub(super) may_set: Vec<(Slot, Statement, Interval)>,
    /// Facts that hold, and that cease to hold at that instant or not, because something may be set.
    pub(super) may_replace: Vec<(Slot, Statement, Instant)>,
    /// Entities whose lives end, and with them the facts about them.
    pub(super) ends: Vec<EntityId>,
}

/// How to revert enacted effects: the facts and lives that they changed, each with the interval to restore.
#[derive(Debug, Default)]
pub(super) struct Undo {
    during: Vec<(FactId, Interval)>,
    lives: Vec<(EntityId, Interval)>,
    /// The facts that were added.
    added: Vec<FactId>,
    /// What was stated not to hold.
    denied: Vec<(Denied, Interval)>,
    /// What was stated not to hold until then, each with the interval to restore.
    ended: Vec<(Denied, Interval)>,
}

impl EventEffects {
    /// Whether it is unknown of some effect whether it takes place.
    pub(super) fn is_uncertain(&self) -> bool {
        !(self.may_add.is_empty() && self.may_remove.is_empty() && self.may_set.is_empty())
    }

    /// Sorts each list, and leaves out what is there twice.
    pub(super) fn sort(&mut self) {
        fn sorted<T: Ord>(list: &mut Vec<T>) {
            list.sort();
            list.dedup();
        }
        sorted(&mut self.adds);
        sorted(&mut self.may_add);
        for list in [&mut self.removes, &mut self.closes, &mut self.may_remove] {
            sorted(list);
        }
        sorted(&mut self.sets);
        sorted(&mut self.renews);
        sorted(&mut self.wholes);
        sorted(&mut self.may_set);
        sorted(&mut self.may_replace);
    }

    /// Changes the world by the effects that are certain. `place` is the span of the event, and becomes that of the facts that it adds.
    pub(super) fn enact(&self, policy: &Policy, world: &mut World, at: Instant, place: Span) -> Undo {
        let mut undo = Undo::default();
        for &body in &self.closes {
            undo.denied.extend(world.close_fact(policy, body, at, Some(place)));
        }
        let mut cut = |world: &mut World, id| {
            let during = world.fact(id).during;
            if during.contains(at) {
                undo.during.push((id, during));
                world.set_during(id, Interval { until: at, ..during });
            }
        };
        self.renews.iter().for_each(|&id| cut(world, id));
        for &body in &self.removes {
            let stating: Vec<FactId> = world.facts_stating(body).collect();
            stating.into_iter().for_each(|id| cut(world, id));
        }
        for &ent in &self.creates {
            undo.lives.push((ent, world.entity(ent).life));
            world.set_life(ent, Interval { since: at, until: Instant::MAX });
        }
        // Not undone: the sets of an entity that does not live count as open, given or not.
        self.gives.iter().for_each(|&(ent, attribute)| world.give_set(ent, attribute));
        for &(statement, during) in &self.adds {
            // Of what has ended, which only the policy can name, no fact holds.
            if statement.about().any(|ent| world.has_ended(ent, at)) {
                continue;
            }
            undo.ended.extend(world.end_denials(policy, statement, at));
            // A fact is not added again if it holds already, at least as long.
            let covered = world.facts_stating(statement).any(|id| {
                let held = world.fact(id).during;
                held.contains(at) && held.until >= during.until
            });
            if !covered {
                let id = world.add(Fact { statement, during }, Some(place));
                undo.during.push((id, Interval { since: at, until: at }));
                undo.added.push(id);
            }
        }
        for &(set, during) in &self.wholes {
            let (begun, ended) = world.begin_set(set, during, place);
            undo.denied.push(begun);
            undo.ended.extend(ended);
        }
        let mut ended = self.ends.clone();
        ended.sort();
        ended.dedup();
        for ent in ended {
            let life = world.life(ent);
            undo.lives.push((ent, life));
            world.set_life(ent, Interval { until: at, ..life });
            for id in world.facts_about(ent) {
                let during = world.fact(id).during;
                if during.until > at {
                    undo.during.push((id, during));
                    world.set_during(id, Interval { until: at.max(during.since), ..during });
                }
            }
        }
        undo
    }
}

impl Undo {
    /// Restores the intervals. A fact that was added stays in the world, but holds at no time and is in no list. `gone` are such facts of
    /// other events, which stay so.
    pub(super) fn revert(&self, world: &mut World, gone: &FxHashSet<FactId>) {
        for &(ent, life) in self.lives.iter().rev() {
            world.set_life(ent, life);
        }
        for &(id, during) in self.during.iter().rev().filter(|(id, _)| !gone.contains(id)) {
            world.set_during(id, during);
        }
        for &id in &self.added {
            world.unlist(id);
        }
        for &(denied, during) in &self.ended {
            world.restore_denial(denied, during);
        }
        for &(denied, during) in &self.denied {
            world.remove_denial(denied, during);
        }
    }
}

/// What was enacted of an instant, by event.
#[derive(Debug, Default)]
pub(super) struct Enacted {
    by_event: BTreeMap<usize, Undo>,
    /// Facts that were added and reverted.
    gone: FxHashSet<FactId>,
}

impl Enacted {
    /// Enacts the effects of an event, beside those of the others that are enacted already. A fact that it adds about an entity that
    /// another event ends in the same instant does not hold, in whichever order the two are enacted; it is the other event that takes it.
    pub(super) fn enact(
        &mut self,
        index: usize,
        effects: &EventEffects,
        (policy, world, at, place): (&Policy, &mut World, Instant, Span),
        all: &ConcurrentEffects,
    ) {
        let undo = effects.enact(policy, world, at, place);
        for &id in &undo.added {
            let fact = world.fact(id);
            let ended_by = |entity| all.ends.get(&entity).into_iter().flatten().copied().find(|&event| event != index);
            let ender = fact.statement.about().filter_map(ended_by).find(|event| self.by_event.contains_key(event));
            let taker = ender.and_then(|event| self.by_event.get_mut(&event));
            if let (Some(taker), true) = (taker, fact.during.until > at) {
                taker.during.push((id, fact.during));
                world.set_during(id, Interval { until: at.max(fact.during.since), ..fact.during });
            }
        }
        self.by_event.insert(index, undo);
    }

    /// Reverts the effects of an event.
    pub(super) fn revert(&mut self, index: usize, world: &mut World) {
        let undo = self.by_event.remove(&index).unwrap_or_default();
        undo.revert(world, &self.gone);
        self.gone.extend(undo.added);
    }

    /// Ends the instant: what was enacted is final.
    pub(super) fn settle(&self, world: &mut World, at: Instant, current: &mut CurrentFacts) {
        for undo in self.by_event.values() {
            current.settle(world, at, &undo.added, undo.during.iter().map(|&(id, _)| id));
        }
    }
}

/// The effects of all events of an instant, each with the events that have it.
pub(super) struct ConcurrentEffects {
    adds: FxHashMap<Statement, Vec<(usize, Interval)>>,
    removes: FxHashMap<Statement, Vec<usize>>,
    ends: FxHashMap<EntityId, Vec<usize>>,
}

impl ConcurrentEffects {
    /// Collects the effects of events, given by event.
    pub(super) fn of(effects: &BTreeMap<usize, EventEffects>) -> ConcurrentEffects {
        let mut all = ConcurrentEffects { adds: FxHashMap::default(), removes: FxHashMap::default(), ends: FxHashMap::default() };
        for (&index, effect) in effects {
            effect.adds.iter().for_each(|&(body, during)| all.adds.entry(body).or_default().push((index, during)));
            effect.removes.iter().for_each(|&body| all.removes.entry(body).or_default().push(index));
            effect.ends.iter().for_each(|&ent| all.ends.entry(ent).or_default().push(index));
        }
        // Two adders are enough: the one with the longest interval, and the longest among the other events. Whichever event is left out,
        // one of the two has the longest interval of the others.
        all.adds.values_mut().for_each(|adders| {
            adders.sort_by_key(|&(index, during)| (Reverse(during.until), index));
            let first = adders[0].0;
            let other = adders.iter().copied().find(|&(index, _)| index != first);
            adders.truncate(1);
            adders.extend(other);
        });
        all
    }

    /// The effects of an event that other events have too. A fact is added for the longest interval that another event gives it.
    pub(super) fn shared(&self, index: usize, effect: &EventEffects) -> EventEffects {
        let another = |events: &[usize]| events.iter().any(|&other| other != index);
        let longest = |body: &Statement| self.adds[body].iter().find(|&&(other, _)| other != index).map(|&(_, during)| (*body, during));
        EventEffects {
            adds: effect.adds.iter().filter_map(|(body, _)| longest(body)).collect(),
            removes: effect.removes.iter().copied().filter(|body| another(&self.removes[body])).collect(),
            ends: effect.ends.iter().copied().filter(|ent| another(&self.ends[ent])).collect(),
            closes: effect.closes.iter().copied().filter(|body| another(&self.removes[body])).collect(),
            ..EventEffects::default()
        }
    }
}

/// Changes the world by the effects of several events of which it is unknown whether they take place, each with the record of its event. What
/// one of the events does for certain counts, even if another does the opposite perhaps: both together would be refused.
pub(super) fn enact_uncertain<'e>(
    policy: &Policy,
    world: &mut World,
    at: Instant,
    effects: impl Iterator<Item = (&'e EventEffects, &'e EventRecord)> + Clone,
) {
    let adds: FxHashSet<Statement> = effects.clone().flat_map(|(effect, _)| &effect.adds).map(|(body, _)| *body).collect();
    let removes: FxHashSet<Statement> = effects.clone().flat_map(|(effect, _)| &effect.removes).copied().collect();
    let set: FxHashMap<Slot, Statement> = effects.clone().flat_map(|(effect, _)| &effect.sets).copied().collect();
    let added: FxHashMap<Slot, Statement> =
        adds.iter().flat_map(|&body| slots(policy, world, body).into_iter().map(move |slot| (slot, body))).collect();
    let mut ways = Vec::new();
    for (effect, record) in effects {
        let certain = |body: &Statement| adds.contains(body) || removes.contains(body);
        let may_end = |&body: &Statement| ((record, UncertainChange::Removed), body, at);
        ways.extend(effect.may_remove.iter().filter(|body| !certain(body)).map(may_end));
        // Nothing is set perhaps that is given another value for certain.
        let is_given = |slot: &Slot, other: &dyn Fn(&Statement) -> bool| set.contains_key(slot) || added.get(slot).is_some_and(other);
        let may_replace = effect.may_replace.iter().filter(|(slot, body, _)| !certain(body) && !is_given(slot, &|_| true));
        ways.extend(may_replace.map(|&(_, body, from)| ((record, UncertainChange::Replaced), body, from)));
        let is_set_otherwise =
            |body: &Statement| slots(policy, world, *body).iter().any(|slot| set.get(slot).is_some_and(|own| own != body));
        let may_add = effect.may_add.iter().filter(|(body, _)| !removes.contains(body) && !is_set_otherwise(body));
        let may_add: Vec<_> = may_add.map(|&(body, during)| (body, during, UncertainChange::Added)).collect();
        let may_set = effect.may_set.iter().filter(|(slot, body, _)| !removes.contains(body) && !is_given(slot, &|own| own != body));
        let may_set: Vec<_> = may_set.map(|&(_, body, during)| (body, during, UncertainChange::Set)).collect();
        for (body, during, change) in may_add.into_iter().chain(may_set) {
            world.end_denials(policy, body, at);
            world.open_fact(policy, body, during, (record, change));
        }
    }
    for (by, body, from) in ways {
        may_cease(policy, world, (body, at, from), by);
    }
}

/// Leaves a fact that holds at `at` open from an instant on, at which the event may end it.
fn may_cease(policy: &Policy, world: &mut World, (body, at, from): (Statement, Instant, Instant), by: (&EventRecord, UncertainChange)) {
    let stating: Vec<FactId> = world.facts_stating(body).collect();
    for id in stating {
        let during = world.fact(id).during;
        if during.contains(at) && during.contains(from) {
            world.set_during(id, Interval { until: from, ..during });
            world.open_fact(policy, body, Interval { since: from, until: during.until }, by);
        }
    }
}

/// The first fact that an event removes and an event adds, in the order of the removing events and of their facts.
pub(super) fn clash(effects: &BTreeMap<usize, EventEffects>) -> Option<EventError> {
    let mut added: BTreeMap<Statement, usize> = BTreeMap::new();
    for (&index, effect) in effects {
        effect.adds.iter().for_each(|&(body, _)| {
            added.entry(body).or_insert(index);
        });
    }
    effects.iter().find_map(|(&removes, effect)| {
        effect.removes.iter().find_map(|body| added.get(body).map(|&adds| EventError::Clash { body: *body, adds, removes }))
    })
}
