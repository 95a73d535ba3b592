//! Events folded into facts: checked one instant at a time, each on the world before it.

use super::effects::{UnboundTerm, fits_schema, removed, solutions, statement, value_statement};
use crate::eval::bindings::Bindings;
use crate::eval::decide::{Decider, Decision};
use crate::eval::evaluator::Evaluator;
use crate::eval::trace::NoTrace;
use crate::eval::truth::Truth;
use crate::plan::compiled::CompiledPolicy;
use crate::plan::validity::Context;
use crate::policy::{EventId, Term};
use crate::time::Instant;
use crate::time::Interval;
use crate::world::{Argument, EntityId, EventRecord, Fact, FactId, ResolvedRequest, Statement, Value, World};
use rustc_hash::{FxHashMap, FxHashSet};
use std::collections::BTreeMap;

/// Why an event may not happen. Indexes are of the list of occurrences.
#[derive(Clone, Debug)]
pub enum EventError {
    /// Its doer is not allowed its action.
    NotAllowed {
        /// Which.
        occurrence: usize,
        /// The question that was answered no.
        asked: ResolvedRequest,
        /// The answer.
        decision: Decision,
        /// Another event of the same instant forbids it: without that it would be allowed.
        together: bool,
    },
    /// Its condition is not true.
    Condition {
        /// Which.
        occurrence: usize,
        /// False or unknown.
        truth: Truth,
        /// Another event of the same instant makes it so.
        together: bool,
    },
    /// It is not in force at that time.
    NotInForce {
        /// Which.
        occurrence: usize,
    },
    /// It names an entity that does not live then.
    NotAlive {
        /// Which.
        occurrence: usize,
        /// The entity.
        ent: EntityId,
    },
    /// The resource is of a kind on which the event's action does not stand.
    WrongResource {
        /// Which.
        occurrence: usize,
        /// The resource.
        ent: EntityId,
    },
    /// An effect names something unknown, absent or out of range.
    Term {
        /// Which.
        occurrence: usize,
        /// The place of what it names, in the policy.
        effect: crate::text::Span,
        /// Whether it is unknown (else absent).
        unknown: bool,
    },
    /// An effect tells what can be no fact: something in it is of a kind that does not stand there.
    Misfit {
        /// Which.
        occurrence: usize,
        /// The effect's place in the policy.
        effect: crate::text::Span,
        /// What it tells.
        body: Statement,
    },
    /// A fact is both added and removed in one instant.
    Clash {
        /// The fact.
        body: Statement,
        /// Who adds it.
        adds: usize,
        /// Who removes it.
        removes: usize,
    },
    /// A condition needed more searches than there may be.
    Exhausted {
        /// Which.
        occurrence: usize,
    },
}

/// What an instant's events do to the world.
#[derive(Clone, Debug, Default)]
struct Effects {
    creates: Vec<EntityId>,
    adds: Vec<(Statement, Interval)>,
    removes: Vec<Statement>,
    ends: Vec<EntityId>,
}

/// The effects of all events of an instant, each with the events that have it.
struct ConcurrentEffects {
    adds: FxHashMap<Statement, Vec<(usize, Interval)>>,
    removes: FxHashMap<Statement, Vec<usize>>,
    ends: FxHashMap<EntityId, Vec<usize>>,
}

impl ConcurrentEffects {
    fn of(effects: &BTreeMap<usize, Effects>) -> ConcurrentEffects {
        let mut all = ConcurrentEffects { adds: FxHashMap::default(), removes: FxHashMap::default(), ends: FxHashMap::default() };
        for (&index, effect) in effects {
            effect.adds.iter().for_each(|&(body, during)| all.adds.entry(body).or_default().push((index, during)));
            effect.removes.iter().for_each(|&body| all.removes.entry(body).or_default().push(index));
            effect.ends.iter().for_each(|&ent| all.ends.entry(ent).or_default().push(index));
        }
        // Of several that add a fact, the two that add it for longest are enough to know what the others add, whoever is left out.
        all.adds.values_mut().for_each(|adders| {
            adders.sort_by_key(|&(index, during)| (std::cmp::Reverse(during.until), index));
            let first = adders[0].0;
            let other = adders.iter().copied().find(|&(index, _)| index != first);
            adders.truncate(1);
            adders.extend(other);
        });
        all
    }

