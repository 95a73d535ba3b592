//! Which events make a change, and who may do them now.

use super::Doing;
use crate::eval::{Decider, Truth};
use crate::policy::{Change, Event, EventId, Expr, FactTerm, Id, RoleTerm, Term, TermNode, Test};
use crate::world::{Argument, Asked, Body, Ent, Value, World};
use std::collections::BTreeMap;

/// How many subjects are asked whether they may.
const ASKED: usize = 400;

/// How many ways to fill in what a change leaves open are tried.
const FILLED: usize = 50;

/// The events that add (or remove) the fact, each with those who may do it now.
pub(super) fn doers(decider: &Decider<'_>, asked: &Asked, adds: bool, body: Body) -> Vec<Doing> {
    let policy = &decider.engine.policy;
    let mut found = Vec::new();
    for (id, event) in policy.events.iter() {
        let changes = if adds { &event.adds } else { &event.removes };
        if let Some(given) = changes.iter().find_map(|change| Given::of(decider, event, change, body))
            && decider.scene.has(&event.head.force)
        {
            found.push(doing(decider, asked, id, &given));
        }
    }
    found
}

/// What an event must be given so that it makes the change.
struct Given {
    arguments: Vec<Argument>,
    known: Vec<bool>,
    /// The doer must be this.
    doer: Option<Ent>,
    /// Terms of the doer that must have these values.
    doer_reads: Vec<(Term, Value)>,
}

impl Given {
    fn of(decider: &Decider<'_>, event: &Event, change: &Change, body: Body) -> Option<Given> {
        let (world, policy) = (decider.world, &decider.engine.policy);
        let count = event.parameters.len();
        let mut given = Given { arguments: vec![Argument::None; count], known: vec![false; count], doer: None, doer_reads: Vec::new() };
        let role_entity = |role| Value::Entity(world.role_entity(role, policy.role_kind));
        let pairs: Vec<(&Term, Value)> = match (&change.fact, body) {
            (FactTerm::Relation(own, terms), Body::Relation(relation, ends)) if *own == relation => {
                terms.iter().zip(ends).map(|(term, end)| (term, Value::Entity(end))).collect()
            }
            (FactTerm::Holds(holder, role, scope), Body::Holds { holder: by, role: held, scope: over }) => {
                let mut pairs = vec![(holder, Value::Entity(by)), (scope, Value::Entity(over))];
                match role {
                    RoleTerm::Named(own) if *own != held => return None,
                    RoleTerm::Named(_) => {}
                    RoleTerm::Term(term) => pairs.push((term, role_entity(held))),
                }
                pairs
            }
            (FactTerm::Member(member, group), Body::Member { member: who, group: what }) => {
                vec![(member, Value::Entity(who)), (group, Value::Entity(what))]
            }
            (FactTerm::Value(of, attributes, value), Body::Value { entity, attribute, value: told })
                if attributes.iter().any(|(_, own)| *own == attribute) =>
            {
                vec![(of, Value::Entity(entity)), (value, told)]
            }
            _ => return None,
        };
        for (term, value) in pairs {
            given.unify(decider, event, change, term, value)?;
        }
        Some(given)
    }

    /// The arguments with each entity that the change leaves open filled in: what the question is about or lies within, else each that
    /// there is, if they are few. None at all where there is nothing to fill in. Also which arguments are known then.
    fn filled(&self, decider: &Decider<'_>, event: &Event, asked: &Asked) -> (Vec<Vec<Argument>>, Vec<bool>) {
        let (world, at) = (decider.world, decider.scene.at);
        let mut about: Vec<Ent> = self.arguments.iter().flat_map(entities).collect();
        about.push(asked.resource);
        for ent in about.clone() {
            about.extend(above(world, ent, at));
        }
        let mut choices = vec![self.arguments.clone()];
        let mut known = self.known.clone();
        for (index, parameter) in event.parameters.iter().enumerate() {
            let crate::policy::ValueType::Entity(kinds) = &parameter.value else { continue };
            if known[index] || parameter.created || parameter.many || parameter.optional {
                continue;
            }
            let mut fitting: Vec<Ent> = about.iter().copied().filter(|&ent| kinds.contains(world.kind(ent))).collect();
            if fitting.is_empty() {
                let living = kinds.iter().flat_map(|kind| world.of_kind(kind)).filter(|&ent| world.lives(ent, at));
                fitting = living.take(FILLED + 1).collect();
            }
            fitting.sort();
            fitting.dedup();
            if fitting.len() * choices.len() > FILLED {
                continue;
            }
            known[index] = true;
            choices = choices
                .iter()
                .flat_map(|choice| {
                    fitting.iter().map(|&ent| {
                        let mut choice = choice.clone();
                        choice[index] = Argument::One(Value::Entity(ent));
                        choice
                    })
                })
                .collect();
        }
        (choices, known)
    }

