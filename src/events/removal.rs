//! The facts that a removal removes.

use super::current::CurrentFacts;
use super::effects::{UnboundTerm, VariableValues, statement, truth_of, unify_fact};
use super::form::{entity_terms, forms_of};
use super::openings::open_candidates;
use crate::eval::bindings::Bindings;
use crate::eval::evaluator::Evaluator;
use crate::eval::trace::{NoTrace, TermValue};
use crate::eval::truth::Truth;
use crate::plan::event::EffectPlan;
use crate::plan::tree::{Exists, Plan};
use crate::policy::{Effect, FactTerm, TermNode};
use crate::world::{EntityId, FactId, Postings, Statement, Value};
use smallvec::SmallVec;

/// The facts that a removal names, sorted, each once and with whether `where` is true of it or unknown. A removal without variables names one
/// fact, which need not hold; variables range over the facts that hold or may hold. Where it is unknown, only facts that hold are returned,
/// since the removal of others changes nothing. Fails if a term without variables has no value.
pub(super) fn removed(
    evaluator: &mut Evaluator<'_, NoTrace>,
    effect: &Effect,
    plan: &EffectPlan,
    bindings: &Bindings<'_>,
    current: &CurrentFacts,
) -> Result<Vec<(Statement, Truth)>, UnboundTerm> {
    let (env, at) = (evaluator.env, evaluator.env.context.at);
    let world = env.world;
    let mut found = Vec::new();
    if plan.variables.is_empty() {
        // A term without a value is an error even if no such fact holds.
        let truth = evaluator.plan(&plan.plan, bindings);
        if truth != Truth::False {
            let named = statement(evaluator, effect, bindings)?;
            found.extend((truth == Truth::True || world.find_holding(named, at).is_some()).then_some((named, truth)));
        }
        return Ok(found);
    }
    for term in effect.fact.terms().into_iter().filter(|term| term.variables().is_empty()) {
        match evaluator.term(term, bindings) {
            TermValue::Value(_) => {}
            absent => return Err(UnboundTerm::of(term, absent)),
        }
    }
    let truth_of_fact = |evaluator: &mut Evaluator<'_, NoTrace>, fact: Statement| match unify(evaluator, effect, plan, fact, bindings) {
        Some(variables) => truth_of(evaluator, plan, &Bindings { variables, ..*bindings }),
        None => Truth::False,
    };
    for id in candidates(evaluator, effect, plan, bindings, current) {
        let fact = world.fact(id);
        if fact.during.contains(at) {
            match truth_of_fact(evaluator, fact.statement) {
                Truth::False => {}
                truth => found.push((fact.statement, truth)),
            }
        }
    }
    for fact in open_candidates(evaluator, effect, bindings) {
        let is_open = world.find_holding(fact, at).is_none() && env.holds_or_may(fact);
        if is_open && truth_of_fact(evaluator, fact) == Truth::True {
            found.push((fact, Truth::True));
        }
    }
    found.sort();
    found.dedup();
    Ok(found)
}

/// The lists of some entities that together have all facts which the removal may name.
type Lists<'w> = SmallVec<[Postings<'w>; 2]>;

/// Lists with no more facts than this are searched without looking for shorter ones.
const FEW: usize = 16;

/// Facts that include all that the removal may name: those of the shortest lists that a term without variables gives, or those of the
/// entities to which the removal's `where` narrows a variable, or all of the removal's form.
fn candidates(
    evaluator: &mut Evaluator<'_, NoTrace>,
    effect: &Effect,
    plan: &EffectPlan,
    bindings: &Bindings<'_>,
    current: &CurrentFacts,
) -> Vec<FactId> {
    let policy = &evaluator.env.compiled.policy;
    let length = |lists: &Lists<'_>| lists.iter().map(Postings::len).sum::<usize>();
    let mut best: Option<Lists<'_>> = None;
    for (position, term) in entity_terms(&effect.fact) {
        if let (true, TermValue::Value(Value::Entity(ent))) = (term.variables().is_empty(), evaluator.term(term, bindings)) {
            let lists = lists_of(evaluator, &effect.fact, position, ent);
            if best.as_ref().is_none_or(|best| length(&lists) < length(best)) {
                best = Some(lists);
            }
        }
    }
    let forms: SmallVec<[&[FactId]; 2]> = match &best {
        Some(_) => SmallVec::new(),
        None => forms_of(policy, &effect.fact).into_iter().map(|form| current.of_form(form)).collect(),
    };
    let most = best.as_ref().map_or_else(|| forms.iter().map(|facts| facts.len()).sum(), length);
    if most > FEW
        && let Some(search) = outermost(&plan.plan)
        && let Some((position, _)) =
            entity_terms(&effect.fact).into_iter().find(|(_, term)| term.node == TermNode::Variable(search.variable))
        && let Some(entities) = evaluator.candidates_by_path(search.own(), bindings)
    {
        let mut narrowed = Lists::new();
        for ent in entities {
            narrowed.extend(lists_of(evaluator, &effect.fact, position, ent));
        }
        if length(&narrowed) < most {
            best = Some(narrowed);
        }
    }
    match best {
        Some(lists) => lists.into_iter().flatten().collect(),
        None => forms.into_iter().flatten().copied().collect(),
    }
}

/// The lists that have all facts of the form with this entity at this position.
fn lists_of<'w>(evaluator: &Evaluator<'w, NoTrace>, fact: &FactTerm, position: usize, ent: EntityId) -> Lists<'w> {
    let (world, policy) = (evaluator.env.world, &evaluator.env.compiled.policy);
    match (fact, position) {
        (FactTerm::Relation(relation, _), end) => [world.related(*relation, end, ent)].into_iter().collect(),
        (FactTerm::Holds(..), 0) => [world.assignments_of(ent)].into_iter().collect(),
        (FactTerm::Holds(..), _) => [world.assignments_over(ent)].into_iter().collect(),
        (FactTerm::Member(..), 0) => [world.memberships(ent)].into_iter().collect(),
        (FactTerm::Member(..), _) => [world.members(ent)].into_iter().collect(),
        (FactTerm::Value(_, attributes, _), position) => {
            let own = attributes.iter().filter(|&&(kind, _)| position > 0 || kind == world.kind(ent));
            let list = own.map(|&(_, attribute)| match (position, policy.attributes[attribute].member_of) {
                (0, false) => world.values(ent, attribute),
                (0, true) => world.memberships(ent),
                (_, false) => world.entities_with_value(attribute, ent),
                (_, true) => world.members(ent),
            });
            list.collect()
        }
    }
}

/// The search for the variable that the plan binds first.
fn outermost(plan: &Plan) -> Option<&Exists> {
    match plan {
        Plan::Exists(search) => Some(search),
        Plan::All(parts) => parts.last().and_then(outermost),
        _ => None,
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
    let (world, at) = (evaluator.env.world, evaluator.env.context.at);
    let required = unify_fact(&evaluator.env.compiled.policy, world, &effect.fact, fact)?;
    let mut variables = bindings.variables;
    for (term, value) in &required {
        if let (TermNode::Variable(variable), Value::Entity(ent)) = (&term.node, value) {
            let bound = &mut variables[usize::from(variable.0)];
            let kinds = &effect.condition.variables[usize::from(variable.0)].kinds;
            if (*bound != EntityId::NONE && bound != ent)
                || !kinds.contains(world.kind(*ent))
                || !(world.lives(*ent, at) || world.is_unnamed(*ent))
            {
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
