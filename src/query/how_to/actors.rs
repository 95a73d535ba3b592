//! Which events make a change, with which arguments, and which subjects may do them.

use super::event_case::{AsksWho, EventCase};
use crate::counterfactual::{Change, PartialEvent, entities, static_eval};
use crate::eval::{MissingDatum, Outcome, QueryContext};
use crate::policy::{ActionId, EffectKind, Event, EventId};
use crate::query::access::ResourceReach;
use crate::time::Instant;
use crate::world::{Argument, EntityId, ResolvedRequest, Statement, World};
use rustc_hash::FxHashMap;
use std::cell::RefCell;
use std::rc::Rc;

/// The most subjects for whom it is evaluated whether they may do something. Also the most facts that are read of one list to find such
/// subjects, and the most members of one group, including the group itself.
const MAX_CANDIDATES: usize = 400;

/// The most lists of arguments of one event that are looked at to find who may be able to do it.
const MAX_CHOICES: usize = 4;

/// The most subjects that are asked about, of those whom reverse plans find.
const MAX_REACHED: usize = 4_000;

/// Finds the events, and the subjects who may do them, for one question.
pub(super) struct Actors<'a> {
    pub(super) decider: &'a QueryContext<'a>,
    pub(super) asked: &'a ResolvedRequest,
    /// What was found out about the world of the decider before.
    pub(super) known: &'a KnownAccess,
}

/// What was found out about one world: it is found out once.
#[derive(Default)]
pub(super) struct KnownAccess {
    /// The subjects whom reverse plans find.
    reached: RefCell<FxHashMap<(ActionId, EntityId), Rc<Candidates>>>,
    outcomes: RefCell<FxHashMap<ResolvedRequest, Outcome>>,
}

/// Some subjects, and whether they are all that were sought.
pub(super) struct Candidates {
    pub(super) subjects: Vec<EntityId>,
    pub(super) exhaustive: bool,
}

/// Who may do the action of the question on its resource.
pub(super) struct AllowedSubjects {
    /// Those who may, sorted.
    pub(super) allowed: Vec<EntityId>,
    /// Whether it is unknown of anybody but the subject of the question.
    pub(super) unknown: bool,
    /// Every subject that might was tried; else only some of them were.
    pub(super) exhaustive: bool,
}

impl<'a> Actors<'a> {
    /// The events in force that may make a change, each with its arguments; those first for which what is near is enough.
    pub(super) fn events_for(&self, change: Change) -> Vec<EventCase> {
        let decider = self.decider;
        let mut cases = Vec::new();
        for (id, event) in self.events() {
            let partials: Vec<PartialEvent> = match change {
                Change::Add(fact) | Change::Set(fact) => {
                    PartialEvent::regress(decider, event, &[EffectKind::Adds, EffectKind::Sets], fact).collect()
                }
                Change::Remove(fact) => {
                    let removes = PartialEvent::regress(decider, event, &[EffectKind::Removes], fact);
                    removes.chain(PartialEvent::replacing(decider, event, fact)).collect()
                }
                Change::Toggle(..) => Vec::new(),
            };
            for partial in partials.into_iter().filter(|partial| static_eval::possible(decider, event, partial)) {
                cases.extend(self.cases((id, event), &partial));
            }
        }
        cases
    }

    /// The events in force that create this entity, which lives at no time yet, with arguments that are near the question or these entities.
    pub(super) fn events_creating(&self, entity: EntityId, near: &[EntityId]) -> Vec<EventCase> {
        let kind = self.decider.world.kind(entity);
        let mut cases = Vec::new();
        for (id, event) in self.events() {
            let created = event.creates.iter().find(|creation| creation.kind == kind);
            if created.is_some() {
                let near: Vec<EntityId> = near.iter().copied().chain([self.asked.subject, self.asked.resource]).collect();
                let partial = PartialEvent::open(event);
                let filled = partial.filled(self.decider, event, &near, false);
                cases.push(EventCase { id, partial, filled, is_near: true });
            }
        }
        cases
    }

    /// An event with its open arguments filled in: by what is near, and then by anything.
    fn cases(&self, (id, event): (EventId, &Event), partial: &PartialEvent) -> impl Iterator<Item = EventCase> {
        let asked = [self.asked.subject, self.asked.resource];
        let filled = partial.filled(self.decider, event, &asked, false);
        let mut wide = partial.filled(self.decider, event, &asked, true);
        wide.choices.retain(|arguments| !filled.choices.contains(arguments));
        let is_within_reach = wide.complete && !wide.choices.is_empty();
        let wide = EventCase { id, partial: partial.clone(), filled: wide, is_near: false };
        std::iter::once(EventCase { filled, is_near: true, ..wide.clone() }).chain(is_within_reach.then_some(wide))
    }

