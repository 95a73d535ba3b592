//! Which events make a change, which subjects may do them now (the search for candidates is here), and what must hold first if nobody may.
//!
//! The search alternates between events and preconditions: an event that nobody may do has [`Precondition`]s, and each of them is a new
//! [`Target`] for which events are searched. The relations of the targets on the path from the change to an event are its *goals*. A
//! precondition whose relation is a goal already is not searched for again, and [`MAX_GOALS`] bounds the number of goals.

use super::answer::{EventOption, Precondition};
use super::event_case::EventCase;
use super::requirements::{self, UnmetRelation};
use super::verify;
use crate::counterfactual::{Change, PartialEvent, entities, static_eval};
use crate::eval::QueryContext;
use crate::events::EventTrial;
use crate::policy::{EffectKind, Event, EventId, Expr, FactTerm, RelationId};
use crate::query::Overlay;
use crate::time::Instant;
use crate::world::{Argument, EntityId, ResolvedRequest, Statement, World};

/// The most subjects for whom it is evaluated whether they may do something. Also the most facts that are read of one list to find such
/// subjects, and the most members of one group, including the group itself.
const MAX_CANDIDATES: usize = 400;

/// The most pairs of a doer and arguments for which it is tried what an event does that nobody may do.
const MAX_TRIALS: usize = 64;

/// The most goals on the path to a precondition for which events are still searched. The change counts as a goal if it adds a fact of a
/// relation, and each precondition counts as one.
const MAX_GOALS: usize = 2;

/// Finds the events, and the subjects who may do them, for one question.
pub(super) struct Actors<'a> {
    pub(super) decider: &'a QueryContext<'a>,
    pub(super) asked: &'a ResolvedRequest,
}

/// What an event should achieve.
#[derive(Clone, Copy)]
pub(super) enum Target {
    /// The fact holds.
    Add(Statement),
    /// The fact no longer holds.
    Remove(Statement),
    /// Some fact of the relation holds.
    Some(RelationId),
}

impl Target {
    /// The relation, if the target is that a fact of a relation holds.
    fn goal(self) -> Option<RelationId> {
        match self {
            Target::Add(Statement::Relation(relation, _)) | Target::Some(relation) => Some(relation),
            Target::Add(_) | Target::Remove(_) => None,
        }
    }

    /// For each effect that might reach the target: the event with the arguments and values that this requires.
    fn regress(self, decider: &QueryContext<'_>, event: &Event) -> Vec<PartialEvent> {
        match self {
            Target::Add(fact) => PartialEvent::regress(decider, event, &[EffectKind::Adds, EffectKind::Sets], fact).collect(),
            Target::Remove(fact) => {
                let removes = PartialEvent::regress(decider, event, &[EffectKind::Removes], fact);
                removes.chain(PartialEvent::replacing(decider, event, fact)).collect()
            }
            Target::Some(relation) => {
                let adds = |fact: &FactTerm| matches!(fact, FactTerm::Relation(added, _) if *added == relation);
                let some = event.adds.iter().any(|effect| adds(&effect.fact));
                some.then(|| PartialEvent::open(event)).into_iter().collect()
            }
        }
    }
}

/// What an event must serve to be named: the repair of which it makes a change.
#[derive(Clone, Copy)]
pub(super) struct Purpose<'a> {
    /// Whether the wanted answer is yes.
    pub(super) allow: bool,
    /// The other changes of the repair.
    pub(super) rest: &'a [Change],
}

/// The events that reach a target, and those that seem to and are not named.
#[derive(Default)]
pub(super) struct Options {
    /// The events that are named, each with those who may do it.
    pub(super) by: Vec<EventOption>,
    /// Events that can never reach the target: their conditions or effects rule it out.
    pub(super) closed: Vec<EventId>,
    /// Events that reach the target, but do more, by which the answer stays as it is.
    pub(super) self_defeating: Vec<EventId>,
}

/// Why an event with a fitting effect is not named.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Unfit {
    /// It would not make the change.
    Ineffective,
    /// It cannot happen with these arguments, whoever does it.
    Impossible,
    /// It makes the change, but the answer stays as it is.
    SelfDefeating,
}

impl<'a> Actors<'a> {
    /// The events that reach the target, each with those who may do it now.
    pub(super) fn options(&self, target: Target, purpose: Purpose<'_>) -> Options {
        self.options_below(target, &[], Some(purpose))
    }

    /// The candidates who may do the action of the question on its resource now.
    pub(super) fn allowed_subjects(&self) -> Vec<EntityId> {
        let (mut subjects, _) = self.candidates(&[]);
        subjects.retain(|&subject| self.decider.decide(&ResolvedRequest { subject, ..*self.asked }).allowed());
        subjects
    }

    /// The events in force.
    fn events(&self) -> impl Iterator<Item = (EventId, &'a Event)> + use<'a, '_> {
        self.decider.compiled.policy.events.iter().filter(|(_, event)| self.decider.context.has(&event.meta.validity))
    }

