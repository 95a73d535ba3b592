//! Refused events and broken invariants, as diagnostics.

use super::proof::{ProofBuilder, lacks};
use super::{Reason, explain};
use crate::diag::{Code, Diagnostic};
use crate::eval::{Decider, Truth};
use crate::events::{BrokenInvariant, EventError};
use crate::plan::{CompiledPolicy, Context};
use crate::time::Instant;
use crate::wording::Words;
use crate::world::{EventRecord, World};

/// An event that may not happen, as a diagnostic: the world is as it was before the event's instant.
pub fn refused(compiled: &CompiledPolicy, world: &World, occurrences: &[EventRecord], refusal: &EventError) -> Diagnostic {
    let policy = &compiled.policy;
    let at = |index: usize| &occurrences[index];
    let name = |index: usize| policy.events[at(index).event].meta.name.as_str();
    let words = |when: Instant| Words { policy, world, at: when };
    match refusal {
        EventError::NotAllowed { occurrence, asked, together, .. } => {
            let event = at(*occurrence);
            let decider = Decider::new(compiled, world, Context::at(policy, event.at));
            let record = decider.record(asked);
            let explanation = explain(&decider, asked, &record);
            let doer = world.name(policy, event.by);
            let headline = format!(
                "event `{}` may not happen on {}: `{doer}` is not allowed `{}`",
                name(*occurrence),
                event.at,
                explanation.question.action
            );
            let mut told = Diagnostic::new(Code::EventRefused, headline, event.span, "refused");
            if *together {
                told = told.note("by itself it would be allowed; another event of the same instant forbids it");
            }
            told = told.note(explanation.verdict.clone());
            // What bars it stands in the verdict.
            for way in explanation.reasons.iter().filter(|way| way.truth != "true").take(4) {
                told = told.note(match failing(way) {
                    Some(lack) => format!("{}: {lack}", way.says),
                    None => way.says.clone(),
                });
            }
            told.and(policy.events[event.event].meta.span, "the event is defined here")
        }
        EventError::Condition { occurrence, truth, together } => {
            let event = at(*occurrence);
            let declared = &policy.events[event.event];
            let is = if *truth == Truth::Unknown { "unknown" } else { "not true" };
            let headline = format!("event `{}` may not happen on {}: its condition is {is}", name(*occurrence), event.at);
            let mut told =
                Diagnostic::new(Code::EventRefused, headline, event.span, "refused").and(declared.meta.span, "the event is defined here");
            if *together {
                told = told.note("by itself it could happen; another event of the same instant forbids it");
            }
            if !together {
                let decider = Decider::new(compiled, world, Context::at(policy, event.at));
                let walked = decider.near_miss_of_event(event.event, event.by, &event.arguments);
                for lack in ProofBuilder::of(&decider).lacking(&walked).into_iter().take(4) {
                    told = told.note(lack);
                }
            }
            for claim in &declared.meta.source {
                let claim = &policy.claims[*claim];
                told = told.note(format!("{}: {}", claim.meta.name, claim.text));
            }
            if let Some(note) = &declared.meta.note {
                told = told.note(note.clone());
            }
            told
        }
        EventError::NotInForce { occurrence } => {
            let event = at(*occurrence);
            let headline = format!("event `{}` is not in force on {}", name(*occurrence), event.at);
            Diagnostic::new(Code::EventRefused, headline, event.span, "refused")
                .and(policy.events[event.event].meta.span, "the event is defined here")
        }
        EventError::NotAlive { occurrence, ent } => {
            let event = at(*occurrence);
            let who = words(event.at).name(*ent);
            let life = world.life(*ent);
            let when = if life.since == event.at.after() {
                "an event of that instant creates it, and all see the world before it".to_owned()
            } else if event.at < life.since {
                format!("it is created on {}", life.since)
            } else {
                format!("it ended on {}", life.until)
            };
            let headline = format!("`{who}` does not exist on {}: {when}", event.at);
            let told = Diagnostic::new(Code::NotAlive, headline, event.span, format!("named by event `{}`", name(*occurrence)));
            let told = told.help("check the times of the two, and the name");
            match world.declared_at(*ent) {
                Some(declared) => told.and(declared, "declared here"),
                None => told,
            }
        }
        EventError::WrongResource { occurrence, ent } => {
            let event = at(*occurrence);
            let who = words(event.at).name(*ent);
            let headline = format!("the action of event `{}` does not stand on `{who}`", name(*occurrence));
            Diagnostic::new(Code::WrongKind, headline, event.span, "refused")
        }
        EventError::Term { occurrence, effect, unknown } => {
            let event = at(*occurrence);
            let why = if *unknown { "is unknown" } else { "is absent or out of range" };
            let headline = format!("an effect of event `{}` names something that {why} on {}", name(*occurrence), event.at);
            let label = if *unknown { "unknown" } else { "absent or out of range" };
            let told = Diagnostic::new(Code::EventTerm, headline, event.span, "refused").and(*effect, label);
            told.help("tell what it names in the world, as it was before the event")
        }
        EventError::Misfit { occurrence, effect, body } => {
            let event = at(*occurrence);
            let fact = world.statement_text(policy, body);
            let headline = format!("an effect of event `{}` tells `{fact}`, and there is no such fact", name(*occurrence));
            Diagnostic::new(Code::EventTerm, headline, event.span, "refused")
                .and(*effect, "something in it is of a kind that does not stand there")
                .help("give the event an entity of another kind, or narrow the kinds of its parameter")
        }
        EventError::Clash { body, adds, removes } => {
            let fact = world.statement_text(policy, body);
            let headline = format!("`{fact}` is both added and removed on {}", at(*adds).at);
            Diagnostic::new(Code::EventClash, headline, at(*adds).span, format!("`{}` adds it", name(*adds)))
                .and(at(*removes).span, format!("`{}` removes it", name(*removes)))
                .help("events of one instant all see the world before it; give one of them a later time")
        }
        EventError::Exhausted { occurrence } => {
            let event = at(*occurrence);
            let headline = format!("the condition of event `{}` takes too long to decide", name(*occurrence));
            Diagnostic::new(Code::EventRefused, headline, event.span, "given up")
                .help("bind its variables by relations that name few entities")
        }
    }
}

