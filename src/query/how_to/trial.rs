//! Acts done in worlds of their own, one after the other.
//!
//! Invariant: each act of a plan was done, with all its effects, in the world that the acts before it left, and no act left a world that a
//! loader refuses.

use super::actors::{Actors, Candidates, KnownAccess};
use super::answer::{Act, ChangeAct, EventAct};
use super::event_case::EventCase;
use super::verify::{is_turned, names_only_living};
use crate::counterfactual::{Change, entities};
use crate::eval::QueryContext;
use crate::events::with_same_effects;
use crate::policy::{EventId, Id, InvariantId};
use crate::query::Overlay;
use crate::world::{Argument, EntityId, EventRecord, ResolvedRequest, Statement};
use std::cell::{Cell, RefCell};
use std::collections::BTreeSet;
use std::rc::Rc;

/// The most events with their arguments that are tried for one question, in all plans.
const MAX_TRIED: usize = 2_000;

/// Does acts for one question.
pub(super) struct Trial<'a> {
    pub(super) decider: &'a QueryContext<'a>,
    pub(super) asked: &'a ResolvedRequest,
    pub(super) allow: bool,
    /// The world as it is.
    begin: Plan,
    /// How many events may still be tried.
    left: Cell<usize>,
    limited: Cell<bool>,
    /// The invariants that acts would break which were tried.
    broken: RefCell<BTreeSet<InvariantId>>,
}

/// Acts, and the world and context after them.
#[derive(Clone)]
pub(super) struct Plan {
    /// Of each event, only one of those who may do it is named: [`Trial::complete`] names all.
    pub(super) acts: Vec<Act>,
    pub(super) overlay: Overlay,
    /// The plan without its last act, and the case of that if it is an event.
    before: Option<(Rc<Plan>, Option<EventCase>)>,
    known: Rc<KnownAccess>,
}

impl Plan {
    /// What its last act changes; empty if it has none.
    pub(super) fn changed_by_last(&self) -> Vec<Statement> {
        let before = self.before.as_ref();
        before.map(|(before, _)| self.overlay.changed_from(&before.overlay.world)).unwrap_or_default()
    }

    /// The plan with one more act, and the world and context after it.
    fn then(&self, act: Act, overlay: Overlay, case: Option<EventCase>) -> Plan {
        let acts = self.acts.iter().cloned().chain([act]).collect();
        Plan { acts, overlay, before: Some((Rc::new(self.clone()), case)), known: Rc::default() }
    }
}

