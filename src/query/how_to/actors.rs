//! Which events make a change, who may do them now, and what it takes where nobody may.

use super::requirements::{self, ConditionReader, UnmetFact};
use super::{EventOption, Precondition};
use crate::counterfactual::{self, PartialEvent, above, entities, static_eval};
use crate::eval::{Decider, Truth};
use crate::policy::{Event, EventId, Expr, FactTerm, Id, RelationId, TermNode};
use crate::query::Overlay;
use crate::world::{Argument, EntityId, ResolvedRequest, Statement, Value, World};
use std::collections::BTreeMap;

/// How many subjects are asked whether they may.
const ASKED: usize = 400;

/// How many steps before a step are told.
const DEEP: usize = 2;

/// Who does what for which question.
pub(super) struct Actors<'a> {
    pub(super) decider: &'a Decider<'a>,
    pub(super) asked: &'a ResolvedRequest,
}

impl Actors<'_> {
    /// The events that add (or remove) the fact, each with those who may do it now.
    pub(super) fn of(&self, adds: bool, body: Statement) -> Vec<EventOption> {
        self.making(adds, body, &mut Vec::new())
    }

    /// The events that make such changes, and can never make this one.
    pub(super) fn closed(&self, adds: bool, body: Statement) -> Vec<String> {
        let closed = self.events().filter(|(_, event)| never_makes(self.decider, event, adds, body));
        closed.map(|(_, event)| event.meta.name.clone()).collect()
    }

    fn making(&self, adds: bool, body: Statement, goals: &mut Vec<RelationId>) -> Vec<EventOption> {
        let goal = match body {
            Statement::Relation(relation, _) if adds => Some(relation),
            _ => None,
        };
        goals.extend(goal);
        let given = |(id, event)| makes(self.decider, event, adds, body).map(|given| (id, given));
        let found = self.events().filter_map(given).filter_map(|(id, given)| self.doing(id, &given, goals)).collect();
        goals.truncate(goals.len() - usize::from(goal.is_some()));
        found
    }

    fn events(&self) -> impl Iterator<Item = (EventId, &Event)> {
        self.decider.compiled.policy.events.iter().filter(|(_, event)| self.decider.context.has(&event.meta.validity))
    }

    /// An event, and who may do it; nothing where those who may would not bring the change about.
    fn doing(&self, id: EventId, given: &PartialEvent, goals: &mut Vec<RelationId>) -> Option<EventOption> {
        let (decider, policy) = (self.decider, &self.decider.compiled.policy);
        let event = &policy.events[id];
        let mentioned: Vec<EntityId> = given.arguments.iter().flat_map(entities).collect();
        let (candidates, all) = match given.doer {
            Some(doer) => (vec![doer], true),
            None => self.candidates(&mentioned),
        };
        let (choices, known) = given.filled(decider, event, self.asked);
        let may = able(decider, id, given, &candidates, &choices, &known);
        let effect = given.effect.is_some_and(|_| may.is_empty());
        if effect && !able(decider, id, &PartialEvent { effect: None, ..given.clone() }, &candidates, &choices, &known).is_empty() {
            return None;
        }
        // Where nothing that there is will do, what is open stays open.
        let (choices, known) = if choices.is_empty() { (vec![given.arguments.clone()], given.known.clone()) } else { (choices, known) };
        let action = event.does.map(|(action, _)| policy.actions[action].meta.name.clone());
        let claims = event.meta.source.iter().map(|&claim| policy.claims[claim].meta.name.clone()).collect();
        let mut doing = EventOption {
            event: event.meta.name.clone(),
            title: event.meta.title.clone(),
            does: action,
            who: people(decider, &may),
            count: may.len(),
            afterwards: false,
            takes: None,
            first: Vec::new(),
            effects: effects(decider, event, given, &choices, &known),
            note: event.meta.note.clone(),
            claims,
        };
        if may.is_empty() {
            self.nobody(&mut doing, id, given, &candidates, (&choices, &known), goals);
        } else if !judged(event, &known) && given.doer.is_none() {
            doing.who.push_str(", if the event's condition is met");
        }
        if !all {
            doing.who.push_str(" (not everybody was asked)");
        }
        Some(doing)
    }

    /// Nobody may do the event now: what it takes, and what must come first.
    fn nobody(
        &self,
        doing: &mut EventOption,
        id: EventId,
        given: &PartialEvent,
        candidates: &[EntityId],
        (choices, known): (&[Vec<Argument>], &[bool]),
        goals: &mut Vec<RelationId>,
    ) {
        let event = &self.decider.compiled.policy.events[id];
        let expr = &event.condition.expr;
        // The choice that lacks least, the first of equals.
        let requirements = |arguments| ConditionReader::of_event(self.decider, event, &given.required, arguments, known);
        let nearest = choices.iter().map(|arguments| (requirements(arguments).lacks(expr), arguments)).min_by_key(|(lacks, _)| lacks.len());
        let Some((lacks, arguments)) = nearest else { return };
        let requirements = requirements(arguments);
        let mut clauses = requirements.read_of_doer();
        clauses.extend(requirements.of_doer(expr));
        if let Some((action, index)) = event.does {
            let resource = match &arguments[index] {
                Argument::One(Value::Entity(ent)) if known[index] => *ent,
                _ => EntityId::NONE,
            };
            let on = requirements.argument(index);
            clauses.extend(requirements::of_action(self.decider, action, resource, &on));
        }
        clauses.dedup();
        let whoever = match given.doer {
            Some(doer) => self.decider.world.name(&self.decider.compiled.policy, doer),
            None => requirements::somebody(self.decider),
        };
        doing.takes = (!clauses.is_empty()).then(|| format!("{whoever} {}", requirements::all_of(&clauses)));
        let bodies: Option<Vec<Statement>> = lacks.iter().map(|lack| lack.body).collect();
        if let Some(bodies) = bodies.filter(|bodies| !bodies.is_empty()) {
            let changes: Vec<counterfactual::Change> = bodies.into_iter().map(counterfactual::Change::Add).collect();
            let overlay = Overlay::of(self.decider, &changes);
            let after = overlay.decider(self.decider.compiled);
            let may = able(&after, id, given, candidates, choices, known);
            if !may.is_empty() {
                doing.who = people(&after, &may);
                doing.count = may.len();
                doing.afterwards = true;
                doing.takes = None;
            }
        }
        doing.first = lacks.iter().map(|lack| self.before(lack, goals)).collect();
    }

    /// What makes so what is lacking. What is itself the goal, or comes before it already, is not gone after again.
    fn before(&self, lack: &UnmetFact, goals: &mut Vec<RelationId>) -> Precondition {
        let by = if goals.contains(&lack.relation) || goals.len() > DEEP {
            Vec::new()
        } else if let Some(body) = lack.body {
            self.making(true, body, goals)
        } else {
            goals.push(lack.relation);
            let is = |fact: &FactTerm| matches!(fact, FactTerm::Relation(own, _) if *own == lack.relation);
            let events = self.events().filter(|(_, event)| event.adds.iter().any(|change| is(&change.fact)));
            let by = events.filter_map(|(id, event)| self.doing(id, &PartialEvent::open(event), goals)).collect();
            goals.pop();
            by
        };
        let what = lack.body.map(|body| self.decider.world.statement_text(&self.decider.compiled.policy, &body));
        Precondition { says: lack.says.clone(), what, by }
    }

    /// Who may do the action now, as people are told; nothing where nobody may.
    pub(super) fn instead(&self) -> Option<String> {
        let (candidates, _) = self.candidates(&[]);
        let able: Vec<EntityId> =
            candidates.into_iter().filter(|&subject| self.decider.decide(&ResolvedRequest { subject, ..*self.asked }).allowed()).collect();
        (!able.is_empty()).then(|| people(self.decider, &able))
    }

    /// Those who may be able to: everybody in a small world; else those whose data name something that the question or the change is about,
    /// or who hold a role on it. The flag says whether that is everybody.
    fn candidates(&self, mentioned: &[EntityId]) -> (Vec<EntityId>, bool) {
        let (decider, asked) = (self.decider, self.asked);
        let (world, at, policy) = (decider.world, decider.context.at, &decider.compiled.policy);
        let subjects = policy.subjects();
        let count: usize = subjects.iter().map(|kind| world.of_kind(kind).len()).sum();
        if count <= ASKED {
            let all = subjects.iter().flat_map(|kind| world.of_kind(kind)).filter(|&ent| world.lives(ent, at));
            return (all.collect(), true);
        }
        let mut about: Vec<EntityId> = mentioned.to_vec();
        about.extend([asked.subject, asked.resource]);
        for ent in about.clone() {
            about.extend(above(world, ent, at));
        }
        about.sort();
        about.dedup();
        let mut found: Vec<EntityId> = Vec::new();
        for &ent in &about {
            for (attribute, declared) in policy.attributes.iter() {
                if subjects.contains(declared.kind) {
                    found.extend(world.entities_with_value(attribute, ent).take(ASKED).filter_map(|id| match world.fact(id).statement {
                        Statement::Value { entity, .. } => Some(entity),
                        _ => None,
                    }));
                }
            }
            for id in world.assignments_over(ent).take(ASKED) {
                if let Statement::Holds { holder, .. } = world.fact(id).statement {
                    found.push(holder);
                    found.extend(members(world, holder, at));
                }
            }
        }
        found.extend([asked.subject]);
        found.retain(|&ent| subjects.contains(world.kind(ent)) && world.lives(ent, at));
        found.sort();
        found.dedup();
        let whole = found.len() <= ASKED;
        found.truncate(ASKED);
        (found, whole)
    }
}

