//! Why nothing turns an answer: what bars, what is missing, and what no change within reach mends.

use super::MissingFact;
use super::actors::Actors;
use super::requirements;
use crate::counterfactual::above;
use crate::eval::{Decider, MissingDatum, Outcome, Record, TraceNode, TraceStep};
use crate::explain::{self, Explanation};
use crate::policy::{AttributeId, ClaimId, Expr, RuleId, ValueType};
use crate::world::{EntityId, ResolvedRequest, Statement};
use std::collections::BTreeSet;

/// How many things that make a deny bar are told.
const TOLD: usize = 4;

/// Why no change within reach makes the answer yes, or no.
pub(super) fn why_not(decider: &Decider<'_>, asked: &ResolvedRequest, record: &Record, explanation: &Explanation) -> Vec<String> {
    let policy = &decider.compiled.policy;
    if record.decision.allowed() {
        return vec!["no change within reach takes away all that it rests on".to_owned()];
    }
    let mut why = Vec::new();
    for &rule in decider.denies(asked.action) {
        if decider.repairs_of_deny(rule, asked).is_empty() {
            why.push(bar(decider, asked, rule, record, explanation));
        }
    }
    if decider.compiled.graph.permits(asked.action).is_empty() {
        why.push(format!("nothing in the policy grants {}", policy.actions[asked.action].meta.name));
    } else if why.is_empty() || record.decision.outcome == Outcome::NotGranted {
        for reason in &explanation.reasons {
            if let Some(lack) = explain::first_lack(reason) {
                why.push(format!("{}, and no change within reach mends that: {lack}", reason.says));
            }
        }
    }
    why
}

/// Who may do it instead, or what it takes where nothing but a grant is missing.
pub(super) fn instead(decider: &Decider<'_>, asked: &ResolvedRequest, outcome: Outcome) -> Option<String> {
    if let Some(people) = (Actors { decider, asked }).instead() {
        return Some(format!("who may do it instead: {people}"));
    }
    if outcome != Outcome::NotGranted {
        return None;
    }
    let on = decider.world.name(&decider.compiled.policy, asked.resource);
    let takes = requirements::of_action(decider, asked.action, asked.resource, &on)?;
    Some(format!("who may do it instead: nobody now; it takes {} {takes}", requirements::somebody(decider)))
}

/// Why a deny bars that nothing lifts.
fn bar(decider: &Decider<'_>, asked: &ResolvedRequest, rule: RuleId, record: &Record, explanation: &Explanation) -> String {
    let meta = &decider.compiled.policy.rules[rule].meta;
    let called = format!("{}{}", meta.name, cites(decider, &meta.source));
    let deny = explanation.denies.iter().find(|deny| deny.name.as_ref() == Some(&meta.name));
    let Some(deny) = deny.filter(|deny| deny.truth == "true") else {
        return format!("whether {called} bars it hangs on what the world does not tell");
    };
    if let Some(facts) = past(decider, rule, record) {
        return format!(
            "{called} bars it, because {}. That is history, which nobody can change: there is nothing to do, whatever is granted",
            facts.join(" and ")
        );
    }
    let because: Vec<&str> = deny.because.iter().take(TOLD).map(|reason| reason.says.as_str()).collect();
    let because = if because.is_empty() { "always".to_owned() } else { because.join("; ") };
    let lifted = unless(decider, rule, asked).unwrap_or_default();
    format!("{called} bars it, and no change within reach lifts that: {because}{lifted}")
}

/// The facts that make a deny bar, in words, if all of them are history.
fn past(decider: &Decider<'_>, rule: RuleId, record: &Record) -> Option<Vec<String>> {
    let policy = &decider.compiled.policy;
    let mut waiting: Vec<TraceNode<'_>> = record.trace.roots().filter(|root| root.step() == TraceStep::Deny(rule)).collect();
    let mut bodies = BTreeSet::new();
    while let Some(visit) = waiting.pop() {
        if let TraceStep::Fact(fact) = visit.step() {
            let body = decider.world.fact(fact).statement;
            let Statement::Value { attribute, .. } = body else { return None };
            if !policy.attributes[attribute].history {
                return None;
            }
            bodies.insert(body);
        }
        waiting.extend(visit.below());
    }
    (!bodies.is_empty()).then(|| bodies.into_iter().take(TOLD).map(|body| explain::fact_words(decider, body)).collect())
}

