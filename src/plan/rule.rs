//! Implications compiled: from what is in question to the condition that derives it.

use super::condition::Compiler;
use super::tree::Plan;
use crate::policy::{Conclusion, Implication, KindSet, Term, TermNode, VarId, VarSet};

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
}

impl RulePlan {
    /// Compiles an implication.
    pub(super) fn of(compiler: &Compiler<'_>, implication: &Implication) -> RulePlan {
        let condition = &implication.condition;
        let terms: Vec<(usize, &Term)> = match &implication.then {
            Conclusion::Relation { terms, .. } => terms.iter().enumerate().collect(),
            Conclusion::Holds { holder, role, scope } => {
                let role = role.term().map(|term| (1, term));
                [(0, holder)].into_iter().chain(role).chain([(2, scope)]).collect()
            }
        };
        let of_holder = |index| matches!(implication.then, Conclusion::Holds { .. }) && index == 0;
        let mut binds: Vec<(usize, VarId, KindSet)> = Vec::new();
        let mut parts = Vec::new();
        let (mut bound, mut wanted) = (VarSet::EMPTY, VarSet::EMPTY);
        for (index, term) in terms {
            let member = of_holder(index);
            match term.node {
                // A holder's variable is not bound here: its value may be a group of the holder in question, so it is searched for.
                TermNode::Variable(variable) if !member && !bound.contains(variable) => {
                    bound.insert(variable);
                    binds.push((index, variable, condition.variable(variable).kinds.clone()));
                }
                _ => parts.push(Plan::Asked { term: term.clone(), index, member }),
            }
            wanted |= term.variables();
        }
        parts.extend(compiler.each(condition.expr.conjuncts(), &condition.variables, bound | wanted));
        let scope_kinds = match &implication.then {
            Conclusion::Holds { scope, .. } if binds.iter().all(|&(index, ..)| index != 2) => {
                Some(compiler.policy.kinds_in_implication(scope, &condition.variables))
            }
            _ => None,
        };
        RulePlan { binds, scope_kinds, plan: compiler.search(wanted - bound, parts, &condition.variables, bound) }
    }
}
