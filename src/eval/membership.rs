//! Whether an entity is in a group. The evaluator keeps the closure of the entity that was asked about last, because the next question is
//! usually about the same entity.

use super::env::Env;
use super::evaluator::Evaluator;
use super::groups::{GroupClosure, is_member_by_chain};
use super::trace::{MissingDatum, Recorder, TraceStep};
use super::truth::Truth;
use crate::world::{EntityId, Statement};

impl<R: Recorder> Evaluator<'_, R> {
    /// Whether `member` is in `group`, at any depth. Records the memberships that lead from one to the other.
    #[inline]
    pub(crate) fn member(&mut self, member: EntityId, group: EntityId) -> Truth {
        if !R::EXHAUSTIVE
            && member != group
            && let Some(found) = is_member_by_chain(self.env, member, group)
        {
            return Truth::from(found);
        }
        self.member_by_closure(member, group)
    }

    #[inline(never)]
    fn member_by_closure(&mut self, member: EntityId, group: EntityId) -> Truth {
        let env = self.env;
        let closure = closure_of(&mut self.closure, env, member);
        if let Some(index) = closure.position(group) {
            if R::EXHAUSTIVE {
                closure.path(index).into_iter().for_each(|fact| self.recorder.leaf(TraceStep::Fact(fact), Truth::True));
            }
            return Truth::True;
        }
        if member != group && closure.may_reach(env, group) {
            self.recorder.leaf(TraceStep::Missing(MissingDatum::Fact(Statement::Member { member, group })), Truth::Unknown);
            return Truth::Unknown;
        }
        Truth::False
    }

    /// The groups of an entity.
    pub(crate) fn group_closure(&mut self, member: EntityId) -> &GroupClosure {
        closure_of(&mut self.closure, self.env, member)
    }

    /// Whether the entity is known to be in no group at all.
    pub(super) fn in_no_group(&mut self, member: EntityId) -> bool {
        self.group_closure(member).is_empty()
    }

    /// All groups of an entity, at any depth; `None` if there may be others.
    pub(crate) fn groups(&mut self, member: EntityId) -> Option<Vec<EntityId>> {
        self.group_closure(member).complete()
    }
}

/// The closure of the entity: the kept one if it is that, else a new one, which is kept instead.
fn closure_of<'c>(kept: &'c mut Option<GroupClosure>, env: &Env<'_>, member: EntityId) -> &'c GroupClosure {
    if kept.as_ref().is_some_and(|closure| closure.member != member) {
        *kept = None;
    }
    kept.get_or_insert_with(|| GroupClosure::of(env, member))
}
