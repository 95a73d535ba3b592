//! Applying events: one instant at a time, each on the world that the instants before it left.

use super::concurrent::{ConcurrentEffects, Enacted, EventEffects, clash, enact_uncertain};
use super::current::CurrentFacts;
use super::effects::{UnboundTerm, bearer, solutions, statement};
use super::errors::EventError;
use super::removal::removed;
use super::sets::{share_renewals, two_values};
use crate::eval::bindings::Bindings;
use crate::eval::budget::Budget;
use crate::eval::decide::Decider;
use crate::eval::evaluator::Evaluator;
use crate::eval::query_context::QueryContext;
use crate::eval::terms::ValueSet;
use crate::eval::trace::{NoTrace, TermValue};
use crate::eval::truth::Truth;
use crate::plan::compiled::CompiledPolicy;
use crate::plan::validity::Context;
use crate::policy::{AttributeId, Effect, EventId, FactTerm, Lasting, Policy, Term};
use crate::time::{Instant, Interval};
use crate::world::{Argument, EntityId, EventRecord, ResolvedRequest, Statement, Value, World};
use rustc_hash::FxHashSet;
use std::collections::BTreeMap;

/// Applies events, which are sorted by time, to the world. Stops at the first instant with errors and returns them, since later events
/// would be checked in a world that never existed. After errors the world must not be used: it may have some effects of that instant.
pub fn apply(compiled: &CompiledPolicy, world: &mut World, occurrences: &[EventRecord]) -> Vec<EventError> {
    if occurrences.is_empty() {
        return Vec::new();
    }
    let mut current = CurrentFacts::of(compiled, world);
    let mut start = 0;
    for instant in occurrences.chunk_by(|one, other| one.at == other.at) {
        let indexes: Vec<usize> = (start..start + instant.len()).collect();
        let context = Context::at(&compiled.policy, instant[0].at);
        let errors = apply_instant(compiled, world, &mut current, &context, (occurrences, &indexes));
        if !errors.is_empty() {
            current.restore(world);
            return errors;
        }
        start += instant.len();
    }
    world.compact();
    Vec::new()
}

/// Applies the events with these indexes, all of the instant of the context. Each must pass two checks: in the world before the instant, and
/// in that world with the effects of the others.
pub(super) fn apply_instant(
    compiled: &CompiledPolicy,
    world: &mut World,
    current: &mut CurrentFacts,
    context: &Context,
    (occurrences, indexes): (&[EventRecord], &[usize]),
) -> Vec<EventError> {
    let at = context.at;
    current.advance(world, at);
    // No event of the instant sees what another creates.
    let not_yet = Interval { since: at.after(), until: Instant::MAX };
    indexes.iter().flat_map(|&index| created(compiled, &occurrences[index])).for_each(|ent| world.set_life(ent, not_yet));
    let mut errors = Vec::new();
    let mut effects: BTreeMap<usize, EventEffects> = BTreeMap::new();
    let decider = Decider::new(compiled, world, context.clone());
    for &index in indexes {
        let event = &occurrences[index];
        match check(&decider, index, event, false).and_then(|()| effects_of(&decider.within(&Budget::default()), current, index, event)) {
            Ok(found) => {
                effects.insert(index, found);
            }
            Err(error) => errors.push(error),
        }
    }
    if !errors.is_empty() {
        return errors;
    }
    let policy = &compiled.policy;
    if let Some(error) = contradiction(policy, world, &effects) {
        return vec![error];
    }
    share_renewals(&mut effects);
    let uncertain = effects.values().any(EventEffects::is_uncertain);
    let before = (uncertain && effects.len() > 1).then(|| world.clone());
    let concurrent = ConcurrentEffects::of(&effects);
    let mut enacted = Enacted::default();
    for (&index, effect) in &effects {
        enacted.enact(index, effect, (policy, world, at, occurrences[index].span), &concurrent);
    }
    if uncertain {
        enact_uncertain(policy, world, at, effects.iter().map(|(&index, effect)| (effect, &occurrences[index])));
        let together = before.iter().flat_map(|before| check_beside_uncertain((compiled, context), before, &effects, occurrences));
        errors.extend(together);
    } else if effects.len() > 1 {
        for (&index, effect) in &effects {
            // The event must not see its own effects, except those that other events have too.
            enacted.revert(index, world);
            let shared = concurrent.shared(index, effect).enact(policy, world, at, occurrences[index].span);
            let decider = Decider::new(compiled, world, context.clone());
            errors.extend(check(&decider, index, &occurrences[index], true).err());
            shared.revert(world, &FxHashSet::default());
            enacted.enact(index, effect, (policy, world, at, occurrences[index].span), &concurrent);
        }
    }
    if errors.is_empty() {
        enacted.settle(world, at, current);
    }
    errors
}

