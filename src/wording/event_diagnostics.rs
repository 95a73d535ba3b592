//! Refused events and broken invariants, as diagnostics.

use super::Words;
use crate::diag::{Code, Diagnostic};
use crate::eval::{Exhausted, Truth};
use crate::events::{BrokenInvariant, EventError};
use crate::explain::{Explanation, Reason, Refusal};
use crate::plan::CompiledPolicy;
use crate::policy::{ActionId, ClaimId, Event, Policy};
use crate::query::diff::EventRefusal;
use crate::time::Instant;
use crate::world::{EventRecord, World};

/// The most reasons that a refusal shows.
const REASONS: usize = 4;
/// The most facts that a broken invariant shows after the first.
const FACTS: usize = 5;

/// A refused event as a diagnostic. The world must be as it was before the instant of the event; `refusal` has the reasons for `error`.
pub fn refused(compiled: &CompiledPolicy, world: &World, events: &[EventRecord], error: &EventError, refusal: &Refusal) -> Diagnostic {
    let policy = &compiled.policy;
    let event = |index: usize| RefusedEvent { policy, world, record: &events[index], declared: &policy.events[events[index].event] };
    match error {
        EventError::NotAllowed { occurrence, asked, together, .. } => event(*occurrence).not_allowed(refusal, asked.action, *together),
        EventError::Condition { occurrence, truth, together } => event(*occurrence).condition(refusal, *truth, *together),
        EventError::NotInForce { occurrence } => {
            let event = event(*occurrence);
            let headline = format!("event `{}` is not in force on {}", event.name(), event.at());
            event.refused(headline).and(event.declared.meta.span, DEFINED)
        }
        EventError::NotAlive { occurrence, ent } => {
            let event = event(*occurrence);
            let life = world.life(*ent);
            let at = event.at();
            let why = if life.is_empty() {
                format!("does not exist on {at}: the event that creates it did not happen")
            } else if life.since == at.after() {
                format!("does not exist yet on {at}: an event of that instant creates it, and all see the world before it")
            } else if at < life.since {
                format!("does not exist yet on {at}: it is created on {}", life.since)
            } else {
                format!("no longer exists on {at}: it ended on {}", life.until)
            };
            let headline = format!("`{}` {why}", world.name(policy, *ent));
            let label = format!("named by event `{}`", event.name());
            let diagnostic = Diagnostic::new(Code::NotAlive, headline, event.record.span, label);
            let diagnostic = diagnostic.help("check both dates, and the name");
            match world.declared_at(*ent) {
                Some(declared) => diagnostic.and(declared, "declared here"),
                None => diagnostic,
            }
        }
        EventError::WrongResource { occurrence, ent } => {
            let event = event(*occurrence);
            let headline = format!("the action of event `{}` does not apply to `{}`", event.name(), world.name(policy, *ent));
            Diagnostic::new(Code::WrongKind, headline, event.record.span, "refused")
        }
        EventError::Term { occurrence, effect, unknown } => {
            let event = event(*occurrence);
            let (why, label) = if *unknown { ("is unknown", "unknown") } else { ("is absent or out of range", "absent or out of range") };
            let headline = format!("an effect of event `{}` names something that {why} on {}", event.name(), event.at());
            let diagnostic = Diagnostic::new(Code::EventTerm, headline, event.record.span, "refused")
                .and(*effect, label)
                .help("give the event another value, or state in the world what the effect names, as it was before the event");
            cite(diagnostic, policy, &event.declared.meta.source)
        }
        EventError::Misfit { occurrence, effect, body } => {
            let event = event(*occurrence);
            let fact = world.statement_text(policy, body);
            let headline = format!("an effect of event `{}` states `{fact}`, and no such fact is possible", event.name());
            Diagnostic::new(Code::EventTerm, headline, event.record.span, "refused")
                .and(*effect, "something in it is of a kind that is not possible there")
                .help("give the event an entity of another kind, or narrow the kinds of its parameter")
        }
        EventError::Clash { body, adds, removes } => {
            let (adds, removes) = (event(*adds), event(*removes));
            let headline = format!("`{}` is both added and removed on {}", world.statement_text(policy, body), adds.at());
            Diagnostic::new(Code::EventClash, headline, adds.record.span, format!("`{}` adds it", adds.name()))
                .and(removes.record.span, format!("`{}` removes it", removes.name()))
                .help("events of one instant all see the world before it; give one of them a later time")
        }
        EventError::TwoValues { values: [one, other], events: [sets, gives] } => {
            let (sets, gives) = (event(*sets), event(*gives));
            let headline = format!("two values are given at one instant, {}, and one is set", sets.at());
            let label = |event: &RefusedEvent<'_>, statement| format!("`{}`: `{}`", event.name(), world.statement_text(policy, statement));
            let diagnostic = Diagnostic::new(Code::EventClash, headline, sets.record.span, label(&sets, one));
            diagnostic
                .and(gives.record.span, label(&gives, other))
                .help("let one event give one value, or give one of the events a later time")
        }
        EventError::Exhausted { occurrence, exhausted } => {
            let event = event(*occurrence);
            let refused =
                Diagnostic::new(Code::EventRefused, format!("event `{}` was given up", event.name()), event.record.span, "given up");
            given_up(refused, event.words(), *exhausted)
        }
    }
}

