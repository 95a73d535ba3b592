//! Why an event was refused, for refusals whose reasons must be evaluated.

use super::proof::ProofBuilder;
use super::{Explanation, Reason, explain};
use crate::eval::{Budget, Decider};
use crate::events::EventError;
use crate::world::EventRecord;

/// The reasons for an [`EventError`] that the error itself does not have.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// Why the event's actor is not allowed its action.
    NotAllowed(Box<Explanation>),
    /// What keeps the condition of the event from being true; empty if another event of the same instant does.
    Condition(Vec<Reason>),
    /// There are no further reasons.
    Plain,
}

/// Finds the reasons for an error. The decider must be of the world before the instant of the event, and of the dates and toggles under which
/// the event was checked.
pub fn refusal(decider: &Decider<'_>, events: &[EventRecord], error: &EventError) -> Refusal {
    let budget = Budget::default();
    match error {
        EventError::NotAllowed { asked, .. } => {
            let query = decider.within(&budget);
            Refusal::NotAllowed(Box::new(explain(&query, asked, &query.record(asked))))
        }
        EventError::Condition { together: true, .. } => Refusal::Condition(Vec::new()),
        EventError::Condition { occurrence, .. } => {
            let event = &events[*occurrence];
            let near_miss = decider.within(&budget).near_miss_of_event(event.event, event.by, &event.arguments);
            Refusal::Condition(ProofBuilder::of(decider).unmet(&near_miss))
        }
        _ => Refusal::Plain,
    }
}
