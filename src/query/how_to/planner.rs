//! From a set of changes to sequences of acts that bring it about, each done in a world of its own.
//!
//! A plan is made forwards. Of the changes that are left, one is made by an event that somebody may do in the world as it is by then. If nobody
//! may, acts that come before are sought: an event that creates what the arguments name, or events that make a change by which the event's
//! condition becomes true. They are sought in the same way, [`MAX_DEPTH`] levels deep. What no event makes, or none that anybody may do, is
//! changed as a fact.
//!
//! Invariant: each act of a plan was done, with all its effects, in the world that the acts before it left, and no act left a world that a
//! loader refuses.

use super::actors::{Actors, Candidates};
use super::answer::{Act, BlockedEvent, ChangeAct, EventAct};
use super::event_case::EventCase;
use super::verify::{is_turned, names_only_living};
use super::{manual, ownership};
use crate::counterfactual::{Change, ChangeSet, Filled, entities};
use crate::eval::QueryContext;
use crate::events::with_same_effects;
use crate::policy::{EffectKind, EventId, Id, InvariantId, MAX_VARIABLES};
use crate::query::Overlay;
use crate::time::Instant;
use crate::world::{Argument, EntityId, EventRecord, ResolvedRequest, Statement};
use rustc_hash::FxHashSet;
use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, BTreeSet};

/// How many levels of acts may come before an event for its sake.
const MAX_DEPTH: usize = 2;

/// The most acts of one plan.
const MAX_ACTS: usize = 6;

/// The most plans by one event, for one change.
const MAX_PLANS: usize = 4;

/// The most events with their arguments that are tried for one question, in all plans.
const MAX_TRIED: usize = 2_000;

/// The most argument lists of one event that are done.
const MAX_CHOICES: usize = 8;

/// The most argument lists of one event for which acts that come before are sought, of those that name what lives and of the others each.
const MAX_PREPARED: usize = 2;

/// The most sets of changes, each of which would make the condition of an event true, that are sought as acts before it.
const MAX_ENABLING: usize = 6;

/// The most parts of conditions that are looked at to find these.
const MAX_LOOKS: u32 = 400;

/// The most subjects for whom these are sought.
const MAX_UNABLE: usize = 12;

/// Makes plans for one question.
pub(super) struct Planner<'a> {
    decider: &'a QueryContext<'a>,
    asked: &'a ResolvedRequest,
    allow: bool,
    /// How many events may still be tried.
    left: Cell<usize>,
    limited: Cell<bool>,
    /// What the changes name that are to be made.
    wanted: RefCell<Vec<EntityId>>,
    /// Events that cannot make a change in the world as it is, nor after other acts.
    impossible: RefCell<FxHashSet<CaseKey>>,
    /// The invariants that acts would break which were tried.
    broken: RefCell<BTreeSet<InvariantId>>,
}

/// An event, the effect that makes the change, the arguments that are tried, and what is wanted, if these name what an event is to create.
type CaseKey = (EventId, Option<(EffectKind, usize)>, [EntityId; MAX_VARIABLES], Vec<Vec<Argument>>, Vec<EntityId>);

/// Acts, and the world and context after them.
#[derive(Clone)]
pub(super) struct Plan {
    pub(super) acts: Vec<Act>,
    pub(super) overlay: Overlay,
}

impl Plan {
    /// The plan with one more act, and the world and context after it.
    fn then(&self, act: Act, overlay: Overlay) -> Plan {
        Plan { acts: self.acts.iter().cloned().chain([act]).collect(), overlay }
    }
}

/// Changes of facts that would let somebody do an event.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Enabling {
    /// Whether one of them is about who would do it.
    is_about_doer: bool,
    count: usize,
    set: ChangeSet,
}

/// Events that make a change, and are not part of a plan.
#[derive(Default)]
struct Unused {
    blocked: BTreeMap<EventId, EventCase>,
    self_defeating: BTreeSet<EventId>,
}

