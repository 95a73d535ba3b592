//! Whether the subject of a question, whose access a way takes away, could take it back alone, and what else would prevent that.

use super::answer::{EventAct, Undoing};
use super::event_case::EventCase;
use super::manual;
use super::trial::{Plan, Trial};
use super::verify::turns_answer;
use crate::counterfactual::{Change, ChangeSet};
use crate::world::{Argument, Statement};

/// The most argument lists of one event that are tried.
const MAX_CHOICES: usize = 8;

/// The most facts that a way changes of which it is sought by which event they are restored.
const MAX_RESTORED: usize = 16;

/// The most parts of a condition that are looked at to find what would prevent an event.
const MAX_LOOKS: u32 = 400;

/// The most sets of changes that are tried to prevent it.
const MAX_PREVENTING: usize = 6;

/// The event by which the subject could get the access back after a plan, with the acts that would prevent it; `None` if no event is found.
pub(super) fn undoing(trial: &Trial<'_>, plan: &Plan) -> Option<Undoing> {
    let (case, arguments) = undoing_event(trial, plan)?;
    let subject = trial.asked.subject;
    let preventing = trial.within(plan, |actors| actors.decider.preventions_of_event(case.id, subject, &arguments, MAX_LOOKS).sets);
    let mut preventing: Vec<&ChangeSet> = preventing.iter().filter(|set| !set.is_empty()).collect();
    let all = preventing.len();
    // What turns the answer by itself is another way, and to prevent something no new facts are made.
    let only_takes = |set: &ChangeSet| set.iter().all(|change| matches!(change, Change::Remove(_)));
    preventing.retain(|set| only_takes(set) && !turns_answer(trial.decider, trial.asked, set, trial.allow));
    let is_otherwise = preventing.len() < all;
    preventing.sort_by_key(|set| set.len());
    let made = preventing.into_iter().take(MAX_PREVENTING).filter_map(|set| made(trial, plan, set));
    let lasts = |after: &Plan| trial.turns(after) && undoing_event(trial, after).is_none();
    let found = made.filter(lasts).map(|after| trial.complete(&after).split_off(plan.acts.len())).next();
    let unless = if is_otherwise { found } else { Some(found.unwrap_or_default()) };
    let examples = case.examples(trial.decider, &arguments);
    let event = EventAct { event: case.id, arguments, now: Vec::new(), then: vec![subject], exhaustive: true, examples };
    Some(Undoing { event, unless })
}

/// An event that the subject may do after a plan, and by which the answer is the old one again, with its arguments.
fn undoing_event(trial: &Trial<'_>, plan: &Plan) -> Option<(EventCase, Vec<Argument>)> {
    let changed = plan.overlay.changed_from(trial.decider.world);
    changed.into_iter().take(MAX_RESTORED).find_map(|statement| {
        let cases = trial.within(plan, |actors| actors.events_for(restoring(plan, statement)));
        cases.into_iter().filter(|case| case.event(trial.decider).done_by.is_none()).find_map(|case| {
            let undoes = |arguments: &&Vec<Argument>| trial.is_undone(plan, &case, arguments);
            let arguments = case.filled.choices.iter().take(MAX_CHOICES).find(undoes)?.clone();
            Some((case, arguments))
        })
    })
}

/// The change that makes a statement as it was before a plan that changed it.
fn restoring(plan: &Plan, statement: Statement) -> Change {
    match statement {
        _ if plan.overlay.world.find_holding(statement, plan.overlay.context.at).is_some() => Change::Remove(statement),
        Statement::Value { .. } => Change::Set(statement),
        statement => Change::Add(statement),
    }
}

/// The plan that goes on by changes, each by an event if somebody may do one; `None` if a loader refuses the world then.
fn made(trial: &Trial<'_>, plan: &Plan, set: &ChangeSet) -> Option<Plan> {
    set.iter().try_fold(plan.clone(), |plan, &change| {
        let cases = trial.within(&plan, |actors| actors.events_for(change));
        let mut choices =
            cases.iter().flat_map(|case| case.filled.choices.iter().take(MAX_CHOICES).map(move |arguments| (case, arguments)));
        let living = |(case, arguments): &(&EventCase, &Vec<Argument>)| trial.unborn(&plan, case, arguments).is_empty();
        let by_event = choices.by_ref().filter(living).find_map(|(case, arguments)| trial.happen(&plan, case, arguments));
        by_event.or_else(|| trial.change(&plan, change, || manual::act(trial.decider, change)))
    })
}