    /// Those of an event's effects that some other event has too, as the others have them.
    fn shared(&self, index: usize, effect: &Effects) -> Effects {
        let another = |among: &[usize]| among.iter().any(|&other| other != index);
        let longest = |body: &Statement| self.adds[body].iter().find(|&&(other, _)| other != index).map(|&(_, during)| (*body, during));
        Effects {
            adds: effect.adds.iter().filter_map(|(body, _)| longest(body)).collect(),
            removes: effect.removes.iter().copied().filter(|body| another(&self.removes[body])).collect(),
            ends: effect.ends.iter().copied().filter(|ent| another(&self.ends[ent])).collect(),
            creates: Vec::new(),
        }
    }
}

/// What folding an event's effects changed, so that it can be taken back.
#[derive(Debug, Default)]
struct Undo {
    during: Vec<(FactId, Interval)>,
    lives: Vec<(EntityId, Interval)>,
}

/// Folds occurrences, which stand in the order of their times, into the world. Stops at the first instant with a refusal: what comes
/// after would be judged on a world that never was.
pub fn apply(compiled: &CompiledPolicy, world: &mut World, occurrences: &[EventRecord]) -> Vec<EventError> {
    let mut at = 0;
    while let Some(first) = occurrences.get(at) {
        let count = occurrences[at..].iter().take_while(|other| other.at == first.at).count();
        let refusals = instant(compiled, world, occurrences, at..at + count);
        if !refusals.is_empty() {
            return refusals;
        }
        at += count;
    }
    world.compact();
    Vec::new()
}

fn instant(compiled: &CompiledPolicy, world: &mut World, all: &[EventRecord], here: std::ops::Range<usize>) -> Vec<EventError> {
    let time = all[here.start].at;
    let mut refusals = Vec::new();
    let mut effects: BTreeMap<usize, Effects> = BTreeMap::new();
    // All see the world before it, in which what they create does not live yet.
    let not_yet = Interval { since: time.after(), until: Instant::MAX };
    all[here.clone()].iter().flat_map(|occurrence| created(compiled, occurrence)).for_each(|ent| world.set_life(ent, not_yet));
    {
        let decider = Decider::new(compiled, world, Context::at(&compiled.policy, time));
        for index in here.clone() {
            match allowed(&decider, index, &all[index], false).and_then(|()| effects_of(&decider, index, &all[index])) {
                Ok(found) => {
                    effects.insert(index, found);
                }
                Err(refusal) => refusals.push(refusal),
            }
        }
    }
    if !refusals.is_empty() {
        return refusals;
    }
    if let Some(clash) = clash(&effects) {
        return vec![clash];
    }
    let mut undos: FxHashMap<usize, Undo> = FxHashMap::default();
    for (&index, effect) in &effects {
        undos.insert(index, enact(world, effect, time, all[index].span));
    }
    if effects.len() > 1 {
        // Each is checked again with the others folded: its own effects are taken back for the while, but for those that others have too.
        let together = ConcurrentEffects::of(&effects);
        for (&index, effect) in &effects {
            let undo = undos.remove(&index).unwrap_or_default();
            take_back(world, &undo);
            let shared = enact(world, &together.shared(index, effect), time, all[index].span);
            let decider = Decider::new(compiled, world, Context::at(&compiled.policy, time));
            if let Err(refusal) = allowed(&decider, index, &all[index], true) {
                refusals.push(refusal);
            }
            take_back(world, &shared);
            let again = enact(world, effect, time, all[index].span);
            undos.insert(index, again);
        }
    }
    refusals
}

