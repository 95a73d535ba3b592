//! What the effects of an event say: the facts that it adds, and which of those that hold it removes.

use super::code::Code;
use super::decide::Decider;
use super::engine::EffectCode;
use super::record::Silent;
use super::truth::Truth;
use super::walk::{Frame, Walk};
use crate::policy::{Effect, FactTerm, Policy, RoleTerm, Term, ValueType};
use crate::world::{Body, Ent, Listed, Sym, Value, World};

pub(super) type Slots = [Ent; crate::policy::MAX_VARIABLES];

/// All bindings of the effect's slots for which its condition is true.
pub(super) fn bindings(walk: &mut Walk<'_, Silent>, code: &EffectCode, frame: &Frame<'_>) -> Vec<Slots> {
    let mut found = Vec::new();
    collect(walk, &code.code, &code.variables, frame, &mut found);
    found.sort();
    found.dedup();
    found
}

/// Walks down the searches that the compiler put around the condition, one for each slot of the fact.
fn collect(walk: &mut Walk<'_, Silent>, code: &Code, wanted: &[crate::policy::VarId], frame: &Frame<'_>, found: &mut Vec<Slots>) {
    let unfilled = wanted.iter().any(|variable| frame.variables[usize::from(variable.0)] == Ent::NOBODY);
    match code {
        Code::All(parts) if unfilled => {
            let Some((last, tests)) = parts.split_last() else { return };
            if tests.iter().all(|test| walk.code(test, frame) == Truth::True) {
                collect(walk, last, wanted, frame, found);
            }
        }
        Code::Some(search) if unfilled => {
            let mut inner = *frame;
            for candidate in walk.candidates(search, frame) {
                if !walk.burn() {
                    return;
                }
                inner.variables[usize::from(search.variable.0)] = candidate;
                collect(walk, &search.body, wanted, &inner, found);
            }
        }
        code => {
            if walk.code(code, frame) == Truth::True {
                found.push(frame.variables);
            }
        }
    }
}

/// A term that names nothing.
pub(super) struct Lack {
    pub(super) at: crate::text::Span,
    /// It is unknown, else absent.
    pub(super) unknown: bool,
}

impl Lack {
    pub(super) fn of(term: &Term, got: super::record::Got) -> Lack {
        Lack { at: term.span, unknown: got == super::record::Got::Unknown }
    }
}

/// The fact that an effect names.
pub(super) fn body(walk: &mut Walk<'_, Silent>, change: &Effect, frame: &Frame<'_>) -> Result<Body, Lack> {
    let mut entity = |term: &Term| match walk.term(term, frame) {
        super::record::Got::Value(Value::Entity(ent)) if ent != Ent::NOBODY => Ok(ent),
        got => Err(Lack::of(term, got)),
    };
    match &change.fact {
        FactTerm::Relation(relation, terms) => {
            let mut ends = [Ent::NOBODY; 3];
            for (end, term) in ends.iter_mut().zip(terms) {
                *end = entity(term)?;
            }
            Ok(Body::Relation(*relation, ends))
        }
        FactTerm::Holds(holder, role, scope) => {
            let (holder, scope) = (entity(holder)?, entity(scope)?);
            let role = match role {
                RoleTerm::Named(role) => *role,
                RoleTerm::Term(term) => {
                    let role = entity(term)?;
                    let role = walk.decider.world.role_of(role, walk.decider.engine.policy.role_kind);
                    role.ok_or(Lack { at: term.span, unknown: false })?
                }
            };
            Ok(Body::Holds { holder, role, scope })
        }
        FactTerm::Member(member, group) => Ok(Body::Member { member: entity(member)?, group: entity(group)? }),
        FactTerm::Value(of, attributes, value) => {
            let of = entity(of)?;
            let kind = walk.decider.world.kind(of);
            let attribute = attributes.iter().find(|(own, _)| *own == kind);
            let &(_, attribute) = attribute.ok_or(Lack { at: change.span, unknown: false })?;
            match walk.term(value, frame) {
                super::record::Got::Value(value) => match (walk.decider.engine.policy.attributes[attribute].member_of, value) {
                    (true, Value::Entity(group)) => Ok(Body::Member { member: of, group }),
                    _ => Ok(Body::Value { entity: of, attribute, value }),
                },
                got => Err(Lack::of(value, got)),
            }
        }
    }
}

