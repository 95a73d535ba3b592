//! What many people can do together, where most of them hold roles of their own, so that hardly any two are alike.
//!
//! Without these roles many of them are: in a world in which nobody who is asked about has a role that is assigned to themselves, the same
//! facts are stated of all who are in the same groups. There one is asked about for all. How that world differs from the real one is the
//! difference of two worlds, which goes forwards from what changed: from each role to the requests that it can affect, each then decided in both.

use super::access::{self, AccessRow, Block, Selection, Subjects, Summary, Taken};
use super::diff::{Changes, DiffRow, Sides, selected_rows};
use super::overlay::Overlay;
use crate::eval::{Decider, Outcome, Truth};
use crate::policy::ActionId;
use crate::time::Interval;
use crate::world::{EntityId, FactId, ResolvedRequest};
use rustc_hash::{FxHashMap, FxHashSet};
use std::cell::Cell;
use std::sync::{Arc, mpsc};

/// With fewer classes of subjects that are alike than these, each is asked about as it is.
const MANY_CLASSES: usize = 16;

/// The list with its rows grouped, as far as `takes` says so of those that are allowed or unknown. `takes` is asked about one of several subjects
/// with the same row, and told how many they are.
pub fn blast_radius(decider: &Decider<'_>, selection: &Selection, takes: impl Fn(&AccessRow, usize) -> Taken) -> Summary {
    let own_roles_apart = || without_own_roles(decider, selection).and_then(|without| apart(decider, &without, selection, &takes));
    own_roles_apart().unwrap_or_else(|| access::summary_by_class(decider, selection, &takes))
}

/// The world in which no role is assigned to any of the subjects; `None` if that makes too few of them alike to be of use.
fn without_own_roles(decider: &Decider<'_>, selection: &Selection) -> Option<Overlay> {
    let classes = access::class_count(decider, selection)?;
    if classes < MANY_CLASSES {
        return None;
    }
    let (world, at) = (decider.world, decider.context.at);
    let subjects: Vec<EntityId> = match &selection.subjects {
        Subjects::Kinds(kinds) => world.living_of(kinds, at).collect(),
        Subjects::These(these) => these.iter().map(|&(subject, _)| subject).collect(),
    };
    let mut without = Overlay { world: world.clone(), context: decider.context.clone() };
    let assigned: Vec<FactId> = subjects.into_iter().flat_map(|subject| world.assignments_of(subject)).collect();
    for id in assigned {
        let during = world.fact(id).during;
        if during.contains(at) {
            // As if it had never been: that a role is there no more has consequences of its own.
            without.world.set_during(id, Interval { until: during.since, ..during });
        }
    }
    let left = access::class_count(&without.decider(decider.compiled), selection)?;
    (left * 2 < classes).then_some(without)
}

/// The list, of which the rows of the world without roles come by class, and what differs from these for each subject by itself. `None` if
/// anything might differ, if a request was given up, or if the rows are few.
fn apart(decider: &Decider<'_>, without: &Overlay, selection: &Selection, takes: &impl Fn(&AccessRow, usize) -> Taken) -> Option<Summary> {
    let old = without.decider(decider.compiled);
    let sides = Sides::of_one_world(&old, decider);
    // What roles change is found while the first blocks are worked out.
    ahead(access::blocks(&old, selection), |blocks| {
        let own = OwnRows { by_subject: selected_rows(sides, &Changes::between(sides), selection)? };
        let given_up = Cell::new(own.by_subject.values().flatten().any(DiffRow::is_given_up));
        let blocks = blocks.flat_map(|block| {
            given_up.set(given_up.get() || block.rows.iter().any(|row| row.exhausted.is_some()));
            own.added_to(block)
        });
        let summary = access::summary_without_ways(decider, selection, blocks, takes)?;
        (!given_up.get()).then_some(summary)
    })
}

/// So many blocks are worked out before they are needed.
const BLOCKS_AHEAD: usize = 8;

/// What `consume` makes of the blocks, which another thread works out ahead of it.
fn ahead<T>(blocks: impl Iterator<Item = Block> + Send, consume: impl FnOnce(&mut dyn Iterator<Item = Block>) -> T) -> T {
    std::thread::scope(|scope| {
        let (sender, receiver) = mpsc::sync_channel(BLOCKS_AHEAD);
        // It ends early where no more blocks are wanted.
        scope.spawn(move || blocks.map(|block| sender.send(block)).all(|sent| sent.is_ok()));
        consume(&mut receiver.into_iter())
    })
}

/// What roles of their own change for subjects.
struct OwnRows {
    by_subject: FxHashMap<EntityId, Vec<DiffRow>>,
}

impl OwnRows {
    /// A block of the world without roles as it is in the real one: what none of its subjects loses remains theirs together; what is left to each
    /// of the rest, and what it can do besides, comes apart.
    fn added_to(&self, block: Block) -> Vec<Block> {
        let Block { subjects, rows } = block;
        let changed_of = |subject: EntityId| self.by_subject.get(&subject).map_or(&[][..], Vec::as_slice);
        let lost: FxHashSet<Access> = subjects.iter().flat_map(|&subject| lost_rows(changed_of(subject))).collect();
        let (lost, kept): (Vec<AccessRow>, Arc<[AccessRow]>) = if lost.is_empty() {
            (Vec::new(), rows)
        } else {
            let (lost, kept): (Vec<_>, Vec<_>) = rows.iter().partition(|row| lost.contains(&Access::of(row.request)));
            (lost, kept.into())
        };
        let own = subjects.iter().flat_map(|&subject| {
            let changed = changed_of(subject);
            let own: FxHashSet<Access> = lost_rows(changed).collect();
            let left = lost.iter().filter(|row| !own.contains(&Access::of(row.request))).map(|row| of_subject(subject, row));
            [left.collect(), new_rows(subject, changed).collect()].map(|rows| Block { subjects: vec![subject], rows })
        });
        let own: Vec<Block> = own.filter(|block| !block.rows.is_empty()).collect();
        std::iter::once(Block { rows: kept, subjects }).chain(own).collect()
    }
}

/// What is done, and to what.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
struct Access {
    action: ActionId,
    resource: EntityId,
}

impl Access {
    fn of(request: ResolvedRequest) -> Access {
        Access { action: request.action, resource: request.resource }
    }
}

/// The rows of the world without roles that are none, or other ones, in the real one.
fn lost_rows(changed: &[DiffRow]) -> impl Iterator<Item = Access> {
    changed.iter().filter(|row| is_listed(row.old.outcome)).map(|row| Access::of(row.request().1))
}

/// The row as one of another subject.
fn of_subject(subject: EntityId, row: &AccessRow) -> AccessRow {
    AccessRow { request: ResolvedRequest { subject, ..row.request }, ..*row }
}

/// What a subject can do, or may be able to do, of what changes.
fn new_rows(subject: EntityId, changed: &[DiffRow]) -> impl Iterator<Item = AccessRow> {
    changed.iter().filter_map(move |row| {
        let outcome = row.new.outcome.filter(|&outcome| is_listed(Some(outcome)))?;
        let request = ResolvedRequest { subject, ..row.request().1 };
        // Whether it is sure that the subject is asked about is not part of a summary.
        Some(AccessRow { request, outcome, member: Truth::True, exhausted: row.new.exhausted })
    })
}

fn is_listed(outcome: Option<Outcome>) -> bool {
    matches!(outcome, Some(Outcome::Allowed | Outcome::Unknown))
}
