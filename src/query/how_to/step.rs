//! One change of a repair: the events that make it and who may do them, or who else is responsible.

use super::actors::{Actors, Target};
use super::answer::{ChangeStep, EventOption, ManualChange};
use super::{dates, manual, ownership};
use crate::counterfactual::Change;
use crate::eval::QueryContext;
use crate::query::Overlay;
use crate::time::Instant;
use crate::world::{ResolvedRequest, Statement};

/// How a change of the set comes about.
pub(super) fn step(decider: &QueryContext<'_>, asked: &ResolvedRequest, set: &[Change], change: Change) -> ChangeStep {
    let bare = ChangeStep::bare(change);
    match change {
        Change::Toggle(..) => bare,
        Change::Date { at, .. } => dates::step(decider, asked, change, at),
        Change::Remove(fact) => ChangeStep {
            removed: decider.world.find_holding(fact, decider.context.at),
            ..made(decider, asked, set, bare, Target::Remove(fact), fact)
        },
        Change::Set(fact) => made(decider, asked, set, bare, Target::Add(fact), fact),
        Change::Add(fact) => ChangeStep {
            ended: last_end(decider, fact),
            foreign: ownership::foreign_group(decider, fact),
            ..made(decider, asked, set, bare, Target::Add(fact), fact)
        },
    }
}

/// A change of facts with the events that make it, or with who is responsible if no event does.
fn made(
    decider: &QueryContext<'_>,
    asked: &ResolvedRequest,
    set: &[Change],
    bare: ChangeStep,
    target: Target,
    fact: Statement,
) -> ChangeStep {
    let by = options(decider, asked, set, bare.change, target);
    let manual =
        by.is_empty().then(|| ManualChange { keeper: manual::keeper(decider, fact), closed: Actors { decider, asked }.closed(target) });
    ChangeStep { by, manual, ..bare }
}

/// The events that make one change of the set. If nobody may do one of them now, the actors are those who may after the other changes of the
/// set.
fn options(decider: &QueryContext<'_>, asked: &ResolvedRequest, set: &[Change], change: Change, target: Target) -> Vec<EventOption> {
    let now = Actors { decider, asked }.options(target);
    let rest: Vec<Change> = set.iter().copied().filter(|&other| other != change).collect();
    if rest.is_empty() || now.iter().any(|option| option.distance() == 0) {
        return now;
    }
    let overlay = Overlay::of(decider, &rest);
    let after = overlay.decider(decider.compiled);
    let after = decider.about(&after);
    let mut later = Actors { decider: &after, asked }.options(target);
    if !later.iter().any(|option| !option.who.is_empty()) {
        return now;
    }
    later.iter_mut().filter(|option| !option.who.is_empty()).for_each(|option| option.afterwards = true);
    later
}

/// When a fact ended for the last time before now; `None` if it never held. Assumptions do not count.
fn last_end(decider: &QueryContext<'_>, fact: Statement) -> Option<Instant> {
    let world = decider.world;
    let ends = world.facts_stating(fact).filter(|&id| !world.is_assumed(id)).map(|id| world.fact(id).during.until);
    ends.filter(|&until| until <= decider.context.at).max()
}
