//! Guards: what several implications ask first, so that it is worked out once for all the roles that they derive.
//!
//! Where a pack gives many roles by one mechanism, each by an implication of its own, these implications begin with the same test of holder
//! and scope. Where it is false, none of the roles is held by them.

use super::rule::RulePlan;
use super::tree::Plan;
use crate::policy::{Arena, AtomKind, Conclusion, Id, ImplicationId, Policy, VarSet};

/// Which implications have the same guard.
#[derive(Clone, Debug)]
pub(crate) struct Guards {
    /// By implication: the first one with its guard, if it has one.
    first: Vec<Option<ImplicationId>>,
}

impl Guards {
    pub(super) fn of(policy: &Policy, implications: &Arena<ImplicationId, RulePlan>) -> Guards {
        let mut distinct: Vec<ImplicationId> = Vec::new();
        let first = implications.iter().map(|(id, plan)| {
            let derives_role = matches!(policy.implications[id].then, Conclusion::Holds { .. });
            if !derives_role || plan.guard().is_none() {
                return None;
            }
            let known = distinct.iter().copied().find(|&other| plan.is_guarded_as(&implications[other]));
            Some(known.unwrap_or_else(|| {
                distinct.push(id);
                id
            }))
        });
        Guards { first: first.collect() }
    }

    /// The first implication with the same guard; `None` if it has no guard.
    #[inline]
    pub(crate) fn first_with_guard_of(&self, id: ImplicationId) -> Option<ImplicationId> {
        self.first[id.index()]
    }
}

impl RulePlan {
    /// The test of holder and scope with which the condition of an implication that derives a role begins, if it begins with one: the whole
    /// condition is false where the guard is.
    pub(crate) fn guard(&self) -> Option<&Plan> {
        let Plan::All(parts) = &self.plan else { return None };
        let first = parts.first()?;
        let Plan::Atom(_, AtomKind::Relation { was: false, terms, .. }, _) = first else { return None };
        let of_role =
            self.binds.iter().filter(|(index, ..)| *index == 1).fold(VarSet::EMPTY, |all, (_, variable, _)| all | (*variable).into());
        (!terms.iter().any(|term| term.variables().meets(of_role))).then_some(first)
    }

    /// Whether both have the same guard, and bind its variables in the same way.
    fn is_guarded_as(&self, other: &RulePlan) -> bool {
        let (Some(Plan::Atom(_, one, places)), Some(Plan::Atom(_, another, other_places))) = (self.guard(), other.guard()) else {
            return false;
        };
        let (AtomKind::Relation { relation, terms, .. }, AtomKind::Relation { relation: other_relation, terms: other_terms, .. }) =
            (one, another)
        else {
            return false;
        };
        let reads_same = terms.iter().zip(other_terms).all(|(term, other)| term.reads_same(other));
        let binds = |plan: &RulePlan| plan.binds.iter().filter(|(index, ..)| *index != 1).cloned().collect::<Vec<_>>();
        relation == other_relation
            && reads_same
            && places == other_places
            && binds(self) == binds(other)
            && self.scope_kinds == other.scope_kinds
    }
}
