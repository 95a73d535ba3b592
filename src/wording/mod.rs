//! The sentences of answers: data of [`explain`](crate::explain) and [`query`](crate::query) in plain English.
//!
//! [`Words`] has the names of one policy and one world, and a method for each sort of data:
//!
//! - `facts`: entities, values and facts, with `labels` for what people call entities
//! - `atoms`: atoms of conditions
//! - `reasons`: nodes of a proof
//! - `verdict`: the answer in one sentence
//! - `explanation`: a whole explanation, as the struct that reports render
//! - `summary`: the short form of an explanation, which fits a screen
//! - `how_to`: how to turn an answer, with `actors` for subjects, `requirements` for what conditions require, `blockers` for why no change
//!   turns the answer, and `missing` for what to find out first
//! - `lists`: what all lists say, and `unnamed` what they may miss; `roles` and `listed_facts`: the rows of these lists
//! - `access`: who can do what, as a diagram in `access_diagram`, `between`: when; `diff`: whose access changes; `replay`: by which event
//! - `properties`: verdicts on properties of the policy
//! - `suites`: what runs of policy tests found
//! - `tables`: how a published table differs from the pack's
//! - `elements`: what an element of a pack says, with `element_parts`, and `conditions` as they are written
//! - `event_diagnostics`: refused events and broken invariants, as diagnostics
//!
//! Invariant: no other room makes sentences of answers, and this one decides nothing: its sentences depend on the data alone.

mod access;
mod access_diagram;
mod actors;
mod atoms;
mod between;
mod blockers;
mod conditions;
mod diff;
mod element_parts;
pub mod elements;
mod event_diagnostics;
mod exhausted;
mod explanation;
mod facts;
mod how_to;
mod labels;
mod listed_facts;
mod lists;
mod missing;
mod negation;
mod properties;
mod reasons;
mod replay;
mod requirements;
mod roles;
mod suites;
mod summary;
mod tables;
mod unnamed;
mod verdict;

pub use access::{AccessGroupText, AccessListText, AccessRowText, answers, hidden_answers};
pub use access_diagram::open_remark;
pub use between::{BetweenText, IntervalGroupText};
pub use diff::{DiffGroupText, DiffText, diff_text, diff_total};
pub use event_diagnostics::{broken, refused, refused_event};
pub use exhausted::ExhaustedText;
pub use explanation::{ClaimText, DocumentText, ExplanationText, ExportText, NoticeText, QuestionText, ToggleText};
pub use how_to::{
    ActText, AlsoText, ArgumentText, BlockedText, ChangeText, DateText, EventText, HowToText, IneffectiveText, InsteadText, KeeperText,
    MissingText, UndoingText, WayText, how_to,
};
pub(crate) use how_to::{blockers_heading, way_heading};
pub use labels::Labels;
pub use listed_facts::FactText;
pub use lists::{AskedTime, ListQuestionText, OpenText, left_out, others_left_out};
pub use properties::{
    ComparedWith, all_worlds, asked as property_asked, assumed, broken_by_event, change_summary, circle, declared_differently,
    direct_membership, disagreement, distant_groups, ends_before_past, ends_container, ends_member, events_looked_at, fuel, given, idle,
    idle_summary, kept, lost_memberships, never_allowed, never_matters, no_property, open_claim, open_given, open_too, other_dates,
    outcomes as property_outcomes, proof, property_summary, toggles as property_toggles, too_great, too_long, uncertain_effects,
    unknown_event, up_to, vacuous, worlds_looked_at,
};
pub use reasons::{ReasonForm, ReasonText};
pub use replay::{HappenedText, ReplayText, StepText, begun_and_ended, refused_at, refused_events, replay_text, replay_total};
pub use roles::RoleText;
pub use suites::{
    broken_suite, coverage_below, coverage_of, covering_entry, covers_unknown, equivalent_mutant, expected_answer, expected_claims,
    expected_snapshot, explained_mutants, more_failures, mutants_of, not_covered, not_mutated, snapshot_change, suite_summary, told_apart,
};
pub use summary::{Mark, SummaryLine, SummarySection, SummaryText, SummaryTurn, TurningLine, TurningWay};
pub use tables::{TableDiffText, TableLineText, several_tables, table_diff_text};
pub use unnamed::MayMissText;

use crate::eval::Decider;
use crate::policy::Policy;
use crate::time::Instant;
use crate::world::World;

/// Puts data of one policy and one world into words, as of one time.
#[derive(Clone, Copy)]
pub struct Words<'a> {
    /// Names of elements.
    pub policy: &'a Policy,
    /// Names of entities, and facts.
    pub world: &'a World,
    /// The time of the question. The sentence of a fact states whether it ended before this time or begins after it.
    pub at: Instant,
    /// Whether that time is the present, since the question has no date: sentences then say "today", and not "on that date".
    pub is_now: bool,
    /// For answers for people: entities are called by their labels. Without it they are called by their ids.
    pub labels: Option<&'a Labels>,
}

impl<'a> Words<'a> {
    /// Words for the decider's policy and world, as of its context's time, in which entities are called by their ids.
    pub fn of(decider: &Decider<'a>) -> Words<'a> {
        Words { policy: &decider.compiled.policy, world: decider.world, at: decider.context.at, is_now: false, labels: None }
    }

    /// The same words, about the present if `is_now`.
    pub fn asked_now(self, is_now: bool) -> Words<'a> {
        Words { is_now, ..self }
    }

    /// The same words, but for people: entities are called by their labels. `labels` must be new, or used for this decider alone.
    pub fn for_people(decider: &Decider<'a>, labels: &'a Labels) -> Words<'a> {
        Words { labels: Some(labels), ..Words::of(decider) }
    }
}