/// The first two effects of an instant of which only one can take place.
pub(super) fn contradiction(policy: &Policy, world: &World, effects: &BTreeMap<usize, EventEffects>) -> Option<EventError> {
    two_values(policy, world, effects).or_else(|| clash(effects))
}

/// Checks each event of an instant in the world `before` it with the effects of the others, of which some are uncertain.
fn check_beside_uncertain(
    (compiled, context): (&CompiledPolicy, &Context),
    before: &World,
    effects: &BTreeMap<usize, EventEffects>,
    occurrences: &[EventRecord],
) -> Vec<EventError> {
    let policy = &compiled.policy;
    let mut errors = Vec::new();
    for &index in effects.keys() {
        let at = context.at;
        let others: BTreeMap<usize, EventEffects> =
            effects.iter().filter(|(other, _)| **other != index).map(|(&other, effect)| (other, effect.clone())).collect();
        let mut world = before.clone();
        let (all, mut enacted) = (ConcurrentEffects::of(&others), Enacted::default());
        for (&other, effect) in &others {
            enacted.enact(other, effect, (policy, &mut world, at, occurrences[other].span), &all);
        }
        enact_uncertain(policy, &mut world, at, others.iter().map(|(&other, effect)| (effect, &occurrences[other])));
        let decider = Decider::new(compiled, &world, context.clone());
        errors.extend(check(&decider, index, &occurrences[index], true).err());
    }
    errors
}

/// Checks that the event may happen in the decider's world. Fails for the first reason why it may not. `together` is whether that world has
/// the effects of the other events of the instant.
fn check(decider: &Decider<'_>, index: usize, event: &EventRecord, together: bool) -> Result<(), EventError> {
    let (compiled, world, at) = (decider.compiled, decider.world, decider.context.at);
    let declared = &compiled.policy.events[event.event];
    if !decider.env.active().event(event.event) {
        return Err(EventError::NotInForce { occurrence: index });
    }
    let existing = declared.parameters.iter().zip(&event.arguments).filter(|(parameter, _)| !parameter.created);
    let named = existing.flat_map(|(_, argument)| entities(argument));
    let lives = |ent: EntityId| world.lives(ent, at) || world.kind(ent) == compiled.policy.role_kind;
    let absent: Vec<EntityId> = std::iter::once(event.by).chain(named).filter(|&ent| !lives(ent)).collect();
    // An entity that another event of the instant creates is an error only if there is no other error, since any other explains more.
    if let Some(&ent) = absent.iter().find(|&&ent| world.entity(ent).life.since != at.after()) {
        return Err(EventError::NotAlive { occurrence: index, ent });
    }
    if let Some((action, parameter)) = declared.does {
        let Some(Argument::One(Value::Entity(resource))) = event.arguments.get(parameter) else {
            return Err(EventError::Term { occurrence: index, effect: declared.meta.span, unknown: false });
        };
        if !compiled.policy.actions[action].on.contains(world.kind(*resource)) {
            return Err(EventError::WrongResource { occurrence: index, ent: *resource });
        }
        let asked = ResolvedRequest { subject: event.by, action, resource: *resource };
        let decision = decider.decide(&asked);
        if let Some(exhausted) = decision.exhausted {
            return Err(EventError::Exhausted { occurrence: index, exhausted });
        }
        if !decision.allowed() {
            return Err(EventError::NotAllowed { occurrence: index, asked, decision, together });
        }
    }
    let budget = Budget::default();
    let mut evaluator = Evaluator::new(decider, &budget, NoTrace);
    let truth = evaluator.plan(&compiled.events[event.event].condition, &bindings_of(event));
    if let Some(exhausted) = budget.exhausted() {
        return Err(EventError::Exhausted { occurrence: index, exhausted });
    }
    match absent.first() {
        _ if truth != Truth::True => Err(EventError::Condition { occurrence: index, truth, together }),
        Some(&ent) => Err(EventError::NotAlive { occurrence: index, ent }),
        None => Ok(()),
    }
}

