//! How to turn an answer, for programs: the keys are a contract, whatever the types are called.

use super::explanation::QuestionJson;
use crate::text::Place;
use crate::wording::{
    ActText, AlsoText, ArgumentText, ChangeText, DateText, EventText, HowToText, IneffectiveText, KeeperText, MissingText, WayText,
};
use serde::{Serialize, Serializer};

/// The version of the answer to `how-to`. Raise it when a field is removed, renamed or changes its meaning; not when one is added.
const VERSION: u32 = 2;

/// The answer to `how-to`.
#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
pub(super) struct HowToJson<'a> {
    version: u32,
    question: QuestionJson<'a>,
    goal: &'static str,
    already: bool,
    ways: Vec<WayJson<'a>>,
    more: usize,
    dates: Vec<DateJson<'a>>,
    would_not: Vec<IneffectiveJson<'a>>,
    why_not: &'a [String],
    instead: &'a [String],
    #[serde(skip_serializing_if = "Option::is_none")]
    instead_count: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    instead_says: Option<&'a str>,
    open: Vec<MissingJson<'a>>,
    limited: bool,
}

#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
struct WayJson<'a> {
    class: &'static str,
    acts: Vec<ActJson<'a>>,
    also: AlsoJson,
    claims: &'a [String],
    #[serde(skip_serializing_if = "Option::is_none")]
    undone_by: Option<UndoingJson<'a>>,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    in_place_of: &'a [String],
    others: usize,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    alternatives: &'a [String],
    /// What would do too, and changes as much or more.
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    broader: &'a [String],
}

#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
struct AlsoJson {
    gained: usize,
    lost: usize,
    at_least: bool,
}

/// The event by which the subject could undo a way, and what would prevent that.
#[derive(Serialize)]
struct UndoingJson<'a> {
    #[serde(flatten)]
    event: EventJson<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    unless: Option<Vec<ActJson<'a>>>,
}

#[derive(Serialize)]
#[serde(untagged)]
enum ActJson<'a> {
    Event(EventJson<'a>),
    Change(ChangeJson<'a>),
}

#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
struct EventJson<'a> {
    event: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    title: Option<&'a str>,
    by: &'a [String],
    by_count: usize,
    then: &'a [String],
    #[serde(skip_serializing_if = "Option::is_none")]
    done_by: Option<&'a str>,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    by_at_least: bool,
    #[serde(serialize_with = "parameters")]
    parameters: &'a [(String, ArgumentText)],
    /// The parameters whose numbers are examples.
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    examples: &'a [String],
    #[serde(skip_serializing_if = "Option::is_none")]
    note: Option<&'a str>,
    claims: &'a [String],
}

#[derive(Default, Serialize)]
#[serde(rename_all = "kebab-case")]
struct ChangeJson<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    add: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    remove: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    turn_on: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    turn_off: Option<&'a str>,
    #[serde(skip_serializing_if = "str::is_empty")]
    says: &'a str,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    places: &'a [Place],
    #[serde(skip_serializing_if = "Option::is_none")]
    status: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    note: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    ended: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    foreign: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    keeper: Option<KeeperJson<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    blocked_events: Vec<BlockedJson<'a>>,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    self_defeating_events: &'a [String],
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    broader_events: &'a [String],
}

#[derive(Serialize)]
struct BlockedJson<'a> {
    event: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    says: Option<&'a str>,
}

#[derive(Serialize)]
struct KeeperJson<'a> {
    who: &'a str,
    claims: &'a [String],
}

#[derive(Serialize)]
struct DateJson<'a> {
    at: &'a str,
    outcome: &'static str,
    says: &'a str,
}

#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
struct IneffectiveJson<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    add: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    remove: Option<&'a str>,
    verdict: &'a str,
    claims: &'a [String],
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    notices: &'a [String],
}

/// The answer if a datum is this: a value, or `true` or `false` for a fact.
#[derive(Serialize)]
struct AnswerIfJson<'a> {
    is: &'a str,
    outcome: &'a str,
    /// What is missing then, if the outcome is unknown.
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    open: &'a [String],
}

/// A datum that is missing, under its name.
#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
struct MissingJson<'a> {
    fact: &'a str,
    says: &'a str,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    with: &'a [String],
    /// What the answer is for each thing that it may be.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    answers: Vec<AnswerIfJson<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    place: Option<&'a Place>,
    #[serde(skip_serializing_if = "Option::is_none")]
    ended: Option<&'a str>,
}

/// Writes arguments as a line of a world's file gives them.
fn parameters<S: Serializer>(parameters: &&[(String, ArgumentText)], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_map(parameters.iter().map(|(name, argument)| (name, ArgumentJson::from(argument))))
}

