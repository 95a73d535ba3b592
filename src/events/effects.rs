//! The effects of an event: the facts that it adds, and the facts that it removes.

use crate::eval::bindings::Bindings;
use crate::eval::budget::Budget;
use crate::eval::env::Env;
use crate::eval::evaluator::Evaluator;
use crate::eval::solutions::Scan;
use crate::eval::terms::NotAnEntity;
use crate::eval::trace::{NoTrace, Recorder, TermValue, Trace, TraceStep};
use crate::eval::truth::Truth;
use crate::plan::event::EffectPlan;
use crate::policy::{AttributeId, Effect, FactTerm, MAX_VARIABLES, Policy, RoleTerm, Term, TermNode};
use crate::text::Span;
use crate::world::{EntityId, Postings, Statement, Value, World};
use std::ops::ControlFlow;

/// The entity that each variable of an effect's condition is bound to, by variable.
pub(crate) type VariableValues = [EntityId; MAX_VARIABLES];

/// All bindings of the variables of the effect's fact for which its condition is not false, each with the condition's truth. Sorted, without
/// duplicates.
pub(super) fn solutions(
    evaluator: &mut Evaluator<'_, NoTrace>,
    plan: &EffectPlan,
    bindings: &Bindings<'_>,
) -> Vec<(VariableValues, Truth)> {
    let mut found = Vec::new();
    let _all: ControlFlow<()> = each_solution(evaluator, plan, bindings, &mut |variables, truth| {
        found.push((variables, truth));
        ControlFlow::Continue(())
    });
    found.sort();
    found.dedup();
    found
}

/// Whether the effect's condition is true for the variables that are bound and for some entities as the others.
pub(crate) fn has_solution(evaluator: &mut Evaluator<'_, NoTrace>, plan: &EffectPlan, bindings: &Bindings<'_>) -> bool {
    truth_of(evaluator, plan, bindings) == Truth::True
}

/// The truth of the effect's condition for the variables that are bound: the best over all entities as the others.
fn truth_of(evaluator: &mut Evaluator<'_, NoTrace>, plan: &EffectPlan, bindings: &Bindings<'_>) -> Truth {
    let mut best = Truth::False;
    let _: ControlFlow<()> = each_solution(evaluator, plan, bindings, &mut |_, truth| {
        best = best.or(truth);
        if best == Truth::True { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    });
    best
}

/// The trace of the effect's condition for the variables that are bound.
pub(super) fn trace(env: &Env<'_>, plan: &EffectPlan, bindings: &Bindings<'_>) -> Trace {
    let budget = Budget::default();
    let mut evaluator = Evaluator::new(env, &budget, Trace::default());
    evaluator.recorder.open(TraceStep::Any);
    let mut best = Truth::False;
    let _all: ControlFlow<()> = each_solution(&mut evaluator, plan, bindings, &mut |_, truth| {
        best = best.or(truth);
        ControlFlow::Continue(())
    });
    evaluator.recorder.close(best);
    evaluator.recorder
}

/// Calls `found` for each binding for which the effect's condition is not false, with its truth.
fn each_solution<R: Recorder>(
    evaluator: &mut Evaluator<'_, R>,
    plan: &EffectPlan,
    bindings: &Bindings<'_>,
    found: &mut dyn FnMut(VariableValues, Truth) -> ControlFlow<()>,
) -> ControlFlow<()> {
    let searches = plan.variables.len();
    evaluator.each_solution(&plan.plan, searches, bindings, Scan::Allowed, &mut |_, bindings, truth| found(bindings.variables, truth))
}

/// Why the facts that a removal removes cannot be found.
pub(super) enum RemovalError {
    /// A term has no value.
    Unbound(UnboundTerm),
    /// It is unknown whether this fact, which holds, is removed with these variables.
    Unknown(VariableValues, Statement),
}

impl<E: Into<UnboundTerm>> From<E> for RemovalError {
    fn from(error: E) -> RemovalError {
        RemovalError::Unbound(error.into())
    }
}

/// A term of an effect that has no value, or none that the effect can use.
pub(crate) struct UnboundTerm {
    pub(crate) at: Span,
    /// Whether the value is unknown. If not, it is absent or of a type that does not fit.
    pub(crate) unknown: bool,
}

impl UnboundTerm {
    pub(super) fn of(term: &Term, value: TermValue) -> UnboundTerm {
        UnboundTerm { at: term.span, unknown: value == TermValue::Unknown }
    }
}

impl From<NotAnEntity<'_>> for UnboundTerm {
    fn from(NotAnEntity { term, unknown }: NotAnEntity<'_>) -> UnboundTerm {
        UnboundTerm { at: term.span, unknown }
    }
}

