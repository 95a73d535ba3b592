//! How to turn an answer, in words.
//!
//! The types mirror those of [`query::how_to`](crate::query::how_to), with texts for ids; the renderers of `report` print them.

mod acts;
mod also;
mod replacements;

pub use acts::{ActText, ArgumentText, BlockedText, ChangeText, EventText, KeeperText};
pub use also::AlsoText;

use super::explanation::QuestionText;
use super::{Labels, Words};
use crate::eval::Decider;
use crate::explain::{IssuedNotice, NoticeId};
use crate::policy::{ClaimId, Metadata};
use crate::query::Overlay;
use crate::query::how_to::{DatedAnswer, DatedElement, Element, HowTo, IneffectiveChange, Instead, Way, turning_day};
use crate::text::Place;

/// A [`HowTo`] in words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HowToText {
    /// The question.
    pub question: QuestionText,
    /// `allow` or `revoke`.
    pub goal: &'static str,
    /// The answer is the wanted one already.
    pub already: bool,
    /// The ways, best first.
    pub ways: Vec<WayText>,
    /// How many more ways were found than are listed.
    pub more: usize,
    /// Dates on which the answer is another one.
    pub dates: Vec<DateText>,
    /// Obvious changes that would not turn the answer.
    pub ineffective: Vec<IneffectiveText>,
    /// Why no change turns the answer under the rules as they are; one sentence for each blocker.
    pub blockers: Vec<String>,
    /// Who may do it instead, or what the action requires.
    pub instead: Option<InsteadText>,
    /// What to find out first, sorted by the names of the data.
    pub missing: Vec<MissingText>,
    /// The search reached a limit.
    pub limited: bool,
}

/// A [`Way`] in words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WayText {
    /// `today`, `others-first`, `facts` or `rules`.
    pub class: &'static str,
    /// The acts, in order.
    pub acts: Vec<ActText>,
    /// What other access it gives and takes.
    pub also: AlsoText,
    /// The claims on which the new answer rests.
    pub claims: Vec<String>,
    /// How the subject could undo it alone.
    pub undoing: Option<UndoingText>,
    /// The entities that others can replace.
    pub replaceable: Vec<String>,
    /// The number of other choices.
    pub others: usize,
    /// The other choices, if they are few.
    pub alternatives: Vec<String>,
    /// That others could be used instead, and what: a sentence.
    pub instead: Option<String>,
    /// The same in fewer words.
    pub instead_in_brief: Option<String>,
    /// The choices that change as much or more.
    pub broader: Vec<String>,
    /// That these would do too: a sentence.
    pub would_do: Option<String>,
}

/// An [`Undoing`](crate::query::how_to::Undoing) in words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UndoingText {
    /// The event by which the subject could.
    pub event: EventText,
    /// Acts that would prevent it; `None` if only other ways or new facts would.
    pub unless: Option<Vec<ActText>>,
    /// Both in a sentence: `carol@contoso can undo it alone with activate-membership (…) unless eligible(…) is removed too`.
    pub says: String,
    /// The same without the arguments of the event.
    pub brief: String,
}

/// A [`DatedAnswer`] in words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DateText {
    /// The date on which the answer is another one.
    pub at: String,
    /// The outcome on it.
    pub outcome: &'static str,
    /// The same in a sentence.
    pub says: String,
}

/// An [`Instead`] in words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InsteadText {
    /// The first of the subjects who may do it now, as machines read them.
    pub subjects: Vec<String>,
    /// How many may.
    pub count: usize,
    /// There may be more who may.
    pub at_least: bool,
    /// The same in a sentence.
    pub says: String,
    /// Who could do it, if nobody can: a sentence.
    pub requires: Option<String>,
}

/// An [`IneffectiveChange`] in words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IneffectiveText {
    /// `add` or `remove`.
    pub change: &'static str,
    /// The fact.
    pub what: String,
    /// The answer after the change.
    pub verdict: String,
    /// The claims on which it rests.
    pub claims: Vec<String>,
    /// Obligations and advice that only the answer after the change has.
    pub notices: Vec<String>,
    /// The authors' notes on these, each with its element.
    pub notes: Vec<(String, String)>,
}