/// The event with what it must be given to add (or remove) the fact, by its first effect that may; `None` if it cannot.
fn makes(decider: &Decider<'_>, event: &Event, adds: bool, body: Statement) -> Option<PartialEvent> {
    PartialEvent::regress(decider, event, adds, body).find(|partial| static_eval::possible(decider, event, partial))
}

/// Whether the event has effects on such facts, and none of them can make this change, whoever does it.
fn never_makes(decider: &Decider<'_>, event: &Event, adds: bool, body: Statement) -> bool {
    let mut partials = PartialEvent::regress(decider, event, adds, body).peekable();
    partials.peek().is_some() && !partials.any(|partial| static_eval::possible(decider, event, &partial))
}

/// Those of the candidates who may do the event as given.
fn able(
    decider: &Decider<'_>,
    id: EventId,
    given: &PartialEvent,
    candidates: &[EntityId],
    choices: &[Vec<Argument>],
    known: &[bool],
) -> Vec<EntityId> {
    let policy = &decider.compiled.policy;
    let event = &policy.events[id];
    let judged = judged(event, known);
    let whole = event.parameters.iter().zip(known).all(|(parameter, known)| *known || parameter.optional);
    let may = |doer: EntityId, arguments: &[Argument]| {
        let allowed = event.does.is_none_or(|(action, index)| match &arguments[index] {
            Argument::One(Value::Entity(resource)) => {
                policy.actions[action].on.contains(decider.world.kind(*resource))
                    && decider.decide(&ResolvedRequest { subject: doer, action, resource: *resource }).allowed()
            }
            _ => true,
        });
        let reads = given.required.iter().all(|(term, value)| match term.root() {
            TermNode::Parameter(index) if !known[*index] => true,
            _ => decider.eval_term(doer, term, arguments) == Some(*value),
        });
        // While arguments are open the condition is judged as far as who does it settles it.
        let open = || PartialEvent { doer: Some(doer), arguments: arguments.to_vec(), known: known.to_vec(), ..given.clone() };
        let condition = || {
            if judged { decider.may_happen(id, doer, arguments) == Truth::True } else { static_eval::possible_now(decider, event, &open()) }
        };
        // With all arguments at hand it can be seen whether the effect comes about.
        let makes = || !whole || given.effect.is_none_or(|effect| decider.produces(id, effect, doer, arguments, given.variables));
        reads && allowed && condition() && makes()
    };
    candidates.iter().copied().filter(|&doer| choices.iter().any(|arguments| may(doer, arguments))).collect()
}