/// An event that was refused when a question let it happen.
pub fn refused_event(compiled: &CompiledPolicy, refused: EventRefusal) -> Vec<Diagnostic> {
    let EventRefusal { world, event, errors, inconsistent, broken } = refused;
    let events = [event];
    let mut diagnostics: Vec<Diagnostic> =
        errors.iter().map(|(error, refusal)| self::refused(compiled, &world, &events, error, refusal)).collect();
    diagnostics.extend(inconsistent);
    diagnostics.extend(broken.iter().map(|broken| self::broken(compiled, &world, broken)));
    diagnostics
}

/// The label of the declaration of an event.
const DEFINED: &str = "the event is defined here";

/// An event that was refused, with its declaration.
struct RefusedEvent<'a> {
    policy: &'a Policy,
    world: &'a World,
    record: &'a EventRecord,
    declared: &'a Event,
}

impl<'a> RefusedEvent<'a> {
    fn name(&self) -> &'a str {
        &self.declared.meta.name
    }

    fn at(&self) -> Instant {
        self.record.at
    }

    fn words(&self) -> Words<'a> {
        Words { policy: self.policy, world: self.world, at: self.record.at, is_now: false, labels: None }
    }

    fn refused(&self, headline: String) -> Diagnostic {
        Diagnostic::new(Code::EventRefused, headline, self.record.span, "refused")
    }

    fn not_allowed(&self, refusal: &Refusal, action: ActionId, together: bool) -> Diagnostic {
        let (words, meta) = (self.words(), &self.declared.meta);
        let action = &self.policy.actions[action].meta.name;
        let headline = format!(
            "event `{}` cannot happen on {}: `{}` is not allowed to do `{action}`",
            self.name(),
            self.at(),
            words.name(self.record.by)
        );
        let mut diagnostic = self.refused(headline);
        if together {
            diagnostic = diagnostic.note("by itself it would be allowed; another event of the same instant forbids it");
        }
        if let Refusal::NotAllowed(explanation) = refusal {
            diagnostic = notes(diagnostic, words, explanation);
        }
        diagnostic.and(meta.span, DEFINED)
    }

    fn condition(&self, refusal: &Refusal, truth: Truth, together: bool) -> Diagnostic {
        let meta = &self.declared.meta;
        let is = if truth == Truth::Unknown { "unknown" } else { "not true" };
        let headline = format!("event `{}` cannot happen on {}: its condition is {is}", self.name(), self.at());
        let mut diagnostic = self.refused(headline).and(meta.span, DEFINED);
        if together {
            diagnostic = diagnostic.note("by itself it could happen; another event of the same instant forbids it");
        }
        if let Refusal::Condition(unmet) = refusal {
            for reason in unmet.iter().take(REASONS) {
                diagnostic = diagnostic.note(self.words().reason(reason));
            }
        }
        diagnostic = cite(diagnostic, self.policy, &meta.source);
        match &meta.note {
            Some(note) => diagnostic.note(note.clone()),
            None => diagnostic,
        }
    }
}

