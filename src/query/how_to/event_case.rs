//! One event that may make a change: with which arguments, who may do it, what it requires of its actor, and what else it does.

use super::answer::{ActorRequirement, OtherEffect, PossibleEffect};
use super::requirements::{self, ConditionReader};
use crate::counterfactual::{PartialEvent, static_eval};
use crate::eval::{QueryContext, Truth};
use crate::policy::{EffectKind, Event, EventId, Expr, TermNode};
use crate::world::{Argument, EntityId, ResolvedRequest, Value};

/// An event with its known arguments, and the subjects who might do it.
pub(super) struct EventCase<'a> {
    pub(super) id: EventId,
    pub(super) event: &'a Event,
    pub(super) partial: PartialEvent,
    /// The possible argument lists. Open arguments are filled in if few entities fit.
    pub(super) choices: Vec<Vec<Argument>>,
    /// Which arguments are known in every choice.
    pub(super) known: Vec<bool>,
    /// The subjects for whom the event is tried.
    pub(super) candidates: Vec<EntityId>,
    /// Whether the candidates are all subjects who might do the event.
    pub(super) exhaustive: bool,
    /// Whether the effect that makes the change is one of the effects to tell, since it says more than the change.
    pub(super) shows_own: bool,
}

impl<'a> EventCase<'a> {
    /// The same event without a particular effect.
    pub(super) fn of_any_effect(&self) -> EventCase<'a> {
        EventCase {
            partial: PartialEvent { effect: None, ..self.partial.clone() },
            choices: self.choices.clone(),
            known: self.known.clone(),
            candidates: self.candidates.clone(),
            ..*self
        }
    }

    /// The same event. If it has no choice, open arguments are left open.
    pub(super) fn or_open(self) -> EventCase<'a> {
        if self.choices.is_empty() {
            EventCase { choices: vec![self.partial.arguments.clone()], known: self.partial.known.clone(), ..self }
        } else {
            self
        }
    }

    pub(super) fn reader<'r>(&'r self, decider: &'r QueryContext<'r>, arguments: &'r [Argument]) -> ConditionReader<'r> {
        ConditionReader::of_event(decider, self.id, &self.partial.required, arguments, &self.known)
    }

    /// Whether all arguments are known that the event must have.
    pub(super) fn is_determined(&self) -> bool {
        self.event.parameters.iter().zip(&self.known).all(|(parameter, known)| *known || parameter.optional)
    }

    /// Whether the doer may do the event with these arguments and would make the change by it.
    pub(super) fn may(&self, decider: &QueryContext<'_>, doer: EntityId, arguments: &[Argument]) -> bool {
        self.reads_as_required(decider, doer, arguments)
            && self.is_allowed(decider, doer, arguments)
            && self.condition_may_hold(decider, doer, arguments)
            && self.makes_change(decider, doer, arguments)
    }

    /// Whether the terms that the effect requires have the required values. Terms of open arguments do not count.
    fn reads_as_required(&self, decider: &QueryContext<'_>, doer: EntityId, arguments: &[Argument]) -> bool {
        self.partial.required.iter().all(|(term, value)| match term.root() {
            TermNode::Parameter(index) if !self.known[*index] => true,
            _ => decider.eval_term(doer, term, arguments) == Some(*value),
        })
    }

    /// Whether the doer is allowed the action of the event. If the resource is open, it is taken to be allowed.
    fn is_allowed(&self, decider: &QueryContext<'_>, doer: EntityId, arguments: &[Argument]) -> bool {
        self.event.does.is_none_or(|(action, index)| match arguments[index] {
            Argument::One(Value::Entity(resource)) => {
                decider.compiled.policy.actions[action].on.contains(decider.world.kind(resource))
                    && decider.decide(&ResolvedRequest { subject: doer, action, resource }).allowed()
            }
            _ => true,
        })
    }

    /// Whether the condition holds; with open arguments, whether it may hold.
    fn condition_may_hold(&self, decider: &QueryContext<'_>, doer: EntityId, arguments: &[Argument]) -> bool {
        if requirements::can_evaluate(self.event, &self.known) {
            return decider.may_happen(self.id, doer, arguments) == Truth::True;
        }
        let (arguments, known) = (arguments.to_vec(), self.known.clone());
        let partial = PartialEvent { doer: Some(doer), arguments, known, ..self.partial.clone() };
        static_eval::possible_now(decider, self.event, &partial)
    }

    /// Whether the effect makes the change; with open arguments it is assumed to.
    fn makes_change(&self, decider: &QueryContext<'_>, doer: EntityId, arguments: &[Argument]) -> bool {
        let Some(effect) = self.partial.effect else { return true };
        !self.is_determined() || decider.produces(self.id, effect, doer, arguments, self.partial.variables)
    }

    /// What the event requires of its actor: by the effect, by the condition, and by the action that must be allowed.
    pub(super) fn actor_requirement(&self, decider: &QueryContext<'_>, arguments: &[Argument]) -> Option<ActorRequirement> {
        let reader = self.reader(decider, arguments);
        let mut all = reader.required_of_actor();
        all.extend(reader.of_actor(&self.event.condition.expr));
        if let Some((action, index)) = self.event.does {
            let resource = match arguments[index] {
                Argument::One(Value::Entity(entity)) if self.known[index] => entity,
                _ => EntityId::NONE,
            };
            let required = requirements::of_action(decider, action, resource, reader.argument(self.id, index));
            all.extend(required.map(requirements::Requirement::Allowed));
        }
        (!all.is_empty()).then_some(ActorRequirement { actor: self.partial.doer, all })
    }

    /// The effects of the event except the one that makes the change, unless that is to be told too.
    pub(super) fn other_effects(&self, decider: &QueryContext<'_>) -> Vec<OtherEffect> {
        let Some(own) = self.partial.effect else { return Vec::new() };
        // Arguments that differ between choices are left open.
        let (arguments, known) = match self.choices.as_slice() {
            [only] => (only, self.known.as_slice()),
            _ => (&self.partial.arguments, self.partial.known.as_slice()),
        };
        let reader = || ConditionReader::of_event(decider, self.id, &self.partial.required, arguments, known);
        let mut effects: Vec<OtherEffect> = self.event.creates.iter().map(|creation| OtherEffect::Creates(creation.kind)).collect();
        for kind in EffectKind::ALL {
            for (_, effect) in self.event.effects_of(kind).iter().enumerate().filter(|(index, _)| self.shows_own || own != (kind, *index)) {
                let fact = reader().of_effect(&effect.condition).effect_fact(&effect.fact);
                let conditional = (!matches!(effect.condition.expr, Expr::True)).then_some(effect.span);
                effects.push(OtherEffect::Fact(kind, PossibleEffect { fact, conditional }));
            }
        }
        effects.extend(self.event.ends.iter().map(|&index| OtherEffect::Ends(reader().argument(self.id, index))));
        effects
    }
}
