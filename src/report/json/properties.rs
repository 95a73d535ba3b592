//! Verdicts on properties.

use super::request::RequestJson;
use crate::policy::Policy;
use crate::report::properties::obstacle;
use crate::report::sanitize::safe_json;
use crate::verify::bound::Unbounded;
use crate::verify::{About, BreakingEvent, Counterexample, PropertyReport};
use serde::Serialize;
use std::collections::BTreeMap;

/// The version of the document.
const VERSION: u32 = 1;

#[derive(Serialize)]
struct Document<'a> {
    version: u32,
    rows: Vec<Row<'a>>,
}

#[derive(Serialize)]
struct Row<'a> {
    property: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    action: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    change: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    element: Option<&'a str>,
    verdict: &'static str,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    bound: &'a BTreeMap<String, usize>,
    #[serde(rename = "up-to", skip_serializing_if = "Option::is_none")]
    up_to: Option<usize>,
    /// `false`: the verdict is about worlds in which something is not imported, too.
    #[serde(skip_serializing_if = "Option::is_none")]
    imported: Option<bool>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    circle: Vec<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    why: Option<String>,
    given: Vec<&'a str>,
    #[serde(rename = "given-verdicts", skip_serializing_if = "BTreeMap::is_empty")]
    given_verdicts: BTreeMap<&'a str, &'static str>,
    counterexamples: Vec<AnyCounterexample<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    certificate: Option<Certificate>,
}

#[derive(Serialize)]
struct Certificate {
    checked: bool,
    proofs: usize,
}

#[derive(Serialize)]
#[serde(untagged)]
enum AnyCounterexample<'a> {
    Request(CounterexampleJson<'a>),
    Event(BreakingEventJson<'a>),
}

#[derive(Serialize)]
struct BreakingEventJson<'a> {
    event: &'a str,
    by: String,
    parameters: BTreeMap<&'a str, serde_json::Value>,
    at: String,
    with: &'a [String],
    without: &'a [String],
    world: &'a str,
    confirmed: bool,
}

#[derive(Serialize)]
struct CounterexampleJson<'a> {
    request: RequestJson<'a>,
    at: String,
    with: &'a [String],
    without: &'a [String],
    outcome: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    implied: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    other: Option<&'static str>,
    world: &'a str,
    confirmed: bool,
}

/// The verdicts as one document.
pub fn document(policy: &Policy, reports: &[&PropertyReport]) -> String {
    let rows = reports.iter().map(|report| row(policy, report)).collect();
    safe_json(serde_json::to_string(&Document { version: VERSION, rows }).expect("plain data"))
}

fn row<'a>(policy: &'a Policy, report: &'a PropertyReport) -> Row<'a> {
    let circle = match &report.unbounded {
        Some((Unbounded::Circle(kinds), _)) => kinds.iter().map(|kind| policy.kinds[*kind].meta.name.as_str()).collect(),
        _ => Vec::new(),
    };
    let why = report.obstacle.as_ref().map(obstacle);
    let (action, change, element) = match &report.about {
        Some(about @ About::Change { action, .. }) => (Some(action.as_str()), about.change(), None),
        Some(About::Element(element)) => (None, None, Some(element.as_str())),
        None => (None, None, None),
    };
    let requests = report.counterexamples.iter().map(|found| AnyCounterexample::Request(counterexample(found)));
    let events = report.broken_by.iter().map(|found| AnyCounterexample::Event(breaking(found)));
    Row {
        property: &report.property,
        action,
        change,
        element,
        verdict: report.verdict.name(),
        bound: &report.bound,
        up_to: report.unbounded.as_ref().map(|(_, most)| *most),
        imported: report.open_too.then_some(false),
        circle,
        why,
        given: report.given.iter().map(|given| given.name.as_str()).collect(),
        given_verdicts: report.given.iter().filter_map(|given| Some((given.name.as_str(), given.verdict?.name()))).collect(),
        counterexamples: requests.chain(events).collect(),
        certificate: (report.proofs > 0).then_some(Certificate { checked: true, proofs: report.proofs }),
    }
}

fn breaking(found: &BreakingEvent) -> BreakingEventJson<'_> {
    // What TOML writes of a value is JSON too, but for dates.
    let json = |value: &str| serde_json::from_str(value).unwrap_or_else(|_| serde_json::Value::String(value.to_owned()));
    let (kind, id) = &found.by;
    BreakingEventJson {
        event: &found.event,
        by: format!("{kind}:{id}"),
        parameters: found.parameters.iter().map(|(name, value)| (name.as_str(), json(value))).collect(),
        at: found.at.to_string(),
        with: &found.with,
        without: &found.without,
        world: &found.world,
        confirmed: true,
    }
}

fn counterexample(found: &Counterexample) -> CounterexampleJson<'_> {
    CounterexampleJson {
        request: RequestJson::of(&found.subject, &found.action, &found.resource),
        at: found.at.to_string(),
        with: &found.with,
        without: &found.without,
        outcome: found.outcome,
        implied: found.implied.as_deref(),
        other: found.other,
        world: &found.world,
        confirmed: true,
    }
}
