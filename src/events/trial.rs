//! What an event would do, found out before it happens.

use super::apply::effects_of;
use super::current::CurrentFacts;
use crate::eval::QueryContext;
use crate::policy::{Effect, Event, Term, TermNode};
use crate::world::{EntityId, EventRecord};

/// Those of the doers by whom an event has the same effects as by its own doer. Neither the event's action nor its condition is checked.
///
/// Takes time that grows with the world if the event removes facts that no list of an entity has.
pub(crate) fn with_same_effects(query: &QueryContext<'_>, event: &EventRecord, doers: &[EntityId]) -> Vec<EntityId> {
    if doers == [event.by] {
        return vec![event.by];
    }
    let policy = &query.compiled.policy;
    if !asks_who(&policy.events[event.event]) {
        return doers.to_vec();
    }
    let current = CurrentFacts::removed_by(policy, query.world, &policy.events[event.event]);
    let effects = |by: EntityId| effects_of(query, &current, 0, &EventRecord { by, ..event.clone() }).ok();
    let own = effects(event.by);
    doers.iter().copied().filter(|&doer| effects(doer) == own).collect()
}

/// Whether an effect of the event, or what it creates, may be another one if somebody else does it.
fn asks_who(event: &Event) -> bool {
    let is_doer = |term: &Term| *term.root() == TermNode::Subject;
    let lasts = |effect: &Effect| effect.lasts.as_ref().is_some_and(|lasting| is_doer(&lasting.count));
    let by_effect =
        |effect: &Effect| effect.condition.expr.any_term(&is_doer) || effect.fact.terms().into_iter().any(is_doer) || lasts(effect);
    event.effects().any(|(_, effect)| by_effect(effect))
        || event.creates.iter().flat_map(|creation| &creation.attributes).any(|(_, term)| is_doer(term))
}
