//! Whether a way goes through another firm than those of the question.

use super::{AtomReason, Basis, Finding};
use crate::counterfactual::Firms;
use crate::eval::Decider;
use crate::world::{EntityId, FactId, Statement, Value};

/// Whether a finding names another firm.
pub(super) fn is_foreign(firms: &Firms, decider: &Decider<'_>, finding: &Finding) -> bool {
    let is_other = |&entity: &EntityId| firms.is_other(decider, entity);
    let of_fact = |fact: FactId| match decider.world.fact(fact).statement {
        Statement::Relation(_, ends) => ends.iter().any(is_other),
        Statement::Holds { holder, scope, .. } => is_other(&holder) || is_other(&scope),
        Statement::Value { value: Value::Entity(of), .. } => is_other(&of),
        _ => false,
    };
    match *finding {
        Finding::Fact(fact) | Finding::Atom(_, Basis::Restated(fact)) => of_fact(fact),
        Finding::Atom(AtomReason::Relation { ends, .. }, _) => ends.iter().any(is_other),
        Finding::Atom(AtomReason::Holds { scope, .. }, _) => is_other(&scope),
        Finding::Atom(AtomReason::Compare { left, right, .. }, _) => {
            [left, right].iter().any(|value| matches!(value, Value::Entity(ent) if is_other(ent)))
        }
        Finding::Atom(AtomReason::Same(one, other), _) => is_other(&one) || is_other(&other),
        _ => false,
    }
}
