//! Verdicts.

use super::bound::Unbounded;
use crate::syntax::quoted;
use crate::time::Instant;
use std::collections::BTreeMap;
use std::fmt::Write;

/// What is known of a property.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It holds in all worlds.
    Proved,
    /// Some world refutes it.
    Refuted,
    /// It holds in the worlds up to a size, and no bound is known.
    Bounded,
    /// It holds, but nothing that it is about ever happens.
    Vacuous,
    /// It is about worlds, and no event of the pack speaks of it.
    Assumed,
    /// It is about worlds, and holds after every event before which it holds.
    Kept,
    /// It is about worlds, and some event breaks it.
    Broken,
    /// It could not be answered.
    GaveUp,
}

/// What a report is about, if not a property of the pack.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum About {
    /// Whether access to the action may be new, or be lost, against another pack or the pack without a toggle.
    Change {
        /// The action.
        action: String,
        /// Whether access that is new was looked for; if not, access that is lost.
        new: bool,
        /// Whether no action of this name is in the pack that it is compared with.
        alone: bool,
    },
    /// Whether a rule, or the mark of a table, ever decides.
    Element(String),
}

impl About {
    /// What is different if the report finds a difference: `new` or `lost` access, or an action that is `added` or `removed`.
    pub fn change(&self) -> Option<&'static str> {
        match self {
            About::Change { new: true, alone: false, .. } => Some("new"),
            About::Change { new: false, alone: false, .. } => Some("lost"),
            About::Change { new: true, alone: true, .. } => Some("added"),
            About::Change { new: false, alone: true, .. } => Some("removed"),
            About::Element(_) => None,
        }
    }
}

impl PropertyReport {
    /// Whether it tells a difference: access that is new or lost, or an action that only one of two packs has.
    pub fn is_difference(&self) -> bool {
        match &self.about {
            Some(About::Change { alone, .. }) => *alone || self.verdict == Verdict::Refuted,
            _ => false,
        }
    }
}

impl Verdict {
    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            Verdict::Proved => "proved",
            Verdict::Refuted => "refuted",
            Verdict::Bounded => "bounded",
            Verdict::Vacuous => "vacuous",
            Verdict::Assumed => "assumed",
            Verdict::Kept => "kept",
            Verdict::Broken => "broken",
            Verdict::GaveUp => "gave-up",
        }
    }
}

/// A proof that clauses are unsatisfiable, which the checker accepted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Certificate {
    /// The question.
    pub question: String,
    /// The clauses, in literals as DIMACS has them.
    pub clauses: Vec<Vec<i32>>,
    /// The clauses that follow one after the other, up to the empty one.
    pub steps: Vec<Vec<i32>>,
    /// The variables that stand for a fact or for the life of an entity, each with what it stands for.
    pub variables: Vec<(i32, String)>,
}

/// Why a property could not be answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Obstacle {
    /// This is the verdict on worlds that leave nothing open; what the property says of others is not known.
    OpenClaim(Verdict),
    /// This is the verdict on worlds that leave nothing open. In others these invariants and properties may be unknown, and without them it
    /// does not follow.
    OpenGiven(Verdict, Vec<String>),
    /// The event may change what the property reads, and it is not known how.
    Event {
        /// Its name.
        event: String,
        /// Why it is not known.
        why: EventObstacle,
    },
    /// Decisions about the action rest on what the two packs declare differently.
    DeclaredDifferently {
        /// The paths of what they declare differently.
        elements: Vec<String>,
        /// The kinds of resources on which it is so; empty if on all.
        on: Vec<String>,
    },
    /// More toggles may be either way than are tried one by one.
    Toggles(usize),
    /// The conditions are too long for the worlds that must be looked at.
    Fuel,
    /// The checker did not accept the proof of the solver.
    Proof,
    /// The world that was found is one only on its date: the pack refuses it for other dates of the policy.
    OtherDates(String),
}

/// Why it is not known what an event does to a property.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EventObstacle {
    /// It ends something that may contain other things.
    EndsContainer,
    /// It ends something, and it is read what held before.
    EndsBeforePast,
    /// It ends something that may be a member of a set that is read.
    EndsMember,
    /// It may be unknown whether one of its effects takes place, and on that it rests.
    Uncertain,
}

/// A world and an event: the property holds before it and not after it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BreakingEvent {
    /// The event.
    pub event: String,
    /// Who does it, as kind and id.
    pub by: (String, String),
    /// Its parameters, each with its value in TOML.
    pub parameters: Vec<(String, String)>,
    /// When it happens.
    pub at: Instant,
    /// The toggles that are on against their default.
    pub with: Vec<String>,
    /// The toggles that are off against their default.
    pub without: Vec<String>,
    /// The world before, in TOML.
    pub world: String,
}

impl BreakingEvent {
    /// The event as a world records it, in TOML.
    pub fn record(&self) -> String {
        let (kind, id) = &self.by;
        let mut text = format!("[[event]]\nat = {}\ndo = {}\nby = {}\n", self.at, quoted(&self.event), quoted(&format!("{kind}:{id}")));
        for (name, value) in &self.parameters {
            let _ = writeln!(text, "{name} = {value}");
        }
        text
    }

    /// The world with the event.
    pub fn with_event(&self) -> String {
        format!("{}\n{}", self.world, self.record())
    }
}

/// A world in which a property does not hold, or in which a rule decides.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Counterexample {
    /// The subject, as kind and id.
    pub subject: (String, String),
    /// The action.
    pub action: String,
    /// The action that is not allowed beside it, of a property with `implies`.
    pub implied: Option<String>,
    /// The resource, as kind and id.
    pub resource: (String, String),
    /// The date of world and policy.
    pub at: Instant,
    /// The toggles that are on against their default.
    pub with: Vec<String>,
    /// The toggles that are off against their default.
    pub without: Vec<String>,
    /// The world, in TOML.
    pub world: String,
    /// The outcome of the request in it.
    pub outcome: &'static str,
    /// The outcome of the other request, or of the request in the other pack.
    pub other: Option<&'static str>,
}

/// What a property takes for granted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Granted {
    /// The name of an invariant or a property of worlds.
    pub name: String,
    /// The verdict on the property.
    pub verdict: Option<Verdict>,
}

/// What is known of one property.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PropertyReport {
    /// Its name.
    pub property: String,
    /// Its title.
    pub title: Option<String>,
    /// What it is about, if it is not a property of the pack.
    pub about: Option<About>,
    /// The verdict.
    pub verdict: Verdict,
    /// Why it could not be answered.
    pub obstacle: Option<Obstacle>,
    /// By kind: the greatest number of entities that was enough, literals not counted.
    pub bound: BTreeMap<String, usize>,
    /// Why there is no bound, and the number of entities of each kind that were looked at.
    pub unbounded: Option<(Unbounded, usize)>,
    /// What it takes for granted.
    pub given: Vec<Granted>,
    /// The counterexample; of a rule that must matter, the world in which it decides.
    pub counterexamples: Vec<Counterexample>,
    /// Of a property of worlds: the events that break it, each with a least world.
    pub broken_by: Vec<BreakingEvent>,
    /// The number of questions that were answered by a proof, all of which the checker accepted.
    pub proofs: usize,
    /// The proofs, if they are asked for.
    pub certificates: Vec<Certificate>,
    /// The number of questions: one for each date, action and kinds of subject and resource.
    pub questions: usize,
    /// Whether the verdict is about worlds that leave something open, too.
    pub open_too: bool,
}
