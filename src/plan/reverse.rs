//! Implications in reverse: from some ends of a derived relation to another of its ends.

use super::condition::Compiler;
use super::rule::{ConclusionPlan, End};
use super::tree::{Plan, ReversePlan};
use crate::policy::{Conclusion, ImplicationId, RelationId, VarSet};
use std::sync::Arc;

impl Compiler<'_> {
    /// Whether values of this end of a derived relation can be found from some of its other ends.
    pub(super) fn is_reversible(&self, relation: RelationId, end: usize) -> bool {
        let ends = self.policy.relations[relation].ends.len();
        let others: u8 = (0..ends).filter(|&other| other != end).map(|other| 1 << other).sum();
        let mut any = false;
        for known in (1..=others).filter(|known| known & !others == 0) {
            any |= self.reversed(relation, end, known);
        }
        any
    }

    fn reversed(&self, relation: RelationId, end: usize, known: u8) -> bool {
        let key = (relation, end, known);
        if let Some(found) = self.reverse.borrow().0.get(&key) {
            return found.is_some();
        }
        // Where implications go round in a circle, which the graph reports, none of them is reversible.
        self.reverse.borrow_mut().0.insert(key, None);
        let implications = &self.policy.relations[relation].derived_by;
        let plans: Option<Arc<[ReversePlan]>> = implications.iter().map(|&id| self.reverse_plan(id, end, known)).collect();
        let found = plans.is_some();
        self.reverse.borrow_mut().0.insert(key, plans);
        found
    }

    fn reverse_plan(&self, id: ImplicationId, end: usize, known: u8) -> Option<ReversePlan> {
        let implication = &self.policy.implications[id];
        let Conclusion::Relation { terms, .. } = &implication.then else { return None };
        let end_of = |index: usize| if known & (1 << index) == 0 { End::Wanted } else { End::Known };
        let terms_in_question = terms.iter().enumerate().map(|(index, term)| (index, term, end_of(index)));
        let ConclusionPlan { binds, bound, searched, plan } = self.conclusion(&implication.condition, terms_in_question);
        let searches = searched.iter().count();
        has_paths(&plan, searches, bound).then(|| ReversePlan { implication: id, binds, plan, searches, target: terms[end].clone() })
    }
}

/// Whether each of the outermost `searches` of a plan has an access path that can be followed.
fn has_paths(plan: &Plan, searches: usize, bound: VarSet) -> bool {
    match plan {
        _ if searches == 0 => true,
        Plan::All(parts) => parts.last().is_some_and(|last| has_paths(last, searches, bound)),
        Plan::Exists(search) => {
            let usable = search.own().access_paths.iter().any(|path| path.requires.is_subset(bound));
            usable && has_paths(&search.body, searches - 1, bound | search.variable.into())
        }
        _ => false,
    }
}
