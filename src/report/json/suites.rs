//! What tests of a policy found.

use super::request::RequestJson;
use crate::report::mutation::how;
use crate::report::sanitize::safe_json;
use crate::suite::{Difference, Failure, Mutation, Report};
use crate::text::Place;
use crate::world::Request;
use serde::Serialize;

/// The version of the document.
const VERSION: u32 = 1;

#[derive(Serialize)]
struct Document<'a> {
    version: u32,
    rows: Vec<Row<'a>>,
    #[serde(rename = "left-out", skip_serializing_if = "Option::is_none")]
    left_out: Option<usize>,
    passed: usize,
    failed: usize,
    broken: usize,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    coverage: Vec<CoverageRow<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    mutation: Option<Vec<MutationJson<'a>>>,
}

#[derive(Serialize)]
struct MutationJson<'a> {
    pack: &'a str,
    tried: usize,
    survivors: Vec<SurvivorRow<'a>>,
}

#[derive(Serialize)]
struct SurvivorRow<'a> {
    place: &'a Place,
    element: &'a str,
    change: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    equivalent: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    apart: Option<ApartJson<'a>>,
}

#[derive(Serialize)]
struct ApartJson<'a> {
    suite: &'a str,
    request: RequestJson<'a>,
    at: String,
    old: &'static str,
    new: &'static str,
}

#[derive(Serialize)]
struct CoverageRow<'a> {
    pack: &'a str,
    measure: &'static str,
    covered: usize,
    total: usize,
}

#[derive(Serialize)]
struct Row<'a> {
    suite: &'a str,
    entry: &'a str,
    name: Option<&'a str>,
    request: RequestJson<'a>,
    expected: String,
    got: String,
}

/// The failures, how many entries passed and failed, how many suites could not be run, and what of the pack was covered if that was counted.
pub fn document(report: &Report) -> String {
    let mut rows = Vec::new();
    let mut left_out = 0;
    for suite in &report.suites {
        for entry in &suite.entries {
            left_out += entry.left_out;
            for failure in &entry.failures {
                let (expected, got) = compared(failure);
                let (name, request) = (entry.name.as_deref(), request(&failure.request));
                rows.push(Row { suite: &suite.name, entry: &entry.label, name, request, expected, got });
            }
        }
    }
    let (passed, failed, broken) = report.counts();
    let coverage = report.coverage.iter().flat_map(|pack| {
        pack.measures.iter().map(|(measure, covered)| CoverageRow {
            pack: &pack.pack,
            measure: measure.name(),
            covered: covered.covered,
            total: covered.total,
        })
    });
    let (coverage, left_out) = (coverage.collect(), (left_out > 0).then_some(left_out));
    let mutation = report.mutation.as_ref().map(|mutations| mutations.iter().map(mutation).collect());
    let document = Document { version: VERSION, rows, left_out, passed, failed, broken, coverage, mutation };
    safe_json(serde_json::to_string_pretty(&document).expect("texts and numbers are JSON"))
}

fn request(request: &Request) -> RequestJson<'_> {
    RequestJson::of(&request.subject, &request.action, &request.resource)
}

fn mutation(mutation: &Mutation) -> MutationJson<'_> {
    let survivors = mutation.survivors.iter().map(|survivor| SurvivorRow {
        place: &survivor.place,
        element: &survivor.name,
        change: how(survivor.change),
        equivalent: survivor.equivalent.as_deref(),
        apart: survivor.apart.as_ref().map(|apart| ApartJson {
            suite: &apart.suite,
            request: request(&apart.request),
            at: apart.at.to_string(),
            old: apart.is.name(),
            new: apart.becomes.name(),
        }),
    });
    MutationJson { pack: &mutation.pack, tried: mutation.tried, survivors: survivors.collect() }
}

fn compared(failure: &Failure) -> (String, String) {
    match &failure.difference {
        Difference::Outcome { expected, got } => (expected.name().to_owned(), got.name().to_owned()),
        Difference::Claims { missing, got } => (missing.join(" "), got.join(" ")),
        Difference::Snapshot { kept, now } => (kept.clone().unwrap_or_default(), now.clone()),
    }
}
