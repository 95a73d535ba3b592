//! A request that a changed pack answers in another way.

use crate::eval::{Decider, Outcome};
use crate::plan::{CompiledPolicy, Context};
use crate::policy::{ActionId, KindSet};
use crate::query::access::{AccessRow, Resources, Selection, Subjects, access_list};
use crate::suite::entry::named;
use crate::suite::opened::Opened;
use crate::suite::setting;
use crate::time::Instant;
use crate::world::{Request, ResolvedRequest};
use std::collections::BTreeSet;

/// A request of a suite's world that tells a pack from its change.
#[derive(Clone, Debug)]
pub struct Apart {
    /// The suite.
    pub suite: String,
    /// The request.
    pub request: Request,
    /// The date of world and policy.
    pub at: Instant,
    /// The answer of the pack.
    pub is: Outcome,
    /// That of its change.
    pub becomes: Outcome,
}

/// Worlds with more entities are not searched.
const MOST_ENTITIES: usize = 5_000;

/// The first request, by suite, that both packs answer in different ways, under the dates and toggles of an entry. What is barred and what
/// is not granted count as the same: who is allowed is what tells most.
pub(super) fn find(pack: &CompiledPolicy, changed: &CompiledPolicy, actions: &BTreeSet<ActionId>, suites: &[&Opened<'_>]) -> Option<Apart> {
    let small = suites.iter().filter(|suite| suite.world.ents().len() <= MOST_ENTITIES);
    small.into_iter().find_map(|suite| {
        let mut contexts: Vec<(Context, Context)> = Vec::new();
        for entry in &suite.document.entries {
            let of = |compiled| setting::context(compiled, &suite.document.setting, entry).ok();
            contexts.extend(of(pack).zip(of(changed)).filter(|both| !contexts.contains(both)));
        }
        contexts.into_iter().find_map(|(old, new)| {
            let (old, new) = (Decider::new(pack, &suite.world, old), Decider::new(changed, &suite.world, new));
            let request = differing(&old, &new, actions)?;
            let (is, becomes) = (old.decide(&request).outcome, new.decide(&request).outcome);
            Some(Apart { suite: suite.file.name().to_owned(), request: named(&old, request), at: old.context.at, is, becomes })
        })
    })
}

/// The first request that two deciders of one world answer in different ways.
fn differing(old: &Decider<'_>, new: &Decider<'_>, actions: &BTreeSet<ActionId>) -> Option<ResolvedRequest> {
    let policy = &old.compiled.policy;
    let on = actions.iter().fold(KindSet::default(), |all, &action| all.union(&policy.actions[action].on));
    let mut actions: Vec<ActionId> = actions.iter().copied().collect();
    actions.sort_by(|a, b| policy.actions[*a].meta.name.cmp(&policy.actions[*b].meta.name));
    let (subjects, resources) = (Subjects::Kinds(policy.subjects()), Resources::Kinds(on));
    let selection = Selection { subjects, actions, resources, with_barred: false };
    let (mut before, mut after) = (access_list(old, &selection).peekable(), access_list(new, &selection).peekable());
    loop {
        match (before.peek(), after.peek()) {
            (Some(one), Some(other)) if one.request == other.request && one.outcome == other.outcome => {}
            (Some(one), Some(other)) => return Some(earlier(old, &selection, one, other)),
            (Some(row), None) | (None, Some(row)) => return Some(row.request),
            (None, None) => return None,
        }
        _ = (before.next(), after.next());
    }
}

/// Which of two rows comes first in a list.
fn earlier(decider: &Decider<'_>, selection: &Selection, a: &AccessRow, b: &AccessRow) -> ResolvedRequest {
    let place = |action: ActionId| selection.actions.iter().position(|&other| other == action);
    let by_subject = decider.world.compare_entities(a.request.subject, b.request.subject);
    let by_action = || place(a.request.action).cmp(&place(b.request.action));
    let by_resource = || decider.world.compare_entities(a.request.resource, b.request.resource);
    if by_subject.then_with(by_action).then_with(by_resource).is_le() { a.request } else { b.request }
}
