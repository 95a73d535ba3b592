//! Answers about one subject that resources share: worked out once for all that are alike.

use crate::policy::ActionId;
use crate::world::{EntityId, ResolvedRequest};
use rustc_hash::FxHashMap;
use std::hash::Hash;

/// With fewer actions than these each request is answered by itself: to find out what a resource is like takes as long as a few answers.
pub(in crate::query) const MANY_ACTIONS: usize = 4;

/// Answers about one subject. `L` is what resources with the same answers have in common.
#[derive(Debug)]
pub(in crate::query) struct SameAnswers<L, A> {
    /// What the resources that were looked at are like, by number; `None` of one that is like no other.
    classes: FxHashMap<EntityId, Option<usize>>,
    numbers: FxHashMap<L, usize>,
    answers: FxHashMap<(ActionId, usize), A>,
}

impl<L, A> Default for SameAnswers<L, A> {
    fn default() -> SameAnswers<L, A> {
        SameAnswers { classes: FxHashMap::default(), numbers: FxHashMap::default(), answers: FxHashMap::default() }
    }
}

impl<L: Eq + Hash, A: Clone> SameAnswers<L, A> {
    /// The answer to a request: that of the same request about a resource that is alike, if there is one, else worked out, and kept if it
    /// `holds` of all that are alike. `alike` says what a resource is like.
    pub(in crate::query) fn of(
        &mut self,
        request: &ResolvedRequest,
        alike: impl FnOnce(EntityId) -> Option<L>,
        work_out: impl FnOnce() -> A,
        holds: impl FnOnce(&A) -> bool,
    ) -> A {
        let numbers = &mut self.numbers;
        let class = *self.classes.entry(request.resource).or_insert_with(|| {
            let likeness = alike(request.resource)?;
            let next = numbers.len();
            Some(*numbers.entry(likeness).or_insert(next))
        });
        let Some(class) = class else { return work_out() };
        if let Some(answer) = self.answers.get(&(request.action, class)) {
            return answer.clone();
        }
        let answer = work_out();
        if holds(&answer) {
            self.answers.insert((request.action, class), answer.clone());
        }
        answer
    }
}
