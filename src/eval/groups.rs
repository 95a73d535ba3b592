//! The transitive closure of memberships: the groups of an entity, and the members of a group.

use super::env::Env;
use crate::policy::Id;
use crate::time::Instant;
use crate::world::{EntityId, FactId, Inline, Part, ShapePart, Statement, Topic, Value};
use rustc_hash::{FxHashMap, FxHashSet};
use smallvec::SmallVec;

/// The groups of one entity, at any depth.
#[derive(Clone, Debug)]
pub(crate) struct GroupClosure {
    pub(crate) member: EntityId,
    /// The member itself first, then groups breadth first.
    pub(crate) found: SmallVec<[Reached; 8]>,
    /// Whether a pattern may put one of them into another group.
    may_grow: bool,
    /// The index in `found` of each group; `None` for a closure of at most [`MAX_LINEAR`] entities, which is searched as a list.
    indexes: Option<Box<FxHashMap<EntityId, usize>>>,
}

/// An entity in a closure, and the membership by which it was reached: the fact, and the index of its member in `found`. `None` for the
/// entity that the closure starts from.
type Reached = (EntityId, Option<(FactId, usize)>);

/// A closure of at most this many entities is searched as a list; a larger one also has a hash map.
const MAX_LINEAR: usize = 16;

impl GroupClosure {
    #[expect(clippy::inline_always, reason = "measured: nearly every decision passes here")]
    #[inline(always)]
    pub(super) fn of(env: &Env<'_>, member: EntityId) -> GroupClosure {
        let (world, at) = (env.world, env.context.at);
        let mut closure = GroupClosure { member, found: SmallVec::new(), may_grow: false, indexes: None };
        closure.found.push((member, None));
        let mut next = 0;
        while let Some(&(here, _)) = closure.found.get(next) {
            let _all: Option<()> = world.find_group(here, at, |id, group| {
                let known = if closure.found.len() <= MAX_LINEAR {
                    closure.found.iter().any(|(found, _)| *found == group)
                } else {
                    let found = closure.found.iter().enumerate();
                    let indexes =
                        closure.indexes.get_or_insert_with(|| Box::new(found.map(|(index, (found, _))| (*found, index)).collect()));
                    indexes.contains_key(&group)
                };
                if !known {
                    if let Some(indexes) = &mut closure.indexes {
                        indexes.insert(group, closure.found.len());
                    }
                    closure.found.push((group, Some((id, next))));
                }
                None
            });
            closure.may_grow |= (env.open_groups || env.unnamed) && may_be_in_more(env, here, at);
            next += 1;
        }
        closure
    }

    /// Whether a pattern may put the member, or a group of it, into another group.
    pub(super) fn may_grow(&self) -> bool {
        self.may_grow
    }

    /// All groups; `None` if there may be others.
    pub(super) fn complete(&self) -> Option<Vec<EntityId>> {
        (!self.may_grow).then(|| self.found.iter().skip(1).map(|(group, _)| *group).collect())
    }

    /// Whether the member is known to be in no group at all.
    pub(super) fn is_empty(&self, env: &Env<'_>) -> bool {
        self.found.len() == 1 && !(self.may_grow && may_be_in_some(env, self.member, env.context.at))
    }

    /// The index of the group in `found`. The member itself does not count, even if some membership leads back to it.
    pub(super) fn position(&self, group: EntityId) -> Option<usize> {
        if let Some(indexes) = &self.indexes {
            return indexes.get(&group).copied().filter(|&index| index > 0);
        }
        self.found.iter().skip(1).position(|(found, _)| *found == group).map(|index| index + 1)
    }

    /// The memberships that lead from the member to the group at this index, the member's own first.
    pub(super) fn path(&self, index: usize) -> SmallVec<[FactId; 4]> {
        let mut path: SmallVec<[FactId; 4]> = SmallVec::new();
        let mut here = index;
        while let (_, Some((fact, from))) = self.found[here] {
            path.push(fact);
            here = from;
        }
        path.reverse();
        path
    }

    /// An open membership by which the member may be in the group: that of one of its groups, or its own, in the group or in another one
    /// that is or may be in it. `None` if it is known not to be in the group.
    pub(super) fn open_way(&self, env: &Env<'_>, group: EntityId) -> Option<Statement> {
        let (world, at, policy) = (env.world, env.context.at, &env.compiled.policy);
        let member = self.member;
        let kind = world.kind(group);
        if world.is_dead(group, at) {
            return None;
        }
        if world.is_unnamed(member) {
            // Nobody knows of which groups it is a member.
            return policy.groups_of(world.kind(member)).contains(kind).then_some(Statement::Member { member, group });
        }
        if member == group || !may_touch(env, group) {
            return None;
        }
        // From the group downwards, through groups that are or may be in it.
        let unnamed = (0..policy.kinds.len()).filter_map(|kind| world.unnamed(Id::from_index(kind)));
        let leads = |&inner: &EntityId| inner != group && policy.groups_of(world.kind(inner)).contains(kind);
        let (mut below, mut later) = (vec![group], unnamed.filter(leads).collect::<Vec<EntityId>>());
        let mut seen: FxHashSet<EntityId> = below.iter().chain(&later).copied().collect();
        // Groups without a name come last, since a way through those with one says more.
        while let Some(here) = below.pop().or_else(|| later.pop()) {
            for &(inner, _) in &self.found {
                let statement = Statement::Member { member: inner, group: here };
                if inner != here && env.open_by(statement, at).is_some() {
                    return Some(statement);
                }
            }
            for inner in nested(env, here, at) {
                if seen.insert(inner) {
                    if world.is_unnamed(inner) { &mut later } else { &mut below }.push(inner);
                }
            }
        }
        None
    }
}

