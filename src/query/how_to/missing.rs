//! The data that an answer depends on and the world does not have, and what the answer is for each thing that they may be.

use super::answer::{MissingFact, PossibleDatum};
use super::ownership::{home, outermost_container};
use crate::counterfactual::Change;
use crate::eval::{MissingDatum, Outcome, QueryContext, Record};
use crate::explain;
use crate::policy::{AttributeId, ValueType};
use crate::query::Overlay;
use crate::world::{EntityId, ResolvedRequest, Statement, Symbol, Value};

/// The most values of one attribute of which it is told what the answer is.
const MAX_VALUES: usize = 12;

/// The data that the answer depends on and the world does not have, sorted.
pub(super) fn missing_facts(decider: &QueryContext<'_>, asked: &ResolvedRequest, record: &Record) -> Vec<MissingFact> {
    let missing = explain::missing(decider.world, record).into_iter();
    let fact = |datum| MissingFact { datum, with: parties(decider, datum), answers: answers(decider, asked, datum) };
    missing.map(fact).collect()
}

/// What the answer is if a datum is this or that.
fn answers(decider: &QueryContext<'_>, asked: &ResolvedRequest, datum: MissingDatum) -> Vec<(PossibleDatum, Outcome)> {
    let possible: Vec<(PossibleDatum, Change)> = match datum {
        MissingDatum::Fact(fact) if fact.named().all(|entity| !decider.world.is_unnamed(entity)) => {
            [(true, Change::Add(fact)), (false, Change::Remove(fact))].map(|(holds, change)| (PossibleDatum::Holds(holds), change)).to_vec()
        }
        MissingDatum::Attribute(entity, attribute) if !decider.world.is_unnamed(entity) => {
            let set = |value| {
                (PossibleDatum::Value(value), Change::Set(Statement::of_attribute(&decider.compiled.policy, entity, attribute, value)))
            };
            values(decider, asked, attribute).into_iter().map(set).collect()
        }
        _ => Vec::new(),
    };
    let answer = |(possible, change): (PossibleDatum, Change)| {
        let overlay = Overlay::of(decider, &[change]);
        let decision = decider.about(&overlay.decider(decider.compiled)).decide(asked);
        decision.exhausted.is_none().then_some((possible, decision.outcome))
    };
    possible.into_iter().filter_map(answer).collect()
}

/// The values that an attribute can have: those that the policy lists, or the entities that the question is about.
fn values(decider: &QueryContext<'_>, asked: &ResolvedRequest, attribute: AttributeId) -> Vec<Value> {
    let (world, at) = (decider.world, decider.context.at);
    match &decider.compiled.policy.attributes[attribute].value {
        ValueType::OneOf(texts) => texts.iter().take(MAX_VALUES).map(|&text| Value::Text(Symbol::of_policy(text))).collect(),
        ValueType::Entity(kinds) => {
            let sides = [asked.subject, asked.resource].into_iter();
            let near = sides.flat_map(|side| world.containers(side, at).chain(home(decider, side)));
            let mut near: Vec<EntityId> = near.filter(|&entity| kinds.contains(world.kind(entity)) && world.lives(entity, at)).collect();
            world.sort_entities(&mut near);
            near.dedup();
            near.into_iter().map(Value::Entity).collect()
        }
        _ => Vec::new(),
    }
}

/// With whom a datum can be looked up: the outermost containers of the entities that it is about.
fn parties(decider: &QueryContext<'_>, datum: MissingDatum) -> Vec<EntityId> {
    let itself_or_outermost = |entity: EntityId| outermost_container(decider, entity).unwrap_or(entity);
    let parties: Vec<EntityId> = match datum {
        MissingDatum::Attribute(entity, _) => outermost_container(decider, entity).into_iter().collect(),
        MissingDatum::Fact(Statement::Relation(_, ends)) => {
            ends.into_iter().filter(|&end| end != EntityId::NONE).map(itself_or_outermost).collect()
        }
        MissingDatum::Fact(Statement::Holds { scope, .. }) => vec![itself_or_outermost(scope)],
        MissingDatum::Fact(Statement::Member { .. } | Statement::Value { .. }) | MissingDatum::Role(_) => Vec::new(),
    };
    parties.into_iter().filter(|&party| !decider.world.is_unnamed(party)).collect()
}