/// Whether the condition can be judged: it reads no argument that nobody has chosen yet.
fn judged(event: &Event, known: &[bool]) -> bool {
    !event.condition.expr.any_term(&|term| matches!(term.root(), TermNode::Parameter(index) if !known[*index]))
}

/// What the event does besides the change: the effects beside the one that makes it.
fn effects(decider: &Decider<'_>, event: &Event, given: &PartialEvent, choices: &[Vec<Argument>], known: &[bool]) -> Vec<String> {
    let Some(own) = given.effect else { return Vec::new() };
    let (policy, world) = (&decider.compiled.policy, decider.world);
    // What was filled in differs between choices: it is told where there is one.
    let (arguments, known) = match choices {
        [only] => (only, known),
        _ => (&given.arguments, given.known.as_slice()),
    };
    let mut told = Vec::new();
    let kinds = event.creates.iter().map(|creation| policy.kinds[creation.kind].meta.name.as_str());
    told.extend(kinds.map(|kind| format!("creates {kind}")));
    for (adds, changes) in [(true, &event.adds), (false, &event.removes)] {
        for change in changes.iter().enumerate().filter(|(index, _)| own != (adds, *index)).map(|(_, change)| change) {
            let requirements = ConditionReader {
                variables: &change.condition.variables,
                ..ConditionReader::of_event(decider, event, &given.required, arguments, known)
            };
            let fact = requirements.fact(&change.fact);
            let verb = if adds { "adds" } else { "removes" };
            let always = matches!(change.condition.expr, Expr::True);
            let place = if always { String::new() } else { format!(": see {}", world.sources.place(change.span)) };
            told.push(format!("{verb} `{fact}`{place}"));
        }
    }
    let ends = event.ends.iter().map(|&index| ConditionReader::of_event(decider, event, &given.required, arguments, known).argument(index));
    told.extend(ends.map(|ended| format!("ends {ended}")));
    told
}

