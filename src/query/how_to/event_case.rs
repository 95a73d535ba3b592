//! One event that may make a change: with which arguments, and who may do it.

use crate::counterfactual::{Filled, PartialEvent, USUAL_NUMBER, entities};
use crate::eval::{MissingDatum, Outcome, QueryContext, Truth};
use crate::explain;
use crate::policy::{Condition, EffectKind, Event, EventId, Expr, Term, TermNode};
use crate::world::{Argument, EntityId, ResolvedRequest, Statement, Value};
use std::collections::BTreeSet;

/// An event with the arguments by which it would make a change.
#[derive(Clone)]
pub(super) struct EventCase {
    pub(super) id: EventId,
    pub(super) partial: PartialEvent,
    /// The argument lists to try.
    pub(super) filled: Filled,
    /// Whether these are near the question; else they are all others.
    pub(super) is_near: bool,
}

/// What of an event asks who does it.
#[derive(Clone, Copy)]
pub(super) struct AsksWho {
    pub(super) in_condition: bool,
    pub(super) in_effect: bool,
}

impl EventCase {
    /// Whether it depends on who does the event if it may happen, and if it makes the change; `None` if nobody may do it with these arguments, or
    /// would make the change by it, since what that depends on is the same for all.
    pub(super) fn may_for_somebody(&self, decider: &QueryContext<'_>, arguments: &[Argument]) -> Option<AsksWho> {
        let asks = self.asks_who(decider);
        let may = (asks.in_condition || self.may_happen(decider, EntityId::NONE, arguments))
            && (asks.in_effect || self.makes_change(decider, EntityId::NONE, arguments));
        may.then_some(asks)
    }

    /// Whether the conditions of the event, and of the effect that makes the change, ask who does it.
    pub(super) fn asks_who(&self, decider: &QueryContext<'_>) -> AsksWho {
        let event = self.event(decider);
        let asks_who = |condition: &Condition| condition.expr.any_term(&|term| *term.root() == TermNode::Subject);
        let effect = self.partial.effect.and_then(|(kind, index)| event.effects_of(kind).get(index));
        AsksWho { in_condition: asks_who(&event.condition), in_effect: effect.is_some_and(|effect| asks_who(&effect.condition)) }
    }

    /// Whether the condition of the event is true.
    pub(super) fn may_happen(&self, decider: &QueryContext<'_>, doer: EntityId, arguments: &[Argument]) -> bool {
        decider.may_happen(self.id, doer, arguments) == Truth::True
    }

    /// What must be known to tell whether the doer may do the event; `None` if that is known, or if it would not make the change.
    pub(super) fn unknown_of(&self, decider: &QueryContext<'_>, doer: EntityId, arguments: &[Argument]) -> Option<Vec<MissingDatum>> {
        let happens = decider.may_happen(self.id, doer, arguments);
        let may_be_so = happens != Truth::False
            && self.reads_as_required(decider, doer, arguments)
            && self.may_be_allowed(decider, doer, arguments)
            && self.makes_change(decider, doer, arguments);
        if !may_be_so {
            return None;
        }
        let of_condition = || explain::missing_in(decider.world, &decider.near_miss_of_event(self.id, doer, arguments));
        let mut missing = if happens == Truth::Unknown { of_condition() } else { Vec::new() };
        if let (Some((action, _)), Some(resource)) = (self.event(decider).does, self.resource(decider, arguments)) {
            let record = decider.record_decision(&ResolvedRequest { subject: doer, action, resource });
            if record.decision.outcome == Outcome::Unknown {
                missing.extend(explain::missing(decider.world, &record));
            }
        }
        (!missing.is_empty()).then_some(missing)
    }

    /// Whether the doer is allowed the action of the event, or may be.
    fn may_be_allowed(&self, decider: &QueryContext<'_>, doer: EntityId, arguments: &[Argument]) -> bool {
        let Some((action, _)) = self.event(decider).does else { return true };
        let Some(resource) = self.resource(decider, arguments) else { return false };
        decider.compiled.policy.actions[action].on.contains(decider.world.kind(resource))
            && matches!(decider.decide(&ResolvedRequest { subject: doer, action, resource }).outcome, Outcome::Allowed | Outcome::Unknown)
    }

    /// Whether each argument that a fact of an effect names is named by what the event changed. One that is not is there for nothing: a holder
    /// from whom no assignment is taken, for instance.
    pub(super) fn uses_each_argument(&self, decider: &QueryContext<'_>, arguments: &[Argument], changed: &[Statement]) -> bool {
        let event = self.event(decider);
        let world = decider.world;
        let effects = [EffectKind::Adds, EffectKind::Removes, EffectKind::Sets].into_iter().flat_map(|kind| event.effects_of(kind));
        // An effect under a condition may well do nothing.
        let effects = effects.filter(|effect| effect.condition.expr == Expr::True);
        let parameter = |term: &Term| match term.node {
            TermNode::Parameter(index) => Some(index),
            _ => None,
        };
        let named: BTreeSet<usize> = effects.flat_map(|effect| effect.fact.terms()).filter_map(parameter).collect();
        let is_changed = |entity: EntityId| {
            let of_role = |statement: &Statement| matches!(statement, Statement::Holds { role, .. } if world.role_entity(*role) == entity);
            changed.iter().any(|statement| statement.named().any(|named| named == entity) || of_role(statement))
        };
        named.into_iter().all(|index| {
            let entities = entities(&arguments[index]);
            entities.is_empty() || entities.into_iter().any(is_changed)
        })
    }

    /// The indexes of the parameters whose numbers were chosen freely.
    pub(super) fn examples(&self, decider: &QueryContext<'_>, arguments: &[Argument]) -> Vec<usize> {
        let is_free = |&index: &usize| !self.partial.determines(index) && arguments[index] == Argument::One(Value::Number(USUAL_NUMBER));
        (0..self.event(decider).parameters.len()).filter(is_free).collect()
    }

    /// The event as the policy declares it.
    pub(super) fn event<'p>(&self, decider: &QueryContext<'p>) -> &'p Event {
        &decider.compiled.policy.events[self.id]
    }

    /// Whether the terms that the effect requires have the required values.
    pub(super) fn reads_as_required(&self, decider: &QueryContext<'_>, doer: EntityId, arguments: &[Argument]) -> bool {
        self.partial.required.iter().all(|(term, value)| decider.eval_term(doer, term, arguments) == Some(*value))
    }

    /// The resource of the action that the doer must be allowed.
    pub(super) fn resource(&self, decider: &QueryContext<'_>, arguments: &[Argument]) -> Option<EntityId> {
        match arguments[self.event(decider).does?.1] {
            Argument::One(Value::Entity(resource)) => Some(resource),
            _ => None,
        }
    }

    /// Whether the effect makes the change.
    pub(super) fn makes_change(&self, decider: &QueryContext<'_>, doer: EntityId, arguments: &[Argument]) -> bool {
        let Some(effect) = self.partial.effect else { return true };
        decider.produces(self.id, effect, doer, arguments, self.partial.variables)
    }
}
