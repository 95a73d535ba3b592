//! Access in a window of time, in words.

use super::access::given_up;
use super::diff::cause;
use super::lists::AskedTime;
use super::{AccessGroupText, AccessRowText, ListQuestionText, OpenText, Words};
use crate::diag::phrases::{counted, counted_or_no};
use crate::eval::{MissingDatum, Outcome};
use crate::plan::Context;
use crate::query::between::{AccessInterval, BetweenSummary, Causes, IntervalGroup, MANY_INTERVALS};
use crate::query::diff::Cause;
use crate::time::{Instant, Interval};

/// A list for people.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BetweenText {
    /// How many rows it has, in one sentence.
    pub total: String,
    /// The window and the toggles of the question.
    pub as_of: String,
    /// What was not worked out, since there is so much.
    pub without_causes: Option<String>,
    /// The groups.
    pub groups: Vec<IntervalGroupText>,
    /// On what the unknown rows depend.
    pub open: Vec<OpenText>,
    /// How many rows took too long to decide, in a sentence.
    pub limit: Option<String>,
}

/// Requests with the same outcome in the same interval.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IntervalGroupText {
    /// The requests; how their interval begins, and how it ends, stand in the place of their ways.
    pub requests: AccessGroupText,
    /// Whether they are unknown; else they are allowed.
    pub is_unknown: bool,
}

impl Words<'_> {
    /// The window and toggles of a list.
    pub fn window_question(self, context: &Context, window: Interval, policy_stays: bool, assuming: Vec<String>) -> ListQuestionText {
        ListQuestionText {
            at: AskedTime::Window([window.since.to_string(), window.until.to_string()]),
            policy_at: policy_stays.then(|| context.policy_at.to_string()),
            exports: self.exports_of_other_times([window.since, window.until]),
            ..self.list_question(context, assuming)
        }
    }

    /// A list for people.
    pub fn between_list(self, summary: &BetweenSummary, window: Interval, as_of: String) -> BetweenText {
        let rows = summary.allowed + summary.unknown;
        let unknown = if summary.unknown > 0 { format!(", {} unknown", summary.unknown) } else { String::new() };
        let groups = if rows == 0 { String::new() } else { format!(" in {}", counted(summary.groups.len(), "group")) };
        let total = format!("{}{groups}{unknown}", counted_or_no(rows, "interval"));
        BetweenText {
            total,
            as_of,
            without_causes: (!summary.with_causes)
                .then(|| format!("what began and ended them is left out where there are more than {MANY_INTERVALS}: ask about fewer")),
            groups: summary.groups.iter().map(|group| self.interval_group(group, window)).collect(),
            open: self.open(&summary.open),
            limit: given_up(summary.given_up),
        }
    }

    fn interval_group(self, group: &IntervalGroup, window: Interval) -> IntervalGroupText {
        let ways = ends(group.during, &group.causes, window).into();
        let requests = self.access_group(&group.subjects, &group.actions, &group.resources, ways);
        IntervalGroupText { requests, is_unknown: group.outcome == Outcome::Unknown }
    }

    /// One row, with how its interval begins and ends.
    pub fn interval_row(self, row: &AccessInterval, causes: &Causes, missing: &[MissingDatum], window: Interval) -> AccessRowText {
        let text = self.access_row(&row.row, missing);
        AccessRowText { says: format!("{}, {}", text.says, ends(row.during, causes, window).join("; ")), ..text }
    }
}

/// How an interval begins and ends: `from 2021-03-01, because dap(customer:a, partner:b)`, `beyond 2022-01-01`.
fn ends(during: Interval, causes: &Causes, window: Interval) -> [String; 2] {
    let because = |cause: &Cause| if cause.names.is_empty() { String::new() } else { format!(", because {}", self::cause(cause)) };
    let since = match during.since {
        Instant::MIN => format!("from before {}", window.since),
        since => format!("from {since}{}", because(&causes.began)),
    };
    let until = match during.until {
        Instant::MAX => format!("beyond {}", window.until),
        until => format!("until {until}{}", because(&causes.ended)),
    };
    [since, until]
}
