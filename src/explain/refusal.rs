//! Why an event was refused, as far as that takes an evaluation.

use super::proof::ProofBuilder;
use super::{Explanation, Reason, explain};
use crate::eval::Decider;
use crate::events::EventError;
use crate::plan::{CompiledPolicy, Context};
use crate::world::{EventRecord, World};

/// What an [`EventError`] leaves open.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// Why the event's actor is not allowed its action.
    NotAllowed(Box<Explanation>),
    /// What keeps the event's condition from being true; empty if another event of the same instant does.
    Condition(Vec<Reason>),
    /// The error says all.
    Plain,
}

/// Looks further into an error. The world must be as it was before the instant of the event.
pub fn refusal(compiled: &CompiledPolicy, world: &World, events: &[EventRecord], error: &EventError) -> Refusal {
    let decider = |event: &EventRecord| Decider::new(compiled, world, Context::at(&compiled.policy, event.at));
    match error {
        EventError::NotAllowed { occurrence, asked, .. } => {
            let decider = decider(&events[*occurrence]);
            Refusal::NotAllowed(Box::new(explain(&decider, asked, &decider.record(asked))))
        }
        EventError::Condition { together: true, .. } => Refusal::Condition(Vec::new()),
        EventError::Condition { occurrence, .. } => {
            let event = &events[*occurrence];
            let decider = decider(event);
            let near_miss = decider.near_miss_of_event(event.event, event.by, &event.arguments);
            Refusal::Condition(ProofBuilder::of(&decider).unmet(&near_miss))
        }
        _ => Refusal::Plain,
    }
}
