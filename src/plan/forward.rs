//! Implications forwards: from no end of the conclusion to all of them.

use super::condition::Compiler;
use super::rule::{ConclusionPlan, End};
use super::tree::Plan;
use crate::policy::{Implication, Term, TermNode};

/// An implication compiled to find everything that it derives.
#[derive(Clone, Debug)]
pub(crate) struct ForwardPlan {
    /// Searches for the variables of the conclusion, one nested in the other.
    pub(crate) plan: Plan,
    /// How many variables it searches for.
    pub(crate) searches: usize,
    /// Whether it depends on the subject: the holder whose role is in question.
    pub(crate) of_subject: bool,
}

impl ForwardPlan {
    /// Compiles an implication.
    pub(super) fn of(compiler: &Compiler<'_>, implication: &Implication) -> ForwardPlan {
        let terms = implication.then.ends();
        let wanted = terms.iter().map(|&(index, term)| (index, term, End::Wanted));
        let ConclusionPlan { searched, plan, .. } = compiler.conclusion(&implication.condition, wanted);
        let asks_subject = |term: &Term| matches!(term.root(), TermNode::Subject);
        let mut atoms = implication.condition.expr.atoms();
        let of_subject =
            terms.iter().any(|(_, term)| asks_subject(term)) || atoms.any(|atom| atom.kind.terms().into_iter().any(asks_subject));
        ForwardPlan { plan, searches: searched.iter().count(), of_subject }
    }
}