    /// The events that reach a target, given the goals on the path to it, the outermost first.
    fn options_below(&self, target: Target, goals: &[RelationId], purpose: Option<Purpose<'_>>) -> Options {
        let goals: Vec<RelationId> = goals.iter().copied().chain(target.goal()).collect();
        let mut options = Options::default();
        for (id, event) in self.events() {
            let partials = target.regress(self.decider, event);
            if partials.is_empty() {
                continue;
            }
            let possible = |partial: &PartialEvent| partial.effect.is_none() || static_eval::possible(self.decider, event, partial);
            let tried = partials.into_iter().filter(possible).map(|partial| {
                let shows_own = self.says_more(target, event, &partial);
                let option = |widely| self.option(self.case((id, event), partial.clone(), shows_own, widely), &goals, purpose);
                // What is near may not do, and something else may.
                option(false).or_else(|_| option(true))
            });
            // The first effect that serves; else the best reason why none does. Where none can be tried, none is possible.
            let (mut named, mut unfit) = (None, None);
            for option in tried {
                match option {
                    Ok(option) => {
                        named = Some(option);
                        break;
                    }
                    Err(reason) => unfit = unfit.max(Some(reason)),
                }
            }
            match (named, unfit.unwrap_or(Unfit::Impossible)) {
                (Some(option), _) => options.by.push(option),
                (None, Unfit::Impossible) => options.closed.push(id),
                (None, Unfit::SelfDefeating) => options.self_defeating.push(id),
                (None, Unfit::Ineffective) => {}
            }
        }
        options
    }

    /// Whether the effect says more than that it reaches the target: it sets another value than the one that is to go, or takes all other values
    /// of a set.
    fn says_more(&self, target: Target, event: &Event, partial: &PartialEvent) -> bool {
        let Some((EffectKind::Sets, index)) = partial.effect else { return false };
        if matches!(target, Target::Remove(_)) {
            return true;
        }
        let FactTerm::Value(_, attributes, _) = &event.sets[index].fact else { return false };
        attributes.iter().any(|&(_, attribute)| self.decider.compiled.policy.attributes[attribute].many)
    }

    /// An event and who may do it, or why it is not named.
    fn option(&self, case: EventCase<'_>, goals: &[RelationId], purpose: Option<Purpose<'_>>) -> Result<EventOption, Unfit> {
        let (who, unfit) = self.able(&case, self.decider, purpose);
        if who.is_empty()
            && let Some(unfit) = unfit
        {
            return Err(unfit);
        }
        if who.is_empty() && case.partial.effect.is_some() && !self.able(&case.of_any_effect(), self.decider, None).0.is_empty() {
            return Err(Unfit::Ineffective);
        }
        let case = case.or_open();
        let mut option = EventOption {
            event: case.id,
            afterwards: false,
            conditional: !who.is_empty() && case.partial.doer.is_none() && !requirements::can_evaluate(case.event, &case.known),
            exhaustive: case.exhaustive,
            takes: None,
            first: Vec::new(),
            effects: case.other_effects(self.decider),
            who,
        };
        if option.who.is_empty() {
            self.add_requirements(&mut option, &case, goals, purpose)?;
        }
        Ok(option)
    }

    /// For an event that nobody may do now: what it requires of the actor, what must hold first, and who may do it then. Fails if the event
    /// would not serve the purpose even then.
    fn add_requirements(
        &self,
        option: &mut EventOption,
        case: &EventCase<'_>,
        goals: &[RelationId],
        purpose: Option<Purpose<'_>>,
    ) -> Result<(), Unfit> {
        let expr = &case.event.condition.expr;
        // The choice with the fewest unmet relations; the first one if several are equal.
        let unmet = |arguments: &'_ Vec<Argument>| case.reader(self.decider, arguments).unmet_relations(expr);
        let Some((unmet, arguments)) =
            case.choices.iter().map(|arguments| (unmet(arguments), arguments)).min_by_key(|(unmet, _)| unmet.len())
        else {
            return Ok(());
        };
        option.takes = case.actor_requirement(self.decider, arguments);
        let facts: Option<Vec<Change>> = unmet.iter().map(|unmet| unmet.fact.map(Change::Add)).collect();
        if let Some(changes) = facts {
            let overlay = Overlay::of(self.decider, &changes);
            let after = overlay.decider(self.decider.compiled);
            let after = self.decider.about(&after);
            let (who, unfit) = if changes.is_empty() { (Vec::new(), None) } else { self.able(case, &after, purpose) };
            if !who.is_empty() {
                option.who = who;
                option.afterwards = true;
                option.takes = None;
            } else if let Some(unfit) = unfit.or_else(|| self.unfit_whoever_does_it(case, &after, purpose)) {
                return Err(unfit);
            }
        }
        option.first = unmet.into_iter().map(|unmet| self.precondition(unmet, goals)).collect();
        Ok(())
    }

