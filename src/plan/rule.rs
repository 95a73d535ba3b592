//! Implications compiled: from what is in question to the condition that derives it.

use super::condition::Compiler;
use super::tree::Plan;
use crate::policy::{Conclusion, Condition, Implication, KindSet, Term, TermNode, VarId, VarSet};

/// A compiled implication.
#[derive(Clone, Debug)]
pub(crate) struct RulePlan {
    /// Variables that take their values from what is in question: the index there (of an end; 0, 1 and 2 of holder, role and scope), the
    /// variable, its kinds.
    pub binds: Vec<(usize, VarId, KindSet)>,
    /// The scope of the conclusion, where no variable takes its value: the kinds that it may have. A role over a scope of another kind is
    /// not in question, so that roles on different kinds may rest on one another.
    pub scope_kinds: Option<KindSet>,
    /// What must be true then.
    pub plan: Plan,
    /// `if and unless`, if there is an `unless`; see [`Implication::switched_off`].
    pub switched_off: Option<Plan>,
}

impl RulePlan {
    /// Compiles an implication.
    pub(super) fn of(compiler: &Compiler<'_>, implication: &Implication) -> RulePlan {
        let condition = &implication.condition;
        let terms = implication.then.ends();
        let of_holder = |index| matches!(implication.then, Conclusion::Holds { .. }) && index == 0;
        let terms = terms.into_iter().map(|(index, term)| (index, term, if of_holder(index) { End::Holder } else { End::Known }));
        let switched_off = implication.switched_off.as_ref().map(|condition| compiler.conclusion(condition, terms.clone()).plan);
        let ConclusionPlan { binds, plan, .. } = compiler.conclusion(condition, terms);
        let scope_kinds = match &implication.then {
            Conclusion::Holds { scope, .. } if binds.iter().all(|&(index, ..)| index != 2) => {
                Some(compiler.policy.kinds_in_implication(scope, &condition.variables))
            }
            _ => None,
        };
        RulePlan { binds, scope_kinds, plan, switched_off }
    }
}

/// How the end at a term of a conclusion is known.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum End {
    /// It is in question, so that a variable takes its value.
    Known,
    /// It is in question as the holder of a role. A variable is not bound by it: its value may be a group of the holder, so it is searched
    /// for.
    Holder,
    /// It is to be found.
    Wanted,
}

/// A conclusion whose terms are bound to the ends in question, with the condition that must be true then.
pub(super) struct ConclusionPlan {
    /// Variables that take their values from the ends: see [`RulePlan::binds`].
    pub(super) binds: Vec<(usize, VarId, KindSet)>,
    /// The variables of `binds`.
    pub(super) bound: VarSet,
    /// The other variables of the conclusion, which the plan searches for.
    pub(super) searched: VarSet,
    pub(super) plan: Plan,
}

impl Compiler<'_> {
    /// Binds the terms of a conclusion, each with its index in question, and compiles the condition below them.
    pub(super) fn conclusion<'t>(&self, condition: &Condition, terms: impl Iterator<Item = (usize, &'t Term, End)>) -> ConclusionPlan {
        self.conclusion_with(condition, terms, VarSet::EMPTY)
    }

    /// The same, with further variables that the plan searches for.
    pub(super) fn conclusion_with<'t>(
        &self,
        condition: &Condition,
        terms: impl Iterator<Item = (usize, &'t Term, End)>,
        further: VarSet,
    ) -> ConclusionPlan {
        let mut binds: Vec<(usize, VarId, KindSet)> = Vec::new();
        let mut parts = Vec::new();
        let (mut bound, mut wanted) = (VarSet::EMPTY, further);
        for (index, term, end) in terms {
            wanted |= term.variables();
            match (end, &term.node) {
                (End::Wanted, _) => {}
                (End::Known, &TermNode::Variable(variable)) if !bound.contains(variable) => {
                    bound.insert(variable);
                    binds.push((index, variable, condition.variable(variable).kinds.clone()));
                }
                _ => parts.push(Plan::Asked { term: term.clone(), index, member: end == End::Holder }),
            }
        }
        parts.extend(self.each(condition.expr.conjuncts(), &condition.variables, bound | wanted));
        let searched = wanted - bound;
        let plan = self.search(searched, parts, &condition.variables, bound);
        ConclusionPlan { binds, bound, searched, plan }
    }
}