/// Whether there can be such a fact: all in it are of the kinds, and values, that it takes.
pub(super) fn fits(decider: &Decider<'_>, body: Body) -> bool {
    let (policy, world) = (&decider.engine.policy, decider.world);
    let attributes = |ent| policy.kinds[world.kind(ent)].attributes.iter().map(|&id| &policy.attributes[id]);
    match body {
        Body::Relation(relation, ends) => {
            policy.relations[relation].ends.iter().zip(ends).all(|(kinds, end)| kinds.contains(world.kind(end)))
        }
        Body::Holds { holder, role, scope } => {
            policy.roles[role].on.contains(world.kind(scope)) && policy.holders().contains(world.kind(holder))
        }
        Body::Member { member, group } => attributes(member)
            .any(|attribute| attribute.member_of && matches!(&attribute.value, ValueType::Entity(to) if to.contains(world.kind(group)))),
        Body::Value { attribute, value, .. } => match (&policy.attributes[attribute].value, value) {
            (ValueType::Entity(to), Value::Entity(ent)) => to.contains(world.kind(ent)),
            (ValueType::OneOf(texts), Value::Text(Sym(text))) => texts.iter().any(|known| known.0 == text),
            _ => true,
        },
    }
}

/// The facts that hold and that a removal names: the fact's own variables range over what holds.
pub(super) fn removed(walk: &mut Walk<'_, Silent>, change: &Effect, code: &EffectCode, frame: &Frame<'_>) -> Result<Vec<Body>, Lack> {
    let (world, at) = (walk.decider.world, walk.decider.scene.at);
    let mut found = Vec::new();
    if code.variables.is_empty() {
        // Nothing to range over: the fact is named outright, and a term that names nothing is a mistake even if nothing holds.
        if walk.code(&code.code, frame) == Truth::True {
            found.push(body(walk, change, frame)?);
        }
        return Ok(found);
    }
    let terms: Vec<&Term> = match &change.fact {
        FactTerm::Relation(_, terms) => terms.iter().collect(),
        FactTerm::Holds(holder, RoleTerm::Named(_), scope) => vec![holder, scope],
        FactTerm::Holds(holder, RoleTerm::Term(role), scope) => vec![holder, role, scope],
        FactTerm::Member(member, group) => vec![member, group],
        FactTerm::Value(of, _, value) => vec![of, value],
    };
    // Terms without a slot are known already; they say which facts to look at.
    let fixed = terms.iter().filter(|term| term.variables() == 0);
    for term in fixed {
        match walk.term(term, frame) {
            super::record::Got::Value(_) => {}
            got => return Err(Lack::of(term, got)),
        }
    }
    let candidates: Vec<Body> = matching(walk, change, frame);
    for body_held in candidates {
        let Some(variables) = unify(walk, change, code, body_held, frame) else { continue };
        let inner = Frame { variables, ..*frame };
        let holds = world.told(body_held, at).is_some();
        if holds && rest(walk, &code.code, &code.variables, &inner) == Truth::True {
            found.push(body_held);
        }
    }
    found.sort();
    found.dedup();
    Ok(found)
}

/// The condition with the fact's slots filled: the searches around it are passed through.
fn rest(walk: &mut Walk<'_, Silent>, code: &Code, wanted: &[crate::policy::VarId], frame: &Frame<'_>) -> Truth {
    match code {
        Code::Some(search) if wanted.contains(&search.variable) => rest(walk, &search.body, wanted, frame),
        Code::All(parts) => parts.iter().fold(Truth::True, |truth, part| truth.and(rest(walk, part, wanted, frame))),
        code => walk.code(code, frame),
    }
}

