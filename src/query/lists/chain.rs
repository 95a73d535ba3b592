//! The chain of groups by which a holder comes to what is assigned to one of them.

use crate::eval::{NoTrace, QueryContext, Truth};
use crate::world::{EntityId, Statement};
use rustc_hash::{FxHashMap, FxHashSet};
use std::collections::VecDeque;

/// Groups from a member to one of its groups, outermost last.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(in crate::query) struct Chain {
    pub(in crate::query) groups: Vec<EntityId>,
    /// Whether another chain leads there.
    pub(super) others: bool,
}

/// The groups in which each entity is, directly.
type Edges = FxHashMap<EntityId, Vec<EntityId>>;

/// The shortest chain of groups from `member` to `group`, and of several the one whose names come first. If the member only may be in the
/// group (`truth` is unknown), memberships count that may be.
pub(in crate::query) fn chain(query: &QueryContext<'_>, member: EntityId, group: EntityId, truth: Truth) -> Chain {
    if member == group {
        return Chain::default();
    }
    let edges = edges(query, member, group, truth);
    let distances = distances(&edges, group);
    let mut groups = Vec::new();
    let mut here = member;
    while here != group {
        let Some(&distance) = distances.get(&here) else { return Chain::default() };
        let nearer = edges.get(&here).into_iter().flatten().filter(|next| distances.get(next).is_some_and(|&next| next + 1 == distance));
        let name = |&&next: &&EntityId| query.world.name(&query.compiled.policy, next);
        let Some(&next) = nearer.min_by_key(name) else { return Chain::default() };
        groups.push(next);
        here = next;
    }
    let others = has_other(&edges, &distances, member, &groups);
    Chain { groups, others }
}

/// The memberships of the member and its groups, except those of the group itself.
fn edges(query: &QueryContext<'_>, member: EntityId, group: EntityId, truth: Truth) -> Edges {
    let (world, at) = (query.world, query.context.at);
    let mut between: Vec<EntityId> = Vec::new();
    if truth == Truth::Unknown {
        let mut evaluator = query.evaluator(NoTrace);
        let groups = query.compiled.policy.groups();
        let all = query.living_and_unnamed(&groups, at);
        between = all.filter(|&inner| inner == group || evaluator.member(inner, group) != Truth::False).collect();
    }
    let mut edges = Edges::default();
    let mut waiting = vec![member];
    while let Some(here) = waiting.pop() {
        if here == group || edges.contains_key(&here) {
            continue;
        }
        let mut above: Vec<EntityId> = Vec::new();
        let _all: Option<()> = world.find_group(here, at, |_, group| {
            above.push(group);
            None
        });
        let is_open = |&&inner: &&EntityId| inner != here && query.open_by(Statement::Member { member: here, group: inner }, at).is_some();
        above.extend(between.iter().filter(is_open));
        above.sort_unstable();
        above.dedup();
        waiting.extend(&above);
        edges.insert(here, above);
    }
    edges
}

/// How many steps each entity is away from the group.
fn distances(edges: &Edges, group: EntityId) -> FxHashMap<EntityId, usize> {
    let mut below: FxHashMap<EntityId, Vec<EntityId>> = FxHashMap::default();
    for (&member, groups) in edges {
        groups.iter().for_each(|&group| below.entry(group).or_default().push(member));
    }
    let mut found = FxHashMap::from_iter([(group, 0)]);
    let mut waiting = VecDeque::from([group]);
    while let Some(here) = waiting.pop_front() {
        let next = found[&here] + 1;
        for &member in below.get(&here).into_iter().flatten() {
            found.entry(member).or_insert_with(|| {
                waiting.push_back(member);
                next
            });
        }
    }
    found
}

/// Whether another chain than this one leads to its end.
fn has_other(edges: &Edges, distances: &FxHashMap<EntityId, usize>, member: EntityId, chain: &[EntityId]) -> bool {
    let leads = |group: &&EntityId| distances.contains_key(group);
    let count: usize = edges.values().map(|groups| groups.iter().filter(leads).count()).sum();
    if count == chain.len() {
        return false;
    }
    // Every other chain does without some step of this one.
    let steps = [member].into_iter().chain(chain.iter().copied()).zip(chain.iter().copied());
    let end = chain.last().copied();
    steps.into_iter().any(|without| {
        let mut seen = FxHashSet::from_iter([member]);
        let mut waiting = vec![member];
        while let Some(here) = waiting.pop() {
            for &next in edges.get(&here).into_iter().flatten().filter(|&&next| (here, next) != without) {
                if Some(next) == end {
                    return true;
                }
                if seen.insert(next) {
                    waiting.push(next);
                }
            }
        }
        false
    })
}
