//! A request that a changed pack answers in another way.

use crate::eval::{Decider, Outcome};
use crate::plan::{CompiledPolicy, Context};
use crate::policy::ActionId;
use crate::query::diff::{Difference, Sides};
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
    let difference = Difference::of_actions(Sides::of_two_worlds(old, new), actions);
    // A request of which both sides give up tells nothing.
    let mut rows = difference.rows().filter(|row| row.old.outcome != row.new.outcome);
    rows.next().and_then(|row| row.old.request)
}
