//! From a set of changes to sequences of acts that bring it about, each done in a world of its own.
//!
//! A plan is made forwards. Of the changes that are left, one is made by an event that somebody may do in the world as it is by then. If nobody
//! may, acts that come before are sought: an event that creates what the arguments name, or events that make a change by which the event's
//! condition becomes true. They are sought in the same way, [`MAX_DEPTH`] levels deep. What no event makes, or none that anybody may do, is
//! changed as a fact.

use super::answer::{Act, BlockedEvent, ChangeAct, Undoing};
use super::enabling::{blocked, enabling};
use super::event_case::EventCase;
use super::manual;
use super::trial::{Plan, Trial};
use super::undoing::undoing;
use crate::counterfactual::{Change, ChangeSet, Filled, entities};
use crate::eval::QueryContext;
use crate::policy::{EffectKind, EventId, InvariantId, MAX_VARIABLES};
use crate::world::{Argument, EntityId, ResolvedRequest, Statement};
use rustc_hash::FxHashSet;
use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};

/// How many levels of acts may come before an event for its sake.
const MAX_DEPTH: usize = 2;

/// The most acts of one plan.
const MAX_ACTS: usize = 6;

/// The most plans by one event, for one change.
const MAX_PLANS: usize = 4;

/// The most argument lists of one event that are done.
const MAX_CHOICES: usize = 8;

/// The most argument lists of one event for which acts that come before are sought, of those that name what lives and of the others each.
const MAX_PREPARED: usize = 2;

/// Makes plans for one question.
pub(super) struct Planner<'a> {
    trial: Trial<'a>,
    /// What the changes name that are to be made.
    wanted: RefCell<Vec<EntityId>>,
    /// Events that cannot make a change in the world as it is, nor after other acts.
    impossible: RefCell<FxHashSet<CaseKey>>,
}

/// An event, the effect that makes the change, the arguments that are tried, and what is wanted, if these name what an event is to create.
type CaseKey = (EventId, Option<(EffectKind, usize)>, [EntityId; MAX_VARIABLES], Vec<Vec<Argument>>, Vec<EntityId>);

/// Events that make a change, and are not part of a plan.
#[derive(Default)]
struct Unused {
    blocked: BTreeMap<EventId, EventCase>,
    self_defeating: BTreeSet<EventId>,
    broader: BTreeSet<EventId>,
}