/// A missing datum in words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MissingText {
    /// Its name.
    pub datum: String,
    /// The values that it can have, or the fact that it is about.
    pub says: String,
    /// With whom it can be looked up.
    pub with: Vec<String>,
    /// What the answer is for each thing that it may be, for people.
    pub answers: Option<String>,
    /// The same: a value, or whether the fact holds, with the name of the outcome, and what is missing then if that is unknown.
    pub outcomes: Vec<(String, &'static str, Vec<String>)>,
    /// Where the entity that it is about is declared, or where its last value is stated.
    pub place: Option<Place>,
    /// When its last value ended, if it had one.
    pub ended: Option<String>,
}

/// What is above the ways of a class, for people.
pub(crate) fn way_heading(how: &HowToText, class: &str) -> String {
    let question = &how.question;
    let is_of_facts = how.ways.iter().any(|way| way.class != "rules");
    match class {
        "today" if question.is_now => "what somebody can do today".to_owned(),
        "today" => "what somebody can do on that date".to_owned(),
        "others-first" if is_done_by_others(how) => "what others do, or somebody once others have acted".to_owned(),
        "others-first" => "what somebody can do once others have acted".to_owned(),
        "facts" if has_perhaps(how) => "ways with a change that no event known to be available makes".to_owned(),
        "facts" => "ways with a change that no available event makes".to_owned(),
        _ if is_of_facts => OTHER_RULES.to_owned(),
        _ if !how.missing.is_empty() => {
            format!("No change of facts is known that allows it; find out the missing data first. {OTHER_RULES}")
        }
        _ if how.limited => format!("Nothing was found under {}. {OTHER_RULES}", rules_of(question)),
        _ => format!("Not possible under {}. {OTHER_RULES}", rules_of(question)),
    }
}

/// Whether an event of some way is done by nobody of the world.
fn is_done_by_others(how: &HowToText) -> bool {
    how.ways.iter().flat_map(|way| &way.acts).any(|act| matches!(act, ActText::Event(event) if event.done_by.is_some()))
}

/// Whether it is unknown of some change of facts if somebody can make it by an event.
fn has_perhaps(how: &HowToText) -> bool {
    let acts = how.ways.iter().flat_map(|way| &way.acts);
    acts.filter_map(|act| if let ActText::Change(change) = act { Some(change) } else { None })
        .any(|change| change.blocked.iter().any(|blocked| blocked.perhaps.is_some()))
}

const OTHER_RULES: &str = "If the rules were different";

/// The rules under which a question is asked.
fn rules_of(question: &QuestionText) -> String {
    match question.at == question.policy_at {
        true if question.is_now => "today's rules".to_owned(),
        true => "the rules of that date".to_owned(),
        false => format!("the rules of {}", question.policy_at),
    }
}

/// What is above the blockers, for people.
pub(crate) fn blockers_heading(how: &HowToText) -> &'static str {
    if how.missing.is_empty() { "why not under the rules as they are" } else { "why no change is known under the rules as they are" }
}

/// The most of those who may do an act that programs read.
const MAX_ACTORS: usize = 20;

/// Puts the answer of how-to into words. `decider` must be the one that gave the answer and that `words` are of.
pub fn how_to(words: Words<'_>, decider: &Decider<'_>, how: &HowTo) -> HowToText {
    HowToText {
        question: words.question(&how.question),
        goal: if how.allow { "allow" } else { "revoke" },
        already: how.already,
        ways: how.ways.iter().map(|way| words.turning_way(way, how.allow)).collect(),
        more: how.more,
        dates: how.dates.iter().map(|dated| words.dated(dated, how.allow)).collect(),
        ineffective: how.ineffective.iter().map(|change| ineffective(words, decider, change)).collect(),
        blockers: how.blockers.iter().map(|blocker| words.blocker(blocker)).collect(),
        instead: how.instead.as_ref().map(|instead| words.instead(instead)),
        missing: words.missing_facts(&how.missing),
        limited: how.limited,
    }
}