/// The effects of the event in the decider's world. Fails if a term of an effect has no value, or if the schema does not admit the fact of an
/// effect.
pub(super) fn effects_of(
    decider: &QueryContext<'_>,
    current: &CurrentFacts,
    index: usize,
    event: &EventRecord,
) -> Result<EventEffects, EventError> {
    let compiled = decider.compiled;
    let declared = &compiled.policy.events[event.event];
    let plans = &compiled.events[event.event];
    let bindings = bindings_of(event);
    let mut evaluator = decider.evaluator(NoTrace);
    let mut effects = EventEffects { creates: created(compiled, event), ..EventEffects::default() };
    let unbound = |UnboundTerm { at, unknown }| EventError::Term { occurrence: index, effect: at, unknown };
    let admissible = |body: Statement, effect| {
        if decider.env.fits_schema(body) { Ok(body) } else { Err(EventError::Misfit { occurrence: index, effect, body }) }
    };
    let forever = Interval { since: event.at, until: Instant::MAX };
    for creation in &declared.creates {
        let Some(&Argument::One(Value::Entity(ent))) = event.arguments.get(creation.parameter) else { continue };
        for &(attribute, ref term) in &creation.attributes {
            let Some(values) = attribute_values(&mut evaluator, attribute, term, &bindings).map_err(unbound)? else { continue };
            if compiled.policy.attributes[attribute].many {
                effects.gives.push((ent, attribute));
            }
            for value in values {
                effects.adds.push((admissible(Statement::of_attribute(&compiled.policy, ent, attribute, value), term.span)?, forever));
            }
        }
    }
    for (effect, plan) in declared.adds.iter().zip(&plans.adds) {
        for (variables, truth) in solutions(&mut evaluator, plan, &bindings) {
            let bindings = Bindings { variables, ..bindings };
            let body = admissible(statement(&mut evaluator, effect, &bindings).map_err(unbound)?, effect.span)?;
            let until = end_of(&mut evaluator, effect, &bindings, event.at).map_err(unbound)?;
            let list = if truth == Truth::True { &mut effects.adds } else { &mut effects.may_add };
            list.push((body, Interval { since: event.at, until }));
        }
    }
    for (effect, plan) in declared.sets.iter().zip(&plans.sets) {
        let FactTerm::Value(of, attributes, _) = &effect.fact else { continue };
        for (variables, truth) in solutions(&mut evaluator, plan, &bindings) {
            let bindings = Bindings { variables, ..bindings };
            let body = admissible(statement(&mut evaluator, effect, &bindings).map_err(unbound)?, effect.span)?;
            let set = bearer(&mut evaluator, effect.span, (of, attributes), &bindings).map_err(unbound)?;
            let until = end_of(&mut evaluator, effect, &bindings, event.at).map_err(unbound)?;
            effects.set((&compiled.policy, decider.world), set, body, (event.at, until), truth);
        }
    }
    for (effect, plan) in declared.removes.iter().zip(&plans.removes) {
        for (fact, truth) in removed(&mut evaluator, effect, plan, &bindings, current).map_err(unbound)? {
            if truth != Truth::True {
                effects.may_remove.push(fact);
                continue;
            }
            effects.closes.extend(decider.env.holds_or_may(fact).then_some(fact));
            effects.removes.push(fact);
        }
    }
    let ended = declared.ends.iter().filter_map(|&parameter| event.arguments.get(parameter));
    effects.ends.extend(ended.flat_map(entities));
    if let Some(exhausted) = decider.budget.exhausted() {
        return Err(EventError::Exhausted { occurrence: index, exhausted });
    }
    effects.sort();
    Ok(effects)
}

