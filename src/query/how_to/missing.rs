//! The data that an answer depends on and the world does not have, and what the answer is for each thing that they may be.

use super::answer::{MissingFact, PossibleAnswer};
use super::completions::{Completions, Possible};
use super::ownership::outermost_container;
use crate::eval::{MissingDatum, Outcome, QueryContext, Record};
use crate::explain;
use crate::world::{EntityId, ResolvedRequest, Statement};

/// The data that may turn the answer and that the world does not have, sorted.
pub(super) fn missing_facts(decider: &QueryContext<'_>, asked: &ResolvedRequest, record: &Record) -> Vec<MissingFact> {
    let missing = explain::missing(decider.world, record);
    let deciding = Completions::of(decider, asked, &missing).deciding(&missing);
    let fact = |datum| {
        let possible = Possible::of(decider, asked, datum);
        let (answers, others) = answers(decider, asked, &possible);
        MissingFact { datum, with: parties(decider, datum), answers, whole: possible.whole && others }
    };
    deciding.into_iter().map(fact).collect()
}

/// What the answer is if a datum is this or that while nothing else is found out, and whether it was found for each.
fn answers(decider: &QueryContext<'_>, asked: &ResolvedRequest, possible: &Possible) -> (Vec<PossibleAnswer>, bool) {
    let answer = |&(datum, change)| {
        let (outcome, open) = Completions::answer(decider, asked, &[change])?;
        Some(PossibleAnswer { datum, outcome, open: if outcome == Outcome::Unknown { open } else { Vec::new() } })
    };
    let answers: Vec<PossibleAnswer> = possible.each.iter().filter_map(answer).collect();
    let whole = answers.len() == possible.each.len();
    (answers, whole)
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
