//! What the effects of an event say: the facts that it adds, and which of those that hold it removes.

use crate::eval::decide::Decider;
use crate::eval::evaluator::{Bindings, Evaluator};
use crate::eval::trace::NoTrace;
use crate::eval::truth::Truth;
use crate::plan::condition::Plan;
use crate::plan::event::EffectPlan;
use crate::policy::{Effect, FactTerm, Policy, RoleTerm, Term, ValueType};
use crate::world::{EntityId, Postings, Statement, Symbol, Value, World};

pub(crate) type Slots = [EntityId; crate::policy::MAX_VARIABLES];

/// All bindings of the effect's slots for which its condition is true.
pub(crate) fn effect_bindings(evaluator: &mut Evaluator<'_, NoTrace>, plan: &EffectPlan, bindings: &Bindings<'_>) -> Vec<Slots> {
    let mut found = Vec::new();
    collect(evaluator, &plan.plan, &plan.variables, bindings, &mut found);
    found.sort();
    found.dedup();
    found
}

/// Walks down the searches that the compiler put around the condition, one for each slot of the fact.
fn collect(
    evaluator: &mut Evaluator<'_, NoTrace>,
    plan: &Plan,
    wanted: &[crate::policy::VarId],
    bindings: &Bindings<'_>,
    found: &mut Vec<Slots>,
) {
    let unfilled = wanted.iter().any(|variable| bindings.variables[usize::from(variable.0)] == EntityId::NONE);
    match plan {
        Plan::All(parts) if unfilled => {
            let Some((last, tests)) = parts.split_last() else { return };
            if tests.iter().all(|test| evaluator.plan(test, bindings) == Truth::True) {
                collect(evaluator, last, wanted, bindings, found);
            }
        }
        Plan::Exists(search) if unfilled => {
            let mut inner = *bindings;
            for candidate in evaluator.candidates(search, bindings) {
                if !evaluator.budget.spend() {
                    return;
                }
                inner.variables[usize::from(search.variable.0)] = candidate;
                collect(evaluator, &search.body, wanted, &inner, found);
            }
        }
        plan => {
            if evaluator.plan(plan, bindings) == Truth::True {
                found.push(bindings.variables);
            }
        }
    }
}

/// A term that names nothing.
pub(crate) struct UnboundTerm {
    pub(crate) at: crate::text::Span,
    /// It is unknown, else absent.
    pub(crate) unknown: bool,
}

impl UnboundTerm {
    pub(crate) fn of(term: &Term, got: crate::eval::trace::TermValue) -> UnboundTerm {
        UnboundTerm { at: term.span, unknown: got == crate::eval::trace::TermValue::Unknown }
    }
}

/// The fact that an effect names.
pub(crate) fn body(evaluator: &mut Evaluator<'_, NoTrace>, change: &Effect, bindings: &Bindings<'_>) -> Result<Statement, UnboundTerm> {
    let mut entity = |term: &Term| match evaluator.term(term, bindings) {
        crate::eval::trace::TermValue::Value(Value::Entity(ent)) if ent != EntityId::NONE => Ok(ent),
        got => Err(UnboundTerm::of(term, got)),
    };
    match &change.fact {
        FactTerm::Relation(relation, terms) => {
            let mut ends = [EntityId::NONE; 3];
            for (end, term) in ends.iter_mut().zip(terms) {
                *end = entity(term)?;
            }
            Ok(Statement::Relation(*relation, ends))
        }
        FactTerm::Holds(holder, role, scope) => {
            let (holder, scope) = (entity(holder)?, entity(scope)?);
            let role = match role {
                RoleTerm::Named(role) => *role,
                RoleTerm::Term(term) => {
                    let role = entity(term)?;
                    let role = evaluator.env.world.role_of(role, evaluator.env.compiled.policy.role_kind);
                    role.ok_or(UnboundTerm { at: term.span, unknown: false })?
                }
            };
            Ok(Statement::Holds { holder, role, scope })
        }
        FactTerm::Member(member, group) => Ok(Statement::Member { member: entity(member)?, group: entity(group)? }),
        FactTerm::Value(of, attributes, value) => {
            let of = entity(of)?;
            let kind = evaluator.env.world.kind(of);
            let attribute = attributes.iter().find(|(own, _)| *own == kind);
            let &(_, attribute) = attribute.ok_or(UnboundTerm { at: change.span, unknown: false })?;
            match evaluator.term(value, bindings) {
                crate::eval::trace::TermValue::Value(value) => {
                    match (evaluator.env.compiled.policy.attributes[attribute].member_of, value) {
                        (true, Value::Entity(group)) => Ok(Statement::Member { member: of, group }),
                        _ => Ok(Statement::Value { entity: of, attribute, value }),
                    }
                }
                got => Err(UnboundTerm::of(value, got)),
            }
        }
    }
}

