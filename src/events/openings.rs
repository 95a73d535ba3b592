//! The facts that a removal may name and that patterns leave open.

use crate::eval::bindings::Bindings;
use crate::eval::budget::Budget;
use crate::eval::env::Env;
use crate::eval::evaluator::Evaluator;
use crate::eval::trace::{NoTrace, TermValue};
use crate::policy::{Effect, FactTerm, KindSet, RoleTerm, Term};
use crate::world::{EntityId, Part, ShapePart, Statement, Topic, Value};

/// Facts that include all that the removal may name and that may hold although they are not stated: one for each way to fill its variables
/// that a pattern allows. Entities that the world does not name are among the values.
pub(super) fn open_candidates(evaluator: &mut Evaluator<'_, NoTrace>, effect: &Effect, bindings: &Bindings<'_>) -> Vec<Statement> {
    let (env, at) = (evaluator.env, evaluator.env.context.at);
    let (world, policy) = (env.world, &env.compiled.policy);
    let budget = evaluator.budget;
    let mut known = |term: &Term| match (term.variables().is_empty(), evaluator.term(term, bindings)) {
        (true, TermValue::Value(value)) => Some(value),
        _ => None,
    };
    let entity = |value: Option<Value>| value.and_then(Value::entity);
    // All entities of some kinds, as parts of a statement.
    let all = |kinds: &KindSet| env.living_and_unnamed(kinds, at).map(|ent| Part::Value(Value::Entity(ent))).collect::<Vec<_>>();
    let part = |value: Option<EntityId>| value.map(|ent| Part::Value(Value::Entity(ent)));
    let no_part = || vec![Part::None];
    match &effect.fact {
        FactTerm::Relation(relation, terms) => {
            let ends = &policy.relations[*relation].ends;
            let mut known_ends = [None; 3];
            known_ends.iter_mut().zip(terms).for_each(|(end, term)| *end = part(entity(known(term))));
            let choices = |place: usize| ends.get(place).map_or_else(no_part, all);
            let found = fillings(env, budget, Topic::Relation(*relation), known_ends, choices);
            let end = |part: Part| part.entity().unwrap_or(EntityId::NONE);
            found.into_iter().map(|parts| Statement::Relation(*relation, parts.map(end))).collect()
        }
        FactTerm::Holds(holder, role, scope) => {
            let role = match role {
                RoleTerm::Named(role) => Some(*role),
                RoleTerm::Term(term) => entity(known(term)).and_then(|role| world.role_of(role)),
            };
            let known_parts = [part(entity(known(holder))), role.map(Part::Role), part(entity(known(scope)))];
            let scopes = policy.scopes();
            let choices = |place: usize| match place {
                0 => all(&env.compiled.holders),
                1 => policy.roles.ids().map(Part::Role).collect(),
                _ => all(&scopes),
            };
            let statement = |[holder, role, scope]: [Part; 3]| match (holder.entity(), role, scope.entity()) {
                (Some(holder), Part::Role(role), Some(scope)) => Some(Statement::Holds { holder, role, scope }),
                _ => None,
            };
            fillings(env, budget, Topic::Holds, known_parts, choices).into_iter().filter_map(statement).collect()
        }
        FactTerm::Member(member, group) => {
            let known_parts = [part(entity(known(member))), part(entity(known(group))), None];
            let members: KindSet = policy.members();
            let choices = |place: usize| match place {
                0 => all(&members),
                1 => all(&policy.groups()),
                _ => no_part(),
            };
            let statement = |[member, group, _]: [Part; 3]| Some(Statement::Member { member: member.entity()?, group: group.entity()? });
            fillings(env, budget, Topic::Member, known_parts, choices).into_iter().filter_map(statement).collect()
        }
        FactTerm::Value(of, attributes, value) => {
            let (of, value) = (entity(known(of)), known(value));
            let mut found = Vec::new();
            for &(kind, attribute) in attributes {
                let bearers = match of {
                    Some(ent) if world.kind(ent) == kind => vec![ent],
                    Some(_) => Vec::new(),
                    None => env.living_and_unnamed(&KindSet::one(kind), at).collect(),
                };
                for ent in bearers {
                    let values: Vec<Value> = match (value, policy.attributes[attribute].value.entity_kinds()) {
                        (Some(value), _) => vec![value],
                        (None, Some(kinds)) => env.living_and_unnamed(kinds, at).map(Value::Entity).collect(),
                        (None, None) => Vec::new(),
                    };
                    if !budget.spend_reads(values.len()) {
                        return Vec::new();
                    }
                    found.extend(values.into_iter().map(|value| Statement::of_attribute(policy, ent, attribute, value)));
                }
            }
            found
        }
    }
}

/// The parts of facts that patterns of a topic may leave open and that have the known parts; `choices` has the values of a part that neither
/// names. Empty once the budget is exhausted.
fn fillings(
    env: &Env<'_>,
    budget: &Budget,
    topic: Topic,
    known: [Option<Part>; 3],
    choices: impl Fn(usize) -> Vec<Part>,
) -> Vec<[Part; 3]> {
    let mut found = Vec::new();
    for shape in env.world.openings().of_topic(topic) {
        let mut tuples = vec![[Part::None; 3]];
        for (place, (own, known)) in shape.parts.iter().zip(known).enumerate() {
            let values = match (own, known) {
                (ShapePart::Is(own), Some(known)) if *own != known => Vec::new(),
                (_, Some(known)) => vec![known],
                (ShapePart::Is(own), None) => vec![*own],
                (ShapePart::Variable(_) | ShapePart::Any, None) => choices(place),
            };
            if !budget.spend_reads(tuples.len().saturating_mul(values.len())) {
                return Vec::new();
            }
            let with = |tuple: &[Part; 3], value: Part| {
                let mut tuple = *tuple;
                tuple[place] = value;
                tuple
            };
            tuples = tuples.iter().flat_map(|tuple| values.iter().map(move |&value| with(tuple, value))).collect();
        }
        found.extend(tuples);
    }
    found
}
