//! Facts of a list, for programs.

use super::list::{since, until};
use crate::time::Interval;
use crate::wording::FactText;
use serde::Serialize;

/// What was asked of `facts`, as it was given.
#[derive(Debug, Default, Serialize)]
pub struct FactsGiven<'a> {
    /// The pattern.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pattern: Option<&'a str>,
    /// The date by which a row must end.
    #[serde(rename = "ends-before", skip_serializing_if = "Option::is_none")]
    pub ends_before: Option<String>,
}

/// What counts as absent though no export shows it.
#[derive(Debug, Serialize)]
pub struct TakenAsAbsent<'a> {
    #[serde(rename = "taken-as-absent")]
    lacks: &'a [String],
}

impl<'a> TakenAsAbsent<'a> {
    /// These; `None` if there are none.
    pub fn of(lacks: &'a [String]) -> Option<TakenAsAbsent<'a>> {
        (!lacks.is_empty()).then_some(TakenAsAbsent { lacks })
    }
}

#[derive(Serialize)]
struct FactJson {
    fact: String,
    truth: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    why: Option<String>,
    #[serde(rename = "since", serialize_with = "since")]
    begins: Interval,
    #[serde(rename = "until", serialize_with = "until")]
    ends: Interval,
    from: Option<String>,
    #[serde(rename = "rests-on", skip_serializing_if = "Option::is_none")]
    rests_on: Option<Vec<String>>,
}

/// A row.
pub fn row(text: FactText) -> impl Serialize {
    FactJson {
        truth: if text.holds { "true" } else { "unknown" },
        from: text.implication.map(|name| format!("implication:{name}")).or(text.place),
        begins: text.during,
        ends: text.during,
        fact: text.fact,
        why: text.why,
        rests_on: text.rests_on,
    }
}