/// Until when the fact of an effect holds. Fails if `for` is no number of days or hours, or if that is too long.
fn end_of(evaluator: &mut Evaluator<'_, NoTrace>, effect: &Effect, bindings: &Bindings<'_>, at: Instant) -> Result<Instant, UnboundTerm> {
    let Some(Lasting { count, unit }) = &effect.lasts else { return Ok(Instant::MAX) };
    match evaluator.term(count, bindings) {
        TermValue::Value(Value::Number(number)) => {
            let until = at.plus(number, *unit).filter(|&until| until > at);
            until.ok_or(UnboundTerm { at: count.span, unknown: false })
        }
        absent => Err(UnboundTerm::of(count, absent)),
    }
}

/// The values that a created entity's attribute gets; `None` if an optional parameter was left out, so that the attribute is not given.
/// Fails if the value or a part of the set is unknown, or if an attribute that must be given has no value.
fn attribute_values(
    evaluator: &mut Evaluator<'_, NoTrace>,
    attribute: AttributeId,
    term: &Term,
    bindings: &Bindings<'_>,
) -> Result<Option<Vec<Value>>, UnboundTerm> {
    let declared = &evaluator.env.compiled.policy.attributes[attribute];
    if declared.many {
        return match evaluator.value_set(term, bindings) {
            Ok(ValueSet { open: Some(_), .. }) | Err(TermValue::Unknown) => Err(UnboundTerm::of(term, TermValue::Unknown)),
            Ok(set) => Ok(Some(set.values.into_iter().map(|(value, _)| value).collect())),
            Err(_) if declared.optional || declared.member_of => Ok(None),
            Err(absent) => Err(UnboundTerm::of(term, absent)),
        };
    }
    match evaluator.term(term, bindings) {
        TermValue::Value(value) => Ok(Some(vec![value])),
        TermValue::None if declared.optional => Ok(None),
        absent => Err(UnboundTerm::of(term, absent)),
    }
}

/// The entities that the event creates.
pub(super) fn created(compiled: &CompiledPolicy, event: &EventRecord) -> Vec<EntityId> {
    let creations = compiled.policy.events[event.event].creates.iter();
    let arguments = creations.filter_map(|creation| event.arguments.get(creation.parameter));
    let one = arguments.filter(|argument| matches!(argument, Argument::One(_)));
    one.flat_map(entities).collect()
}

/// The entities that an argument names.
fn entities(argument: &Argument) -> impl Iterator<Item = EntityId> {
    let values = match argument {
        Argument::None => &[],
        Argument::One(value) => std::slice::from_ref(value),
        Argument::Many(values) => values.as_slice(),
    };
    values.iter().filter_map(|value| match value {
        Value::Entity(ent) => Some(*ent),
        _ => None,
    })
}

fn bindings_of(event: &EventRecord) -> Bindings<'_> {
    Bindings { arguments: &event.arguments, ..Bindings::new(event.by, EntityId::NONE) }
}

impl QueryContext<'_> {
    /// The truth of the event's condition for the doer and these arguments, in the order of its parameters. Does not check whether the doer
    /// is allowed the event's action.
    pub fn may_happen(&self, event: EventId, doer: EntityId, arguments: &[Argument]) -> Truth {
        let bindings = Bindings { arguments, ..Bindings::new(doer, EntityId::NONE) };
        self.evaluator(NoTrace).plan(&self.compiled.events[event].condition, &bindings)
    }

    /// The value of a term of an event for the doer; `None` if it is absent or unknown.
    pub fn eval_term(&self, doer: EntityId, term: &Term, arguments: &[Argument]) -> Option<Value> {
        self.evaluator(NoTrace).term(term, &Bindings { arguments, ..Bindings::new(doer, EntityId::NONE) }).value()
    }
}
