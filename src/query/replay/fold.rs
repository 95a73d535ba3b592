//! The events of a world, applied instant by instant.

use crate::eval::{Budget, Decider};
use crate::events::{EventError, EventStepper};
use crate::explain::{self, IssuedNotice, Refusal};
use crate::plan::{CompiledPolicy, Context};
use crate::policy::Policy;
use crate::query::diff::Turns;
use crate::time::{Instant, Interval};
use crate::world::{Argument, EventRecord, ResolvedRequest, Value, World};
use std::collections::{BTreeMap, BTreeSet};

/// The dates and toggles of a replay.
#[derive(Clone, Debug)]
pub struct ReplaySettings {
    /// Which toggles are on, by their ids.
    pub toggles: Vec<bool>,
    /// The date of the policy; `None` if it is that of each event.
    pub policy_at: Option<Instant>,
    /// Whether an event that cannot happen is skipped. If not, it ends the replay.
    pub keep_going: bool,
}

/// An event that happened.
#[derive(Clone, Debug)]
pub struct Happened {
    /// Its index among the events of the world.
    pub event: usize,
    /// The obligations of its action, for who did it.
    pub obligations: Vec<IssuedNotice>,
    /// The advice on it.
    pub advice: Vec<IssuedNotice>,
}

/// Events of one instant that cannot happen.
#[derive(Debug)]
pub struct RefusedEvents {
    /// When they were to happen.
    pub at: Instant,
    /// Their indexes among the events of the world, sorted.
    pub events: Vec<usize>,
    /// Why, with the reasons.
    pub errors: Vec<(EventError, Refusal)>,
    /// The world in which they were refused.
    pub world: World,
}

/// The events of a world, applied as far as they may happen.
#[derive(Debug)]
pub struct Replay<'c> {
    pub(super) compiled: &'c CompiledPolicy,
    pub(super) settings: ReplaySettings,
    /// The world after the events.
    pub world: World,
    /// All events, sorted by time.
    pub events: Vec<EventRecord>,
    /// Those that happened, by time.
    pub happened: BTreeMap<Instant, Vec<Happened>>,
    /// Those that cannot happen, in the order of time.
    pub refused: Vec<RefusedEvents>,
    /// The instant at which a refused event ended the replay. What begins then or later is not in the world.
    pub stopped: Option<Instant>,
    pub(super) turns: Turns,
}

impl ReplaySettings {
    /// The pack's default toggles, and the dates of the events.
    pub fn of(policy: &Policy) -> ReplaySettings {
        ReplaySettings { toggles: Context::at(policy, Instant::MIN).toggles, policy_at: None, keep_going: false }
    }

    /// Dates and toggles at an instant.
    pub fn context(&self, at: Instant) -> Context {
        Context { at, policy_at: self.policy_at.unwrap_or(at), toggles: self.toggles.clone() }
    }
}

impl<'c> Replay<'c> {
    /// Applies the events of a world, to which none is applied yet. They are sorted by time.
    pub fn of(compiled: &'c CompiledPolicy, world: World, events: Vec<EventRecord>, settings: ReplaySettings) -> Replay<'c> {
        let mut replay = Replay {
            compiled,
            settings,
            world,
            events,
            happened: BTreeMap::new(),
            refused: Vec::new(),
            stopped: None,
            turns: Turns::default(),
        };
        if !replay.events.is_empty() {
            replay.fold();
        }
        replay.turns = Turns::of(&replay.world, Interval { since: Instant::MIN, until: Instant::MAX });
        replay
    }

    fn fold(&mut self) {
        let mut stepper = EventStepper::new(self.compiled, &self.world);
        let mut start = 0;
        while let Some(first) = self.events.get(start) {
            let at = first.at;
            let count = self.events[start..].partition_point(|event| event.at == at);
            if !self.instant(&mut stepper, at, (start..start + count).collect()) {
                self.stopped = Some(at);
                break;
            }
            start += count;
        }
        stepper.finish(&mut self.world);
        if let Some(at) = self.stopped {
            self.forget_from(at);
        }
        self.world.compact();
    }

    /// Applies the events of an instant; false if one of them ends the replay.
    fn instant(&mut self, stepper: &mut EventStepper<'_>, at: Instant, mut indexes: Vec<usize>) -> bool {
        let context = self.settings.context(at);
        while !indexes.is_empty() {
            let happened = self.notices(&context, &indexes);
            let Err(refused) = stepper.apply(&mut self.world, &context, &self.events, &indexes) else {
                self.happened.insert(at, happened);
                break;
            };
            let decider = Decider::new(self.compiled, &refused.world, context.clone());
            let reasons = |error: EventError| (explain::refusal(&decider, &self.events, &error), error);
            let errors: Vec<_> = refused.errors.into_iter().map(reasons).map(|(refusal, error)| (error, refusal)).collect();
            let events: BTreeSet<usize> = errors.iter().flat_map(|(error, _)| error.occurrences()).collect();
            indexes.retain(|index| !events.contains(index));
            events.iter().for_each(|&index| stepper.skip(&mut self.world, &self.events[index]));
            self.refused.push(RefusedEvents { at, events: events.into_iter().collect(), errors, world: refused.world });
            if !self.settings.keep_going {
                return false;
            }
        }
        true
    }

    /// The events with what is said to who does them, in the world before the instant.
    fn notices(&self, context: &Context, indexes: &[usize]) -> Vec<Happened> {
        let decider = Decider::new(self.compiled, &self.world, context.clone());
        let of_event = |&index: &usize| {
            let record = &self.events[index];
            let asked =
                self.compiled.policy.events[record.event].does.and_then(|(action, parameter)| match record.arguments.get(parameter) {
                    Some(&Argument::One(Value::Entity(resource))) => Some(ResolvedRequest { subject: record.by, action, resource }),
                    _ => None,
                });
            let budget = Budget::default();
            let can_be_asked = |asked: &ResolvedRequest| {
                let on = &self.compiled.policy.actions[asked.action].on;
                [asked.subject, asked.resource].iter().all(|&ent| self.world.lives(ent, context.at))
                    && on.contains(self.world.kind(asked.resource))
            };
            let issued = asked.filter(can_be_asked).map(|asked| explain::issued_notices(&decider.within(&budget), &asked));
            let (obligations, advice) = issued.unwrap_or_default();
            Happened { event: index, obligations, advice }
        };
        indexes.iter().map(of_event).collect()
    }

    /// Leaves out all facts that begin at an instant or later.
    fn forget_from(&mut self, at: Instant) {
        let later: Vec<_> =
            self.world.facts().filter(|(_, fact)| fact.during.since >= at).map(|(id, fact)| (id, fact.during.since)).collect();
        later.into_iter().for_each(|(id, since)| self.world.set_during(id, Interval { since, until: since }));
    }
}
