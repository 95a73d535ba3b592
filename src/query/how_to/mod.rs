//! How to turn an answer: the smallest sets of changes, each tried before it is told.

mod actors;
mod blockers;
mod dates;
mod grouping;
mod ineffective;
mod manual;
mod ownership;
mod requirements;
mod side_effects;
mod verify;

use crate::counterfactual::Change;
use crate::eval::{Decider, Outcome};
use crate::explain::{self, AskedQuestion, fact_words};
use crate::plan::CompiledPolicy;
use crate::text::Place;
use crate::world::{EntityId, ResolvedRequest, Statement, Value};
use serde::Serialize;

/// How to turn an answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct HowTo {
    /// The question.
    pub question: AskedQuestion,
    /// `allow` or `revoke`.
    pub goal: &'static str,
    /// The answer is as wanted: there is nothing to do.
    pub already: bool,
    /// Sets of changes, each of which turns the answer, and no part of which does. Fewest changes first, then fewest doers.
    pub ways: Vec<Repair>,
    /// How many more there are than are told.
    pub more: usize,
    /// Obvious changes that would not turn it, and why not.
    pub standing: Vec<IneffectiveChange>,
    /// Why nothing turns it; empty where something does.
    pub why_not: Vec<String>,
    /// Who may do it instead, or what it takes to be able, where nothing turns a no.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub instead: Option<String>,
    /// What the answer hangs on and the world does not tell.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub find_out: Vec<MissingFact>,
    /// The search reached its limit: there may be others.
    pub limited: bool,
}

/// A set of changes that turns the answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Repair {
    /// The changes.
    pub changes: Vec<ChangeStep>,
    /// What else they give or take.
    pub also: Vec<String>,
    /// The claims on which the new answer rests.
    pub claims: Vec<String>,
    /// Entities that others could stand for: whoever makes the change is free to choose.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub in_place_of: Vec<String>,
    /// How many other choices there are.
    pub others: usize,
    /// The other choices, if they are few.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub instead: Vec<String>,
}

/// One change, in words.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ChangeStep {
    /// `add`, `remove`, `set`, `turn-on`, `turn-off` or `date`.
    pub change: &'static str,
    /// The fact, as a world file would tell it; the toggle's name; the date.
    pub what: String,
    /// The same in a sentence, or more about it.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub says: String,
    /// Where a removed fact is told.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub places: Vec<Place>,
    /// Of a toggle: `proposed`, `current`, `retired` or `interpretation`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<&'static str>,
    /// When an added fact ended, if it held before.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ended: Option<String>,
    /// Of a membership: whose the group is, where that is not the member's home.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub foreign: Option<String>,
    /// The events that make the change, and who may do them now.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub by: Vec<EventOption>,
    /// For whom the change is, where no event of the policy makes it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub outside: Option<ManualChange>,
}

/// A change that no event makes: the policy knows no way in which it comes about, and the world is told when it has.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ManualChange {
    /// For whom it is, in words.
    pub who: String,
    /// The claims of the role or relation.
    pub claims: Vec<String>,
    /// Events that make such changes, and can never make this one, whoever does them.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub closed: Vec<String>,
}

/// An event that makes a change.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct EventOption {
    /// Its name.
    pub event: String,
    /// Its title.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// The action that its doer must be allowed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub does: Option<String>,
    /// Who may do it now: groups of subjects, with counts.
    pub who: String,
    /// How many may.
    pub count: usize,
    /// They may only when what comes first is done: the steps of `first`, or the other changes of the set.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub afterwards: bool,
    /// Whom it takes, where nobody may: what the event asks of its doer, in words.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub takes: Option<String>,
    /// What must be so first, where nobody may.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub first: Vec<Precondition>,
    /// What the event does besides.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub effects: Vec<String>,
    /// The author's remark on the event.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    /// The claims that it cites.
    pub claims: Vec<String>,
}

/// Something that must be so before an event may happen.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Precondition {
    /// In a sentence.
    pub says: String,
    /// The fact, as a world file would tell it, where it is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub what: Option<String>,
    /// The events that make it so.
    pub by: Vec<EventOption>,
}

impl ChangeStep {
    /// How far off it is; see [`EventOption::distance`]. Of equals what was so before is nearer.
    fn distance(&self) -> usize {
        2 * EventOption::nearest(&self.by).map_or(FAR, EventOption::distance) + usize::from(self.ended.is_none())
    }

    /// Whether it restores what ended, or somebody may make it now, or when the rest is done.
    fn near(&self) -> bool {
        self.ended.is_some() || self.by.iter().any(|doing| doing.count > 0)
    }
}

