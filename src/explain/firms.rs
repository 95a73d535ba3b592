//! Whose a way is: the subject's own firm, or another one.

use super::proof::ProofBuilder;
use super::{AtomReason, Basis, Finding};
use crate::policy::KindSet;
use crate::world::{EntityId, FactId, ResolvedRequest, Statement, Value, World};

/// The firms that the question names: the subject's home, and what the resource lies within.
pub(super) struct Firms<'a> {
    world: &'a World,
    /// The kinds of homes that the subject may have.
    kinds: KindSet,
    own: Vec<EntityId>,
}

impl<'a> Firms<'a> {
    pub(super) fn of(proof: &ProofBuilder<'a>, asked: &ResolvedRequest) -> Firms<'a> {
        let (policy, world, at) = (proof.policy, proof.world, proof.decider.context.at);
        let homes = policy.kinds[world.kind(asked.subject)].exactly_one.iter();
        let kinds = homes.filter_map(|&home| policy.attributes[home].value.entity_kinds());
        let kinds = kinds.fold(KindSet::default(), |all, kinds| all.union(kinds));
        let home = world.home(policy, asked.subject, at).map(|(_, home)| home);
        Firms { world, kinds, own: world.containers(asked.resource, at).chain(home).collect() }
    }

    /// Whether a finding names another firm.
    pub(super) fn is_foreign(&self, finding: &Finding) -> bool {
        let is_other = |&ent: &EntityId| ent != EntityId::NONE && self.kinds.contains(self.world.kind(ent)) && !self.own.contains(&ent);
        let of_fact = |fact: FactId| match self.world.fact(fact).statement {
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
}
