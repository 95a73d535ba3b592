//! From a recorded walk to a proof, near misses included.
//!
//! Invariant: this room knows no terminals.

mod citations;
mod event_diagnostics;
mod explanation;
mod other_times;
mod proof;

pub use crate::wording::{datum, fact_words, relation_words, verdict};
pub use citations::cited;
pub use event_diagnostics::first_lack;
pub use event_diagnostics::{broken, refused};
pub use explanation::{explain, missing, status};

use crate::text::Place;
use serde::Serialize;

/// An answer with all that it rests on: plain data, the same in every format.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Explanation {
    /// The question.
    pub question: AskedQuestion,
    /// Whether the answer is yes.
    pub decision: bool,
    /// `allowed`, `barred`, `not-granted` or `unknown`.
    pub outcome: &'static str,
    /// The answer in a sentence.
    pub verdict: String,
    /// Allowed: every true way. Else: how far each way in force got, and what it lacks.
    pub reasons: Vec<Reason>,
    /// Every deny in force: why it bars, or why not.
    pub denies: Vec<Reason>,
    /// Data that is missing; not empty exactly when the outcome is unknown.
    pub unknown: Vec<String>,
    /// What comes with the decision and must be kept.
    pub obligations: Vec<IssuedNotice>,
    /// What comes with the decision and helps.
    pub advice: Vec<IssuedNotice>,
    /// What is in force by implication and that listings do not show.
    pub unlisted: Vec<String>,
    /// The claims on which the answer rests, by id; and after them those that obligations, advice and toggles cite.
    pub claims: Vec<CitedClaim>,
    /// Toggles that gate what bears on the action, and how they stand.
    pub toggles: Vec<ToggleState>,
}

/// The question that was answered.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct AskedQuestion {
    /// `kind:id`.
    pub subject: String,
    /// The action's name.
    pub action: String,
    /// The action's title, if it has one.
    pub title: Option<String>,
    /// `kind:id`.
    pub resource: String,
    /// The date of the world's facts.
    pub at: String,
    /// The date of the policy.
    pub policy_at: String,
    /// The toggles that are on.
    pub toggles: Vec<String>,
    /// What is assumed, as the question says it: a fact, or `not` and a fact.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub assuming: Vec<String>,
}

/// A node of a proof.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
pub struct Reason {
    /// What sort of node it is.
    pub sort: ReasonKind,
    /// The element's name, if it stands for one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// A sentence that is so (or, where `truth` is unknown, that may be so).
    pub says: String,
    /// What the part of the policy came to.
    pub truth: &'static str,
    /// Whether it is this that is in the way: of the way to an allow; of the allow, where it is a deny; or of a deny that does not bar.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub lacking: bool,
    /// Where it stands: the element, the cell, the fact; a fact told twice has two.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub places: Vec<Place>,
    /// The claims that it cites.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub claims: Vec<String>,
    /// The author's remark.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    /// What it rests on.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub because: Vec<Reason>,
}

/// The sorts of [`Reason`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum ReasonKind {
    /// A role, held or not.
    Role,
    /// What a role grants, by itself or by one that it includes.
    Grant,
    /// A table's cell.
    Cell,
    /// A role's inclusion of another.
    Inclusion,
    /// An allow or deny rule.
    Rule,
    /// An implication.
    Implication,
    /// A fact.
    Fact,
    /// A test that no single fact decides.
    Test,
    /// A toggle.
    Toggle,
    /// A datum that is missing.
    Missing,
}

/// An obligation or advice that is told.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct IssuedNotice {
    /// The element's name.
    pub name: String,
    /// What is told.
    pub text: String,
    /// The claims that it cites.
    pub claims: Vec<String>,
    /// The author's remark.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    /// Where it stands.
    pub place: Place,
    /// Its condition speaks of the one who asks and of nothing else: it is no more about this question than about any other.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub general: bool,
}

/// A claim that is cited.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct CitedClaim {
    /// Its id.
    pub id: String,
    /// What it says.
    pub text: String,
    /// The documents that say it.
    pub documents: Vec<CitedDocument>,
    /// The author's remark.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    /// Whether the answer rests on it (else it only comes with what is told beside).
    pub decides: bool,
}

/// A document that a claim cites.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct CitedDocument {
    /// Its short name.
    pub name: String,
    /// Its title.
    pub title: Option<String>,
    /// Its date.
    pub date: Option<String>,
    /// Its locale.
    pub locale: Option<String>,
}

/// A toggle that bears on the question.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ToggleState {
    /// Its name.
    pub name: String,
    /// Its title.
    pub title: Option<String>,
    /// `proposed`, `current`, `retired` or `interpretation`.
    pub status: &'static str,
    /// Whether it is on.
    pub on: bool,
    /// The claims that it cites.
    pub claims: Vec<String>,
    /// The author's remark.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}
