//! The effects of an event: the facts that it adds, and the facts that it removes.

use crate::eval::bindings::Bindings;
use crate::eval::evaluator::Evaluator;
use crate::eval::solutions::Scan;
use crate::eval::terms::NotAnEntity;
use crate::eval::trace::{NoTrace, TermValue};
use crate::eval::truth::Truth;
use crate::plan::event::EffectPlan;
use crate::policy::{AttributeId, Effect, FactTerm, KindId, MAX_VARIABLES, Policy, RoleTerm, Term};
use crate::text::Span;
use crate::world::{EntityId, Statement, Value, World};
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
    let mut found: Vec<(VariableValues, Truth)> = Vec::new();
    let mut record = |_: &mut Evaluator<'_, NoTrace>, solution: &Bindings<'_>, truth| {
        let mut own = bindings.variables;
        for variable in plan.variables.iter().map(|variable| variable.index()) {
            own[variable] = solution.variables[variable];
        }
        found.push((own, truth));
        ControlFlow::Continue(())
    };
    let _all: ControlFlow<()> = evaluator.each_solution(&plan.joined, plan.joined_searches, bindings, Scan::Allowed, &mut record);
    evaluator
        .unnamed_solutions(&plan.plan, plan.variables.len(), bindings, &mut |bindings| found.push((bindings.variables, Truth::Unknown)));
    // The best truth over all values of the other variables comes first.
    found.sort_by(|(one, truth), (other, other_truth)| one.cmp(other).then(other_truth.cmp(truth)));
    found.dedup_by_key(|(variables, _)| *variables);
    found
}

/// Whether the effect's condition is true for the variables that are bound and for some entities as the others.
pub(crate) fn has_solution(evaluator: &mut Evaluator<'_, NoTrace>, plan: &EffectPlan, bindings: &Bindings<'_>) -> bool {
    truth_of(evaluator, plan, bindings) == Truth::True
}

/// The truth of the effect's condition for the variables that are bound: the best over all entities as the others.
pub(super) fn truth_of(evaluator: &mut Evaluator<'_, NoTrace>, plan: &EffectPlan, bindings: &Bindings<'_>) -> Truth {
    let mut best = Truth::False;
    let mut record = |_: &mut Evaluator<'_, NoTrace>, _: &Bindings<'_>, truth| {
        best = best.or(truth);
        if best == Truth::True { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    };
    let _: ControlFlow<()> = evaluator.each_solution(&plan.plan, plan.variables.len(), bindings, Scan::Allowed, &mut record);
    best
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
            match role {
                RoleTerm::Named(role) => Ok(Statement::Holds { holder, role: *role, scope }),
                RoleTerm::Term(term) => {
                    let [role, ..] = evaluator.entity_operands([term], bindings)?;
                    if world.kind(role) != policy.role_kind {
                        return Err(UnboundTerm { at: term.span, unknown: false });
                    }
                    Ok(world.assignment(policy, holder, role, scope))
                }
            }
        }
        FactTerm::Member(member, group) => {
            let [member, group, _] = evaluator.entity_operands([member, group], bindings)?;
            Ok(Statement::Member { member, group })
        }
        FactTerm::Value(of, attributes, value) => {
            let (entity, attribute) = bearer(evaluator, effect.span, (of, attributes), bindings)?;
            match evaluator.term(value, bindings) {
                TermValue::Value(value) => Ok(Statement::of_attribute(policy, entity, attribute, value)),
                absent => Err(UnboundTerm::of(value, absent)),
            }
        }
    }
}

/// The entity whose attribute an effect gives a value, and the attribute.
pub(super) fn bearer(
    evaluator: &mut Evaluator<'_, NoTrace>,
    effect: Span,
    (of, attributes): (&Term, &[(KindId, AttributeId)]),
    bindings: &Bindings<'_>,
) -> Result<(EntityId, AttributeId), UnboundTerm> {
    let [entity, ..] = evaluator.entity_operands([of], bindings)?;
    let kind = evaluator.env.world.kind(entity);
    let attribute = attributes.iter().find(|(own, _)| *own == kind);
    let &(_, attribute) = attribute.ok_or(UnboundTerm { at: effect, unknown: false })?;
    Ok((entity, attribute))
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
            let role = Value::Entity(world.role_entity(role));
            vec![(holder, Value::Entity(by)), (own, role), (scope, Value::Entity(over))]
        }
        (FactTerm::Holds(holder, RoleTerm::Term(own), scope), Statement::Relation(relation, ends)) if relation == policy.unknown_roles => {
            [holder, own, scope].into_iter().zip(ends.map(Value::Entity)).collect()
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