impl EventOption {
    /// How far off it is, for comparison: somebody may do it now; somebody may when other things are done; nobody may, and the more must
    /// come first, the farther.
    pub fn distance(&self) -> usize {
        match (self.count, self.afterwards) {
            (0, _) => 2 + self.first.iter().map(Precondition::distance).sum::<usize>(),
            (_, afterwards) => usize::from(afterwards),
        }
    }

    /// Of events that do the same, the nearest; the first of equals.
    pub fn nearest(by: &[EventOption]) -> Option<&EventOption> {
        by.iter().min_by_key(|doing| doing.distance())
    }
}

impl Precondition {
    /// What no event makes so is farther than any that one does.
    fn distance(&self) -> usize {
        EventOption::nearest(&self.by).map_or(FAR, |doing| 1 + doing.distance())
    }
}

/// The distance of what no event makes so.
const FAR: usize = 1_000;

/// A datum that the world does not tell.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct MissingFact {
    /// As `unknown` names it.
    pub datum: String,
    /// What it can be, or what it is about, in words.
    pub says: String,
    /// Whose record it is: with whom it can be looked up.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub with: Vec<String>,
    /// Where what it is about is declared.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub place: Option<Place>,
}

/// An obvious change that would not turn the answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct IneffectiveChange {
    /// `add` or `remove`.
    pub change: &'static str,
    /// The fact.
    pub what: String,
    /// The answer that stands all the same.
    pub verdict: String,
    /// The claims on which that rests.
    pub claims: Vec<String>,
    /// Advice and obligations that would come with it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub told: Vec<String>,
}

/// How many ways are told, at the most.
const TOLD: usize = 10;

/// Finds how to make the answer yes (`allow`) or no. `most`: how many ways are told.
pub fn how_to(decider: &Decider<'_>, asked: &ResolvedRequest, allow: bool, most: Option<usize>) -> HowTo {
    let record = decider.record(asked);
    let explanation = explain::explain(decider, asked, &record);
    let mut answer = HowTo {
        question: explanation.question.clone(),
        goal: if allow { "allow" } else { "revoke" },
        already: record.decision.allowed() == allow,
        ways: Vec::new(),
        more: 0,
        standing: Vec::new(),
        why_not: Vec::new(),
        instead: None,
        find_out: Vec::new(),
        limited: false,
    };
    if answer.already {
        return answer;
    }
    let verifier = verify::Verifier::new(decider, asked, allow);
    let found = verifier.run();
    answer.limited = found.limited;
    let told = most.unwrap_or(TOLD).min(TOLD);
    let mut ways: Vec<(usize, grouping::RepairGroup, Vec<ChangeStep>)> = grouping::group(decider, asked, found.sets)
        .into_iter()
        .map(|mut alike| {
            let steps = alike.nearest(|set| {
                let steps: Vec<ChangeStep> = set.iter().map(|&change| step(decider, asked, allow, set, change)).collect();
                (steps.iter().map(ChangeStep::distance).sum(), steps)
            });
            let mut actors: Vec<&str> = steps.iter().filter_map(|step| step.by.first().map(|by| by.who.as_str())).collect();
            actors.sort_unstable();
            actors.dedup();
            (actors.len(), alike, steps)
        })
        .collect();
    // Fewest changes first; then those that restore what ended, and those that somebody may make now; then those that some event makes;
    // then the fewest doers. Whoever is put into another's group comes last.
    ways.sort_by_key(|(actors, alike, steps)| {
        let dated = alike.set.iter().filter(|change| matches!(change, Change::Date { .. })).count();
        let by_none = steps.iter().filter(|step| step.by.is_empty()).count();
        let far = steps.iter().filter(|step| !step.near()).count();
        let fresh = steps.iter().filter(|step| step.ended.is_none()).count();
        let closed = steps.iter().filter(|step| step.outside.as_ref().is_some_and(|outside| !outside.closed.is_empty())).count();
        let foreign = steps.iter().filter(|step| step.foreign.is_some()).count();
        (foreign, alike.set.len(), dated, far, closed, fresh, by_none, alike.strangers(), *actors)
    });
    answer.more = ways.len().saturating_sub(told);
    for (_, alike, steps) in ways.into_iter().take(told) {
        let (also, whole) = side_effects::also(decider, asked, &alike.set, verifier.tellings());
        answer.limited |= !whole;
        let claims = verifier.claims(&alike.set);
        let instead = alike.instead(decider);
        answer.ways.push(Repair {
            changes: steps,
            also,
            claims,
            in_place_of: alike.in_place_of(decider),
            others: alike.others.len(),
            instead,
        });
    }
    answer.standing = ineffective::standing(decider, asked, allow);
    if record.decision.outcome == Outcome::Unknown {
        answer.find_out = blockers::find_out(decider, &record);
    }
    if answer.ways.is_empty() {
        answer.why_not = blockers::why_not(decider, asked, &record, &explanation);
        answer.instead = if allow { blockers::instead(decider, asked, record.decision.outcome) } else { None };
    }
    answer
}

