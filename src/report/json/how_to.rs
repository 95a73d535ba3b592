//! How to turn an answer, for programs: the keys are a contract, whatever the types are called.

use super::explanation::QuestionJson;
use crate::text::Place;
use crate::wording::{ChangeText, EventText, HowToText, IneffectiveText, ManualText, MissingText, PreconditionText, RepairText};
use serde::Serialize;

/// The answer to `how-to`.
#[derive(Serialize)]
pub(super) struct HowToJson<'a> {
    question: QuestionJson<'a>,
    goal: &'static str,
    already: bool,
    ways: Vec<RepairJson<'a>>,
    more: usize,
    standing: Vec<IneffectiveJson<'a>>,
    why_not: &'a [String],
    #[serde(skip_serializing_if = "Option::is_none")]
    instead: Option<&'a str>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    find_out: Vec<MissingJson<'a>>,
    limited: bool,
}

#[derive(Serialize)]
struct RepairJson<'a> {
    changes: Vec<ChangeJson<'a>>,
    also: &'a [String],
    claims: &'a [String],
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    in_place_of: &'a [String],
    others: usize,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    instead: &'a [String],
}

#[derive(Serialize)]
struct ChangeJson<'a> {
    change: &'static str,
    what: &'a str,
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
    #[serde(skip_serializing_if = "Vec::is_empty")]
    by: Vec<EventJson<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    outside: Option<ManualJson<'a>>,
}

#[derive(Serialize)]
struct ManualJson<'a> {
    who: &'a str,
    claims: &'a [String],
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    closed: &'a [String],
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    self_defeating: &'a [String],
}

#[derive(Serialize)]
struct EventJson<'a> {
    event: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    title: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    does: Option<&'a str>,
    who: &'a str,
    count: usize,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    afterwards: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    takes: Option<&'a str>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    first: Vec<PreconditionJson<'a>>,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    effects: &'a [String],
    #[serde(skip_serializing_if = "Option::is_none")]
    note: Option<&'a str>,
    claims: &'a [String],
}

#[derive(Serialize)]
struct PreconditionJson<'a> {
    says: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    what: Option<&'a str>,
    by: Vec<EventJson<'a>>,
}

#[derive(Serialize)]
struct IneffectiveJson<'a> {
    change: &'static str,
    what: &'a str,
    verdict: &'a str,
    claims: &'a [String],
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    told: &'a [String],
}

#[derive(Serialize)]
struct MissingJson<'a> {
    datum: &'a str,
    says: &'a str,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    with: &'a [String],
    #[serde(skip_serializing_if = "Option::is_none")]
    place: Option<&'a Place>,
    #[serde(skip_serializing_if = "Option::is_none")]
    ended: Option<&'a str>,
}

impl<'a> From<&'a HowToText> for HowToJson<'a> {
    fn from(how: &'a HowToText) -> Self {
        HowToJson {
            question: QuestionJson::from(&how.question),
            goal: how.goal,
            already: how.already,
            ways: how.repairs.iter().map(RepairJson::from).collect(),
            more: how.more,
            standing: how.ineffective.iter().map(IneffectiveJson::from).collect(),
            why_not: &how.blockers,
            instead: how.instead.as_deref(),
            find_out: how.missing.iter().map(MissingJson::from).collect(),
            limited: how.limited,
        }
    }
}

impl<'a> From<&'a RepairText> for RepairJson<'a> {
    fn from(repair: &'a RepairText) -> Self {
        RepairJson {
            changes: repair.steps.iter().map(ChangeJson::from).collect(),
            also: &repair.side_effects,
            claims: &repair.claims,
            in_place_of: &repair.replaceable,
            others: repair.others,
            instead: &repair.alternatives,
        }
    }
}

impl<'a> From<&'a ChangeText> for ChangeJson<'a> {
    fn from(step: &'a ChangeText) -> Self {
        ChangeJson {
            change: step.change,
            what: &step.what,
            says: &step.says,
            places: &step.places,
            status: step.status,
            note: step.note.as_deref(),
            ended: step.ended.as_deref(),
            foreign: step.foreign.as_deref(),
            by: step.by.iter().map(EventJson::from).collect(),
            outside: step.manual.as_ref().map(ManualJson::from),
        }
    }
}

impl<'a> From<&'a ManualText> for ManualJson<'a> {
    fn from(manual: &'a ManualText) -> Self {
        ManualJson { who: &manual.who, claims: &manual.claims, closed: &manual.closed, self_defeating: &manual.self_defeating }
    }
}

impl<'a> From<&'a EventText> for EventJson<'a> {
    fn from(event: &'a EventText) -> Self {
        EventJson {
            event: &event.event,
            title: event.title.as_deref(),
            does: event.does.as_deref(),
            who: &event.who,
            count: event.count,
            afterwards: event.afterwards,
            takes: event.takes.as_deref(),
            first: event.first.iter().map(PreconditionJson::from).collect(),
            effects: &event.effects,
            note: event.note.as_deref(),
            claims: &event.claims,
        }
    }
}

impl<'a> From<&'a PreconditionText> for PreconditionJson<'a> {
    fn from(first: &'a PreconditionText) -> Self {
        PreconditionJson { says: &first.says, what: first.what.as_deref(), by: first.by.iter().map(EventJson::from).collect() }
    }
}

impl<'a> From<&'a IneffectiveText> for IneffectiveJson<'a> {
    fn from(change: &'a IneffectiveText) -> Self {
        IneffectiveJson {
            change: change.change,
            what: &change.what,
            verdict: &change.verdict,
            claims: &change.claims,
            told: &change.notices,
        }
    }
}

impl<'a> From<&'a MissingText> for MissingJson<'a> {
    fn from(missing: &'a MissingText) -> Self {
        MissingJson {
            datum: &missing.datum,
            says: &missing.says,
            with: &missing.with,
            place: missing.place.as_ref(),
            ended: missing.ended.as_deref(),
        }
    }
}