    fn events(&self) -> impl Iterator<Item = (EventId, &'a Event)> + use<'a, '_> {
        self.decider.compiled.policy.events.iter().filter(|(_, event)| self.decider.context.has(&event.meta.validity))
    }

    /// The subjects that may do an event with these arguments and make the change by it.
    pub(super) fn doers(&self, case: &EventCase, arguments: &[Argument]) -> Candidates {
        let Some(asks) = case.may_for_somebody(self.decider, arguments) else {
            return Candidates { subjects: Vec::new(), exhaustive: true };
        };
        let candidates = self.candidates_for(case, arguments);
        let subjects = candidates.subjects.iter().copied().filter(|&doer| self.may(case, asks, doer, arguments)).collect();
        Candidates { subjects, exhaustive: candidates.exhaustive }
    }

    /// The first of them.
    pub(super) fn first_doer(&self, case: &EventCase, arguments: &[Argument]) -> Option<EntityId> {
        let asks = case.may_for_somebody(self.decider, arguments)?;
        self.candidates_for(case, arguments).subjects.iter().copied().find(|&doer| self.may(case, asks, doer, arguments))
    }

    /// Whether this subject is one of them.
    pub(super) fn may_do(&self, case: &EventCase, doer: EntityId, arguments: &[Argument]) -> bool {
        case.may_for_somebody(self.decider, arguments).is_some_and(|asks| self.may(case, asks, doer, arguments))
    }

    fn may(&self, case: &EventCase, asks: AsksWho, doer: EntityId, arguments: &[Argument]) -> bool {
        case.reads_as_required(self.decider, doer, arguments)
            && self.is_allowed(case, doer, arguments)
            && (!asks.in_condition || case.may_happen(self.decider, doer, arguments))
            && (!asks.in_effect || case.makes_change(self.decider, doer, arguments))
    }

    /// Whether the doer is allowed the action of the event.
    pub(super) fn is_allowed(&self, case: &EventCase, doer: EntityId, arguments: &[Argument]) -> bool {
        let decider = self.decider;
        let Some((action, _)) = case.event(decider).does else { return true };
        let Some(resource) = case.resource(decider, arguments) else { return false };
        decider.compiled.policy.actions[action].on.contains(decider.world.kind(resource))
            && self.outcome(&ResolvedRequest { subject: doer, action, resource }) == Outcome::Allowed
    }

    /// The outcome of a request; [`Outcome::Unknown`] if no budget was left.
    fn outcome(&self, request: &ResolvedRequest) -> Outcome {
        *self.known.outcomes.borrow_mut().entry(*request).or_insert_with(|| self.decider.decide(request).outcome)
    }

    /// A subject of whom it is unknown whether it may do an event and make the change by it, that of the question if it is so, and what
    /// must be known to tell.
    pub(super) fn perhaps(&self, case: &EventCase) -> Option<(EntityId, Vec<MissingDatum>)> {
        case.filled.choices.iter().take(MAX_CHOICES).find_map(|arguments| {
            let mut subjects = self.candidates_for(case, arguments).subjects.clone();
            subjects.sort_by_key(|&subject| subject != self.asked.subject);
            subjects.into_iter().take(MAX_CANDIDATES).find_map(|doer| Some((doer, case.unknown_of(self.decider, doer, arguments)?)))
        })
    }

    /// The subjects that might do an event with these arguments.
    pub(super) fn candidates_for(&self, case: &EventCase, arguments: &[Argument]) -> Rc<Candidates> {
        if let Some(doer) = case.partial.doer {
            let lives = self.decider.world.lives(doer, self.decider.context.at);
            return Rc::new(Candidates { subjects: if lives { vec![doer] } else { Vec::new() }, exhaustive: true });
        }
        let does = case.event(self.decider).does.map(|(action, _)| action).zip(case.resource(self.decider, arguments));
        match does.filter(|_| self.subject_count() > MAX_CANDIDATES) {
            Some((action, resource)) => self.reaching(&ResolvedRequest { subject: EntityId::NONE, action, resource }),
            None => Rc::new(self.near(&arguments.iter().flat_map(entities).collect::<Vec<EntityId>>())),
        }
    }

