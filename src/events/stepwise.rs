//! Events applied one instant after the other, under any dates and toggles. Events that cannot happen leave the world as it was.

use super::apply::{apply_instant, created};
use super::current::CurrentFacts;
use super::errors::EventError;
use crate::plan::{CompiledPolicy, Context};
use crate::time::{Instant, Interval};
use crate::world::{EntityId, EventRecord, World};

/// Applies the events of a world instant by instant.
#[derive(Debug)]
pub struct EventStepper<'c> {
    compiled: &'c CompiledPolicy,
    current: CurrentFacts,
}

/// Events of one instant that cannot happen.
#[derive(Debug)]
pub struct RefusedInstant {
    /// Why: an error for each event, or one for two that contradict each other.
    pub errors: Vec<EventError>,
    /// The world in which they were refused: before the instant, or with effects of the other events if these are the reason.
    pub world: World,
}

impl<'c> EventStepper<'c> {
    /// For all events of a world to which none is applied yet.
    pub fn new(compiled: &'c CompiledPolicy, world: &World) -> EventStepper<'c> {
        EventStepper { compiled, current: CurrentFacts::of(compiled, world) }
    }

    /// For one event, after which the world must be finished.
    pub fn of_one(compiled: &'c CompiledPolicy, world: &World, event: &EventRecord) -> EventStepper<'c> {
        let declared = &compiled.policy.events[event.event];
        EventStepper { compiled, current: CurrentFacts::removed_by(&compiled.policy, world, declared) }
    }

    /// Applies the events with these indexes, all of the instant of the context, which must not be before that of earlier calls.
    ///
    /// # Errors
    ///
    /// If one of them cannot happen. Then none has happened, and the world is as it was.
    pub fn apply(
        &mut self,
        world: &mut World,
        context: &Context,
        occurrences: &[EventRecord],
        indexes: &[usize],
    ) -> Result<(), Box<RefusedInstant>> {
        // A lone event is refused before anything is changed but when those live whom it creates.
        let before = (indexes.len() > 1).then(|| world.clone());
        let creates = indexes.iter().flat_map(|&index| created(self.compiled, &occurrences[index]));
        let lives: Vec<(EntityId, Interval)> = creates.map(|ent| (ent, world.life(ent))).collect();
        let errors = apply_instant(self.compiled, world, &mut self.current, context, (occurrences, indexes));
        if errors.is_empty() {
            return Ok(());
        }
        let mut refused_in = world.clone();
        self.current.restore(&mut refused_in);
        match before {
            Some(before) => *world = before,
            None => lives.into_iter().for_each(|(ent, life)| world.set_life(ent, life)),
        }
        Err(Box::new(RefusedInstant { errors, world: refused_in }))
    }

    /// Takes note that an event does not happen: what it would create never lives, and no fact about that holds.
    pub fn skip(&self, world: &mut World, event: &EventRecord) {
        let never = Interval { since: Instant::MAX, until: Instant::MAX };
        for ent in created(self.compiled, event) {
            world.set_life(ent, never);
            for id in world.facts_about(ent) {
                let since = world.fact(id).during.since;
                world.set_during(id, Interval { since, until: since });
            }
        }
    }

    /// Ends the last instant: all facts of the world, those that have ended too, are found again by what they are about.
    pub fn finish(self, world: &mut World) {
        self.current.restore(world);
    }
}