impl Words<'_> {
    fn turning_way(self, way: &Way, allow: bool) -> WayText {
        WayText {
            class: way.class.name(),
            acts: way.acts.iter().map(|act| self.act(act)).collect(),
            also: self.also(&way.also, allow),
            claims: self.claim_names(&way.claims),
            undoing: way.undoing.as_ref().map(|undoing| self.undoing(undoing)),
            replaceable: self.names(&way.replaceable),
            others: way.others,
            alternatives: way.alternatives.iter().map(|other| self.names(&other.by).join(" and ")).collect(),
            instead: self.instead_of(way),
            instead_in_brief: self.instead_in_brief(way),
            broader: way.broader.iter().map(|other| self.names(&other.by).join(" and ")).collect(),
            would_do: self.would_do(&way.broader),
        }
    }

    /// The answer on another date, in a sentence.
    fn dated(self, dated: &DatedAnswer, allow: bool) -> DateText {
        let day = turning_day(dated.at, self.at);
        let is_past = dated.at < self.at;
        let says = match (is_past, allow) {
            (true, true) => format!("just before {day}, it was allowed"),
            (true, false) => format!("it was not allowed just before {day}, when this access began"),
            (false, true) => format!("from {day}, it is allowed"),
            (false, false) => format!("from {day}, it is not allowed"),
        };
        let turning = dated.turning.iter().map(|&element| self.dated_element(element, is_past));
        let says: Vec<String> = std::iter::once(says).chain(turning).collect();
        DateText { at: dated.at.to_string(), outcome: dated.outcome.name(), says: says.join("; ") }
    }

    pub(super) fn instead(self, instead: &Instead) -> InsteadText {
        let (count, at_least) = (instead.subjects.len(), !instead.exhaustive);
        let when = if self.is_now { "today" } else { "on that date" };
        let says = match count {
            1.. => format!("{when}, {} can do it instead", self.subjects(&instead.subjects, instead.exhaustive)),
            0 if at_least => "nobody who can do it instead was found, but not everybody was asked".to_owned(),
            0 if instead.unknown => format!("{when}, nobody else is known to be able to do it"),
            0 => format!("{when}, nobody can do it instead"),
        };
        let first = instead.subjects.iter().take(MAX_ACTORS);
        let requires = instead.requirement.as_ref();
        let requires = requires.map(|action| format!("{} {} could", self.somebody(), self.action_requirement(action)));
        InsteadText { requires, subjects: first.map(|&subject| self.machine_name(subject)).collect(), count, at_least, says }
    }

    fn dated_element(self, dated: DatedElement, is_past: bool) -> String {
        let (kind, meta): (&str, &Metadata) = match dated.element {
            Element::Implication(id) => ("implication", &self.policy.implications[id].meta),
            Element::Role(id) => ("role", &self.policy.roles[id].meta),
            Element::Rule(id) => ("rule", &self.policy.rules[id].meta),
            Element::Table(id) => ("table", &self.policy.tables[id].meta),
        };
        let verb = match (dated.ends, is_past) {
            (true, true) => "ended",
            (true, false) => "ends",
            (false, true) => "began",
            (false, false) => "begins",
        };
        format!("{kind} {} {verb} that day", self.with_claims(meta))
    }

    /// An element's name with the claims that it cites: `agents-act-alone (AP-4, AP-5)`.
    pub(super) fn with_claims(self, meta: &Metadata) -> String {
        if meta.source.is_empty() {
            return meta.name.clone();
        }
        format!("{} ({})", meta.name, self.claim_names(&meta.source).join(", "))
    }

    fn ineffective(self, change: &IneffectiveChange) -> IneffectiveText {
        let notice = |notice: &IssuedNotice| {
            let declared = notice.declared(self.policy);
            match self.claim_names(&declared.meta.source).as_slice() {
                [] => self.notice_text(notice),
                claims => format!("{} ({})", self.notice_text(notice), claims.join(", ")),
            }
        };
        let note = |notice: &IssuedNotice| {
            let kind = match notice.notice {
                NoticeId::Obligation(_) => "obligation",
                NoticeId::Advice(_) => "advice",
            };
            let meta = &notice.declared(self.policy).meta;
            Some((format!("{kind} {}", meta.name), meta.note.clone()?))
        };
        let deciding = change.explanation.claims.iter().filter(|cited| cited.decides).map(|cited| cited.claim);
        IneffectiveText {
            change: acts::verb(change.change()),
            what: self.world.statement_text(self.policy, &change.fact),
            verdict: self.verdict_because(&change.explanation),
            claims: self.claim_names(&deciding.collect::<Vec<ClaimId>>()),
            notices: change.notices.iter().map(notice).collect(),
            notes: change.notices.iter().filter_map(note).collect(),
        }
    }
}

/// An ineffective change in words. The answer after it rests on facts of the changed world, so that world is made again.
fn ineffective(words: Words<'_>, decider: &Decider<'_>, change: &IneffectiveChange) -> IneffectiveText {
    let overlay = Overlay::of(decider, &[change.change()]);
    let labels = words.labels.map_or_else(Labels::default, Labels::same_form);
    let decider = overlay.decider(decider.compiled);
    Words { labels: words.labels.map(|_| &labels), is_now: words.is_now, ..Words::of(&decider) }.ineffective(change)
}
