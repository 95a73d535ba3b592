//! The cases that checks outside the project ask, each with the decision, outcome and claims that it wants.

use crate::support::{Ask, SHIPPED, deciding, world};
use serde::Deserialize;

/// A line of `cases.ndjson`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Case {
    pub n: u32,
    /// Subject, action, resource.
    pub ask: [String; 3],
    pub at: String,
    #[serde(default)]
    pub with: Vec<String>,
    pub expect: bool,
    pub outcome: Option<String>,
    /// Each must be among those on which the answer rests.
    #[serde(default)]
    claims: Vec<String>,
    /// None may be.
    #[serde(default)]
    not_claims: Vec<String>,
    /// Whether data is missing.
    #[serde(default)]
    unknown: bool,
    #[serde(default)]
    why: String,
}

pub fn cases() -> Vec<Case> {
    let lines = include_str!("../../fixtures/cases/cases.ndjson").lines();
    lines.map(|line| serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}"))).collect()
}

#[test]
fn every_case_comes_out_as_expected() {
    let fabrikam = world(&SHIPPED, "fixtures/cases/fabrikam.toml");
    let cases = cases();
    assert_eq!(cases.len(), 70);
    let mut wrong = Vec::new();
    for case in &cases {
        let [subject, action, resource] = &case.ask;
        let with: Vec<&str> = case.with.iter().map(String::as_str).collect();
        let answer = Ask { at: &case.at, policy_at: None, with: &with, subject, action, resource }.explained(&SHIPPED, &fabrikam);
        let claims = deciding(&answer);
        let mut check = |so: bool, what: &str| {
            if !so {
                wrong.push(format!("case {}: {what}: {} {claims:?} {:?} {}", case.n, answer.outcome, answer.unknown, case.why));
            }
        };
        check(answer.decision == case.expect, "decision");
        check(case.outcome.as_deref().is_none_or(|outcome| outcome == answer.outcome), "outcome");
        check(case.claims.iter().all(|claim| claims.contains(&claim.as_str())), "a claim is missing");
        check(!case.not_claims.iter().any(|claim| claims.contains(&claim.as_str())), "a claim does not belong");
        check(answer.unknown.is_empty() != case.unknown, "unknown");
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}
