//! Rows of differences, and the document of all.

use super::request::{ActionJson, EntityJson, request_parts};
use crate::query::diff::{Cause, DiffRow, Sides};
use serde::Serialize;

/// A request with its outcome on both sides.
#[derive(Serialize)]
pub struct DiffRowJson<'a> {
    subject: EntityJson<'a>,
    action: ActionJson<'a>,
    resource: EntityJson<'a>,
    old: &'static str,
    new: &'static str,
    because: Vec<String>,
    #[serde(rename = "because-at-least", skip_serializing_if = "std::ops::Not::not")]
    because_at_least: bool,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    why: Vec<String>,
}

/// How many rows there are of each direction.
#[derive(Clone, Copy, Debug, Default, Serialize)]
pub struct DiffCounts {
    /// Allowed now.
    pub widened: usize,
    /// Allowed before.
    pub narrowed: usize,
    /// Neither.
    pub unsure: usize,
}

/// The row as programs read it. `why` has what is missing where a side does not know.
pub fn row<'a>(sides: Sides<'a>, row: &DiffRow, cause: Cause, why: Vec<String>) -> DiffRowJson<'a> {
    let (side, request) = row.request();
    let decider = sides.decider(side);
    let (subject, action, resource) = request_parts(&decider.compiled.policy, decider.world, request);
    DiffRowJson {
        subject,
        action,
        resource,
        old: row.old.name(),
        new: row.new.name(),
        because: cause.names,
        because_at_least: cause.at_least,
        why: if row.is_given_up() { vec!["limit".to_owned()] } else { why },
    }
}