    /// The term must come to the value; nothing where it cannot.
    fn unify(&mut self, decider: &Decider<'_>, event: &Event, change: &Change, term: &Term, value: Value) -> Option<()> {
        match (&term.node, value) {
            (TermNode::Parameter(index), value) => {
                let parameter = &event.parameters[*index];
                // What is created is new; the fact is about what is there.
                if parameter.created || parameter.many {
                    return None;
                }
                if let Value::Entity(ent) = value
                    && !matches!(&parameter.value, crate::policy::ValueType::Entity(kinds) if kinds.contains(decider.world.kind(ent)))
                {
                    return None;
                }
                if self.known[*index] && self.arguments[*index] != Argument::One(value) {
                    return None;
                }
                self.known[*index] = true;
                self.arguments[*index] = Argument::One(value);
                Some(())
            }
            (TermNode::Subject, Value::Entity(ent)) => {
                if self.doer.is_some_and(|doer| doer != ent) {
                    return None;
                }
                self.doer = Some(ent);
                Some(())
            }
            (TermNode::Slot(slot), Value::Entity(ent)) => {
                if !change.condition.slots[usize::from(slot.0)].kinds.contains(decider.world.kind(ent)) {
                    return None;
                }
                // A variable that is one of a parameter's many values.
                if let Some(index) = among(&change.condition.expr, *slot) {
                    self.known[index] = true;
                    self.arguments[index] = Argument::Many(vec![value]);
                }
                Some(())
            }
            (TermNode::Literal(literal), Value::Entity(ent)) => (decider.world.literal(*literal) == ent).then_some(()),
            (TermNode::Step(..), value) => {
                if matches!(term.root(), TermNode::Subject) {
                    self.doer_reads.push((term.clone(), value));
                    return Some(());
                }
                Some(())
            }
            _ => Some(()),
        }
    }
}

/// The many-valued parameter among whose values the slot is.
fn among(expr: &Expr, slot: crate::policy::SlotId) -> Option<usize> {
    match expr {
        Expr::And(parts) => parts.iter().find_map(|part| among(part, slot)),
        Expr::Atom(atom) => match &atom.test {
            Test::Among(term, set) => match (&term.node, &set.node) {
                (TermNode::Slot(own), TermNode::Parameter(index)) if *own == slot => Some(*index),
                _ => None,
            },
            _ => None,
        },
        _ => None,
    }
}

fn doing(decider: &Decider<'_>, asked: &Asked, id: EventId, given: &Given) -> Doing {
    let policy = &decider.engine.policy;
    let event = &policy.events[id];
    let mentioned: Vec<Ent> = given.arguments.iter().flat_map(entities).collect();
    let (candidates, all) = match given.doer {
        Some(doer) => (vec![doer], true),
        None => candidates(decider, asked, &mentioned),
    };
    let (choices, known) = given.filled(decider, event, asked);
    // A condition that reads an argument nobody has chosen yet cannot be judged: it is left to the doer.
    let judged = !event.condition.expr.any_term(&|term| matches!(term.root(), TermNode::Parameter(index) if !known[*index]));
    let may = |doer: Ent, arguments: &[Argument]| {
        let allowed = event.does.is_none_or(|(action, index)| match &arguments[index] {
            Argument::One(Value::Entity(resource)) => {
                policy.actions[action].on.contains(decider.world.kind(*resource))
                    && decider.decide(&Asked { subject: doer, action, resource: *resource }).allowed()
            }
            _ => true,
        });
        let reads = |(term, value): &(Term, Value)| decider.reads(doer, term, arguments) == Some(*value);
        let condition = || !judged || decider.may_happen(id, doer, arguments) == Truth::True;
        given.doer_reads.iter().all(reads) && allowed && condition()
    };
    let able: Vec<Ent> = candidates.into_iter().filter(|&doer| choices.iter().any(|arguments| may(doer, arguments))).collect();
    let mut who = people(decider, &able);
    if !judged && !able.is_empty() && given.doer.is_none() {
        who.push_str(", if the event's condition is met");
    }
    if !all {
        who.push_str(" (not everybody was asked)");
    }
    Doing {
        event: event.head.name.clone(),
        title: event.head.title.clone(),
        does: event.does.map(|(action, _)| policy.actions[action].head.name.clone()),
        who,
        count: able.len(),
        claims: event.head.source.iter().map(|&claim| policy.claims[claim].head.name.clone()).collect(),
    }
}

