//! The syntax tree of a suite of policy tests, with no name looked up.

use super::Text;
use crate::syntax::grammar::{NamedEntities, ParsedQuestion, RequestPattern};
use crate::text::{Span, Spanned};
use crate::time::Instant;

/// A file `NAME.suite.toml`.
#[derive(Clone, Debug, Default)]
pub struct SuiteDocument {
    /// The path of its pack, relative to the suite.
    pub policies: Option<Text>,
    /// The paths of its world, relative to the suite.
    pub worlds: Vec<Text>,
    /// The place of `[world]`, if it has one. [`inline_world`](crate::syntax::inline_world) reads it.
    pub world: Option<Span>,
    /// Dates and toggles of entries that have none of their own.
    pub setting: SettingDecl,
    /// Its entries, in the order of the file.
    pub entries: Vec<EntryDecl>,
}

/// Dates and toggles. A key that is not given is `None`.
#[derive(Clone, Debug, Default)]
pub struct SettingDecl {
    /// The date of the world, and of the policy unless `policy_at` is given.
    pub at: Option<Spanned<Instant>>,
    /// The date of the policy.
    pub policy_at: Option<Spanned<Instant>>,
    /// Toggles that are on.
    pub with: Option<Vec<Text>>,
    /// Toggles that are off.
    pub without: Option<Vec<Text>>,
}

/// One test.
#[derive(Clone, Debug)]
pub struct EntryDecl {
    /// The place of its header.
    pub span: Span,
    /// Its number among the entries of its form, from 1.
    pub number: usize,
    /// What people call it.
    pub name: Option<Text>,
    /// Its own dates and toggles.
    pub setting: SettingDecl,
    /// What it tests.
    pub form: EntryForm,
}

/// The forms of tests.
#[derive(Clone, Debug)]
pub enum EntryForm {
    /// `[[case]]`: every subject with every action on every resource. Those that `allowed` names are allowed, those that `unknown` names are
    /// unknown, and all others are denied.
    Case {
        /// Who.
        subjects: Vec<Spanned<NamedEntities>>,
        /// What: names and patterns.
        actions: Vec<Text>,
        /// To what.
        resources: Vec<Spanned<NamedEntities>>,
        /// Which requests are allowed.
        allowed: Vec<Spanned<RequestPattern>>,
        /// Which are unknown.
        unknown: Vec<Spanned<RequestPattern>>,
    },
    /// `[[who]]`: those that may do something, nobody else.
    Who {
        /// What.
        action: Text,
        /// To what.
        resource: Spanned<NamedEntities>,
        /// Who may.
        are: Vec<Spanned<NamedEntities>>,
        /// Of whom it is unknown.
        unknown: Vec<Spanned<NamedEntities>>,
    },
    /// `[[ask]]`: one question.
    Ask {
        /// The question as written.
        text: Text,
        /// The same, parsed.
        question: Box<ParsedQuestion>,
        /// The answer.
        is: Option<ExpectedAnswer>,
        /// Claims on which it rests.
        by: Vec<Text>,
        /// Whether its explanation is kept and compared.
        snapshot: bool,
    },
}

impl EntryForm {
    /// The key of its table.
    pub fn noun(&self) -> &'static str {
        match self {
            EntryForm::Case { .. } => "case",
            EntryForm::Who { .. } => "who",
            EntryForm::Ask { .. } => "ask",
        }
    }
}

/// What a question is expected to be answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ExpectedAnswer {
    /// Yes.
    Allowed,
    /// No: barred or not granted.
    Denied,
    /// A rule denies it.
    Barred,
    /// Nothing grants it.
    NotGranted,
    /// Data is missing.
    Unknown,
}

impl ExpectedAnswer {
    /// All, as `is` names them.
    pub const ALL: [(&'static str, ExpectedAnswer); 5] = [
        ("allowed", ExpectedAnswer::Allowed),
        ("denied", ExpectedAnswer::Denied),
        ("barred", ExpectedAnswer::Barred),
        ("not-granted", ExpectedAnswer::NotGranted),
        ("unknown", ExpectedAnswer::Unknown),
    ];

    /// Its name.
    pub fn name(self) -> &'static str {
        ExpectedAnswer::ALL.iter().find(|(_, answer)| *answer == self).map_or("", |(name, _)| name)
    }
}
