//! How to turn an answer: the smallest sets of changes, each tried before it is told.

mod alike;
mod also;
mod date;
mod doers;
mod standing;
mod trial;

use crate::eval::{Change, Decider, Engine, Outcome, Record};
use crate::explain::{self, Question, fact_words};
use crate::policy::ActionId;
use crate::text::Place;
use crate::world::{Asked, Body, Ent, Value};
use serde::Serialize;

/// How to turn an answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct HowTo {
    /// The question.
    pub question: Question,
    /// `allow` or `revoke`.
    pub goal: &'static str,
    /// The answer is as wanted: there is nothing to do.
    pub already: bool,
    /// Sets of changes, each of which turns the answer, and no part of which does. Fewest changes first, then fewest doers.
    pub ways: Vec<Way>,
    /// How many more there are than are told.
    pub more: usize,
    /// Obvious changes that would not turn it, and why not.
    pub standing: Vec<Standing>,
    /// Why nothing turns it; empty where something does.
    pub why_not: Vec<String>,
    /// The search reached its limit: there may be others.
    pub limited: bool,
}

/// A set of changes that turns the answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Way {
    /// The changes.
    pub changes: Vec<Step>,
    /// What else they give or take.
    pub also: Vec<String>,
    /// The claims on which the new answer rests.
    pub claims: Vec<String>,
    /// Entities that others could stand for: whoever makes the change is free to choose.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub in_place_of: Vec<String>,
    /// How many other choices there are.
    pub others: usize,
}

/// One change, in words.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Step {
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
    /// The events that make the change, and who may do them now.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub by: Vec<Doing>,
}

/// An event that makes a change.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Doing {
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
    /// The claims that it cites.
    pub claims: Vec<String>,
}

/// An obvious change that would not turn the answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Standing {
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
pub fn how_to(decider: &Decider<'_>, asked: &Asked, allow: bool, most: Option<usize>) -> HowTo {
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
        limited: false,
    };
    if answer.already {
        return answer;
    }
    let trial = trial::Trial::new(decider, asked, allow);
    let found = trial.run();
    answer.limited = found.limited;
    let told = most.unwrap_or(TOLD).min(TOLD);
    let mut ways: Vec<(usize, alike::Alike, Vec<Step>)> = alike::group(decider, asked, found.sets)
        .into_iter()
        .map(|alike| {
            let steps: Vec<Step> = alike.set.iter().map(|&change| step(decider, asked, allow, change)).collect();
            let mut doers: Vec<&str> = steps.iter().filter_map(|step| step.by.first().map(|by| by.who.as_str())).collect();
            doers.sort_unstable();
            doers.dedup();
            (doers.len(), alike, steps)
        })
        .collect();
    // Fewest changes first; then those that some event makes; then the fewest doers.
    ways.sort_by_key(|(doers, alike, steps)| {
        let dated = alike.set.iter().filter(|change| matches!(change, Change::Date { .. })).count();
        let by_none = steps.iter().filter(|step| step.by.is_empty()).count();
        (alike.set.len(), dated, by_none, alike.strangers(), *doers)
    });
    answer.more = ways.len().saturating_sub(told);
    for (_, alike, steps) in ways.into_iter().take(told) {
        let also = also::also(decider, asked, &alike.set);
        let claims = trial.claims(&alike.set);
        answer.ways.push(Way { changes: steps, also, claims, in_place_of: alike.in_place_of(decider), others: alike.others });
    }
    answer.standing = standing::standing(decider, asked, allow);
    if answer.ways.is_empty() {
        answer.why_not = why_not(decider, asked, &record, &explanation);
    }
    answer
}

