//! The transitive closure of memberships: the groups of an entity, and the members of a group.

use super::env::Env;
use crate::policy::{AttributeId, KindSet};
use crate::world::{EntityId, FactId, Inline, Statement};
use rustc_hash::{FxHashMap, FxHashSet};
use smallvec::SmallVec;

/// The groups of one entity, at any depth.
#[derive(Clone, Debug)]
pub(crate) struct GroupClosure {
    pub(crate) member: EntityId,
    /// The member itself first, then groups breadth first.
    pub(crate) found: SmallVec<[Reached; 8]>,
    /// Attributes that were not imported, each with its entity in `found`. They may name more groups.
    open: SmallVec<[(EntityId, AttributeId); 2]>,
    /// The index in `found` of each group; `None` for a closure of at most [`MAX_LINEAR`] entities, which is searched as a list.
    indexes: Option<Box<FxHashMap<EntityId, usize>>>,
}

/// An entity in a closure, and the membership by which it was reached: the fact, and the index of its member in `found`. `None` for the
/// entity that the closure starts from.
type Reached = (EntityId, Option<(FactId, usize)>);

/// A closure of at most this many entities is searched as a list; a larger one also has a hash map.
const MAX_LINEAR: usize = 16;

impl GroupClosure {
    pub(super) fn of(env: &Env<'_>, member: EntityId) -> GroupClosure {
        let (world, at, policy) = (env.world, env.context.at, &env.compiled.policy);
        let mut closure = GroupClosure { member, found: SmallVec::new(), open: SmallVec::new(), indexes: None };
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
            let attributes = if env.open_groups { policy.kinds[world.kind(here)].attributes.as_slice() } else { &[] };
            for &attribute in attributes {
                // An entity that does not exist at that time is in no group, whatever was not imported.
                if policy.attributes[attribute].member_of && !world.attribute_closed(attribute) && !world.is_dead(here, at) {
                    closure.open.push((here, attribute));
                }
            }
            next += 1;
        }
        closure
    }

    /// All groups; `None` if there may be others.
    pub(super) fn complete(&self) -> Option<Vec<EntityId>> {
        self.open.is_empty().then(|| self.found.iter().skip(1).map(|(group, _)| *group).collect())
    }

    /// Whether the member is known to be in no group at all.
    pub(super) fn is_empty(&self) -> bool {
        self.found.len() == 1 && self.open.is_empty()
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

    /// Whether an attribute that was not imported may lead from the member to the group.
    pub(super) fn may_reach(&self, env: &Env<'_>, group: EntityId) -> bool {
        let (world, at, policy) = (env.world, env.context.at, &env.compiled.policy);
        let kind = world.kind(group);
        let open = || self.open.iter().map(|&(_, attribute)| attribute);
        if world.is_dead(group, at) || !open().any(|attribute| env.compiled.leads_to[attribute].contains(kind)) {
            return false;
        }
        let targets = open().filter_map(|attribute| policy.attributes[attribute].value.entity_kinds());
        let direct = targets.fold(KindSet::default(), |all, kinds| all.union(kinds));
        // An open attribute may name the group itself, or another group that is or may be in it.
        direct.contains(kind) || direct.meets(&member_kinds(env, group))
    }
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
            Inline::NoFact => return (!env.open_groups).then_some(false),
            Inline::ReadFacts => return is_member_by_fork(env, here, group),
        }
    }
    None
}

/// [`is_member_by_chain`] for an entity that is in several groups, or in a group for a limited time. Decides if it is in `group` directly,
/// or if none of its groups is in another group.
fn is_member_by_fork(env: &Env<'_>, member: EntityId, group: EntityId) -> Option<bool> {
    let (world, at) = (env.world, env.context.at);
    let mut all_outermost = !env.open_groups;
    let found = world.find_group(member, at, |_, above| {
        all_outermost &= world.single_group(above) == Inline::NoFact;
        (above == group).then_some(true)
    });
    found.or(all_outermost.then_some(false))
}

/// All members of a group, at any depth; `None` if there may be others.
pub(super) fn members<C: FromIterator<EntityId>>(env: &Env<'_>, group: EntityId) -> Option<C> {
    (!env.open_groups).then(|| env.world.all_members(group, env.context.at).skip(1).collect())
}

/// The kinds of the entities that are in the group, at any depth, or may be by an attribute that was not imported.
fn member_kinds(env: &Env<'_>, group: EntityId) -> KindSet {
    let (world, at, policy) = (env.world, env.context.at, &env.compiled.policy);
    let mut kinds = KindSet::default();
    // The kinds of which every living entity was added already.
    let mut whole = KindSet::default();
    let mut seen = FxHashSet::default();
    let mut next = vec![group];
    while let Some(here) = next.pop() {
        let stated = world.members(here).map(|id| world.fact(id)).filter(|fact| fact.during.contains(at));
        let mut members: Vec<EntityId> = stated
            .filter_map(|fact| match fact.statement {
                Statement::Member { member, .. } => Some(member),
                _ => None,
            })
            .collect();
        for (_, attribute) in policy.attributes.iter().filter(|(id, attribute)| attribute.member_of && !world.attribute_closed(*id)) {
            let accepts_here = attribute.value.accepts_kind(world.kind(here));
            if accepts_here && !whole.contains(attribute.kind) {
                whole.insert(attribute.kind);
                members.extend(world.of_kind(attribute.kind).filter(|&ent| world.lives(ent, at)));
            }
        }
        for member in members {
            kinds.insert(world.kind(member));
            if seen.insert(member) {
                next.push(member);
            }
        }
    }
    kinds
}
