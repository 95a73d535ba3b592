//! Why an event cannot happen.

use crate::eval::{Decision, Exhausted, Truth};
use crate::text::Span;
use crate::world::{EntityId, ResolvedRequest, Statement};

/// Why an event cannot happen. Events are given by their indexes in the list that was applied.
#[derive(Clone, Debug)]
pub enum EventError {
    /// Its doer is not allowed its action.
    NotAllowed {
        /// The event.
        occurrence: usize,
        /// The request that was not allowed.
        asked: ResolvedRequest,
        /// The answer to it.
        decision: Decision,
        /// Whether the effects of the other events of the instant are the reason.
        together: bool,
    },
    /// Its condition is not true.
    Condition {
        /// The event.
        occurrence: usize,
        /// False or unknown.
        truth: Truth,
        /// Whether the effects of the other events of the instant are the reason.
        together: bool,
    },
    /// It is not in force at that time.
    NotInForce {
        /// The event.
        occurrence: usize,
    },
    /// It names an entity that does not live then.
    NotAlive {
        /// The event.
        occurrence: usize,
        /// The entity.
        ent: EntityId,
    },
    /// The resource is of a kind on which the event's action cannot be asked.
    WrongResource {
        /// The event.
        occurrence: usize,
        /// The resource.
        ent: EntityId,
    },
    /// A term of an effect has no value, or a date out of range.
    Term {
        /// The event.
        occurrence: usize,
        /// The term's place in the policy.
        effect: Span,
        /// Whether the value is unknown. If not, it is absent or does not fit.
        unknown: bool,
    },
    /// An effect states a fact that the schema does not admit.
    Misfit {
        /// The event.
        occurrence: usize,
        /// The effect's place in the policy.
        effect: Span,
        /// The fact.
        body: Statement,
    },
    /// A fact is both added and removed in one instant.
    Clash {
        /// The fact.
        body: Statement,
        /// The event that adds it.
        adds: usize,
        /// The event that removes it.
        removes: usize,
    },
    /// Two values are given to one attribute, or to two of `exactly-one`, in one instant, and an event sets one of them.
    TwoValues {
        /// The values: that which is set, and another.
        values: [Statement; 2],
        /// The event that gives each.
        events: [usize; 2],
    },
    /// Evaluating its conditions took more than the [`BUDGET`](crate::eval::BUDGET).
    Exhausted {
        /// The event.
        occurrence: usize,
        /// The limit, and the condition that reached it.
        exhausted: Exhausted,
    },
}

impl EventError {
    /// The events that cannot happen.
    pub fn occurrences(&self) -> Vec<usize> {
        match *self {
            EventError::NotAllowed { occurrence, .. }
            | EventError::Condition { occurrence, .. }
            | EventError::NotInForce { occurrence }
            | EventError::NotAlive { occurrence, .. }
            | EventError::WrongResource { occurrence, .. }
            | EventError::Term { occurrence, .. }
            | EventError::Misfit { occurrence, .. }
            | EventError::Exhausted { occurrence, .. } => vec![occurrence],
            EventError::Clash { adds, removes, .. } => vec![adds, removes],
            EventError::TwoValues { events, .. } => events.to_vec(),
        }
    }
}