fn step(decider: &Decider<'_>, asked: &Asked, allow: bool, change: Change) -> Step {
    let (policy, world) = (&decider.engine.policy, decider.world);
    let fact = |change, body: Body| {
        let places = if change == "remove" {
            let holding = world.told(body, decider.scene.at);
            holding.map(|id| world.places(id)).unwrap_or_default()
        } else {
            Vec::new()
        };
        let by = doers::doers(decider, asked, change != "remove", body);
        // An assignment or membership reads well as it is written.
        let says = match body {
            Body::Relation(..) | Body::Value { .. } => fact_words(decider, body),
            Body::Holds { .. } | Body::Member { .. } => String::new(),
        };
        Step { change, what: world.body_text(policy, &body), says, places, by }
    };
    match change {
        Change::Add(body) => fact("add", body),
        Change::Remove(body) => fact("remove", body),
        Change::Set(body) => fact("set", body),
        Change::Toggle(toggle, on) => {
            let head = &policy.toggles[toggle].head;
            let change = if on { "turn-on" } else { "turn-off" };
            let title = head.title.clone().unwrap_or_default();
            Step { change, what: head.name.clone(), says: title, places: Vec::new(), by: Vec::new() }
        }
        Change::Date { at, .. } => date::step(decider, at, allow),
    }
}

/// Why no change within reach makes the answer yes, or no.
fn why_not(decider: &Decider<'_>, asked: &Asked, record: &Record, explanation: &explain::Explanation) -> Vec<String> {
    let policy = &decider.engine.policy;
    let cites = |claims: &[crate::policy::ClaimId]| {
        let names: Vec<&str> = claims.iter().map(|&claim| policy.claims[claim].head.name.as_str()).collect();
        if names.is_empty() { String::new() } else { format!(" ({})", names.join(", ")) }
    };
    let mut why = Vec::new();
    if record.decision.allowed() {
        why.push("no change within reach takes away all that it rests on".to_owned());
    } else {
        for &rule in decider.bars(asked.action) {
            if decider.lifts(rule, asked).is_empty() {
                let head = &policy.rules[rule].head;
                let bars = explanation.denies.iter().any(|deny| deny.truth == "true" && deny.name.as_ref() == Some(&head.name));
                let (name, cites) = (&head.name, cites(&head.source));
                why.push(if bars {
                    format!("{name}{cites} bars it, whatever is granted")
                } else {
                    format!("whether {name}{cites} bars it is unknown, and no change within reach tells")
                });
            }
        }
        for missing in &explanation.unknown {
            why.push(format!("the world does not tell {missing}: find that out first"));
        }
        if no_way(decider, asked.action) {
            why.push(format!("nothing in the policy grants {}", policy.actions[asked.action].head.name));
        } else if why.is_empty() || record.decision.outcome == Outcome::NotGranted {
            for reason in &explanation.reasons {
                if let Some(lack) = explain::first_lack(reason) {
                    why.push(format!("{}, and no change within reach mends that: {lack}", reason.says));
                }
            }
        }
    }
    why
}

fn no_way(decider: &Decider<'_>, action: ActionId) -> bool {
    decider.engine.graph.ways(action).is_empty()
}

/// The engine and world with changes, for whoever tries sets by hand.
pub fn turned(decider: &Decider<'_>, engine: &Engine, asked: &Asked, changes: &[Change], allow: bool) -> bool {
    if !changes.iter().all(|&change| alive(decider, change)) {
        return false;
    }
    let overlay = super::Overlay::of(decider, changes);
    let lives = [asked.subject, asked.resource].into_iter().all(|ent| overlay.world.lives(ent, overlay.scene.at));
    lives && overlay.decider(engine).decide(asked).allowed() == allow
}

/// Whether all that an added fact names is there: one that only the policy names is not.
fn alive(decider: &Decider<'_>, change: Change) -> bool {
    let lives = |ent: Ent| ent == Ent::NOBODY || decider.world.lives(ent, decider.scene.at);
    match change {
        Change::Add(body) | Change::Set(body) => match body {
            Body::Relation(_, ends) => ends.into_iter().all(lives),
            Body::Holds { holder, scope, .. } => lives(holder) && lives(scope),
            Body::Member { member, group } => lives(member) && lives(group),
            Body::Value { entity, value, .. } => lives(entity) && !matches!(value, Value::Entity(ent) if !lives(ent)),
        },
        Change::Remove(_) | Change::Toggle(..) | Change::Date { .. } => true,
    }
}