/// Members of a group, at any depth, a few hundred at most.
pub(super) fn members(world: &World, group: EntityId, at: crate::time::Instant) -> Vec<EntityId> {
    let mut found = vec![group];
    let mut next = 0;
    while let Some(&here) = found.get(next) {
        next += 1;
        for id in world.members(here) {
            if let (Statement::Member { member, .. }, true) = (world.fact(id).statement, world.fact(id).during.contains(at))
                && found.len() < ASKED
                && !found.contains(&member)
            {
                found.push(member);
            }
        }
    }
    found.split_off(1)
}

/// Subjects in words: by name if they are few, else by home, with counts.
pub(super) fn people(decider: &Decider<'_>, ents: &[EntityId]) -> String {
    let (world, policy) = (decider.world, &decider.compiled.policy);
    let names = |ents: &[EntityId]| ents.iter().map(|&ent| world.name(policy, ent)).collect::<Vec<_>>().join(", ");
    if ents.is_empty() {
        return "nobody now".to_owned();
    }
    if ents.len() <= 3 {
        return names(ents);
    }
    let mut homes: BTreeMap<(u32, Option<EntityId>), usize> = BTreeMap::new();
    for &ent in ents {
        let kind = world.kind(ent);
        let home = policy.kinds[kind].exactly_one.iter().find_map(|&attribute| match world.read(ent, attribute, decider.context.at) {
            crate::world::Lookup::Known(Value::Entity(home), _) => Some(home),
            _ => None,
        });
        *homes.entry((u32::try_from(kind.index()).unwrap_or(u32::MAX), home)).or_default() += 1;
    }
    let told = homes.iter().take(4).map(|(&(kind, home), &count)| {
        let kind = &policy.kinds[crate::policy::KindId(kind)].meta.name;
        let plural = if count == 1 { "" } else { "s" };
        match home {
            Some(home) => format!("{count} {kind}{plural} of {}", world.name(policy, home)),
            None => format!("{count} {kind}{plural}"),
        }
    });
    let mut text = told.collect::<Vec<_>>().join(", ");
    if homes.len() > 4 {
        text.push_str(", and others");
    }
    text
}
