//! Roles held, for programs.

use super::list::{since, until};
use crate::time::Interval;
use crate::wording::RoleText;
use serde::Serialize;

/// What was asked of `roles`, as it was given.
#[derive(Debug, Default, Serialize)]
pub struct RolesGiven<'a> {
    /// The subject, or whom it stands for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub of: Option<&'a str>,
    /// The scope.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub on: Option<String>,
    /// Whether what the scope contains counts.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub within: bool,
    /// The role.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub role: Option<&'a str>,
    /// Whether included roles are rows.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub included: bool,
    /// Whether only unlisted roles are rows.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub unlisted: bool,
    /// The date by which a row must end.
    #[serde(rename = "ends-before", skip_serializing_if = "Option::is_none")]
    pub ends_before: Option<String>,
}

#[derive(Serialize)]
struct RoleJson {
    holder: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    member: Option<&'static str>,
    role: String,
    #[serde(rename = "included-by", skip_serializing_if = "Option::is_none")]
    included_by: Option<String>,
    scope: String,
    outcome: &'static str,
    via: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    alone: Option<bool>,
    by: String,
    listed: bool,
    #[serde(rename = "since", serialize_with = "since")]
    begins: Interval,
    #[serde(rename = "until", serialize_with = "until")]
    ends: Interval,
}

/// A row.
pub fn row(text: RoleText) -> impl Serialize {
    RoleJson {
        member: (!text.member).then_some("unknown"),
        outcome: if text.held { "held" } else { "unknown" },
        by: text.implication.map_or_else(|| "assignment".to_owned(), |name| format!("implication:{name}")),
        alone: (!text.alone).then_some(false),
        begins: text.during,
        ends: text.during,
        holder: text.holder,
        role: text.role,
        included_by: text.included_by,
        scope: text.scope,
        via: text.via,
        listed: text.listed,
    }
}
