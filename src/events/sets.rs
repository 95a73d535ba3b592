//! Values that an event sets: what they replace, and for how long they hold.

use super::concurrent::EventEffects;
use super::errors::EventError;
use super::slots::{Slot, slots};
use crate::eval::truth::Truth;
use crate::policy::{AttributeId, Policy};
use crate::time::{Instant, Interval};
use crate::world::{EntityId, FactId, Statement, World};
use std::collections::BTreeMap;

impl EventEffects {
    /// Adds that the event sets an attribute to what `statement` states, from `at` on and at most until `until`. `truth` is whether it does.
    pub(super) fn set(
        &mut self,
        (policy, world): (&Policy, &World),
        (entity, attribute): (EntityId, AttributeId),
        statement: Statement,
        (at, until): (Instant, Instant),
        truth: Truth,
    ) {
        let attributes = policy.exclusive(&attribute);
        let slot = (entity, attributes[0]);
        let facts: Vec<FactId> = attributes.iter().flat_map(|&attribute| world.facts_giving(policy, entity, attribute)).collect();
        let begins = facts.iter().map(|&id| world.fact(id).during).filter(|during| during.since > at && !during.is_empty());
        // A member that is stated for later joins the set.
        let until = if policy.attributes[attribute].many { until } else { begins.map(|during| during.since).fold(until, Instant::min) };
        let during = Interval { since: at, until };
        let held = facts.into_iter().map(|id| (id, world.fact(id))).filter(|(_, fact)| fact.during.contains(at));
        if truth != Truth::True {
            self.may_set.push((slot, statement, during));
            // The value itself holds on if the event does not set it, and as long as it is set otherwise.
            let replaced = held.map(|(_, fact)| (slot, fact.statement, if fact.statement == statement { until } else { at }));
            self.may_replace.extend(replaced);
            return;
        }
        self.sets.push((slot, statement));
        self.adds.push((statement, during));
        for (id, fact) in held {
            if fact.statement != statement {
                self.removes.push(fact.statement);
            } else if fact.during.until != until {
                self.renews.push(id);
            }
        }
        if policy.attributes[attribute].many {
            self.wholes.push(((entity, attribute), during));
        }
    }
}

/// The first two values that events of one instant give to one slot, if one of them sets it.
pub(super) fn two_values(policy: &Policy, world: &World, effects: &BTreeMap<usize, EventEffects>) -> Option<EventError> {
    let mut set: BTreeMap<Slot, (Statement, usize)> = BTreeMap::new();
    for (&index, effect) in effects {
        for &(slot, statement) in &effect.sets {
            set.entry(slot).or_insert((statement, index));
        }
    }
    if set.is_empty() {
        return None;
    }
    effects.iter().find_map(|(&index, effect)| {
        effect.adds.iter().find_map(|&(statement, _)| {
            let first = slots(policy, world, statement).into_iter().find_map(|slot| set.get(&slot));
            let &(value, sets) = first.filter(|&&(value, _)| value != statement)?;
            Some(EventError::TwoValues { values: [value, statement], events: [sets, index] })
        })
    })
}

/// Lets whatever adds a fact that is set in the same instant renew it too, so that the order of the events does not matter.
pub(super) fn share_renewals(effects: &mut BTreeMap<usize, EventEffects>) {
    let renewed: Vec<FactId> = effects.values().flat_map(|effect| &effect.renews).copied().collect();
    if renewed.is_empty() {
        return;
    }
    let set: Vec<Statement> = effects.values().flat_map(|effect| &effect.sets).map(|(_, statement)| *statement).collect();
    for effect in effects.values_mut().filter(|effect| effect.adds.iter().any(|(statement, _)| set.contains(statement))) {
        effect.renews.clone_from(&renewed);
    }
}