/// The first of the things on which a way rests that is not so, in words.
fn failing(way: &Reason) -> Option<&str> {
    way.because.iter().find(|below| below.truth != "true").map(|below| below.says.as_str())
}

/// The first thing that a way lacks, in words.
pub fn first_lack(way: &Reason) -> Option<&str> {
    lacks(way).first().copied()
}

/// A broken invariant, as a diagnostic that points at the facts that break it.
pub fn broken(compiled: &CompiledPolicy, world: &World, broken: &BrokenInvariant) -> Diagnostic {
    let policy = &compiled.policy;
    let invariant = &policy.invariants[broken.invariant];
    let words = Words { policy, world, at: broken.at };
    let name = &invariant.meta.name;
    if broken.exhausted {
        let headline = format!("invariant `{name}` takes too long to judge in this world");
        return Diagnostic::new(Code::InvariantBroken, headline, invariant.meta.span, "given up");
    }
    let when = if broken.at == Instant::MIN { String::new() } else { format!(" on {}", broken.at) };
    let variables = &invariant.never.variables;
    let binding: Vec<String> = broken
        .binding
        .iter()
        .map(|&(variable, ent)| format!("{} is {}", variables[usize::from(variable.0)].name, words.name(ent)))
        .collect();
    let headline = format!("invariant `{name}` is broken{when}");
    let mut spans = broken.facts.iter().filter_map(|&fact| world.spans(fact).next().map(|span| (span, words.fact(fact))));
    let mut told = match spans.next() {
        Some((span, says)) => Diagnostic::new(Code::InvariantBroken, headline, span, says),
        None => match broken.binding.iter().find_map(|&(_, ent)| world.declared_at(ent)) {
            Some(span) => Diagnostic::new(Code::InvariantBroken, headline, span, "declared here"),
            None => Diagnostic::nowhere(Code::InvariantBroken, headline),
        },
    };
    for (span, says) in spans.take(5) {
        told = told.and(span, says);
    }
    told = told.and(invariant.meta.span, "this is never to be true");
    if !binding.is_empty() {
        told = told.note(binding.join(", "));
    }
    for claim in &invariant.meta.source {
        let claim = &policy.claims[*claim];
        told = told.note(format!("{}: {}", claim.meta.name, claim.text));
    }
    told
}
