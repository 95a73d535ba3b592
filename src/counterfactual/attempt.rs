//! An attempt to make a plan true, and which of several came closest.

use crate::eval::TraceNode;
use crate::eval::bindings::Bindings;
use crate::eval::trace::Trace;
use crate::eval::truth::Truth;
use crate::plan::tree::Plan;
use crate::policy::{AtomKind, Term, TermNode};
use std::cmp::Reverse;

/// An attempt at a plan: its trace, and how close it came.
#[derive(Clone)]
pub(super) struct Attempt {
    pub(super) trace: Trace,
    pub(super) truth: Truth,
    /// Whether it goes through another firm than those of the question.
    pub(super) is_foreign: bool,
    /// How many parts are lacking at least.
    pub(super) lacking: u32,
    /// The [`weight`] of what was true in it.
    pub(super) reached: u32,
}

impl Attempt {
    pub(super) fn new() -> Attempt {
        Attempt { trace: Trace::default(), truth: Truth::False, is_foreign: false, lacking: 0, reached: 0 }
    }

    /// Whether an implication in it is switched off or not in force, and would be true otherwise.
    pub(super) fn is_idle(&self) -> bool {
        self.trace.roots().any(TraceNode::has_idle)
    }

    /// How close it came; the greatest is the closest. An attempt within the question's own firms is closer than one through others, then one
    /// that lacks less, then one of which more is true.
    pub(super) fn closeness(&self) -> (Truth, bool, Reverse<u32>, u32) {
        let (truth, is_own, lacking) = self.shortness();
        (truth, is_own, lacking, self.reached)
    }

    /// How much is true in it. Implications have different numbers of parts, so that what they lack does not compare.
    pub(super) fn support(&self) -> (Truth, bool, u32) {
        (self.truth, !self.is_foreign, self.reached)
    }

    /// How close it came by what it lacks alone.
    pub(super) fn shortness(&self) -> (Truth, bool, Reverse<u32>) {
        (self.truth, !self.is_foreign, Reverse(self.lacking))
    }

    /// Appends another attempt, as a part of this one.
    pub(super) fn append(&mut self, other: Option<Attempt>) {
        if let Some(other) = other {
            self.reached += other.reached;
            self.is_foreign |= other.is_foreign;
            self.trace.append(other.trace);
        }
    }

    /// Appends another attempt below the step with this index, which must be the last that was closed.
    pub(super) fn append_below(&mut self, step: usize, other: Option<Attempt>) {
        if let Some(other) = other {
            self.reached += other.reached;
            self.is_foreign |= other.is_foreign;
            self.trace.append_below(step, other.trace);
        }
    }
}

/// Replaces the best attempts if another one came closer, or adds it if it lacks as much. The first is the closest. At most `most` are kept.
pub(super) fn keep_best<K>(best: &mut Vec<(K, Attempt)>, key: K, tried: Attempt, most: usize) {
    if best.first().is_some_and(|(_, first)| tried.shortness() > first.shortness()) {
        best.clear();
    }
    if best.first().is_none_or(|(_, first)| tried.shortness() == first.shortness()) {
        best.push((key, tried));
        best.sort_by_key(|(_, tried)| Reverse(tried.reached));
        best.truncate(most);
    }
}

/// The weight of a true part in the ranking of attempts: 2 if it mentions the subject, 0 if it is a negation, else 1.
pub(super) fn weight(plan: &Plan, bindings: &Bindings<'_>) -> u32 {
    let is_subject = |term: &Term| match term.node {
        TermNode::Subject => true,
        TermNode::Variable(variable) => bindings.variables[usize::from(variable.0)] == bindings.subject,
        _ => false,
    };
    match plan {
        Plan::Not(_) => 0,
        Plan::Asked { .. } => 2,
        Plan::Atom(_, AtomKind::Relation { terms, .. }, _) if terms.iter().any(is_subject) => 2,
        Plan::Atom(_, AtomKind::Holds { holder: one, .. } | AtomKind::Member(one, _), _) if is_subject(one) => 2,
        Plan::Atom(_, AtomKind::Compare(one, _, other), _) if is_subject(one) || is_subject(other) => 2,
        _ => 1,
    }
}