    /// The unmet relation with the events that make it hold.
    fn precondition(&self, unmet: UnmetRelation, goals: &[RelationId]) -> Precondition {
        let UnmetRelation { relation, ends, fact } = unmet;
        let searched = goals.contains(&relation) || goals.len() > MAX_GOALS;
        let target = fact.map_or(Target::Some(relation), Target::Add);
        let by = if searched { Vec::new() } else { self.options_below(target, goals, None).by };
        Precondition { relation, ends, fact, by }
    }

    /// The candidates who may do the event with one of the choices and would serve the purpose by it. If some may, but nobody would serve it:
    /// the best reason why.
    fn able(&self, case: &EventCase<'_>, decider: &QueryContext<'_>, purpose: Option<Purpose<'_>>) -> (Vec<EntityId>, Option<Unfit>) {
        let mut trial = EventTrial::of(decider, case.id);
        let (mut who, mut unfit) = (Vec::new(), None);
        for &doer in &case.candidates {
            let mut choices = case.choices.iter().filter(|arguments| case.may(decider, doer, arguments));
            let serves = choices.any(|arguments| match self.trial(case, &mut trial, (doer, arguments), purpose) {
                Ok(()) => true,
                Err(reason) => {
                    unfit = unfit.max(Some(reason));
                    false
                }
            });
            who.extend(serves.then_some(doer));
        }
        (who, unfit)
    }

    /// Why the event does not serve the purpose, whoever does it; `None` if it may.
    fn unfit_whoever_does_it(&self, case: &EventCase<'_>, decider: &QueryContext<'_>, purpose: Option<Purpose<'_>>) -> Option<Unfit> {
        // What holds when the event happens may be needed for its effects.
        let unconditional = case.event.effects().all(|(_, effect)| matches!(effect.condition.expr, Expr::True));
        let tries = case.candidates.len().saturating_mul(case.choices.len());
        if !unconditional || tries > MAX_TRIALS {
            return None;
        }
        let mut trial = EventTrial::of(decider, case.id);
        let mut unfit = None;
        for &doer in &case.candidates {
            for arguments in &case.choices {
                unfit = unfit.max(Some(self.trial(case, &mut trial, (doer, arguments), purpose).err()?));
            }
        }
        unfit
    }

    /// Whether the event, with all that it does, serves the purpose. Assumed of an event with open arguments.
    fn trial(
        &self,
        case: &EventCase<'_>,
        trial: &mut EventTrial<'_, bool>,
        (doer, arguments): (EntityId, &[Argument]),
        purpose: Option<Purpose<'_>>,
    ) -> Result<(), Unfit> {
        let Some(Purpose { allow, rest }) = purpose.filter(|_| case.is_determined()) else { return Ok(()) };
        let turns = trial.after(doer, arguments, |decider| {
            let overlay = Overlay::of(decider, rest);
            verify::is_turned(&decider.about(&overlay.decider(decider.compiled)), self.asked, allow)
        });
        match turns {
            None => Err(Unfit::Impossible),
            Some(false) => Err(Unfit::SelfDefeating),
            Some(true) => Ok(()),
        }
    }

    /// Fills in the arguments of an event, `widely` or by what is near, and finds its candidates.
    fn case<'e>(&self, (id, event): (EventId, &'e Event), partial: PartialEvent, shows_own: bool, widely: bool) -> EventCase<'e> {
        let (candidates, exhaustive) = match partial.doer {
            Some(doer) => (vec![doer], true),
            None => self.candidates(&partial.arguments.iter().flat_map(entities).collect::<Vec<EntityId>>()),
        };
        let (choices, known) = partial.filled(self.decider, event, self.asked, widely);
        EventCase { id, event, partial, choices, known, candidates, exhaustive, shows_own }
    }

    /// The subjects to try, sorted by kind and name, and whether they are all subjects who could matter.
    ///
    /// In a small world these are all subjects. In a large one they are the subjects with an attribute that names an entity of the question
    /// or the change, or a container of such an entity, and those who hold a role over one of these.
    fn candidates(&self, mentioned: &[EntityId]) -> (Vec<EntityId>, bool) {
        let (decider, asked) = (self.decider, self.asked);
        let (world, at, policy) = (decider.world, decider.context.at, &decider.compiled.policy);
        let subjects = policy.subjects();
        let count: usize = subjects.iter().map(|kind| world.of_kind(kind).len()).sum();
        if count <= MAX_CANDIDATES {
            return (world.living_of(&subjects, at).collect(), true);
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
        let exhaustive = found.len() <= MAX_CANDIDATES;
        found.truncate(MAX_CANDIDATES);
        (found, exhaustive)
    }
}

/// The members of a group at any depth, the nearest first; less than [`MAX_CANDIDATES`] of them.
pub(super) fn members(world: &World, group: EntityId, at: Instant) -> impl Iterator<Item = EntityId> {
    world.all_members(group, at).skip(1).take(MAX_CANDIDATES - 1)
}