/// Whether the event may happen in the decider's world.
fn allowed(decider: &Decider<'_>, index: usize, occurrence: &EventRecord, together: bool) -> Result<(), EventError> {
    let (compiled, world, at) = (decider.compiled, decider.world, decider.context.at);
    let event = &compiled.policy.events[occurrence.event];
    if !decider.env.active.event(occurrence.event) {
        return Err(EventError::NotInForce { occurrence: index });
    }
    let named = event.parameters.iter().zip(&occurrence.arguments).filter(|(parameter, _)| !parameter.created);
    let entities = named.flat_map(|(_, argument)| match argument {
        Argument::None => Vec::new(),
        Argument::One(value) => vec![*value],
        Argument::Many(values) => values.clone(),
    });
    let entities = entities.filter_map(|value| match value {
        Value::Entity(ent) => Some(ent),
        _ => None,
    });
    let lives = |ent: EntityId| world.lives(ent, at) || world.kind(ent) == compiled.policy.role_kind;
    let absent: Vec<EntityId> = std::iter::once(occurrence.by).chain(entities).filter(|&ent| !lives(ent)).collect();
    // What this very instant creates is told last: what the event lacks besides says more.
    if let Some(&ent) = absent.iter().find(|&&ent| world.entity(ent).life.since != at.after()) {
        return Err(EventError::NotAlive { occurrence: index, ent });
    }
    if let Some((action, parameter)) = event.does {
        let Some(Argument::One(Value::Entity(resource))) = occurrence.arguments.get(parameter) else {
            return Err(EventError::Term { occurrence: index, effect: event.meta.span, unknown: false });
        };
        if !compiled.policy.actions[action].on.contains(world.kind(*resource)) {
            return Err(EventError::WrongResource { occurrence: index, ent: *resource });
        }
        let asked = ResolvedRequest { subject: occurrence.by, action, resource: *resource };
        let decision = decider.decide(&asked);
        if decision.exhausted {
            return Err(EventError::Exhausted { occurrence: index });
        }
        if !decision.allowed() {
            return Err(EventError::NotAllowed { occurrence: index, asked, decision, together });
        }
    }
    let mut evaluator = Evaluator::new(decider, NoTrace);
    let truth = evaluator.plan(&compiled.events[occurrence.event].condition, &bindings_of_event(occurrence));
    if evaluator.budget.exhausted() {
        return Err(EventError::Exhausted { occurrence: index });
    }
    match absent.first() {
        _ if truth != Truth::True => Err(EventError::Condition { occurrence: index, truth, together }),
        Some(&ent) => Err(EventError::NotAlive { occurrence: index, ent }),
        None => Ok(()),
    }
}

impl Decider<'_> {
    /// Whether the event's condition holds for the doer with these arguments, in the order of its parameters.
    pub fn may_happen(&self, event: EventId, doer: EntityId, arguments: &[Argument]) -> Truth {
        let bindings_of_event = Bindings { arguments, ..Bindings::new(doer, EntityId::NONE) };
        Evaluator::new(self, NoTrace).plan(&self.compiled.events[event].condition, &bindings_of_event)
    }

    /// What a term of an event comes to for the doer; nothing where it is absent or unknown.
    pub fn reads(&self, doer: EntityId, term: &Term, arguments: &[Argument]) -> Option<Value> {
        match Evaluator::new(self, NoTrace).term(term, &Bindings { arguments, ..Bindings::new(doer, EntityId::NONE) }) {
            crate::eval::trace::TermValue::Value(value) => Some(value),
            _ => None,
        }
    }
}

fn bindings_of_event(occurrence: &EventRecord) -> Bindings<'_> {
    Bindings { arguments: &occurrence.arguments, ..Bindings::new(occurrence.by, EntityId::NONE) }
}

/// The entities that the event creates.
fn created(compiled: &CompiledPolicy, occurrence: &EventRecord) -> Vec<EntityId> {
    let named = compiled.policy.events[occurrence.event].creates.iter().filter_map(|creation| occurrence.arguments.get(creation.parameter));
    let entity = |argument: &Argument| match argument {
        Argument::One(Value::Entity(ent)) => Some(*ent),
        _ => None,
    };
    named.filter_map(entity).collect()
}