impl<'a> Planner<'a> {
    pub(super) fn new(decider: &'a QueryContext<'a>, asked: &'a ResolvedRequest, allow: bool) -> Planner<'a> {
        Planner { trial: Trial::new(decider, asked, allow), wanted: RefCell::default(), impossible: RefCell::default() }
    }

    /// Whether a limit was reached: there may be other plans.
    pub(super) fn is_limited(&self) -> bool {
        self.trial.is_limited()
    }

    /// The invariants that acts would break which were tried.
    pub(super) fn broken_invariants(&self) -> Vec<InvariantId> {
        self.trial.broken_invariants()
    }

    /// The acts of a plan, with all who may do each.
    pub(super) fn complete(&self, plan: &Plan) -> Vec<Act> {
        self.trial.complete(plan)
    }

    /// How the subject could undo a plan alone, if it takes access away.
    pub(super) fn undoing(&self, plan: &Plan) -> Option<Undoing> {
        if self.trial.allow { None } else { undoing(&self.trial, plan) }
    }

    /// Plans that make the changes of a set, as far as they are needed, and turn the answer. No part of a plan turns it.
    pub(super) fn plans(&self, set: &ChangeSet) -> Vec<Plan> {
        *self.wanted.borrow_mut() = set.iter().flat_map(|&change| self.named(change)).collect();
        let mut plans: Vec<Plan> = Vec::new();
        for plan in self.turning(self.trial.begin(), set) {
            let plan = self.trial.smallest_part(plan);
            if plans.iter().all(|known| !same_acts(&known.acts, &plan.acts)) {
                plans.push(plan);
            }
        }
        plans
    }

    /// The plans that go on from a plan, make all changes and turn the answer.
    fn turning(&self, plan: &Plan, changes: &[Change]) -> Vec<Plan> {
        if self.trial.turns(plan) {
            return vec![plan.clone()];
        }
        let left = self.left_of(plan, changes);
        if left.is_empty() || self.is_full(plan) {
            return Vec::new();
        }
        let mut unused: Vec<(Change, Unused)> = Vec::new();
        for &change in &left {
            let (mut found, mut of_change, mut is_made_alone) = (Vec::new(), Unused::default(), false);
            for case in self.trial.within(plan, |actors| actors.events_for(change)) {
                let done = self.perform(plan, &case, 0);
                let turned: Vec<Plan> = done.iter().flat_map(|next| self.turning(next, changes)).take(MAX_PLANS).collect();
                match (done.is_empty(), turned.is_empty()) {
                    (true, _) => _ = of_change.blocked.entry(case.id).or_insert(case),
                    (false, true) => _ = of_change.self_defeating.insert(case.id),
                    (false, false) => {
                        is_made_alone |= done.iter().any(|next| makes_only(next, changes));
                        of_change.broader.insert(case.id);
                        found.extend(turned);
                    }
                }
            }
            if !found.is_empty() {
                if !is_made_alone && matches!(change, Change::Remove(_)) {
                    let alone = self.make(plan, change, &of_change);
                    found.extend(alone.iter().flat_map(|next| self.turning(next, changes)).take(MAX_PLANS));
                }
                return found;
            }
            unused.push((change, of_change));
        }
        // A change that some event makes may be possible once the others are made.
        unused.sort_by_key(|(_, unused)| unused.blocked.len() + unused.self_defeating.len());
        let Some((change, unused)) = unused.into_iter().next() else { return Vec::new() };
        let next = self.make(plan, change, &unused);
        next.map(|next| self.turning(&next, changes)).unwrap_or_default()
    }

    /// The entities that a change of facts names, an assigned role among them.
    fn named(&self, change: Change) -> Vec<EntityId> {
        let (Change::Add(fact) | Change::Set(fact) | Change::Remove(fact)) = change else { return Vec::new() };
        let role = match fact {
            Statement::Holds { role, .. } => Some(self.trial.decider.world.role_entity(role)),
            _ => None,
        };
        fact.named().chain(role).collect()
    }

    /// The changes that are not made yet.
    fn left_of(&self, plan: &Plan, changes: &[Change]) -> Vec<Change> {
        changes.iter().copied().filter(|&change| self.trial.is_left(plan, change)).collect()
    }

    /// The plans that go on from a plan by an event: at once if somebody may do it, else after acts that come before.
    fn perform(&self, plan: &Plan, case: &EventCase, depth: usize) -> Vec<Plan> {
        let is_first = plan.acts.is_empty() && depth == 0;
        let key = || {
            let creates = case.filled.choices.iter().any(|arguments| !self.trial.unborn(plan, case, arguments).is_empty());
            let wanted = if creates { self.wanted.borrow().clone() } else { Vec::new() };
            (case.id, case.partial.effect, case.partial.variables, case.filled.choices.clone(), wanted)
        };
        if is_first && self.impossible.borrow().contains(&key()) {
            return Vec::new();
        }
        let after = self.performed(plan, case, depth);
        if is_first && after.is_empty() {
            self.impossible.borrow_mut().insert(key());
        }
        after
    }

    fn performed(&self, plan: &Plan, case: &EventCase, depth: usize) -> Vec<Plan> {
        let mut after = Vec::new();
        let (mut living, mut unborn): (Vec<&Vec<Argument>>, Vec<&Vec<Argument>>) = Default::default();
        for arguments in &case.filled.choices {
            if after.len() >= MAX_CHOICES {
                break;
            }
            if !self.trial.unborn(plan, case, arguments).is_empty() {
                unborn.push(arguments);
            } else if let Some(next) = self.trial.happen(plan, case, arguments) {
                after.push(next);
            } else {
                living.push(arguments);
            }
        }
        if !case.filled.complete {
            self.trial.limit();
        }
        if after.is_empty() && case.is_near {
            let mut prepared = living.into_iter().take(MAX_PREPARED).chain(unborn.into_iter().take(MAX_PREPARED));
            if depth < MAX_DEPTH && plan.acts.len() + 1 < MAX_ACTS {
                let mut found = prepared.map(|arguments| self.perform_after(plan, case, arguments, depth));
                after = found.find(|found| !found.is_empty()).unwrap_or_default();
            } else if !self.trial.is_limited() && prepared.any(|arguments| self.may_follow(plan, case, arguments)) {
                self.trial.limit();
            }
        }
        after
    }

    /// Whether a plan has as many acts as it may have. Notes that a limit was reached if it has.
    fn is_full(&self, plan: &Plan) -> bool {
        let is_full = plan.acts.len() >= MAX_ACTS;
        if is_full {
            self.trial.limit();
        }
        is_full
    }

    /// Whether there are events to be tried that might let somebody do the event.
    fn may_follow(&self, plan: &Plan, case: &EventCase, arguments: &[Argument]) -> bool {
        let may_make = |change: Change| self.trial.within(plan, |actors| !actors.events_for(change).is_empty());
        match self.trial.unborn(plan, case, arguments).first() {
            Some(&entity) => self.trial.within(plan, |actors| !actors.events_creating(entity, &[]).is_empty()),
            None => enabling(&self.trial, plan, case, arguments).iter().any(|own| own.set.iter().all(|&change| may_make(change))),
        }
    }

    /// The plans that first make it possible that somebody does the event, and then do it.
    fn perform_after(&self, plan: &Plan, case: &EventCase, arguments: &[Argument], depth: usize) -> Vec<Plan> {
        let this = EventCase { filled: Filled { choices: vec![arguments.to_vec()], complete: true }, ..case.clone() };
        if let Some(&entity) = self.trial.unborn(plan, case, arguments).first() {
            let named: Vec<EntityId> = arguments.iter().flat_map(entities).chain(self.wanted.borrow().iter().copied()).collect();
            let creating = self.trial.within(plan, |actors| actors.events_creating(entity, &named));
            let created = creating.iter().flat_map(|own| self.perform(plan, own, depth + 1));
            let mut performed = created.map(|next| self.perform(&next, &this, depth + 1));
            return performed.find(|found| !found.is_empty()).unwrap_or_default();
        }
        for enabling in enabling(&self.trial, plan, case, arguments) {
            let enabled = self.events_making(plan, &enabling.set, depth + 1);
            let found: Vec<Plan> = enabled.iter().filter_map(|next| self.trial.happen(next, &this, arguments)).collect();
            if !found.is_empty() {
                return found;
            }
        }
        Vec::new()
    }

    /// The plans that go on from a plan by events alone and make all changes.
    fn events_making(&self, plan: &Plan, changes: &[Change], depth: usize) -> Vec<Plan> {
        let left = self.left_of(plan, changes);
        let Some(&change) = left.first() else { return vec![plan.clone()] };
        if self.is_full(plan) {
            return Vec::new();
        }
        let mut found = Vec::new();
        for case in self.trial.within(plan, |actors| actors.events_for(change)) {
            found.extend(self.perform(plan, &case, depth).iter().flat_map(|next| self.events_making(next, changes, depth)));
            if found.len() >= MAX_PLANS {
                break;
            }
        }
        found.truncate(MAX_PLANS);
        found
    }

    /// The plan that goes on by a change; `None` if that makes a world which a loader refuses.
    fn make(&self, plan: &Plan, change: Change, unused: &Unused) -> Option<Plan> {
        let blocked_events = || -> Vec<BlockedEvent> {
            let is_blocked = |case: &&EventCase| !unused.self_defeating.contains(&case.id) && !unused.broader.contains(&case.id);
            let cases = unused.blocked.values().filter(is_blocked);
            cases.map(|case| blocked(&self.trial, plan, case)).collect()
        };
        self.trial.change(plan, change, || {
            let self_defeating = unused.self_defeating.iter().copied().collect();
            let broader = unused.broader.iter().copied().collect();
            ChangeAct { blocked: blocked_events(), self_defeating, broader, ..manual::act(self.trial.decider, change) }
        })
    }
}

/// Whether the last act of a plan makes nothing but the changes.
fn makes_only(plan: &Plan, changes: &[Change]) -> bool {
    let is_wanted = |statement: &Statement| {
        changes.iter().any(|change| matches!(change, Change::Add(fact) | Change::Set(fact) | Change::Remove(fact) if fact == statement))
    };
    plan.changed_by_last().iter().all(is_wanted)
}

/// Whether the acts are the same, whoever does them.
pub(super) fn same_acts(ones: &[Act], others: &[Act]) -> bool {
    ones.len() == others.len() && ones.iter().all(|one| others.iter().any(|other| same_act(one, other)))
}

/// Whether two acts are the same, whoever does them.
pub(super) fn same_act(one: &Act, other: &Act) -> bool {
    match (one, other) {
        (Act::Event(one), Act::Event(other)) => one.event == other.event && one.arguments == other.arguments,
        (Act::Change(one), Act::Change(other)) => one.change == other.change,
        _ => false,
    }
}