/// The fact that an effect states under these bindings. Fails at the first of its terms without a value.
pub(super) fn statement(
    evaluator: &mut Evaluator<'_, NoTrace>,
    effect: &Effect,
    bindings: &Bindings<'_>,
) -> Result<Statement, UnboundTerm> {
    let (world, policy) = (evaluator.env.world, &evaluator.env.compiled.policy);
    match &effect.fact {
        FactTerm::Relation(relation, terms) => Ok(Statement::Relation(*relation, evaluator.entity_operands(terms, bindings)?)),
        FactTerm::Holds(holder, role, scope) => {
            let [holder, scope, _] = evaluator.entity_operands([holder, scope], bindings)?;
            let role = match role {
                RoleTerm::Named(role) => *role,
                RoleTerm::Term(term) => {
                    let [role, ..] = evaluator.entity_operands([term], bindings)?;
                    world.role_of(role, policy.role_kind).ok_or(UnboundTerm { at: term.span, unknown: false })?
                }
            };
            Ok(Statement::Holds { holder, role, scope })
        }
        FactTerm::Member(member, group) => {
            let [member, group, _] = evaluator.entity_operands([member, group], bindings)?;
            Ok(Statement::Member { member, group })
        }
        FactTerm::Value(of, attributes, value) => {
            let [entity, ..] = evaluator.entity_operands([of], bindings)?;
            let kind = world.kind(entity);
            let attribute = attributes.iter().find(|(own, _)| *own == kind);
            let &(_, attribute) = attribute.ok_or(UnboundTerm { at: effect.span, unknown: false })?;
            match evaluator.term(value, bindings) {
                TermValue::Value(value) => Ok(value_statement(policy, entity, attribute, value)),
                absent => Err(UnboundTerm::of(value, absent)),
            }
        }
    }
}

/// The fact that gives the attribute this value: a membership if the attribute is `member-of`.
pub(super) fn value_statement(policy: &Policy, entity: EntityId, attribute: AttributeId, value: Value) -> Statement {
    match (policy.attributes[attribute].member_of, value) {
        (true, Value::Entity(group)) => Statement::Member { member: entity, group },
        _ => Statement::Value { entity, attribute, value },
    }
}

/// Whether the schema admits the fact.
pub(super) fn fits_schema(env: &Env<'_>, fact: Statement) -> bool {
    env.world.fits_schema(&env.compiled.policy, &env.compiled.holders, fact)
}

/// The facts that a removal names, sorted, without duplicates. A removal without variables names one fact, which need not hold; variables
/// range over the facts that hold. Fails if a term without variables has no value, or if it is unknown whether a fact that holds is named.
pub(super) fn removed(
    evaluator: &mut Evaluator<'_, NoTrace>,
    effect: &Effect,
    plan: &EffectPlan,
    bindings: &Bindings<'_>,
) -> Result<Vec<Statement>, RemovalError> {
    let (world, at) = (evaluator.env.world, evaluator.env.context.at);
    let mut found = Vec::new();
    if plan.variables.is_empty() {
        // A term without a value is an error even if no such fact holds.
        let truth = evaluator.plan(&plan.plan, bindings);
        if truth != Truth::False {
            let named = statement(evaluator, effect, bindings)?;
            match truth {
                Truth::True => found.push(named),
                // If the fact does not hold, removing it changes nothing, so the truth does not matter.
                _ if world.find_holding(named, at).is_some() => return Err(RemovalError::Unknown(bindings.variables, named)),
                _ => {}
            }
        }
        return Ok(found);
    }
    let terms: Vec<&Term> = match &effect.fact {
        FactTerm::Relation(_, terms) => terms.iter().collect(),
        FactTerm::Holds(holder, RoleTerm::Named(_), scope) => vec![holder, scope],
        FactTerm::Holds(holder, RoleTerm::Term(role), scope) => vec![holder, role, scope],
        FactTerm::Member(member, group) => vec![member, group],
        FactTerm::Value(of, _, value) => vec![of, value],
    };
    for term in terms.iter().filter(|term| term.variables().is_empty()) {
        match evaluator.term(term, bindings) {
            TermValue::Value(_) => {}
            absent => return Err(UnboundTerm::of(term, absent).into()),
        }
    }
    for fact in removal_candidates(evaluator, effect, bindings) {
        let Some(variables) = unify(evaluator, effect, plan, fact, bindings) else { continue };
        let inner = Bindings { variables, ..*bindings };
        if world.find_holding(fact, at).is_none() {
            continue;
        }
        match truth_of(evaluator, plan, &inner) {
            Truth::True => found.push(fact),
            Truth::Unknown => return Err(RemovalError::Unknown(variables, fact)),
            Truth::False => {}
        }
    }
    found.sort();
    found.dedup();
    Ok(found)
}