/// Facts among which are all that the removal may name, by the shortest list that a known term gives.
fn matching(walk: &mut Walk<'_, Silent>, change: &Effect, frame: &Frame<'_>) -> Vec<Body> {
    let world = walk.decider.world;
    let mut known = |term: &Term| match (term.variables() != 0, walk.term(term, frame)) {
        (false, super::record::Got::Value(Value::Entity(ent))) => Some(ent),
        _ => None,
    };
    let lists: Vec<Listed<'_>> = match &change.fact {
        FactTerm::Relation(relation, terms) => {
            terms.iter().enumerate().filter_map(|(end, term)| known(term).map(|ent| world.related(*relation, end, ent))).collect()
        }
        FactTerm::Holds(holder, _, scope) => {
            let by = known(holder).map(|ent| world.held_by(ent));
            by.into_iter().chain(known(scope).map(|ent| world.held_on(ent))).collect()
        }
        FactTerm::Member(member, group) => {
            let of = known(member).map(|ent| world.memberships(ent));
            of.into_iter().chain(known(group).map(|ent| world.members(ent))).collect()
        }
        FactTerm::Value(of, attributes, _) => {
            let of = known(of);
            attributes.iter().filter_map(|&(_, attribute)| of.map(|ent| world.values(ent, attribute))).collect()
        }
    };
    match lists.iter().min_by_key(|list| list.len()).cloned() {
        Some(list) if !matches!(change.fact, FactTerm::Value(..)) => list.map(|id| world.fact(id).body).collect(),
        Some(_) => lists.into_iter().flatten().map(|id| world.fact(id).body).collect(),
        None => world.facts().map(|(_, fact)| fact.body).collect(),
    }
}

/// The slots with which the removal's fact is this one.
fn unify(walk: &mut Walk<'_, Silent>, change: &Effect, code: &EffectCode, held: Body, frame: &Frame<'_>) -> Option<Slots> {
    let policy = &walk.decider.engine.policy;
    let world = walk.decider.world;
    let pairs = pairs(policy, world, &change.fact, held)?;
    let mut variables = frame.variables;
    for (term, value) in &pairs {
        if let (crate::policy::TermNode::Variable(variable), Value::Entity(ent)) = (&term.node, value) {
            let place = &mut variables[usize::from(variable.0)];
            let kinds = &change.condition.variables[usize::from(variable.0)].kinds;
            if (*place != Ent::NOBODY && place != ent) || !kinds.contains(world.kind(*ent)) {
                return None;
            }
            *place = *ent;
        }
    }
    if code.variables.iter().any(|variable| variables[usize::from(variable.0)] == Ent::NOBODY) {
        return None;
    }
    let filled = Frame { variables, ..*frame };
    pairs.iter().all(|(term, value)| walk.term(term, &filled) == super::record::Got::Value(*value)).then_some(variables)
}

/// The terms of an effect's fact, each with what it must be so that the fact is this one; nothing if it is a fact of another sort.
pub fn pairs<'t>(policy: &Policy, world: &World, fact: &'t FactTerm, told: Body) -> Option<Vec<(&'t Term, Value)>> {
    Some(match (fact, told) {
        (FactTerm::Relation(own, terms), Body::Relation(relation, ends)) if *own == relation => {
            terms.iter().zip(ends).map(|(term, end)| (term, Value::Entity(end))).collect()
        }
        (FactTerm::Holds(holder, RoleTerm::Named(own), scope), Body::Holds { holder: by, role, scope: over }) if *own == role => {
            vec![(holder, Value::Entity(by)), (scope, Value::Entity(over))]
        }
        (FactTerm::Holds(holder, RoleTerm::Term(own), scope), Body::Holds { holder: by, role, scope: over }) => {
            let role = Value::Entity(world.role_entity(role, policy.role_kind));
            vec![(holder, Value::Entity(by)), (own, role), (scope, Value::Entity(over))]
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
    })
}
