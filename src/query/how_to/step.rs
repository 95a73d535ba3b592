//! One change of a repair: the events that make it and who may do them, or who else is responsible.

use super::actors::{Actors, Options, Purpose, Target};
use super::answer::{ChangeStep, ManualChange};
use super::{dates, manual, ownership};
use crate::counterfactual::Change;
use crate::eval::QueryContext;
use crate::query::Overlay;
use crate::time::Instant;
use crate::world::{ResolvedRequest, Statement};

/// How a change of the set comes about. `allow` is whether the wanted answer is yes.
pub(super) fn step(decider: &QueryContext<'_>, asked: &ResolvedRequest, allow: bool, set: &[Change], change: Change) -> ChangeStep {
    let bare = ChangeStep::bare(change);
    let rest: Vec<Change> = set.iter().copied().filter(|&other| other != change).collect();
    let made = |target: Target, fact: Statement| {
        let Options { by, closed, self_defeating } = options(decider, asked, Purpose { allow, rest: &rest }, target);
        let manual = by.is_empty().then(|| ManualChange { keeper: manual::keeper(decider, fact), closed, self_defeating });
        ChangeStep { by, manual, ..bare.clone() }
    };
    match change {
        Change::Toggle(..) => bare,
        Change::Date { at, .. } => dates::step(decider, asked, change, at),
        Change::Remove(fact) => {
            ChangeStep { removed: decider.world.find_holding(fact, decider.context.at), ..made(Target::Remove(fact), fact) }
        }
        Change::Set(fact) => made(Target::Add(fact), fact),
        Change::Add(fact) => {
            ChangeStep { ended: last_end(decider, fact), foreign: ownership::foreign_group(decider, fact), ..made(Target::Add(fact), fact) }
        }
    }
}

/// The events that make one change of a repair. If nobody may do one of them now, the actors are those who may after the other changes.
fn options(decider: &QueryContext<'_>, asked: &ResolvedRequest, purpose: Purpose<'_>, target: Target) -> Options {
    let now = Actors { decider, asked }.options(target, purpose);
    if purpose.rest.is_empty() || now.by.iter().any(|option| option.distance() == 0) {
        return now;
    }
    let overlay = Overlay::of(decider, purpose.rest);
    let after = overlay.decider(decider.compiled);
    let after = decider.about(&after);
    let mut later = Actors { decider: &after, asked }.options(target, Purpose { rest: &[], ..purpose });
    if !later.by.iter().any(|option| !option.who.is_empty()) {
        return now;
    }
    later.by.iter_mut().filter(|option| !option.who.is_empty()).for_each(|option| option.afterwards = true);
    later
}

/// When a fact ended for the last time before now; `None` if it never held. Assumptions do not count.
fn last_end(decider: &QueryContext<'_>, fact: Statement) -> Option<Instant> {
    let world = decider.world;
    let ends = world.facts_stating(fact).filter(|&id| !world.is_assumed(id)).map(|id| world.fact(id).during.until);
    ends.filter(|&until| until <= decider.context.at).max()
}