/// Whether there can be such a fact: all in it are of the kinds, and values, that it takes.
pub(crate) fn fits(decider: &Decider<'_>, body: Statement) -> bool {
    let (policy, world) = (&decider.compiled.policy, decider.world);
    let attributes = |ent| policy.kinds[world.kind(ent)].attributes.iter().map(|&id| &policy.attributes[id]);
    match body {
        Statement::Relation(relation, ends) => {
            policy.relations[relation].ends.iter().zip(ends).all(|(kinds, end)| kinds.contains(world.kind(end)))
        }
        Statement::Holds { holder, role, scope } => {
            policy.roles[role].on.contains(world.kind(scope)) && policy.holders().contains(world.kind(holder))
        }
        Statement::Member { member, group } => attributes(member)
            .any(|attribute| attribute.member_of && matches!(&attribute.value, ValueType::Entity(to) if to.contains(world.kind(group)))),
        Statement::Value { attribute, value, .. } => match (&policy.attributes[attribute].value, value) {
            (ValueType::Entity(to), Value::Entity(ent)) => to.contains(world.kind(ent)),
            (ValueType::OneOf(texts), Value::Text(symbol)) => texts.iter().any(|&known| Symbol::of_policy(known) == symbol),
            _ => true,
        },
    }
}

/// The facts that hold and that a removal names: the fact's own variables range over what holds.
pub(crate) fn removed(
    evaluator: &mut Evaluator<'_, NoTrace>,
    change: &Effect,
    plan: &EffectPlan,
    bindings: &Bindings<'_>,
) -> Result<Vec<Statement>, UnboundTerm> {
    let (world, at) = (evaluator.env.world, evaluator.env.context.at);
    let mut found = Vec::new();
    if plan.variables.is_empty() {
        // Nothing to range over: the fact is named outright, and a term that names nothing is a mistake even if nothing holds.
        if evaluator.plan(&plan.plan, bindings) == Truth::True {
            found.push(body(evaluator, change, bindings)?);
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
    let fixed = terms.iter().filter(|term| term.variables().is_empty());
    for term in fixed {
        match evaluator.term(term, bindings) {
            crate::eval::trace::TermValue::Value(_) => {}
            got => return Err(UnboundTerm::of(term, got)),
        }
    }
    let candidates: Vec<Statement> = matching(evaluator, change, bindings);
    for body_held in candidates {
        let Some(variables) = unify(evaluator, change, plan, body_held, bindings) else { continue };
        let inner = Bindings { variables, ..*bindings };
        let holds = world.find_holding(body_held, at).is_some();
        if holds && rest(evaluator, &plan.plan, &plan.variables, &inner) == Truth::True {
            found.push(body_held);
        }
    }
    found.sort();
    found.dedup();
    Ok(found)
}

/// The condition with the fact's slots filled: the searches around it are passed through.
fn rest(evaluator: &mut Evaluator<'_, NoTrace>, plan: &Plan, wanted: &[crate::policy::VarId], bindings: &Bindings<'_>) -> Truth {
    match plan {
        Plan::Exists(search) if wanted.contains(&search.variable) => rest(evaluator, &search.body, wanted, bindings),
        Plan::All(parts) => parts.iter().fold(Truth::True, |truth, part| truth.and(rest(evaluator, part, wanted, bindings))),
        plan => evaluator.plan(plan, bindings),
    }
}

/// Facts among which are all that the removal may name, by the shortest list that a known term gives.
fn matching(evaluator: &mut Evaluator<'_, NoTrace>, change: &Effect, bindings: &Bindings<'_>) -> Vec<Statement> {
    let world = evaluator.env.world;
    let mut known = |term: &Term| match (!term.variables().is_empty(), evaluator.term(term, bindings)) {
        (false, crate::eval::trace::TermValue::Value(Value::Entity(ent))) => Some(ent),
        _ => None,
    };
    let lists: Vec<Postings<'_>> = match &change.fact {
        FactTerm::Relation(relation, terms) => {
            terms.iter().enumerate().filter_map(|(end, term)| known(term).map(|ent| world.related(*relation, end, ent))).collect()
        }
        FactTerm::Holds(holder, _, scope) => {
            let by = known(holder).map(|ent| world.assignments_of(ent));
            by.into_iter().chain(known(scope).map(|ent| world.assignments_over(ent))).collect()
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
        Some(list) if !matches!(change.fact, FactTerm::Value(..)) => list.map(|id| world.fact(id).statement).collect(),
        Some(_) => lists.into_iter().flatten().map(|id| world.fact(id).statement).collect(),
        None => world.facts().map(|(_, fact)| fact.statement).collect(),
    }
}

/// The slots with which the removal's fact is this one.
fn unify(
    evaluator: &mut Evaluator<'_, NoTrace>,
    change: &Effect,
    plan: &EffectPlan,
    held: Statement,
    bindings: &Bindings<'_>,
) -> Option<Slots> {
    let policy = &evaluator.env.compiled.policy;
    let world = evaluator.env.world;
    let unify_fact = unify_fact(policy, world, &change.fact, held)?;
    let mut variables = bindings.variables;
    for (term, value) in &unify_fact {
        if let (crate::policy::TermNode::Variable(variable), Value::Entity(ent)) = (&term.node, value) {
            let place = &mut variables[usize::from(variable.0)];
            let kinds = &change.condition.variables[usize::from(variable.0)].kinds;
            if (*place != EntityId::NONE && place != ent) || !kinds.contains(world.kind(*ent)) {
                return None;
            }
            *place = *ent;
        }
    }
    if plan.variables.iter().any(|variable| variables[usize::from(variable.0)] == EntityId::NONE) {
        return None;
    }
    let filled = Bindings { variables, ..*bindings };
    unify_fact
        .iter()
        .all(|(term, value)| evaluator.term(term, &filled) == crate::eval::trace::TermValue::Value(*value))
        .then_some(variables)
}

/// The terms of an effect's fact, each with what it must be so that the fact is this one; nothing if it is a fact of another sort.
pub fn unify_fact<'t>(policy: &Policy, world: &World, fact: &'t FactTerm, told: Statement) -> Option<Vec<(&'t Term, Value)>> {
    Some(match (fact, told) {
        (FactTerm::Relation(own, terms), Statement::Relation(relation, ends)) if *own == relation => {
            terms.iter().zip(ends).map(|(term, end)| (term, Value::Entity(end))).collect()
        }
        (FactTerm::Holds(holder, RoleTerm::Named(own), scope), Statement::Holds { holder: by, role, scope: over }) if *own == role => {
            vec![(holder, Value::Entity(by)), (scope, Value::Entity(over))]
        }
        (FactTerm::Holds(holder, RoleTerm::Term(own), scope), Statement::Holds { holder: by, role, scope: over }) => {
            let role = Value::Entity(world.role_entity(role, policy.role_kind));
            vec![(holder, Value::Entity(by)), (own, role), (scope, Value::Entity(over))]
        }
        (FactTerm::Member(member, group), Statement::Member { member: who, group: what }) => {
            vec![(member, Value::Entity(who)), (group, Value::Entity(what))]
        }
        (FactTerm::Value(of, attributes, value), Statement::Value { entity, attribute, value: told })
            if attributes.iter().any(|(_, own)| *own == attribute) =>
        {
            vec![(of, Value::Entity(entity)), (value, told)]
        }
        _ => return None,
    })
}