/// Whom a rule's `unless` lets pass, in words and as written.
fn unless(decider: &Decider<'_>, rule: RuleId, asked: &ResolvedRequest) -> Option<String> {
    let parts = match &decider.compiled.policy.rules[rule].condition.expr {
        Expr::And(parts) => parts.as_slice(),
        expr => std::slice::from_ref(expr),
    };
    let inner = parts.iter().rev().find_map(|part| match part {
        Expr::Not(inner) => Some(inner),
        _ => None,
    })?;
    let text = requirements::written(decider, inner)?;
    Some(match requirements::of_rule(decider, rule, inner, asked.resource) {
        Some(clause) => format!(". It would not bar {} {clause}: `{text}`", requirements::somebody(decider)),
        None => format!(". It would not bar if `{text}`"),
    })
}

fn cites(decider: &Decider<'_>, claims: &[ClaimId]) -> String {
    let names: Vec<&str> = claims.iter().map(|&claim| decider.compiled.policy.claims[claim].meta.name.as_str()).collect();
    if names.is_empty() { String::new() } else { format!(" ({})", names.join(", ")) }
}

/// What the world does not tell, and what to look for.
pub(super) fn find_out(decider: &Decider<'_>, record: &Record) -> Vec<MissingFact> {
    let (policy, world) = (&decider.compiled.policy, decider.world);
    let mut found: Vec<MissingFact> = explain::missing(record)
        .into_iter()
        .map(|datum| {
            let (says, about) = match datum {
                MissingDatum::Attribute(ent, attribute) => (value(decider, attribute), ent),
                MissingDatum::Fact(body) => (format!("whether {}", explain::fact_words(decider, body)), first(body)),
            };
            let place = world.declared_in(about);
            MissingFact { datum: explain::datum(policy, world, datum), says, with: with(decider, datum), place }
        })
        .collect();
    found.sort_by(|one, other| one.datum.cmp(&other.datum));
    found.dedup();
    found
}

/// What an attribute can be, in words.
fn value(decider: &Decider<'_>, attribute: AttributeId) -> String {
    let policy = &decider.compiled.policy;
    match &policy.attributes[attribute].value {
        ValueType::Entity(kinds) => {
            let names: Vec<String> = kinds.iter().map(|kind| requirements::article(&policy.kinds[kind].meta.name)).collect();
            names.join(" or ")
        }
        ValueType::OneOf(texts) => {
            let names: Vec<String> = texts.iter().map(|&text| format!("\"{}\"", policy.texts[text])).collect();
            format!("one of {}", names.join(", "))
        }
        value => value.noun().to_owned(),
    }
}

/// Whose record a datum is, as far as the world tells: the parties of a relation; what an entity lies within.
fn with(decider: &Decider<'_>, datum: MissingDatum) -> Vec<String> {
    let outermost = |ent: EntityId| above(decider.world, ent, decider.context.at).pop();
    let parties: Vec<EntityId> = match datum {
        MissingDatum::Attribute(ent, _) => outermost(ent).into_iter().collect(),
        MissingDatum::Fact(Statement::Relation(_, ends)) => {
            ends.into_iter().filter(|&end| end != EntityId::NONE).map(|end| outermost(end).unwrap_or(end)).collect()
        }
        MissingDatum::Fact(Statement::Holds { scope, .. }) => vec![outermost(scope).unwrap_or(scope)],
        MissingDatum::Fact(Statement::Member { .. } | Statement::Value { .. }) => Vec::new(),
    };
    parties.into_iter().map(|ent| decider.world.name(&decider.compiled.policy, ent)).collect()
}

/// What a fact is about first.
fn first(body: Statement) -> EntityId {
    match body {
        Statement::Relation(_, [first, ..]) => first,
        Statement::Holds { holder, .. } => holder,
        Statement::Member { member, .. } => member,
        Statement::Value { entity, .. } => entity,
    }
}
