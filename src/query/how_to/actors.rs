//! Which events make a change, with which arguments, and which subjects may do them.

use super::event_case::EventCase;
use crate::counterfactual::{Change, PartialEvent, entities, static_eval};
use crate::eval::{Outcome, QueryContext};
use crate::policy::{EffectKind, Event, EventId};
use crate::query::access::ResourceReach;
use crate::time::Instant;
use crate::world::{Argument, EntityId, ResolvedRequest, Statement, World};

/// The most subjects for whom it is evaluated whether they may do something. Also the most facts that are read of one list to find such
/// subjects, and the most members of one group, including the group itself.
const MAX_CANDIDATES: usize = 400;

/// The most subjects that are asked about, of those whom reverse plans find.
const MAX_REACHED: usize = 4_000;

/// Finds the events, and the subjects who may do them, for one question.
pub(super) struct Actors<'a> {
    pub(super) decider: &'a QueryContext<'a>,
    pub(super) asked: &'a ResolvedRequest,
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
        if !case.may_for_somebody(self.decider, arguments) {
            return Candidates { subjects: Vec::new(), exhaustive: true };
        }
        let mut candidates = self.candidates_for(case, arguments);
        candidates.subjects.retain(|&doer| case.may(self.decider, doer, arguments));
        candidates
    }

    /// The subjects that might do an event with these arguments.
    pub(super) fn candidates_for(&self, case: &EventCase, arguments: &[Argument]) -> Candidates {
        if let Some(doer) = case.partial.doer {
            let lives = self.decider.world.lives(doer, self.decider.context.at);
            return Candidates { subjects: if lives { vec![doer] } else { Vec::new() }, exhaustive: true };
        }
        let does = case.event(self.decider).does.map(|(action, _)| action).zip(case.resource(self.decider, arguments));
        match does.filter(|_| self.subject_count() > MAX_CANDIDATES) {
            Some((action, resource)) => self.reaching(&ResolvedRequest { subject: EntityId::NONE, action, resource }),
            None => self.near(&arguments.iter().flat_map(entities).collect::<Vec<EntityId>>()),
        }
    }

    /// The subjects that may do the action of the question on its resource now.
    pub(super) fn allowed_subjects(&self) -> AllowedSubjects {
        let Candidates { subjects, exhaustive } =
            if self.subject_count() > MAX_CANDIDATES { self.reaching(self.asked) } else { self.near(&[]) };
        let mut found = AllowedSubjects { allowed: Vec::new(), unknown: false, exhaustive };
        for subject in subjects {
            match self.decider.decide(&ResolvedRequest { subject, ..*self.asked }).outcome {
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
    fn reaching(&self, request: &ResolvedRequest) -> Candidates {
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
