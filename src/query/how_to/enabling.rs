//! What would have to be changed so that somebody may do an event.

use super::actors::{Actors, KnownAccess};
use super::answer::{BlockedEvent, PerhapsAble};
use super::event_case::EventCase;
use super::trial::{Plan, Trial};
use crate::counterfactual::{Change, ChangeSet};
use crate::query::Overlay;
use crate::world::{Argument, EntityId};
use std::collections::BTreeSet;

/// The most sets of changes, each of which would make the condition of an event true, that are sought as acts before it.
const MAX_ENABLING: usize = 6;

/// The most parts of conditions that are looked at to find these.
const MAX_LOOKS: u32 = 400;

/// The most subjects for whom these are sought.
const MAX_UNABLE: usize = 12;

/// Changes of facts that would let somebody do an event.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Enabling {
    /// Whether one of them is about who would do it.
    is_about_doer: bool,
    count: usize,
    pub(super) set: ChangeSet,
}

/// Sets of changes, each of which would let somebody do the event after a plan: first those that are not about who that is, then the
/// smallest.
pub(super) fn enabling(trial: &Trial<'_>, plan: &Plan, case: &EventCase, arguments: &[Argument]) -> Vec<Enabling> {
    trial.within(plan, |actors| {
        let decider = actors.decider;
        let candidates = actors.candidates_for(case, arguments);
        let able = |&doer: &EntityId| case.reads_as_required(decider, doer, arguments) && actors.is_allowed(case, doer, arguments);
        let mut sets: BTreeSet<Enabling> = BTreeSet::new();
        // Where the condition does not ask who does the event, it takes the same for all.
        let most = if case.asks_who(decider).in_condition { MAX_UNABLE } else { 1 };
        for doer in candidates.subjects.iter().copied().filter(able).take(most) {
            let is_about_doer = |change: &Change| match change {
                Change::Add(fact) | Change::Remove(fact) | Change::Set(fact) => fact.about().any(|entity| entity == doer),
                Change::Toggle(..) => false,
            };
            let is_rule = |change: &Change| matches!(change, Change::Toggle(..));
            let repairs = decider.repairs_of_event(case.id, doer, arguments, MAX_LOOKS).sets;
            let of_facts = repairs.into_iter().filter(|set| !set.is_empty() && !set.iter().any(is_rule));
            sets.extend(of_facts.map(|set| Enabling { is_about_doer: set.iter().any(is_about_doer), count: set.len(), set }));
        }
        sets.into_iter().take(MAX_ENABLING).collect()
    })
}

/// What stands in the way of an event that nobody may do after a plan.
pub(super) fn blocked(trial: &Trial<'_>, plan: &Plan, case: &EventCase) -> BlockedEvent {
    let needs = || {
        let arguments = case.filled.choices.iter().find(|arguments| trial.unborn(plan, case, arguments).is_empty())?;
        let set = enabling(trial, plan, case, arguments).into_iter().find(|enabling| !enabling.is_about_doer)?.set;
        let after = Overlay::of(&plan.overlay.decider(trial.decider.compiled), &set);
        let decider = after.decider(trial.decider.compiled);
        let decider = trial.decider.about(&decider);
        let actors = Actors { decider: &decider, asked: trial.asked, known: &KnownAccess::default() };
        actors.first_doer(case, arguments).map(|then| (set, then))
    };
    let (needs, then) = needs().unzip();
    let perhaps = trial.within(plan, |actors| actors.perhaps(case)).map(|(subject, missing)| {
        let missing = missing.into_iter().map(|datum| (datum, trial.decider.opening(datum))).collect();
        PerhapsAble { subject, missing }
    });
    BlockedEvent { event: case.id, needs: needs.unwrap_or_default(), then, perhaps }
}