/// Groups that are directly in this one, or may be by a pattern.
fn nested(env: &Env<'_>, group: EntityId, at: Instant) -> Vec<EntityId> {
    let (world, policy) = (env.world, &env.compiled.policy);
    let groups = policy.groups();
    let stated = world.members(group).map(|id| world.fact(id)).filter(|fact| fact.during.contains(at));
    let mut found: Vec<EntityId> = stated
        .filter_map(|fact| match fact.statement {
            Statement::Member { member, .. } if groups.contains(world.kind(member)) => Some(member),
            _ => None,
        })
        .collect();
    let openings = world.openings();
    let parts = [None, Some(Part::Value(Value::Entity(group))), None];
    for shape in openings.with(Topic::Member, 1, group).chain(openings.wild(Topic::Member, 1)) {
        if !env.fits(shape, parts, at) {
            continue;
        }
        let is_open = |&member: &EntityId| env.open_by(Statement::Member { member, group }, at).is_some();
        match shape.parts[0] {
            ShapePart::Is(part) => found.extend(part.entity().filter(|&ent| groups.contains(world.kind(ent))).filter(is_open)),
            ShapePart::Variable(_) | ShapePart::Any => found.extend(env.living_and_unnamed(&groups, at).filter(is_open)),
        }
    }
    found
}

/// Whether memberships in the group may be open, its own or those of groups in it.
#[inline]
pub(super) fn may_touch(env: &Env<'_>, group: EntityId) -> bool {
    if !env.open_groups {
        return false;
    }
    let openings = env.world.openings();
    openings.touches_group(group) || openings.wild(Topic::Member, 1).next().is_some()
}

/// Whether a pattern may put the entity into a group. It may name too much.
#[cold]
#[inline(never)]
fn may_be_in_more(env: &Env<'_>, member: EntityId, at: Instant) -> bool {
    let (world, policy) = (env.world, &env.compiled.policy);
    if world.is_unnamed(member) {
        return !policy.groups_of(world.kind(member)).is_empty();
    }
    let openings = world.openings();
    let parts = [Some(Part::Value(Value::Entity(member))), None, None];
    openings.with(Topic::Member, 0, member).chain(openings.wild_classes(Topic::Member, 0)).any(|shape| env.fits(shape, parts, at))
}

/// Whether a pattern may put the entity into some group other than itself.
fn may_be_in_some(env: &Env<'_>, member: EntityId, at: Instant) -> bool {
    let (world, policy) = (env.world, &env.compiled.policy);
    if world.is_unnamed(member) {
        return true;
    }
    let openings = world.openings();
    let parts = [Some(Part::Value(Value::Entity(member))), None, None];
    let is_open = |group: EntityId| group != member && env.open_by(Statement::Member { member, group }, at).is_some();
    let groups = policy.groups_of(world.kind(member));
    openings.with(Topic::Member, 0, member).chain(openings.wild(Topic::Member, 0)).any(|shape| {
        env.fits(shape, parts, at)
            && match shape.parts[1] {
                ShapePart::Is(part) => part.entity().is_some_and(is_open),
                ShapePart::Variable(_) | ShapePart::Any => {
                    let unnamed = groups.iter().filter_map(|kind| world.unnamed(kind));
                    unnamed.chain(env.living_and_unnamed(&groups, at)).any(is_open)
                }
            }
    })
}

/// Fast path of whether `member` is in `group`: without a closure, follows up to 8 entities that are in a single group each. `None` if
/// that does not decide.
pub(super) fn is_member_by_chain(env: &Env<'_>, member: EntityId, group: EntityId) -> Option<bool> {
    const STEPS: usize = 8;
    let mut here = member;
    for _ in 0..STEPS {
        match env.world.single_group(here) {
            Inline::Always(above) if above == group => return Some(true),
            Inline::Always(above) => here = above,
            Inline::NoFact => return (!may_touch(env, group)).then_some(false),
            Inline::ReadFacts => return is_member_by_fork(env, here, group),
        }
    }
    None
}

/// [`is_member_by_chain`] for an entity that is in several groups, or in a group for a limited time. Decides if it is in `group` directly,
/// or if none of its groups is in another group.
fn is_member_by_fork(env: &Env<'_>, member: EntityId, group: EntityId) -> Option<bool> {
    let (world, at) = (env.world, env.context.at);
    let mut all_outermost = !may_touch(env, group);
    let found = world.find_group(member, at, |_, above| {
        all_outermost &= world.single_group(above) == Inline::NoFact;
        (above == group).then_some(true)
    });
    found.or(all_outermost.then_some(false))
}

/// All members of a group, at any depth; `None` if there may be others.
pub(super) fn members<C: FromIterator<EntityId>>(env: &Env<'_>, group: EntityId) -> Option<C> {
    (!may_touch(env, group)).then(|| env.world.all_members(group, env.context.at).skip(1).collect())
}
