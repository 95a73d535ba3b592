//! Rows and steps of a replay, and the document of all.

use super::diff::{DiffCounts, DiffRowJson};
use super::list;
use crate::policy::Policy;
use crate::wording::{HappenedText, OpenText};
use crate::world::{Argument, EventRecord, Value, World};
use serde::Serialize;
use serde_json::{Map, Value as Json};
use std::io::{self, Write};

/// What was asked, as it was given.
#[derive(Debug, Serialize)]
pub struct ReplayQuestion<'a> {
    /// Always `replay`.
    pub verb: &'static str,
    /// The paths of the world.
    pub world: Vec<String>,
    /// The date of the policy, if it is fixed.
    #[serde(rename = "policy-at", skip_serializing_if = "Option::is_none")]
    pub policy_at: Option<String>,
    /// The toggles that are on.
    pub toggles: &'a [String],
    /// Whether refused events are skipped.
    #[serde(rename = "keep-going", skip_serializing_if = "std::ops::Not::not")]
    pub keep_going: bool,
}

/// A request whose outcome a step turns.
#[derive(Serialize)]
pub struct StepRowJson<'a> {
    #[serde(flatten)]
    row: DiffRowJson<'a>,
    at: &'a str,
    events: &'a [&'a str],
}

/// The row as programs read it.
pub fn row<'a>(row: DiffRowJson<'a>, at: &'a str, events: &'a [&'a str]) -> StepRowJson<'a> {
    StepRowJson { row, at, events }
}

/// A step.
#[derive(Debug, Serialize)]
pub struct StepJson {
    at: String,
    events: Vec<String>,
    happened: Vec<HappenedJson>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    refused: Vec<RefusedJson>,
    begins: Vec<String>,
    ends: Vec<String>,
    #[serde(rename = "goes-on", skip_serializing_if = "Vec::is_empty")]
    goes_on: Vec<String>,
    #[serde(flatten)]
    counts: DiffCounts,
}

#[derive(Debug, Serialize)]
struct HappenedJson {
    event: String,
    by: String,
    parameters: Map<String, Json>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    obligations: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    advice: Vec<String>,
}

#[derive(Debug, Serialize)]
struct RefusedJson {
    event: String,
    why: String,
}

/// The step as programs read it: the events that happened; those that may not, each as `what-if --do` takes it and why; the names of what
/// begins and of what ends, and the facts that go on though one statement of them ends.
pub fn step(
    (policy, world): (&Policy, &World),
    at: String,
    happened: Vec<(&EventRecord, HappenedText)>,
    refused: Vec<(String, String)>,
    ([begins, ends], goes_on): ([Vec<String>; 2], Vec<String>),
    counts: DiffCounts,
) -> StepJson {
    let name = |record: &EventRecord| policy.events[record.event].meta.name.clone();
    let one = |(record, text): (&EventRecord, HappenedText)| HappenedJson {
        event: name(record),
        by: world.name(policy, record.by),
        parameters: parameters(policy, world, record),
        obligations: text.obligations.into_iter().map(|notice| notice.text).collect(),
        advice: text.advice.into_iter().map(|notice| notice.text).collect(),
    };
    StepJson {
        at,
        events: happened.iter().map(|(record, _)| name(record)).collect(),
        happened: happened.into_iter().map(one).collect(),
        refused: refused.into_iter().map(|(event, why)| RefusedJson { event, why }).collect(),
        begins,
        ends,
        goes_on,
        counts,
    }
}

/// The parameters of an event, as a line of a world gives them.
fn parameters(policy: &Policy, world: &World, record: &EventRecord) -> Map<String, Json> {
    let value = |value: Value| match value {
        Value::Entity(ent) => Json::from(world.name(policy, ent)),
        Value::Text(text) => Json::from(world.text(text)),
        Value::Number(number) => Json::from(number),
        Value::Date(date) => Json::from(date.to_string()),
    };
    let declared = policy.events[record.event].parameters.iter().zip(&record.arguments);
    let given = declared.filter_map(|(parameter, argument)| {
        let given = match argument {
            Argument::None => return None,
            Argument::One(one) => value(*one),
            Argument::Many(values) => values.iter().map(|&one| value(one)).collect(),
        };
        Some((parameter.name.clone(), given))
    });
    given.collect()
}

/// Writes a replay as one document. `rows` is the array of the rows of all steps.
///
/// # Errors
///
/// If writing fails.
pub fn document(
    out: &mut impl Write,
    question: &ReplayQuestion<'_>,
    (counts, left_out): (DiffCounts, usize),
    steps: &[StepJson],
    rows: &[u8],
    open: &[OpenText],
) -> io::Result<()> {
    list::begin(out, question, Some(counts), left_out.into())?;
    out.write_all(b",\"steps\":")?;
    list::array(out, steps.iter())?;
    out.write_all(b",\"rows\":")?;
    out.write_all(rows)?;
    list::end(out, open)
}