    /// The subjects that may do the action of the question on its resource now.
    pub(super) fn allowed_subjects(&self) -> AllowedSubjects {
        let candidates = if self.subject_count() > MAX_CANDIDATES { self.reaching(self.asked) } else { Rc::new(self.near(&[])) };
        let mut found = AllowedSubjects { allowed: Vec::new(), unknown: false, exhaustive: candidates.exhaustive };
        for &subject in &candidates.subjects {
            match self.outcome(&ResolvedRequest { subject, ..*self.asked }) {
                Outcome::Allowed => found.allowed.push(subject),
                Outcome::Unknown => found.unknown |= subject != self.asked.subject,
                Outcome::Barred | Outcome::NotGranted => {}
            }
        }
        found
    }

    fn subject_count(&self) -> usize {
        self.decider.compiled.policy.subjects().iter().map(|kind| self.decider.world.of_kind(kind).len()).sum()
    }

    /// The subjects whom reverse plans find for an action on a resource, sorted.
    fn reaching(&self, request: &ResolvedRequest) -> Rc<Candidates> {
        let key = (request.action, request.resource);
        if let Some(known) = self.known.reached.borrow().get(&key) {
            return Rc::clone(known);
        }
        let found = Rc::new(self.search_reaching(request));
        self.known.reached.borrow_mut().insert(key, Rc::clone(&found));
        found
    }

    fn search_reaching(&self, request: &ResolvedRequest) -> Candidates {
        let reached = ResourceReach::of(*self.decider, request.resource).subjects(request.action);
        let Some(mut subjects) = reached else { return self.near(&[request.resource]) };
        let (world, askers) = (self.decider.world, self.decider.compiled.policy.subjects());
        subjects.retain(|&subject| askers.contains(world.kind(subject)) && world.lives(subject, self.decider.context.at));
        world.sort_entities(&mut subjects);
        subjects.dedup();
        let exhaustive = subjects.len() <= MAX_REACHED;
        subjects.truncate(MAX_REACHED);
        Candidates { subjects, exhaustive }
    }

    /// The subjects to try, sorted by kind and name, and whether they are all subjects who could matter.
    ///
    /// In a small world these are all subjects. In a large one they are the subjects with an attribute that names an entity of the question
    /// or one that is mentioned, or a container of such an entity, and those who hold a role over one of these.
    fn near(&self, mentioned: &[EntityId]) -> Candidates {
        let (decider, asked) = (self.decider, self.asked);
        let (world, at, policy) = (decider.world, decider.context.at, &decider.compiled.policy);
        let subjects = policy.subjects();
        if self.subject_count() <= MAX_CANDIDATES {
            return Candidates { subjects: world.living_of(&subjects, at).collect(), exhaustive: true };
        }
        let named = mentioned.iter().copied().chain([asked.subject, asked.resource]);
        let mut about: Vec<EntityId> = named.flat_map(|entity| world.containers(entity, at)).collect();
        world.sort_entities(&mut about);
        about.dedup();
        let mut found = vec![asked.subject];
        for &entity in &about {
            for (attribute, declared) in policy.attributes.iter() {
                if subjects.contains(declared.kind) {
                    let facts = world.entities_with_value(attribute, entity).take(MAX_CANDIDATES).map(|id| world.fact(id).statement);
                    found.extend(facts.filter_map(|fact| match fact {
                        Statement::Value { entity, .. } => Some(entity),
                        _ => None,
                    }));
                }
            }
            for id in world.assignments_over(entity).take(MAX_CANDIDATES) {
                if let Statement::Holds { holder, .. } = world.fact(id).statement {
                    found.push(holder);
                    found.extend(members(world, holder, at));
                }
            }
        }
        found.retain(|&entity| subjects.contains(world.kind(entity)) && world.lives(entity, at));
        world.sort_entities(&mut found);
        found.dedup();
        found.truncate(MAX_CANDIDATES);
        Candidates { subjects: found, exhaustive: false }
    }
}

/// The members of a group at any depth, the nearest first; less than [`MAX_CANDIDATES`] of them.
fn members(world: &World, group: EntityId, at: Instant) -> impl Iterator<Item = EntityId> {
    world.all_members(group, at).skip(1).take(MAX_CANDIDATES - 1)
}
