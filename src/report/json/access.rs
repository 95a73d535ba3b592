//! Rows of access lists.

use super::list::{since, until};
use super::request::{ActionJson, EntityJson, request_parts};
use crate::eval::{Outcome, Truth};
use crate::policy::Policy;
use crate::query::access::AccessRow;
use crate::query::between::{AccessInterval, Causes};
use crate::time::Interval;
use crate::world::World;
use serde::Serialize;

/// A request and its outcome.
#[derive(Serialize)]
pub struct AccessRowJson<'a> {
    subject: EntityJson<'a>,
    action: ActionJson<'a>,
    resource: EntityJson<'a>,
    outcome: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    member: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    without: Option<&'static str>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    why: Vec<String>,
}

impl AccessRowJson<'_> {
    /// The row in a list of what would end, with what would be left of it.
    #[must_use]
    pub fn leaving(mut self, left: Option<Truth>) -> Self {
        self.without = (left == Some(Truth::Unknown)).then_some("unknown");
        self
    }
}

/// A request with an interval in which it has one outcome.
#[derive(Serialize)]
pub struct AccessIntervalJson<'a> {
    #[serde(flatten)]
    row: AccessRowJson<'a>,
    #[serde(serialize_with = "since")]
    since: Interval,
    #[serde(serialize_with = "until")]
    until: Interval,
    #[serde(rename = "began-by")]
    began_by: Vec<String>,
    #[serde(rename = "began-by-at-least", skip_serializing_if = "std::ops::Not::not")]
    began_by_at_least: bool,
    #[serde(rename = "ended-by")]
    ended_by: Vec<String>,
    #[serde(rename = "ended-by-at-least", skip_serializing_if = "std::ops::Not::not")]
    ended_by_at_least: bool,
}

/// The row as programs read it. `why` has what is missing at the first instant of the window that is in it, where it is unknown.
pub fn interval<'a>(policy: &'a Policy, world: &'a World, of: &AccessInterval, causes: Causes, why: Vec<String>) -> AccessIntervalJson<'a> {
    let Causes { began, ended } = causes;
    AccessIntervalJson {
        row: row(policy, world, of.row, why),
        since: of.during,
        until: of.during,
        began_by: began.names,
        began_by_at_least: began.at_least,
        ended_by: ended.names,
        ended_by_at_least: ended.at_least,
    }
}

/// The row as programs read it. `why` has what is missing where it is unknown.
pub fn row<'a>(policy: &'a Policy, world: &'a World, row: AccessRow, why: Vec<String>) -> AccessRowJson<'a> {
    let (subject, action, resource) = request_parts(policy, world, row.request);
    AccessRowJson {
        subject,
        action,
        resource,
        outcome: row.outcome.name(),
        member: (row.member == Truth::Unknown).then_some("unknown"),
        without: None,
        why: if row.exhausted.is_some() {
            vec!["limit".to_owned()]
        } else if row.outcome == Outcome::Unknown {
            why
        } else {
            Vec::new()
        },
    }
}