fn entities(argument: &Argument) -> Vec<Ent> {
    let entity = |value: &Value| match value {
        Value::Entity(ent) => Some(*ent),
        _ => None,
    };
    match argument {
        Argument::None => Vec::new(),
        Argument::One(value) => entity(value).into_iter().collect(),
        Argument::Many(values) => values.iter().filter_map(entity).collect(),
    }
}

/// Those who may be able to: everybody in a small world; else those whose data name something that the question or the change is about,
/// or who hold a role on it. The flag says whether that is everybody.
fn candidates(decider: &Decider<'_>, asked: &Asked, mentioned: &[Ent]) -> (Vec<Ent>, bool) {
    let (world, at, policy) = (decider.world, decider.scene.at, &decider.engine.policy);
    let subjects = policy.subjects();
    let count: usize = subjects.iter().map(|kind| world.of_kind(kind).len()).sum();
    if count <= ASKED {
        let all = subjects.iter().flat_map(|kind| world.of_kind(kind)).filter(|&ent| world.lives(ent, at));
        return (all.collect(), true);
    }
    let mut about: Vec<Ent> = mentioned.to_vec();
    about.extend([asked.subject, asked.resource]);
    for ent in about.clone() {
        about.extend(above(world, ent, at));
    }
    about.sort();
    about.dedup();
    let mut found: Vec<Ent> = Vec::new();
    for &ent in &about {
        for (attribute, declared) in policy.attributes.iter() {
            if subjects.contains(declared.kind) {
                found.extend(world.valued(attribute, ent).take(ASKED).filter_map(|id| match world.fact(id).body {
                    Body::Value { entity, .. } => Some(entity),
                    _ => None,
                }));
            }
        }
        for id in world.held_on(ent).take(ASKED) {
            if let Body::Holds { holder, .. } = world.fact(id).body {
                found.push(holder);
                found.extend(members(world, holder, at));
            }
        }
    }
    found.extend([asked.subject]);
    found.retain(|&ent| subjects.contains(world.kind(ent)) && world.lives(ent, at));
    found.sort();
    found.dedup();
    let whole = found.len() <= ASKED;
    found.truncate(ASKED);
    (found, whole)
}

/// What the entity lies within.
fn above(world: &World, ent: Ent, at: crate::syntax::Instant) -> Vec<Ent> {
    std::iter::successors(world.container(ent, at), |&here| world.container(here, at)).collect()
}

/// Members of a group, at any depth, a few hundred at most.
pub(super) fn members(world: &World, group: Ent, at: crate::syntax::Instant) -> Vec<Ent> {
    let mut found = vec![group];
    let mut next = 0;
    while let Some(&here) = found.get(next) {
        next += 1;
        for id in world.members(here) {
            if let (Body::Member { member, .. }, true) = (world.fact(id).body, world.fact(id).during.contains(at))
                && found.len() < ASKED
                && !found.contains(&member)
            {
                found.push(member);
            }
        }
    }
    found.split_off(1)
}

/// Subjects in words: by name if they are few, else by home, with counts.
pub(super) fn people(decider: &Decider<'_>, ents: &[Ent]) -> String {
    let (world, policy) = (decider.world, &decider.engine.policy);
    let names = |ents: &[Ent]| ents.iter().map(|&ent| world.name(policy, ent)).collect::<Vec<_>>().join(", ");
    if ents.is_empty() {
        return "nobody now".to_owned();
    }
    if ents.len() <= 3 {
        return names(ents);
    }
    let mut homes: BTreeMap<(u32, Option<Ent>), usize> = BTreeMap::new();
    for &ent in ents {
        let kind = world.kind(ent);
        let home = policy.kinds[kind].exactly_one.iter().find_map(|&attribute| match world.read(ent, attribute, decider.scene.at) {
            crate::world::Read::Known(Value::Entity(home), _) => Some(home),
            _ => None,
        });
        *homes.entry((u32::try_from(kind.index()).unwrap_or(u32::MAX), home)).or_default() += 1;
    }
    let told = homes.iter().take(4).map(|(&(kind, home), &count)| {
        let kind = &policy.kinds[crate::policy::KindId(kind)].head.name;
        let plural = if count == 1 { "" } else { "s" };
        match home {
            Some(home) => format!("{count} {kind}{plural} of {}", world.name(policy, home)),
            None => format!("{count} {kind}{plural}"),
        }
    });
    let mut text = told.collect::<Vec<_>>().join(", ");
    if homes.len() > 4 {
        text.push_str(", and others");
    }
    text
}
