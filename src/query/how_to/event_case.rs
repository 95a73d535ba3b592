//! One event that may make a change: with which arguments, and who may do it.

use crate::counterfactual::{Filled, PartialEvent, entities};
use crate::eval::{QueryContext, Truth};
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

impl EventCase {
    /// False if nobody may do the event with these arguments, or would make the change by it, since what these depend on is the same for all.
    pub(super) fn may_for_somebody(&self, decider: &QueryContext<'_>, arguments: &[Argument]) -> bool {
        let event = self.event(decider);
        let asks_who = |condition: &Condition| condition.expr.any_term(&|term| *term.root() == TermNode::Subject);
        let effect = self.partial.effect.and_then(|(kind, index)| event.effects_of(kind).get(index));
        (asks_who(&event.condition) || decider.may_happen(self.id, EntityId::NONE, arguments) == Truth::True)
            && (effect.is_some_and(|effect| asks_who(&effect.condition)) || self.makes_change(decider, EntityId::NONE, arguments))
    }

    /// Whether the doer may do the event with these arguments and would make the change by it.
    pub(super) fn may(&self, decider: &QueryContext<'_>, doer: EntityId, arguments: &[Argument]) -> bool {
        self.reads_as_required(decider, doer, arguments)
            && self.is_allowed(decider, doer, arguments)
            && decider.may_happen(self.id, doer, arguments) == Truth::True
            && self.makes_change(decider, doer, arguments)
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

    /// The event as the policy declares it.
    pub(super) fn event<'p>(&self, decider: &QueryContext<'p>) -> &'p Event {
        &decider.compiled.policy.events[self.id]
    }

    /// Whether the terms that the effect requires have the required values.
    pub(super) fn reads_as_required(&self, decider: &QueryContext<'_>, doer: EntityId, arguments: &[Argument]) -> bool {
        self.partial.required.iter().all(|(term, value)| decider.eval_term(doer, term, arguments) == Some(*value))
    }

    /// Whether the doer is allowed the action of the event.
    pub(super) fn is_allowed(&self, decider: &QueryContext<'_>, doer: EntityId, arguments: &[Argument]) -> bool {
        let Some((action, _)) = self.event(decider).does else { return true };
        let Some(resource) = self.resource(decider, arguments) else { return false };
        decider.compiled.policy.actions[action].on.contains(decider.world.kind(resource))
            && decider.decide(&ResolvedRequest { subject: doer, action, resource }).allowed()
    }

    /// The resource of the action that the doer must be allowed.
    pub(super) fn resource(&self, decider: &QueryContext<'_>, arguments: &[Argument]) -> Option<EntityId> {
        match arguments[self.event(decider).does?.1] {
            Argument::One(Value::Entity(resource)) => Some(resource),
            _ => None,
        }
    }

    /// Whether the effect makes the change.
    fn makes_change(&self, decider: &QueryContext<'_>, doer: EntityId, arguments: &[Argument]) -> bool {
        let Some(effect) = self.partial.effect else { return true };
        decider.produces(self.id, effect, doer, arguments, self.partial.variables)
    }
}