impl<'a> Planner<'a> {
    pub(super) fn new(decider: &'a QueryContext<'a>, asked: &'a ResolvedRequest, allow: bool) -> Planner<'a> {
        Planner {
            decider,
            asked,
            allow,
            left: Cell::new(MAX_TRIED),
            limited: Cell::new(false),
            wanted: RefCell::default(),
            impossible: RefCell::default(),
            broken: RefCell::default(),
        }
    }

    /// Whether the wanted answer is a yes.
    pub(super) fn allows(&self) -> bool {
        self.allow
    }

    /// Whether a limit was reached: there may be other plans.
    pub(super) fn is_limited(&self) -> bool {
        self.limited.get()
    }

    /// Plans that make the changes of a set, as far as they are needed, and turn the answer. No part of a plan turns it.
    pub(super) fn plans(&self, set: &ChangeSet) -> Vec<Plan> {
        *self.wanted.borrow_mut() = set.iter().flat_map(|&change| self.named(change)).collect();
        let begin = Plan { acts: Vec::new(), overlay: Overlay::of(self.decider, &[]) };
        let mut plans: Vec<Plan> = Vec::new();
        for plan in self.turning(&begin, set) {
            let plan = self.smallest_part(plan);
            if plans.iter().all(|known| !same_acts(&known.acts, &plan.acts)) {
                plans.push(plan);
            }
        }
        plans
    }

    /// The plans that go on from a plan, make all changes and turn the answer.
    fn turning(&self, plan: &Plan, changes: &[Change]) -> Vec<Plan> {
        if self.turns(plan) {
            return vec![plan.clone()];
        }
        let left = self.left_of(plan, changes);
        if left.is_empty() || plan.acts.len() >= MAX_ACTS {
            return Vec::new();
        }
        let mut unused: Vec<(Change, Unused)> = Vec::new();
        for &change in &left {
            let (mut found, mut of_change) = (Vec::new(), Unused::default());
            for case in self.within(&plan.overlay, |actors| actors.events_for(change)) {
                let done = self.perform(plan, &case, 0);
                let turned: Vec<Plan> = done.iter().flat_map(|next| self.turning(next, changes)).take(MAX_PLANS).collect();
                match (done.is_empty(), turned.is_empty()) {
                    (true, _) => _ = of_change.blocked.entry(case.id).or_insert(case),
                    (false, true) => _ = of_change.self_defeating.insert(case.id),
                    (false, false) => found.extend(turned),
                }
            }
            if !found.is_empty() {
                return found;
            }
            unused.push((change, of_change));
        }
        // A change that some event makes may be possible once the others are made.
        unused.sort_by_key(|(_, unused)| unused.blocked.len() + unused.self_defeating.len());
        let Some((change, unused)) = unused.into_iter().next() else { return Vec::new() };
        let next = self.make(plan, change, unused);
        next.map(|next| self.turning(&next, changes)).unwrap_or_default()
    }

    /// The entities that a change of facts names, an assigned role among them.
    fn named(&self, change: Change) -> Vec<EntityId> {
        let (Change::Add(fact) | Change::Set(fact) | Change::Remove(fact)) = change else { return Vec::new() };
        let role = match fact {
            Statement::Holds { role, .. } => Some(self.decider.world.role_entity(role)),
            _ => None,
        };
        fact.named().chain(role).collect()
    }

    /// The changes that are not made yet.
    fn left_of(&self, plan: &Plan, changes: &[Change]) -> Vec<Change> {
        let Overlay { world, context } = &plan.overlay;
        let is_left = |change: &Change| match *change {
            Change::Add(fact) | Change::Set(fact) => world.find_holding(fact, context.at).is_none(),
            Change::Remove(fact) => {
                self.within(&plan.overlay, |actors| actors.decider.env.holds_or_may(fact)) || world.find_holding(fact, context.at).is_some()
            }
            Change::Toggle(toggle, on) => context.toggles[toggle.index()] != on,
        };
        changes.iter().copied().filter(is_left).collect()
    }

    /// The plans that go on from a plan by an event: at once if somebody may do it, else after acts that come before.
    fn perform(&self, plan: &Plan, case: &EventCase, depth: usize) -> Vec<Plan> {
        let is_first = plan.acts.is_empty() && depth == 0;
        let key = || {
            let creates = case.filled.choices.iter().any(|arguments| !self.unborn(plan, case, arguments).is_empty());
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
            if !self.unborn(plan, case, arguments).is_empty() {
                unborn.push(arguments);
            } else if let Some(next) = self.happen(plan, case, arguments) {
                after.push(next);
            } else {
                living.push(arguments);
            }
        }
        if !case.filled.complete {
            self.limited.set(true);
        }
        if after.is_empty() && case.is_near && depth < MAX_DEPTH && plan.acts.len() + 1 < MAX_ACTS {
            let prepared = living.into_iter().take(MAX_PREPARED).chain(unborn.into_iter().take(MAX_PREPARED));
            let mut found = prepared.map(|arguments| self.perform_after(plan, case, arguments, depth));
            after = found.find(|found| !found.is_empty()).unwrap_or_default();
        }
        after
    }

    /// The plans that first make it possible that somebody does the event, and then do it.
    fn perform_after(&self, plan: &Plan, case: &EventCase, arguments: &[Argument], depth: usize) -> Vec<Plan> {
        let this = EventCase { filled: Filled { choices: vec![arguments.to_vec()], complete: true }, ..case.clone() };
        if let Some(&entity) = self.unborn(plan, case, arguments).first() {
            let named: Vec<EntityId> = arguments.iter().flat_map(entities).chain(self.wanted.borrow().iter().copied()).collect();
            let creating = self.within(&plan.overlay, |actors| actors.events_creating(entity, &named));
            let created = creating.iter().flat_map(|own| self.perform(plan, own, depth + 1));
            let mut performed = created.map(|next| self.perform(&next, &this, depth + 1));
            return performed.find(|found| !found.is_empty()).unwrap_or_default();
        }
        for enabling in self.enabling(plan, case, arguments) {
            let enabled = self.events_making(plan, &enabling.set, depth + 1);
            let found: Vec<Plan> = enabled.iter().filter_map(|next| self.happen(next, &this, arguments)).collect();
            if !found.is_empty() {
                return found;
            }
        }
        Vec::new()
    }

    /// Sets of changes, each of which would let somebody do the event: first those that are not about who that is, then the smallest.
    fn enabling(&self, plan: &Plan, case: &EventCase, arguments: &[Argument]) -> Vec<Enabling> {
        self.within(&plan.overlay, |actors| {
            let decider = actors.decider;
            let Candidates { subjects, .. } = actors.candidates_for(case, arguments);
            let able = |&doer: &EntityId| case.reads_as_required(decider, doer, arguments) && case.is_allowed(decider, doer, arguments);
            let mut sets: BTreeSet<Enabling> = BTreeSet::new();
            for doer in subjects.into_iter().filter(able).take(MAX_UNABLE) {
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

    /// The plans that go on from a plan by events alone and make all changes.
    fn events_making(&self, plan: &Plan, changes: &[Change], depth: usize) -> Vec<Plan> {
        let left = self.left_of(plan, changes);
        let Some(&change) = left.first() else { return vec![plan.clone()] };
        if plan.acts.len() >= MAX_ACTS {
            return Vec::new();
        }
        let mut found = Vec::new();
        for case in self.within(&plan.overlay, |actors| actors.events_for(change)) {
            found.extend(self.perform(plan, &case, depth).iter().flat_map(|next| self.events_making(next, changes, depth)));
            if found.len() >= MAX_PLANS {
                break;
            }
        }
        found.truncate(MAX_PLANS);
        found
    }

    /// The plan that goes on by an event with these arguments; `None` if nobody may do it, or if it cannot happen like that.
    fn happen(&self, plan: &Plan, case: &EventCase, arguments: &[Argument]) -> Option<Plan> {
        if self.left.get() == 0 || !self.decider.budget.lasts() {
            self.limited.set(true);
            return None;
        }
        self.left.set(self.left.get() - 1);
        let Candidates { subjects, exhaustive } = self.within(&plan.overlay, |actors| actors.doers(case, arguments));
        let &first = subjects.first()?;
        let event = self.record(case.id, first, arguments);
        let overlay = self.done(&plan.overlay, &event)?;
        if !case.uses_each_argument(self.decider, arguments, &overlay.changed_from(&plan.overlay.world)) {
            return None;
        }
        // Whoever does something else by it does not do this act.
        let then = self.within(&plan.overlay, |actors| with_same_effects(actors.decider, &event, &subjects));
        let lives_now = |&entity: &EntityId| self.decider.world.lives(entity, self.decider.context.at);
        let named: Vec<EntityId> = self.existing(case, arguments).collect();
        let possible_now = plan.acts.is_empty() || named.iter().all(lives_now);
        let is_free = |doer: &EntityId| plan.acts.is_empty() || lives_now(doer) && case.may(self.decider, *doer, arguments);
        let now = if possible_now { then.iter().copied().filter(is_free).collect() } else { Vec::new() };
        let act = EventAct { event: case.id, arguments: arguments.to_vec(), now, then, exhaustive };
        Some(plan.then(Act::Event(act), overlay))
    }

    /// An event at the date of the question.
    fn record(&self, event: EventId, by: EntityId, arguments: &[Argument]) -> EventRecord {
        let span = self.decider.compiled.policy.events[event].meta.span;
        EventRecord { event, at: self.decider.context.at, by, arguments: arguments.to_vec(), span }
    }

    /// The world after an event; `None` if it is refused.
    fn done(&self, before: &Overlay, event: &EventRecord) -> Option<Overlay> {
        let mut after = before.clone();
        after.happen(self.decider.compiled, event).ok()?;
        self.is_accepted(before, &after).then_some(after)
    }

    /// Whether a loader accepts a world that an act makes. Notes the invariants that it breaks.
    fn is_accepted(&self, before: &Overlay, after: &Overlay) -> bool {
        let refusals = after.refusals(self.decider.compiled, &before.world);
        self.broken.borrow_mut().extend(refusals.broken.iter().map(|broken| broken.invariant));
        refusals.is_empty()
    }

    /// The invariants that acts would break which were tried.
    pub(super) fn broken_invariants(&self) -> Vec<InvariantId> {
        self.broken.borrow().iter().copied().collect()
    }

    /// The plan that goes on by a change; `None` if that makes a world which a loader refuses.
    fn make(&self, plan: &Plan, change: Change, unused: Unused) -> Option<Plan> {
        let overlay = self.changed(&plan.overlay, change)?;
        let (decider, at) = (self.decider, self.decider.context.at);
        let mut act = ChangeAct {
            change,
            removed: None,
            ended: None,
            foreign: None,
            keeper: None,
            blocked: self.blocked(plan, unused.blocked.into_values().filter(|case| !unused.self_defeating.contains(&case.id))),
            self_defeating: unused.self_defeating.iter().copied().collect(),
        };
        match change {
            Change::Add(fact) => {
                act.ended = last_end(decider, fact);
                act.foreign = ownership::foreign_group(decider, fact);
                act.keeper = Some(manual::keeper(decider, fact));
            }
            Change::Remove(fact) => {
                act.removed = decider.world.find_holding(fact, at);
                act.keeper = Some(manual::keeper(decider, fact));
            }
            Change::Set(fact) => act.keeper = Some(manual::keeper(decider, fact)),
            Change::Toggle(..) => {}
        }
        Some(plan.then(Act::Change(act), overlay))
    }

    /// What stands in the way of events that nobody may do.
    fn blocked(&self, plan: &Plan, cases: impl Iterator<Item = EventCase>) -> Vec<BlockedEvent> {
        let needs = |case: &EventCase| {
            let arguments = case.filled.choices.iter().find(|arguments| self.unborn(plan, case, arguments).is_empty())?;
            let set = self.enabling(plan, case, arguments).into_iter().find(|enabling| !enabling.is_about_doer)?.set;
            let after = Overlay::of(&plan.overlay.decider(self.decider.compiled), &set);
            let then = self.within(&after, |actors| actors.doers(case, arguments)).subjects.first().copied();
            then.map(|then| (set, then))
        };
        let blocked = |case: EventCase| {
            let (needs, then) = needs(&case).unzip();
            BlockedEvent { event: case.id, needs: needs.unwrap_or_default(), then }
        };
        cases.map(blocked).collect()
    }

    /// The world after a change; `None` if it is refused.
    fn changed(&self, before: &Overlay, change: Change) -> Option<Overlay> {
        let possible = self.within(before, |actors| names_only_living(actors.decider, change));
        let after = Overlay::of(&before.decider(self.decider.compiled), &[change]);
        (possible && self.is_accepted(before, &after)).then_some(after)
    }

    /// The smallest part of a plan that can be done by itself and turns the answer.
    fn smallest_part(&self, plan: Plan) -> Plan {
        let count = plan.acts.len();
        let mut parts: Vec<u32> = (1..(1u32 << count) - 1).collect();
        parts.sort_by_key(|part| part.count_ones());
        let part_of = |part: u32| -> Option<Plan> {
            let mut done = Plan { acts: Vec::new(), overlay: Overlay::of(self.decider, &[]) };
            for (_, act) in plan.acts.iter().enumerate().filter(|(index, _)| part & (1 << index) != 0) {
                let overlay = match act {
                    Act::Event(act) => self.done(&done.overlay, &self.record(act.event, *act.then.first()?, &act.arguments))?,
                    Act::Change(act) => self.changed(&done.overlay, act.change)?,
                };
                done = done.then(act.clone(), overlay);
            }
            self.turns(&done).then_some(done)
        };
        parts.into_iter().find_map(part_of).unwrap_or(plan)
    }

    /// Whether the answer is the wanted one after a plan.
    fn turns(&self, plan: &Plan) -> bool {
        self.within(&plan.overlay, |actors| is_turned(actors.decider, self.asked, self.allow))
    }

    /// Asks about a changed world.
    fn within<T>(&self, overlay: &Overlay, ask: impl FnOnce(&Actors<'_>) -> T) -> T {
        let decider = overlay.decider(self.decider.compiled);
        let decider = self.decider.about(&decider);
        ask(&Actors { decider: &decider, asked: self.asked })
    }

    /// The entities that the arguments name and that do not live yet, though the event does not create them.
    fn unborn(&self, plan: &Plan, case: &EventCase, arguments: &[Argument]) -> Vec<EntityId> {
        let world = &plan.overlay.world;
        let lives = |entity: EntityId| world.lives(entity, self.decider.context.at) || world.role_of(entity).is_some();
        self.existing(case, arguments).filter(|&entity| !lives(entity)).collect()
    }

    /// The entities that the arguments name and that the event does not create.
    fn existing<'c>(&'c self, case: &EventCase, arguments: &'c [Argument]) -> impl Iterator<Item = EntityId> + 'c {
        let parameters = case.event(self.decider).parameters.iter().zip(arguments);
        parameters.filter(|(parameter, _)| !parameter.created).flat_map(|(_, argument)| entities(argument))
    }
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

/// When a fact ended for the last time before now; `None` if it never held. Assumptions do not count.
fn last_end(decider: &QueryContext<'_>, fact: Statement) -> Option<Instant> {
    let world = decider.world;
    let ends = world.facts_stating(fact).filter(|&id| !world.is_assumed(id)).map(|id| world.fact(id).during.until);
    ends.filter(|&until| until <= decider.context.at).max()
}
