//! The closures of memberships that one evaluator worked out.

use super::budget::Budget;
use super::env::Env;
use super::groups::{GroupClosure, members};
use crate::world::EntityId;
use rustc_hash::{FxHashMap, FxHashSet};

/// The closures that one evaluator worked out.
#[derive(Debug, Default)]
pub(super) struct Closures {
    /// Of the entity that was asked about last.
    last: Option<GroupClosure>,
    /// What only few questions need.
    pub(super) more: Option<Box<MoreClosures>>,
}

#[derive(Debug, Default)]
pub(super) struct MoreClosures {
    /// The closures before the last, as far as there is room.
    others: FxHashMap<EntityId, GroupClosure>,
    /// How many entities the closures of `others` have.
    size: usize,
    /// The group that was asked about last, and how often in a row.
    asked: Option<(EntityId, u32)>,
    /// All members of one group.
    members: Option<(EntityId, FxHashSet<EntityId>)>,
    /// The group whose members were listed last, and they; `None` if there may be others.
    listed: Option<(EntityId, Option<Vec<EntityId>>)>,
}

/// The most entities of closures that are kept.
const MAX_KEPT: usize = 200_000;

/// How often in a row a group is asked about before all its members are collected.
const RECURRING: u32 = 8;

impl Closures {
    /// The closure of the entity: a kept one, or a new one.
    #[inline]
    pub(super) fn of(&mut self, env: &Env<'_>, budget: &Budget, member: EntityId) -> &GroupClosure {
        if self.last.as_ref().is_some_and(|closure| closure.member != member) {
            self.replace_last(member);
        }
        self.last.get_or_insert_with(|| {
            let closure = GroupClosure::of(env, member);
            budget.spend_reads(closure.found.len());
            closure
        })
    }

    /// Puts the last closure with the others, and takes that of `member` from them if it is there.
    #[inline(never)]
    fn replace_last(&mut self, member: EntityId) {
        let Some(before) = self.last.take() else { return };
        let more = self.more.get_or_insert_default();
        if more.size + before.found.len() <= MAX_KEPT {
            more.size += before.found.len();
            more.others.insert(before.member, before);
        }
        self.last = more.others.remove(&member);
        more.size -= self.last.as_ref().map_or(0, |closure| closure.found.len());
    }

    /// All members of a group that was asked about many times in a row, at any depth; `None` before that. The world must have no unknown
    /// memberships.
    pub(super) fn members_if_recurring(&mut self, env: &Env<'_>, budget: &Budget, group: EntityId) -> Option<&FxHashSet<EntityId>> {
        let more = self.more.get_or_insert_default();
        if more.members.as_ref().is_none_or(|(collected, _)| *collected != group) {
            match &mut more.asked {
                Some((asked, times)) if *asked == group => *times += 1,
                asked => *asked = Some((group, 1)),
            }
            if more.asked.is_none_or(|(_, times)| times < RECURRING) {
                return None;
            }
            let members: FxHashSet<EntityId> = env.world.all_members(group, env.context.at).skip(1).collect();
            budget.spend_reads(members.len());
            more.members = Some((group, members));
        }
        more.members.as_ref().map(|(_, members)| members)
    }
}

impl Closures {
    /// All members of a group, at any depth; `None` if there may be others. Those of the group that was asked about last are kept.
    pub(super) fn members_listed(&mut self, env: &Env<'_>, group: EntityId) -> Option<&[EntityId]> {
        let more = self.more.get_or_insert_default();
        if more.listed.as_ref().is_none_or(|(listed, _)| *listed != group) {
            more.listed = Some((group, members(env, group)));
        }
        more.listed.as_ref().and_then(|(_, members)| members.as_deref())
    }
}

/// Drops the closures of the few decisions that have more than the last. Apart, since else each decision calls a function to find that it has
/// none.
#[cold]
#[inline(never)]
pub(super) fn free(more: Box<MoreClosures>) {
    drop(more);
}