fn step(decider: &Decider<'_>, asked: &ResolvedRequest, allow: bool, set: &[Change], change: Change) -> ChangeStep {
    let (policy, world) = (&decider.compiled.policy, decider.world);
    let fact = |verb, body: Statement| {
        let places = if verb == "remove" {
            let holding = world.find_holding(body, decider.context.at);
            holding.map(|id| world.places(id)).unwrap_or_default()
        } else {
            Vec::new()
        };
        let by = doing(decider, asked, verb != "remove", body, set, change);
        let outside = by.is_empty().then(|| {
            let closed = actors::Actors { decider, asked }.closed(verb != "remove", body);
            ManualChange { closed, ..manual::outside(decider, body) }
        });
        // An assignment or membership reads well as it is written.
        let says = match body {
            Statement::Relation(..) | Statement::Value { .. } => fact_words(decider, body),
            Statement::Holds { .. } | Statement::Member { .. } => String::new(),
        };
        let foreign = if verb == "add" { ownership::foreign(decider, body) } else { None };
        let ended = if verb == "add" { ended(decider, body) } else { None };
        ChangeStep { change: verb, status: None, what: world.statement_text(policy, &body), says, places, ended, foreign, by, outside }
    };
    match change {
        Change::Add(body) => fact("add", body),
        Change::Remove(body) => fact("remove", body),
        Change::Set(body) => fact("set", body),
        Change::Toggle(toggle, on) => {
            let meta = &policy.toggles[toggle].meta;
            let change = if on { "turn-on" } else { "turn-off" };
            let title = meta.title.clone().unwrap_or_default();
            let status = Some(explain::status(policy.toggles[toggle].status));
            ChangeStep {
                change,
                status,
                what: meta.name.clone(),
                says: title,
                places: Vec::new(),
                ended: None,
                foreign: None,
                by: Vec::new(),
                outside: None,
            }
        }
        Change::Date { at, .. } => dates::step(decider, asked, at, allow),
    }
}

/// When a fact ended that held before, the last time.
fn ended(decider: &Decider<'_>, body: Statement) -> Option<String> {
    let told = decider.world.facts_stating(body).filter(|&id| !decider.world.is_assumed(id));
    let ends = told.map(|id| decider.world.fact(id).during.until);
    ends.filter(|&until| until <= decider.context.at).max().map(|until| until.to_string())
}

/// The events that make one change of the set. What nobody may do now may be for somebody when the rest of the set is done.
fn doing(decider: &Decider<'_>, asked: &ResolvedRequest, adds: bool, body: Statement, set: &[Change], change: Change) -> Vec<EventOption> {
    let by = actors::Actors { decider, asked }.of(adds, body);
    let rest: Vec<Change> = set.iter().copied().filter(|&other| other != change).collect();
    if rest.is_empty() || by.iter().any(|doing| doing.count > 0 && !doing.afterwards) {
        return by;
    }
    let overlay = super::Overlay::of(decider, &rest);
    let after = overlay.decider(decider.compiled);
    let mut later = actors::Actors { decider: &after, asked }.of(adds, body);
    if !later.iter().any(|doing| doing.count > 0) {
        return by;
    }
    later.iter_mut().filter(|doing| doing.count > 0).for_each(|doing| doing.afterwards = true);
    later
}

/// The engine and world with changes, for whoever tries sets by hand.
pub fn turned(decider: &Decider<'_>, compiled: &CompiledPolicy, asked: &ResolvedRequest, changes: &[Change], allow: bool) -> bool {
    if !changes.iter().all(|&change| alive(decider, change)) {
        return false;
    }
    let overlay = super::Overlay::of(decider, changes);
    let lives = [asked.subject, asked.resource].into_iter().all(|ent| overlay.world.lives(ent, overlay.context.at));
    lives && overlay.decider(compiled).decide(asked).allowed() == allow
}

/// Whether all that an added fact names is there: one that only the policy names is not.
fn alive(decider: &Decider<'_>, change: Change) -> bool {
    let lives = |ent: EntityId| ent == EntityId::NONE || decider.world.lives(ent, decider.context.at);
    match change {
        Change::Add(body) | Change::Set(body) => match body {
            Statement::Relation(_, ends) => ends.into_iter().all(lives),
            Statement::Holds { holder, scope, .. } => lives(holder) && lives(scope),
            Statement::Member { member, group } => lives(member) && lives(group),
            Statement::Value { entity, value, .. } => lives(entity) && !matches!(value, Value::Entity(ent) if !lives(ent)),
        },
        Change::Remove(_) | Change::Toggle(..) | Change::Date { .. } => true,
    }
}