/// Adds the verdict and the permits that failed. The verdict already names the denies that apply.
fn notes(diagnostic: Diagnostic, words: Words<'_>, explanation: &Explanation) -> Diagnostic {
    let fails = |reason: &&Reason| reason.truth != Truth::True;
    let mut diagnostic = diagnostic.note(words.verdict_because(explanation));
    for permit in explanation.reasons.iter().filter(fails).take(REASONS) {
        let says = words.reason(permit);
        let says = match permit.because.iter().find(fails) {
            Some(failing) => format!("{says}: {}", words.reason(failing)),
            None => says,
        };
        // The verdict may say it already.
        if !diagnostic.notes.iter().any(|note| note.contains(&says)) {
            diagnostic = diagnostic.note(says);
        }
    }
    diagnostic
}

/// Adds the limit that was reached, and the condition that reached it.
fn given_up(diagnostic: Diagnostic, words: Words<'_>, exhausted: Exhausted) -> Diagnostic {
    let text = words.limit_reached(exhausted);
    let headline = format!("{}: {}", diagnostic.headline, text.message);
    let diagnostic = Diagnostic { headline, ..diagnostic }.help(text.help);
    match exhausted.condition {
        Some(condition) => diagnostic.and(condition, "this was searched then"),
        None => diagnostic,
    }
}

/// Adds the claims.
fn cite(mut diagnostic: Diagnostic, policy: &Policy, claims: &[ClaimId]) -> Diagnostic {
    for &claim in claims {
        let claim = &policy.claims[claim];
        diagnostic = diagnostic.note(format!("{}: {}", claim.meta.name, claim.text));
    }
    diagnostic
}

/// A broken invariant as a diagnostic. Its labels are the facts that break the invariant.
pub fn broken(compiled: &CompiledPolicy, world: &World, broken: &BrokenInvariant) -> Diagnostic {
    let policy = &compiled.policy;
    let invariant = &policy.invariants[broken.invariant];
    let words = Words { policy, world, at: broken.at, is_now: false, labels: None };
    let name = &invariant.meta.name;
    let code = if invariant.warn { Code::InvariantWarning } else { Code::InvariantBroken };
    if let Some(exhausted) = broken.exhausted {
        let refused = Diagnostic::new(code, format!("invariant `{name}` was given up"), invariant.meta.span, "given up");
        return given_up(refused, words, exhausted);
    }
    let when = if broken.at == Instant::MIN { String::new() } else { format!(" on {}", broken.at) };
    let variables = &invariant.never.variables;
    let binding: Vec<String> = broken
        .binding
        .iter()
        .map(|&(variable, entity)| (&variables[usize::from(variable.0)], entity))
        .filter(|(variable, _)| !variable.unwritten)
        .map(|(variable, entity)| format!("{} is {}", variable.name, words.name(entity)))
        .collect();
    let headline = format!("invariant `{name}` is broken{when}");
    let mut spans = broken.facts.iter().filter_map(|&fact| world.spans(fact).next().map(|span| (span, words.fact(fact))));
    let mut diagnostic = match spans.next() {
        Some((span, says)) => Diagnostic::new(code, headline, span, says),
        None => match broken.binding.iter().find_map(|&(_, entity)| world.declared_at(entity)) {
            Some(span) => Diagnostic::new(code, headline, span, "declared here"),
            None => Diagnostic::nowhere(code, headline),
        },
    };
    for (span, says) in spans.take(FACTS) {
        diagnostic = diagnostic.and(span, says);
    }
    let says = if invariant.warn { "this should never be true" } else { "this must never be true" };
    diagnostic = diagnostic.and(invariant.meta.span, says);
    if !binding.is_empty() {
        diagnostic = diagnostic.note(binding.join(", "));
    }
    cite(diagnostic, policy, &invariant.meta.source)
}
