//! Whether an entity is in a group. The evaluator keeps the closures that it works out: the next question is usually about the same entity.
//! Where many entities in turn are looked for in one group, its members are collected once.

use super::evaluator::Evaluator;
use super::groups::{GroupClosure, is_member_by_chain, may_touch};
use super::tables::SHORT;
use super::trace::{MissingDatum, Recorder, TraceStep};
use super::truth::Truth;
use crate::world::EntityId;

impl<R: Recorder> Evaluator<'_, R> {
    /// Whether `member` is in `group`, at any depth. Records the memberships that lead from one to the other.
    #[expect(clippy::inline_always, reason = "measured: nearly every decision passes here")]
    #[inline(always)]
    pub(crate) fn member(&mut self, member: EntityId, group: EntityId) -> Truth {
        if !R::EXHAUSTIVE
            && member != group
            && !(self.env.unnamed && self.env.world.is_unnamed(member))
            && let Some(found) = is_member_by_chain(self.env, member, group)
        {
            return Truth::from(found);
        }
        self.member_by_closure(member, group)
    }

    #[inline(never)]
    fn member_by_closure(&mut self, member: EntityId, group: EntityId) -> Truth {
        if !R::EXHAUSTIVE
            && self.budget.spent() > SHORT
            && !may_touch(self.env, group)
            && !self.env.world.is_unnamed(member)
            && let Some(members) = self.closures.members_if_recurring(self.env, self.budget, group)
        {
            return Truth::from(member != group && members.contains(&member));
        }
        let (env, budget) = (self.env, self.budget);
        let closure = self.closures.of(env, budget, member);
        if let Some(index) = closure.position(group) {
            if R::EXHAUSTIVE {
                closure.path(index).into_iter().for_each(|fact| self.recorder.leaf(TraceStep::Fact(fact), Truth::True));
            }
            return Truth::True;
        }
        if let Some(open) = closure.open_way(env, group) {
            self.recorder.leaf(TraceStep::Missing(MissingDatum::Fact(open)), Truth::Unknown);
            return Truth::Unknown;
        }
        Truth::False
    }

    /// The groups of an entity.
    pub(crate) fn group_closure(&mut self, member: EntityId) -> &GroupClosure {
        self.closures.of(self.env, self.budget, member)
    }

    /// Whether the entity is known to be in no group at all.
    pub(super) fn in_no_group(&mut self, member: EntityId) -> bool {
        let env = self.env;
        self.closures.of(env, self.budget, member).is_empty(env)
    }

    /// All groups of an entity, at any depth; `None` if there may be others.
    pub(crate) fn groups(&mut self, member: EntityId) -> Option<Vec<EntityId>> {
        self.group_closure(member).complete()
    }
}
