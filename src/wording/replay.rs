//! The steps of a replay in words.

use super::explanation::NoticeText;
use super::{DiffText, Words, refused};
use crate::diag::Diagnostic;
use crate::diag::phrases::counted;
use crate::events::EventError;
use crate::explain::Refusal;
use crate::plan::CompiledPolicy;
use crate::query::diff::{Changes, Sides};
use crate::query::replay::{Happened, RefusedEvents, Replay};
use crate::time::Instant;
use crate::world::World;

/// A step of a replay.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StepText {
    /// When it is.
    pub at: String,
    /// The events that happened.
    pub happened: Vec<HappenedText>,
    /// The events that cannot happen: each as it is given, and why in one sentence.
    pub refused: Vec<(String, String)>,
    /// The facts, entities and elements that begin.
    pub begins: Vec<String>,
    /// Those that end.
    pub ends: Vec<String>,
    /// Facts that would have ended, and go on.
    pub goes_on: Vec<String>,
    /// Whose access changes.
    pub access: DiffText,
}

/// An event that happened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HappenedText {
    /// Its title, or its name.
    pub title: String,
    /// The event as `what-if --do` takes it.
    pub event: String,
    /// The obligations of who did it.
    pub obligations: Vec<NoticeText>,
    /// The advice on it.
    pub advice: Vec<NoticeText>,
}

/// What is said before and after the steps.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReplayText {
    /// How many events there are, and when.
    pub events: String,
    /// Under which toggles and rules.
    pub settings: Option<String>,
}

/// The events of a replay, and its toggles.
pub fn replay_text(compiled: &CompiledPolicy, replay: &Replay<'_>, toggles: &[String], policy_at: Option<Instant>) -> ReplayText {
    let events = match (replay.events.first(), replay.events.last()) {
        (Some(first), Some(last)) if first.at == last.at => format!("{} on {}", counted(replay.events.len(), "event"), first.at),
        (Some(first), Some(last)) => format!("{} from {} to {}", counted(replay.events.len(), "event"), first.at, last.at),
        _ => "no event; only time passes".to_owned(),
    };
    let mut settings = Vec::new();
    settings.extend(policy_at.map(|at| format!("under the rules of {at}")));
    settings.extend(toggles.iter().map(|toggle| format!("with {toggle}")));
    let defaults = compiled.policy.toggles.values().filter(|toggle| toggle.default && !toggles.contains(&toggle.meta.name));
    settings.extend(defaults.map(|toggle| format!("without {}", toggle.meta.name)));
    ReplayText { events, settings: (!settings.is_empty()).then(|| settings.join(", ")) }
}

/// How the replay ended, for people: the events that happened, and what their steps gave and took.
pub fn replay_total(replay: &Replay<'_>, steps: usize, [widened, narrowed, unsure]: [usize; 3]) -> String {
    let happened: usize = replay.happened.values().map(Vec::len).sum();
    let refused: usize = replay.refused.iter().map(|refused| refused.events.len()).sum();
    let counts = format!("{widened} widened, {narrowed} narrowed, {unsure} unsure");
    let mut total = format!("{}, {}", counted(steps, "step"), counted(happened, "event"));
    if refused > 0 {
        total = format!("{total}, {refused} refused");
    }
    total = format!("{total}: {counts}");
    match replay.stopped {
        Some(at) => format!("{total}; stopped on {at}, since an event was refused then (--keep-going skips such events)"),
        None => total,
    }
}

/// The refused events as diagnostics, in the order of time.
pub fn refused_events(compiled: &CompiledPolicy, replay: &Replay<'_>) -> Vec<Diagnostic> {
    replay.refused.iter().flat_map(|refused| diagnostics(compiled, replay, refused)).collect()
}

fn diagnostics(compiled: &CompiledPolicy, replay: &Replay<'_>, events: &RefusedEvents) -> Vec<Diagnostic> {
    events.errors.iter().map(|(error, refusal)| refused(compiled, &events.world, &replay.events, error, refusal)).collect()
}

/// The events that cannot happen at an instant: each as it is given, and why in one sentence.
pub fn refused_at(compiled: &CompiledPolicy, replay: &Replay<'_>, at: Instant) -> Vec<(String, String)> {
    let one = |events: &RefusedEvents| {
        let of_error = |(error, refusal): &(EventError, Refusal)| {
            let diagnostic = refused(compiled, &events.world, &replay.events, error, refusal);
            let has_reasons = match refusal {
                Refusal::NotAllowed(_) => true,
                Refusal::Condition(unmet) => !unmet.is_empty(),
                Refusal::Plain => false,
            };
            let why = diagnostic.notes.into_iter().next().filter(|_| has_reasons).unwrap_or(diagnostic.headline);
            let names = error.occurrences().into_iter();
            names.map(move |index| (events.world.event_text(&compiled.policy, &replay.events[index]), why.clone())).collect::<Vec<_>>()
        };
        events.errors.iter().flat_map(of_error).collect::<Vec<_>>()
    };
    replay.refused_at(at).iter().flat_map(one).collect()
}

impl Words<'_> {
    /// An event that happened. The words must be those of its instant.
    pub fn happened(self, world: &World, replay: &Replay<'_>, happened: &Happened) -> HappenedText {
        let record = &replay.events[happened.event];
        let meta = &self.policy.events[record.event].meta;
        HappenedText {
            title: meta.title.clone().unwrap_or_else(|| meta.name.clone()),
            event: world.event_text(self.policy, record),
            obligations: self.notices(&happened.obligations),
            advice: self.notices(&happened.advice),
        }
    }
}

/// What begins and what ends at a step: facts and entities, then elements of the policy.
pub fn begun_and_ended(sides: Sides<'_>, changes: &Changes) -> [Vec<String>; 2] {
    let mut found = [Vec::new(), Vec::new()];
    for of_world in [true, false] {
        for change in changes.iter().filter(|change| change.is_of_world() == of_world) {
            found[usize::from(!change.begins(sides))].push(change.subject().to_owned());
        }
    }
    found
}
