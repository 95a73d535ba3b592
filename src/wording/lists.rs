//! What all lists say: the question, what of the world is open, and how much was left out.

use super::Words;
use crate::diag::phrases::{agree, all_of, counted};
use crate::eval::MissingDatum;
use crate::explain::Remark;
use crate::plan::Context;
use crate::policy::ActionId;
use crate::query::lists::{OpenCounts, OpenItem};
use crate::world::{PatternId, PatternText};
use std::collections::{BTreeMap, BTreeSet};

/// The dates, toggles and assumptions of a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListQuestionText {
    /// The date of the world's facts; of a window, both its ends.
    pub at: AskedTime,
    /// The date of the policy; `None` if it moves along a window.
    pub policy_at: Option<String>,
    /// The names of the toggles that are on.
    pub toggles: Vec<String>,
    /// The assumptions as the question states them: a fact, or `not` and a fact.
    pub assuming: Vec<String>,
    /// That the exports of the world are older than the question.
    pub exports: Option<String>,
}

/// The time that a list is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AskedTime {
    /// One date.
    Date(String),
    /// From one date up to another.
    Window([String; 2]),
}

/// A pattern or an attribute that rows depend on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OpenText {
    /// The pattern as the world writes it, or the fact or attribute that is missing.
    pub fact: String,
    /// Why it is open, where the world says so.
    pub why: Option<String>,
    /// How many rows depend on it.
    pub rows: usize,
}

impl ListQuestionText {
    /// The dates, toggles and assumptions in words: `as of 2021-10-22, with late`.
    pub fn asked(&self) -> String {
        let (time, policy) = match &self.at {
            AskedTime::Date(at) => (format!("as of {at}"), self.policy_at.as_ref().filter(|policy_at| *policy_at != at)),
            AskedTime::Window([since, until]) => (format!("from {since} up to {until}"), self.policy_at.as_ref()),
        };
        let policy = policy.map(|policy_at| format!(", under the rules of {policy_at}")).unwrap_or_default();
        let toggles = if self.toggles.is_empty() { String::new() } else { format!(", with {}", all_of(&self.toggles)) };
        let assuming = if self.assuming.is_empty() { String::new() } else { format!(", assuming {}", all_of(&self.assuming)) };
        let exports = self.exports.as_ref().map(|exports| format!("; {exports}")).unwrap_or_default();
        format!("{time}{policy}{toggles}{assuming}{exports}")
    }
}

impl Words<'_> {
    /// The dates and toggles of a list.
    pub fn list_question(self, context: &Context, assuming: Vec<String>) -> ListQuestionText {
        let on = self.policy.toggles.ids().filter(|&id| context.is_on(id));
        ListQuestionText {
            at: AskedTime::Date(context.at.to_string()),
            policy_at: Some(context.policy_at.to_string()),
            toggles: on.map(|id| self.policy.toggles[id].meta.name.clone()).collect(),
            assuming,
            exports: self.exports_of_other_times([context.at, context.at]),
        }
    }

    /// Advice for all answers of a list, and on what it is: `on autopilot and directory: the earliest page is of …`.
    pub fn remark(self, remark: &Remark) -> String {
        let first_word = |&action: &ActionId| self.policy.actions[action].meta.name.split('.').next().unwrap_or_default();
        let on: BTreeSet<&str> = remark.actions.iter().map(first_word).collect();
        format!("on {}: {}", all_of(on), self.policy.advice[remark.advice].text)
    }

    /// What rows depend on, sorted by its text, each text once.
    pub fn open(self, counts: &OpenCounts) -> Vec<OpenText> {
        let mut texts: BTreeMap<(String, Option<String>), usize> = BTreeMap::new();
        for (item, rows) in counts.iter() {
            let text = match item {
                OpenItem::Datum(datum) => (self.open_datum(datum), None),
                OpenItem::Pattern(pattern) => (self.world.pattern_text(self.policy, pattern), self.why_open(pattern)),
            };
            *texts.entry(text).or_default() += rows;
        }
        texts.into_iter().map(|((fact, why), rows)| OpenText { fact, why, rows }).collect()
    }

    /// A missing datum as `facts` takes it: `partner:"proseware".helpdesk-agents`, or a fact as world files write it.
    pub(super) fn open_datum(self, datum: MissingDatum) -> String {
        match datum {
            MissingDatum::Attribute(entity, attribute) => self.world.attribute_text(self.policy, entity, attribute),
            MissingDatum::Fact(_) | MissingDatum::Role(_) => self.datum(datum),
        }
    }

    /// Why a pattern is open: the world's own words, or the event that made it.
    pub fn why_open(self, pattern: PatternId) -> Option<String> {
        let pattern = self.world.pattern(pattern);
        let by_event = || match &pattern.text {
            PatternText::Written(_) => None,
            PatternText::Event(effect) => Some(self.uncertain(effect, pattern.during.since)),
        };
        pattern.why.as_ref().map(ToString::to_string).or_else(by_event)
    }
}

/// How many rows were left out since only others were asked for, to follow the count of rows: `; 3 other rows are left out`.
pub fn others_left_out(count: usize, noun: &str) -> String {
    if count == 0 { String::new() } else { format!("; {} {} left out", counted(count, noun), agree(count, "is", "are")) }
}

/// How many rows of a list were left out; `None` if it is complete.
pub fn left_out(count: usize) -> Option<String> {
    (count > 0).then(|| format!("and {count} more"))
}