fn effects_of(decider: &Decider<'_>, index: usize, occurrence: &EventRecord) -> Result<Effects, EventError> {
    let compiled = decider.compiled;
    let event = &compiled.policy.events[occurrence.event];
    let codes = &compiled.events[occurrence.event];
    let mut effects = Effects::default();
    let mut evaluator = Evaluator::new(decider, NoTrace);
    effects.creates.extend(created(compiled, occurrence));
    let alive = Interval { since: occurrence.at, until: Instant::MAX };
    for creation in &event.creates {
        let Some(Argument::One(Value::Entity(ent))) = occurrence.arguments.get(creation.parameter) else { continue };
        for (attribute, term) in &creation.attributes {
            let term_refused = |unknown| EventError::Term { occurrence: index, effect: term.span, unknown };
            let declared = &compiled.policy.attributes[*attribute];
            let values = if declared.many {
                match evaluator.many(term, &bindings_of_event(occurrence)) {
                    Ok(many) => many.values.into_iter().map(|(value, _)| value).collect(),
                    Err(crate::eval::trace::TermValue::Unknown) => return Err(term_refused(true)),
                    Err(_) => Vec::new(),
                }
            } else {
                match evaluator.term(term, &bindings_of_event(occurrence)) {
                    crate::eval::trace::TermValue::Value(value) => vec![value],
                    // An optional parameter left out leaves an optional attribute out.
                    crate::eval::trace::TermValue::None if declared.optional => Vec::new(),
                    got => return Err(term_refused(got == crate::eval::trace::TermValue::Unknown)),
                }
            };
            for value in values {
                let body = value_statement(&compiled.policy, *ent, *attribute, value);
                if !fits_schema(&decider.env, body) {
                    return Err(EventError::Misfit { occurrence: index, effect: term.span, body });
                }
                effects.adds.push((body, alive));
            }
        }
    }
    for (change, plan) in event.adds.iter().zip(&codes.adds) {
        let refused = |UnboundTerm { at, unknown }| EventError::Term { occurrence: index, effect: at, unknown };
        for variables in solutions(&mut evaluator, plan, &bindings_of_event(occurrence)) {
            let bindings_of_event = Bindings { variables, ..bindings_of_event(occurrence) };
            let body = statement(&mut evaluator, change, &bindings_of_event).map_err(refused)?;
            if !fits_schema(&decider.env, body) {
                return Err(EventError::Misfit { occurrence: index, effect: change.span, body });
            }
            let until = match &change.days {
                None => Instant::MAX,
                Some(days) => match evaluator.term(days, &bindings_of_event) {
                    crate::eval::trace::TermValue::Value(Value::Number(number)) => {
                        occurrence.at.plus_days(number).ok_or_else(|| refused(UnboundTerm { at: days.span, unknown: false }))?
                    }
                    got => return Err(refused(UnboundTerm::of(days, got))),
                },
            };
            effects.adds.push((body, Interval { since: occurrence.at, until }));
        }
    }
    for (change, plan) in event.removes.iter().zip(&codes.removes) {
        effects.removes.extend(
            removed(&mut evaluator, change, plan, &bindings_of_event(occurrence))
                .map_err(|UnboundTerm { at, unknown }| EventError::Term { occurrence: index, effect: at, unknown })?,
        );
    }
    for &parameter in &event.ends {
        match occurrence.arguments.get(parameter) {
            Some(Argument::One(Value::Entity(ent))) => effects.ends.push(*ent),
            Some(Argument::Many(values)) => effects.ends.extend(values.iter().filter_map(|value| match value {
                Value::Entity(ent) => Some(*ent),
                _ => None,
            })),
            _ => {}
        }
    }
    if evaluator.budget.exhausted() {
        return Err(EventError::Exhausted { occurrence: index });
    }
    effects.adds.sort();
    effects.adds.dedup();
    effects.removes.sort();
    effects.removes.dedup();
    Ok(effects)
}

fn clash(effects: &BTreeMap<usize, Effects>) -> Option<EventError> {
    let mut added: BTreeMap<Statement, usize> = BTreeMap::new();
    for (&index, effect) in effects {
        effect.adds.iter().for_each(|&(body, _)| {
            added.entry(body).or_insert(index);
        });
    }
    for (&index, effect) in effects {
        for body in &effect.removes {
            if let Some(&adds) = added.get(body) {
                return Some(EventError::Clash { body: *body, adds, removes: index });
            }
        }
    }
    None
}

fn enact(world: &mut World, effects: &Effects, at: Instant, place: crate::text::Span) -> Undo {
    let mut undo = Undo::default();
    for &body in &effects.removes {
        let holding: Vec<FactId> = world.facts_stating(body).collect();
        for id in holding {
            let during = world.fact(id).during;
            if during.contains(at) {
                undo.during.push((id, during));
                world.set_during(id, Interval { until: at, ..during });
            }
        }
    }
    for &ent in &effects.creates {
        undo.lives.push((ent, world.entity(ent).life));
        world.set_life(ent, Interval { since: at, until: Instant::MAX });
    }
    for &(body, during) in &effects.adds {
        // What holds already, at least as long, is not told twice.
        let covered = world.facts_stating(body).any(|id| {
            let held = world.fact(id).during;
            held.contains(at) && held.until >= during.until
        });
        if !covered {
            let id = world.add(Fact { statement: body, during }, Some(place));
            undo.during.push((id, Interval { since: at, until: at }));
        }
    }
    let ended: FxHashSet<EntityId> = effects.ends.iter().copied().collect();
    let mut ended: Vec<EntityId> = ended.into_iter().collect();
    ended.sort();
    for ent in ended {
        let life = world.life(ent);
        undo.lives.push((ent, life));
        world.set_life(ent, Interval { until: at, ..life });
        for id in world.facts_about(ent) {
            let during = world.fact(id).during;
            if during.until > at {
                undo.during.push((id, during));
                world.set_during(id, Interval { until: at.max(during.since), ..during });
            }
        }
    }
    undo
}

fn take_back(world: &mut World, undo: &Undo) {
    for &(ent, life) in undo.lives.iter().rev() {
        world.set_life(ent, life);
    }
    for &(id, during) in undo.during.iter().rev() {
        world.set_during(id, during);
    }
}