impl<'a> Trial<'a> {
    pub(super) fn new(decider: &'a QueryContext<'a>, asked: &'a ResolvedRequest, allow: bool) -> Trial<'a> {
        let begin = Plan { acts: Vec::new(), overlay: Overlay::of(decider, &[]), before: None, known: Rc::default() };
        Trial { decider, asked, allow, begin, left: Cell::new(MAX_TRIED), limited: Cell::new(false), broken: RefCell::default() }
    }

    /// The plan without acts.
    pub(super) fn begin(&self) -> &Plan {
        &self.begin
    }

    /// Whether a limit was reached: there may be other plans.
    pub(super) fn is_limited(&self) -> bool {
        self.limited.get()
    }

    /// Notes that a limit was reached.
    pub(super) fn limit(&self) {
        self.limited.set(true);
    }

    /// The plan that goes on by an event with these arguments; `None` if nobody may do it, or if it cannot happen like that.
    pub(super) fn happen(&self, plan: &Plan, case: &EventCase, arguments: &[Argument]) -> Option<Plan> {
        if self.left.get() == 0 || !self.decider.budget.lasts() {
            self.limit();
            return None;
        }
        self.left.set(self.left.get() - 1);
        let first = self.within(plan, |actors| actors.first_doer(case, arguments))?;
        let event = self.record(case.id, first, arguments);
        let overlay = self.done(&plan.overlay, &event)?;
        if !case.uses_each_argument(self.decider, arguments, &overlay.changed_from(&plan.overlay.world)) {
            return None;
        }
        let examples = case.examples(self.decider, arguments);
        let mut act =
            EventAct { event: case.id, arguments: arguments.to_vec(), now: vec![first], then: vec![first], exhaustive: false, examples };
        if case.event(self.decider).done_by.is_some() {
            act.now.clear();
        } else if !plan.acts.is_empty() && !self.may_now(case, arguments, first) {
            act.now = self.doers(plan, &act, case).now.into_iter().take(1).collect();
        }
        let case = EventCase { filled: case.filled.of_none(), ..case.clone() };
        Some(plan.then(Act::Event(act), overlay, Some(case)))
    }

    /// The acts of a plan, with all who may do each.
    pub(super) fn complete(&self, plan: &Plan) -> Vec<Act> {
        let Some((before, case)) = &plan.before else { return Vec::new() };
        let mut acts = self.complete(before);
        acts.extend(plan.acts.last().map(|act| match (act, case) {
            (Act::Event(act), Some(case)) => Act::Event(self.doers(before, act, case)),
            (act, _) => act.clone(),
        }));
        acts
    }

    /// The event, done after a plan, with all who may do it.
    fn doers(&self, plan: &Plan, act: &EventAct, case: &EventCase) -> EventAct {
        let Candidates { subjects, exhaustive } = self.within(plan, |actors| actors.doers(case, &act.arguments));
        // Whoever does something else by it does not do this act.
        let event = act.then.first().map(|&first| self.record(act.event, first, &act.arguments));
        let then = event.map(|event| self.within(plan, |actors| with_same_effects(actors.decider, &event, &subjects))).unwrap_or_default();
        let is_theirs = case.event(self.decider).done_by.is_none();
        let is_free = |doer: &EntityId| is_theirs && (plan.acts.is_empty() || self.may_now(case, &act.arguments, *doer));
        let now = then.iter().copied().filter(is_free).collect();
        EventAct { now, then, exhaustive, ..act.clone() }
    }

    /// Whether the doer may do the event in the world as it is.
    fn may_now(&self, case: &EventCase, arguments: &[Argument], doer: EntityId) -> bool {
        let lives_now = |entity: EntityId| self.decider.world.lives(entity, self.decider.context.at);
        lives_now(doer)
            && self.existing(case, arguments).all(lives_now)
            && self.within(&self.begin, |actors| actors.may_do(case, doer, arguments))
    }

    /// The plan that goes on by a change; `None` if that makes a world which a loader refuses.
    pub(super) fn change(&self, plan: &Plan, change: Change, act: impl FnOnce() -> ChangeAct) -> Option<Plan> {
        let possible = self.within(plan, |actors| names_only_living(actors.decider, change));
        let after = Overlay::of(&plan.overlay.decider(self.decider.compiled), &[change]);
        (possible && self.is_accepted(&plan.overlay, &after)).then(|| plan.then(Act::Change(act()), after, None))
    }

    /// The plan that goes on by an act of another plan; `None` if it cannot be done like that.
    fn again(&self, plan: &Plan, act: &Act, case: Option<&EventCase>) -> Option<Plan> {
        match act {
            Act::Event(event) => {
                let record = self.record(event.event, *event.then.first()?, &event.arguments);
                Some(plan.then(act.clone(), self.done(&plan.overlay, &record)?, case.cloned()))
            }
            Act::Change(change) => self.change(plan, change.change, || change.clone()),
        }
    }

    /// Whether the subject of the question may do the event after a plan, and the answer is not the wanted one then.
    pub(super) fn is_undone(&self, plan: &Plan, case: &EventCase, arguments: &[Argument]) -> bool {
        let subject = self.asked.subject;
        if !self.unborn(plan, case, arguments).is_empty() || !self.within(plan, |actors| actors.may_do(case, subject, arguments)) {
            return false;
        }
        let after = self.done(&plan.overlay, &self.record(case.id, subject, arguments));
        after.is_some_and(|after| {
            let decider = after.decider(self.decider.compiled);
            is_turned(&self.decider.about(&decider), self.asked, !self.allow)
        })
    }

    /// The smallest part of a plan that can be done by itself and turns the answer.
    pub(super) fn smallest_part(&self, plan: Plan) -> Plan {
        let mut steps: Vec<(&Act, Option<&EventCase>)> = Vec::new();
        let mut here = &plan;
        while let (Some(act), Some((before, case))) = (here.acts.last(), &here.before) {
            steps.push((act, case.as_ref()));
            here = before;
        }
        steps.reverse();
        let mut parts: Vec<u32> = (1..(1u32 << steps.len()) - 1).collect();
        parts.sort_by_key(|part| part.count_ones());
        let part_of = |part: u32| -> Option<Plan> {
            let chosen = steps.iter().enumerate().filter(|(index, _)| part & (1 << index) != 0);
            let done = chosen.map(|(_, step)| step).try_fold(self.begin.clone(), |done, &(act, case)| self.again(&done, act, case))?;
            self.turns(&done).then_some(done)
        };
        let part = parts.into_iter().find_map(part_of);
        part.unwrap_or(plan)
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

    /// Whether the answer is the wanted one after a plan.
    pub(super) fn turns(&self, plan: &Plan) -> bool {
        self.within(plan, |actors| is_turned(actors.decider, self.asked, self.allow))
    }

    /// Whether a change is not made yet.
    pub(super) fn is_left(&self, plan: &Plan, change: Change) -> bool {
        let Overlay { world, context } = &plan.overlay;
        match change {
            Change::Add(fact) | Change::Set(fact) => world.find_holding(fact, context.at).is_none(),
            Change::Remove(fact) => {
                self.within(plan, |actors| actors.decider.env.holds_or_may(fact)) || world.find_holding(fact, context.at).is_some()
            }
            Change::Toggle(toggle, on) => context.toggles[toggle.index()] != on,
        }
    }

    /// Asks about the world after a plan.
    pub(super) fn within<T>(&self, plan: &Plan, ask: impl FnOnce(&Actors<'_>) -> T) -> T {
        let decider = plan.overlay.decider(self.decider.compiled);
        let decider = self.decider.about(&decider);
        ask(&Actors { decider: &decider, asked: self.asked, known: &plan.known })
    }

    /// The entities that the arguments name and that do not live yet, though the event does not create them.
    pub(super) fn unborn(&self, plan: &Plan, case: &EventCase, arguments: &[Argument]) -> Vec<EntityId> {
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