#[derive(Serialize)]
#[serde(untagged)]
enum ArgumentJson<'a> {
    Number(i64),
    Text(&'a str),
    Many(Vec<ArgumentJson<'a>>),
}

impl<'a> From<&'a ArgumentText> for ArgumentJson<'a> {
    fn from(argument: &'a ArgumentText) -> Self {
        match argument {
            ArgumentText::Number(number) => ArgumentJson::Number(*number),
            ArgumentText::Text(text) => ArgumentJson::Text(text),
            ArgumentText::Many(arguments) => ArgumentJson::Many(arguments.iter().map(ArgumentJson::from).collect()),
        }
    }
}

impl<'a> From<&'a HowToText> for HowToJson<'a> {
    fn from(how: &'a HowToText) -> Self {
        let instead = how.instead.as_ref();
        HowToJson {
            version: VERSION,
            question: QuestionJson::from(&how.question),
            goal: how.goal,
            already: how.already,
            ways: how.ways.iter().map(WayJson::from).collect(),
            more: how.more,
            dates: how.dates.iter().map(DateJson::from).collect(),
            would_not: how.ineffective.iter().map(IneffectiveJson::from).collect(),
            why_not: &how.blockers,
            instead: instead.map_or(&[], |instead| instead.subjects.as_slice()),
            instead_count: instead.map(|instead| instead.count),
            instead_says: instead.map(|instead| instead.says.as_str()),
            open: how.missing.iter().map(MissingJson::from).collect(),
            limited: how.limited,
        }
    }
}

impl<'a> From<&'a WayText> for WayJson<'a> {
    fn from(way: &'a WayText) -> Self {
        WayJson {
            class: way.class,
            acts: way.acts.iter().map(ActJson::from).collect(),
            also: AlsoJson::from(&way.also),
            claims: &way.claims,
            undone_by: way.undoing.as_ref().map(|undoing| UndoingJson {
                event: EventJson::from(&undoing.event),
                unless: undoing.unless.as_ref().map(|acts| acts.iter().map(ActJson::from).collect()),
            }),
            in_place_of: &way.replaceable,
            others: way.others,
            alternatives: &way.alternatives,
            broader: &way.broader,
        }
    }
}

impl From<&AlsoText> for AlsoJson {
    fn from(also: &AlsoText) -> Self {
        AlsoJson { gained: also.gained, lost: also.lost, at_least: also.at_least }
    }
}

impl<'a> From<&'a ActText> for ActJson<'a> {
    fn from(act: &'a ActText) -> Self {
        match act {
            ActText::Event(event) => ActJson::Event(EventJson::from(event)),
            ActText::Change(change) => ActJson::Change(ChangeJson::from(change)),
        }
    }
}

impl<'a> From<&'a EventText> for EventJson<'a> {
    fn from(event: &'a EventText) -> Self {
        EventJson {
            event: &event.event,
            title: event.title.as_deref(),
            by: &event.by,
            by_count: event.by_count,
            then: &event.then,
            done_by: event.done_by.as_deref(),
            by_at_least: event.at_least,
            parameters: &event.parameters,
            examples: &event.examples,
            note: event.note.as_deref(),
            claims: &event.claims,
        }
    }
}

impl<'a> From<&'a ChangeText> for ChangeJson<'a> {
    fn from(change: &'a ChangeText) -> Self {
        let is = |name: &str| (change.change == name).then_some(change.what.as_str());
        ChangeJson {
            add: is("add"),
            remove: is("remove"),
            turn_on: is("turn-on"),
            turn_off: is("turn-off"),
            says: &change.says,
            places: &change.places,
            status: change.status,
            note: change.note.as_deref(),
            ended: change.ended.as_deref(),
            foreign: change.foreign.as_deref(),
            keeper: change.keeper.as_ref().map(KeeperJson::from),
            blocked_events: change
                .blocked
                .iter()
                .map(|blocked| BlockedJson { event: &blocked.event, says: blocked.says.as_deref() })
                .collect(),
            self_defeating_events: &change.self_defeating,
            broader_events: &change.broader,
        }
    }
}

impl<'a> From<&'a KeeperText> for KeeperJson<'a> {
    fn from(keeper: &'a KeeperText) -> Self {
        KeeperJson { who: &keeper.who, claims: &keeper.claims }
    }
}

impl<'a> From<&'a DateText> for DateJson<'a> {
    fn from(date: &'a DateText) -> Self {
        DateJson { at: &date.at, outcome: date.outcome, says: &date.says }
    }
}

impl<'a> From<&'a IneffectiveText> for IneffectiveJson<'a> {
    fn from(change: &'a IneffectiveText) -> Self {
        let is = |name: &str| (change.change == name).then_some(change.what.as_str());
        IneffectiveJson { add: is("add"), remove: is("remove"), verdict: &change.verdict, claims: &change.claims, notices: &change.notices }
    }
}

impl<'a> From<&'a MissingText> for MissingJson<'a> {
    fn from(missing: &'a MissingText) -> Self {
        MissingJson {
            fact: &missing.datum,
            says: &missing.says,
            with: &missing.with,
            answers: missing.outcomes.iter().map(|(is, outcome, open)| AnswerIfJson { is, outcome, open }).collect(),
            place: missing.place.as_ref(),
            ended: missing.ended.as_deref(),
        }
    }
}