/// Facts, at any time, which include all that the removal may name: those of the shortest list that a term without variables gives, or all
/// facts of the world if there is no such list.
fn removal_candidates(evaluator: &mut Evaluator<'_, NoTrace>, effect: &Effect, bindings: &Bindings<'_>) -> Vec<Statement> {
    let (world, policy) = (evaluator.env.world, &evaluator.env.compiled.policy);
    let mut known = |term: &Term| match (term.variables().is_empty(), evaluator.term(term, bindings)) {
        (true, TermValue::Value(Value::Entity(ent))) => Some(ent),
        _ => None,
    };
    let lists: Vec<Postings<'_>> = match &effect.fact {
        FactTerm::Relation(relation, terms) => {
            terms.iter().enumerate().filter_map(|(end, term)| known(term).map(|ent| world.related(*relation, end, ent))).collect()
        }
        FactTerm::Holds(holder, _, scope) => {
            let of_holder = known(holder).map(|ent| world.assignments_of(ent));
            of_holder.into_iter().chain(known(scope).map(|ent| world.assignments_over(ent))).collect()
        }
        FactTerm::Member(member, group) => {
            let of_member = known(member).map(|ent| world.memberships(ent));
            of_member.into_iter().chain(known(group).map(|ent| world.members(ent))).collect()
        }
        FactTerm::Value(of, attributes, _) => {
            let of = known(of);
            let list = |ent: EntityId, attribute: AttributeId| {
                if policy.attributes[attribute].member_of { world.memberships(ent) } else { world.values(ent, attribute) }
            };
            attributes.iter().filter_map(|&(_, attribute)| of.map(|ent| list(ent, attribute))).collect()
        }
    };
    match lists.iter().min_by_key(|list| list.len()).cloned() {
        Some(list) if !matches!(effect.fact, FactTerm::Value(..)) => list.map(|id| world.fact(id).statement).collect(),
        // Each attribute has facts of its own, so all lists are needed.
        Some(_) => lists.into_iter().flatten().map(|id| world.fact(id).statement).collect(),
        None => world.facts().map(|(_, fact)| fact.statement).collect(),
    }
}

/// The variables for which the removal's fact is this one; `None` if it is not for any, or if one of its variables stays unbound.
fn unify(
    evaluator: &mut Evaluator<'_, NoTrace>,
    effect: &Effect,
    plan: &EffectPlan,
    fact: Statement,
    bindings: &Bindings<'_>,
) -> Option<VariableValues> {
    let world = evaluator.env.world;
    let required = unify_fact(&evaluator.env.compiled.policy, world, &effect.fact, fact)?;
    let mut variables = bindings.variables;
    for (term, value) in &required {
        if let (TermNode::Variable(variable), Value::Entity(ent)) = (&term.node, value) {
            let bound = &mut variables[usize::from(variable.0)];
            let kinds = &effect.condition.variables[usize::from(variable.0)].kinds;
            if (*bound != EntityId::NONE && bound != ent) || !kinds.contains(world.kind(*ent)) {
                return None;
            }
            *bound = *ent;
        }
    }
    if plan.variables.iter().any(|variable| variables[usize::from(variable.0)] == EntityId::NONE) {
        return None;
    }
    let filled = Bindings { variables, ..*bindings };
    required.iter().all(|(term, value)| evaluator.term(term, &filled) == TermValue::Value(*value)).then_some(variables)
}

/// The terms of an effect's fact, each with the value that it must have for the fact to be the stated one. `None` if the two cannot be the
/// same: they are of different forms, or of different relations, roles or attributes.
pub fn unify_fact<'t>(policy: &Policy, world: &World, fact: &'t FactTerm, stated: Statement) -> Option<Vec<(&'t Term, Value)>> {
    Some(match (fact, stated) {
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
        (FactTerm::Member(member, group), Statement::Member { member: inner, group: outer }) => {
            vec![(member, Value::Entity(inner)), (group, Value::Entity(outer))]
        }
        (FactTerm::Value(of, attributes, term), Statement::Value { entity, attribute, value })
            if attributes.iter().any(|(_, own)| *own == attribute) =>
        {
            vec![(of, Value::Entity(entity)), (term, value)]
        }
        // The attribute is `member-of` on some of the kinds that have it.
        (FactTerm::Value(of, attributes, term), Statement::Member { member, group })
            if attributes
                .iter()
                .any(|&(kind, own)| kind == world.kind(member) && policy.attributes[own].is_membership_in(world.kind(group))) =>
        {
            vec![(of, Value::Entity(member)), (term, Value::Entity(group))]
        }
        _ => return None,
    })
}
