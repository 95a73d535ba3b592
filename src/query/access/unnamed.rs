//! Which subjects and resources an access list may miss: the world does not name them, and patterns leave open what they may do.

use super::selection::{Resources, Selection, Subjects};
use crate::eval::{Decider, Outcome};
use crate::explain;
use crate::policy::{ActionId, KindSet};
use crate::query::lists::{OpenItem, Range, Unnamed, stands_for, unnamed_holdings};
use crate::world::{EntityId, ResolvedRequest};
use std::collections::BTreeSet;

/// If more requests than these would have to be decided, it is only looked which patterns could be about such entities.
const MANY: usize = 2000;

/// The subjects and resources that the list may miss. Worlds that no import made name all there is.
pub fn unnamed_access(decider: &Decider<'_>, selection: &Selection) -> BTreeSet<Unnamed> {
    if decider.world.exports().is_empty() {
        return BTreeSet::new();
    }
    let these: Vec<EntityId> = match &selection.subjects {
        Subjects::These(these) => these.iter().map(|&(subject, _)| subject).collect(),
        Subjects::Kinds(_) => Vec::new(),
    };
    let subjects = match &selection.subjects {
        Subjects::Kinds(kinds) => Range::Kinds(kinds.clone()),
        Subjects::These(_) => Range::These(&these),
    };
    let resources = match &selection.resources {
        Resources::Kinds(kinds) => Range::Kinds(kinds.clone()),
        Resources::These(these) => Range::These(these),
    };
    match decided(decider, &subjects, &selection.actions, &resources) {
        Some(found) => found,
        None => unnamed_holdings(decider, &subjects, &resources),
    }
}

/// The same by deciding each request of an entity without a name; `None` if there are too many.
fn decided(decider: &Decider<'_>, subjects: &Range<'_>, actions: &[ActionId], resources: &Range<'_>) -> Option<BTreeSet<Unnamed>> {
    let (unnamed_subjects, unnamed_resources) = (unnamed(decider, subjects), unnamed(decider, resources));
    let (all_subjects, all_resources) = (living(decider, subjects)?, living(decider, resources)?);
    let requests = |subjects: &[EntityId], resources: &[EntityId]| subjects.len() * resources.len() * actions.len();
    if requests(&unnamed_subjects, &all_resources) + requests(&all_subjects, &unnamed_resources) > MANY {
        return None;
    }
    let mut found = BTreeSet::new();
    for (subjects, resources, is_subject) in [(&unnamed_subjects, &all_resources, true), (&all_subjects, &unnamed_resources, false)] {
        for &subject in subjects {
            for &resource in resources {
                let without_name = if is_subject { subject } else { resource };
                for &action in actions {
                    by_patterns(decider, ResolvedRequest { subject, action, resource }, without_name, &mut found);
                }
            }
        }
    }
    Some(found)
}

/// Adds the patterns by which a request about an entity without a name may be allowed.
fn by_patterns(decider: &Decider<'_>, request: ResolvedRequest, without_name: EntityId, found: &mut BTreeSet<Unnamed>) {
    let world = decider.world;
    let stands = decider.compiled.policy.actions[request.action].on.contains(world.kind(request.resource));
    if !stands || !matches!(decider.decide(&request).outcome, Outcome::Allowed | Outcome::Unknown) {
        return;
    }
    let kind = world.kind(without_name);
    for datum in explain::missing(world, &decider.record_decision(&request)) {
        if let OpenItem::Pattern(pattern) = OpenItem::of(decider, datum)
            && stands_for(decider, pattern, kind)
        {
            found.insert(Unnamed { kind, pattern });
        }
    }
}

/// For each kind over which a side ranges, the entity that stands for those without a name.
fn unnamed(decider: &Decider<'_>, range: &Range<'_>) -> Vec<EntityId> {
    match range {
        Range::Kinds(kinds) => kinds.iter().filter_map(|kind| decider.world.unnamed(kind)).collect(),
        Range::These(_) => Vec::new(),
    }
}

/// The entities of a side; `None` if there are too many.
fn living(decider: &Decider<'_>, range: &Range<'_>) -> Option<Vec<EntityId>> {
    let found: Vec<EntityId> = match range {
        Range::Kinds(kinds) => living_of(decider, kinds).take(MANY).collect(),
        Range::These(these) => these.to_vec(),
    };
    (found.len() < MANY).then_some(found)
}

fn living_of<'a>(decider: &'a Decider<'_>, kinds: &'a KindSet) -> impl Iterator<Item = EntityId> + 'a {
    decider.world.living_of(kinds, decider.context.at)
}
