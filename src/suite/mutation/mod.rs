//! Which changes of a pack no suite notices.
//!
//! `mutants` lists the changes: each rule, implication, table cell, toggle, pattern of a role and event in turn, and what
//! `expressions` finds inside conditions: the numbers of comparisons, and the parts of invariants. `affected` finds the actions on which each bears, so
//! that only entries about these are run again, and `apart` a request that a change answers in another way.
//!
//! Invariant: a change is tried on the resolved policy in memory, with the same ids, so that worlds stay as they are; those with events are
//! made anew, since events are checked and applied by the policy.

mod affected;
mod apart;
mod expressions;
mod mutants;

pub use apart::Apart;
pub use mutants::Change;

use super::coverage::pack_name;
use super::entry::{Bench, Explained};
use super::host::Host;
use super::opened::{self, Opened};
use crate::events;
use crate::plan::CompiledPolicy;
use crate::policy::{ActionId, InvariantId};
use crate::syntax::suite::EntryDecl;
use crate::text::Place;
use crate::world::World;
use affected::{Actions, of_entry};
use mutants::{Mutant, mutants};
use rayon::prelude::*;
use std::collections::BTreeSet;
use std::sync::Arc;

/// The changes of one pack that were tried.
#[derive(Clone, Debug)]
pub struct Mutation {
    /// The folder or file of the pack.
    pub pack: String,
    /// How many changes were tried.
    pub tried: usize,
    /// Those that no suite noticed, by place.
    pub survivors: Vec<Survivor>,
}

/// A change that no suite noticed.
#[derive(Clone, Debug)]
pub struct Survivor {
    /// Where what was changed is declared.
    pub place: Place,
    /// What it is: `rule agents-add-devices`.
    pub name: String,
    /// How it was changed.
    pub change: Change,
    /// What its `comment` says after `equivalent:`.
    pub equivalent: Option<String>,
    /// A request of a world of the suites that it answers in another way, if there is one.
    pub apart: Option<Apart>,
}

/// Tries all changes of the packs of these suites, each of which passes.
pub(super) fn mutation(suites: &[Opened<'_>], host: &dyn Host) -> Vec<Mutation> {
    let mut packs: Vec<&Arc<CompiledPolicy>> = Vec::new();
    for suite in suites {
        if !packs.iter().any(|pack| Arc::ptr_eq(pack, &suite.compiled)) {
            packs.push(&suite.compiled);
        }
    }
    packs.into_iter().map(|pack| of_pack(pack, suites, host)).collect()
}

/// An entry, with the actions that it asks about.
struct Asking<'s> {
    suite: &'s Opened<'s>,
    entry: &'s EntryDecl,
    actions: BTreeSet<ActionId>,
}

fn of_pack(pack: &Arc<CompiledPolicy>, suites: &[Opened<'_>], host: &dyn Host) -> Mutation {
    let of_this: Vec<&Opened<'_>> = suites.iter().filter(|suite| Arc::ptr_eq(&suite.compiled, pack)).collect();
    let entries = |suite: &&'_ Opened<'_>| suite.document.entries.len();
    let mut asking: Vec<Asking<'_>> = Vec::with_capacity(of_this.iter().map(entries).sum());
    for &suite in &of_this {
        asking.extend(suite.document.entries.iter().map(|entry| Asking { suite, entry, actions: of_entry(suite, entry) }));
    }
    let actions = Actions::of(pack);
    let mutants = mutants(&pack.policy);
    let survives = |mutant: &Mutant| survivor(mutant, pack, &asking, &actions, &of_this, host);
    let mut survivors: Vec<Survivor> = mutants.par_iter().filter_map(survives).collect();
    survivors.sort_by(|a, b| (&a.place, &a.name).cmp(&(&b.place, &b.name)));
    Mutation { pack: pack_name(pack), tried: mutants.len(), survivors }
}

/// Whether a changed pack refuses a world, or warns of it, where the pack does not.
fn breaks_other_invariants(world: &World, pack: &CompiledPolicy, changed: &CompiledPolicy) -> bool {
    let broken = |compiled| events::invariants(compiled, world).iter().map(|broken| broken.invariant).collect::<Vec<InvariantId>>();
    broken(pack) != broken(changed)
}

/// The change as a survivor, unless an entry notices it.
fn survivor(
    mutant: &Mutant,
    pack: &CompiledPolicy,
    asking: &[Asking<'_>],
    actions: &Actions,
    suites: &[&Opened<'_>],
    host: &dyn Host,
) -> Option<Survivor> {
    let mut policy = pack.policy.clone();
    mutant.target.make(&mut policy);
    let affected = actions.affected(&pack.policy, mutant.target);
    let compiled = Arc::new(CompiledPolicy::new(policy).0);
    let options = Explained::default();
    let notices = |suite: &Opened<'_>, entry: &EntryDecl, world: &World| {
        let bench = Bench { opened: suite, compiled: &compiled, world, host, options: &options, branches: None, snapshots: false };
        // What can no longer be asked is noticed too.
        bench.run(entry).map_or(true, |ran| !ran.report.passed())
    };
    let mut about = asking.iter().filter(|asking| !asking.actions.is_disjoint(&affected));
    if about.any(|asking| notices(asking.suite, asking.entry, &asking.suite.world)) {
        return None;
    }
    // Events are checked and applied by the policy: with another one the world is another one, or is refused.
    let mut with_events = suites.iter().filter(|suite| !suite.events.is_empty());
    let is_noticed = with_events.any(|suite| match opened::world(suite.file, &suite.document, &compiled, host) {
        Ok(changed) => suite.document.entries.iter().any(|entry| notices(suite, entry, &changed.world)),
        Err(_) => true,
    });
    if is_noticed || suites.iter().any(|suite| breaks_other_invariants(&suite.world, pack, &compiled)) {
        return None;
    }
    Some(Survivor {
        place: pack.policy.sources.place(mutant.span),
        name: mutant.name.clone(),
        change: mutant.target.change(),
        equivalent: mutant.equivalent.clone(),
        apart: apart::find(pack, &compiled, &affected, suites),
    })
}
