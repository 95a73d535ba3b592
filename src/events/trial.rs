//! One event by itself, with all that it does: what how-to asks before it names an event.

use super::apply::{contradiction, effects_of};
use super::concurrent::{EventEffects, enact_uncertain};
use super::current::CurrentFacts;
use crate::eval::{Decider, QueryContext};
use crate::policy::EventId;
use crate::world::{Argument, EntityId, EventRecord, World};
use std::collections::BTreeMap;

/// An event that is tried in a world at the instant of its context, for any number of doers and arguments. Neither the event's action nor its
/// condition is checked.
pub(crate) struct EventTrial<'a, T> {
    decider: &'a QueryContext<'a>,
    event: EventId,
    current: Option<CurrentFacts>,
    /// What was found out after effects that were tried before. Most doers do the same.
    tried: Vec<(EventEffects, Option<T>)>,
}

impl<'a, T: Copy> EventTrial<'a, T> {
    pub(crate) fn of(decider: &'a QueryContext<'a>, event: EventId) -> EventTrial<'a, T> {
        EventTrial { decider, event, current: None, tried: Vec::new() }
    }

    /// What is found out about the world after the event, if the doer does it with these arguments. `None` if the event cannot happen like
    /// that, because an effect of it has no value, does not fit the schema or contradicts another.
    ///
    /// The first call takes time that grows with the world if the event removes facts that no list of an entity has.
    pub(crate) fn after(&mut self, by: EntityId, arguments: &[Argument], find_out: impl FnOnce(&QueryContext<'_>) -> T) -> Option<T> {
        let policy = &self.decider.compiled.policy;
        let declared = &policy.events[self.event];
        let current = self.current.get_or_insert_with(|| CurrentFacts::removed_by(policy, self.decider.world, declared));
        let at = self.decider.context.at;
        let record = EventRecord { event: self.event, at, by, arguments: arguments.to_vec(), span: declared.meta.span };
        let effects = effects_of(self.decider, current, 0, &record).ok()?;
        if let Some((_, found)) = self.tried.iter().find(|(known, _)| *known == effects) {
            return *found;
        }
        let found = self.enact(&record, &effects).map(|world| {
            let after = Decider::new(self.decider.compiled, &world, self.decider.context.clone());
            find_out(&self.decider.about(&after))
        });
        self.tried.push((effects, found));
        found
    }

    /// The world with these effects; `None` if they contradict each other.
    fn enact(&self, record: &EventRecord, effects: &EventEffects) -> Option<World> {
        let policy = &self.decider.compiled.policy;
        let alone = BTreeMap::from([(0, effects.clone())]);
        if contradiction(policy, self.decider.world, &alone).is_some() {
            return None;
        }
        let mut world = self.decider.world.clone();
        effects.enact(policy, &mut world, record.at, record.span);
        if effects.is_uncertain() {
            enact_uncertain(policy, &mut world, record.at, std::iter::once((effects, record)));
        }
        Some(world)
    }
}
