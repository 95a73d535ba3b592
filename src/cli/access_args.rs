//! The arguments of `delegraph who-can` and `delegraph what-can`, and the question that they ask.

use super::Failure;
use super::complete;
use super::list_options::ListOptions;
use super::options::{Options, any_question, date, entity};
use super::output::Streams;
use crate::eval::Decider;
use crate::plan::{CompiledPolicy, Context};
use crate::policy::{ActionId, Policy};
use crate::query::Overlay;
use crate::query::access::{self, Resources, Selection, Subjects};
use crate::query::assume::Prepared;
use crate::report::access::Shown;
use crate::syntax::{NamedEntities, QuestionForm};
use crate::time::{Instant, Interval};
use serde::Serialize;

/// List everyone who is allowed to do something, and how
#[derive(Debug, clap::Args)]
pub(super) struct WhoArgs {
    /// The action, such as `subscription.manage`; `subscription.*` for all that begin with it, `*` for all; or a question in words, such as "who can
    /// subscription.manage on subscription:fab-prod at 2021-06-01"
    #[arg(value_name = "ACTION", add = complete::actions())]
    pub(super) action: String,
    /// What it is done to, such as `subscription:fab-prod`, or `subscription:*` for all of a kind
    #[arg(value_name = "RESOURCE", add = complete::resources())]
    pub(super) resource: Option<String>,
    /// Only these subjects: one, `user:*`, or a group or a partner for whoever is in it
    #[arg(long, value_name = "SUBJECT", add = complete::subjects())]
    pub(super) of: Option<String>,
    #[command(flatten)]
    pub(super) common: CommonArgs,
}

/// List everything that a user, a group or a partner is allowed to do
#[derive(Debug, clap::Args)]
pub(super) struct WhatArgs {
    /// Who, such as `user:alice@contoso`; a group or a partner stands for whoever is in it, and `user:*` for all of a kind; or a question in
    /// words, such as "what can user:alice@contoso do on customer:fabrikam"
    #[arg(value_name = "SUBJECT", add = complete::subjects())]
    pub(super) subject: String,
    /// Only on this resource, or on all of a kind: `customer:*`
    #[arg(value_name = "RESOURCE", add = complete::resources())]
    pub(super) resource: Option<String>,
    /// Only this action, or all that begin with a word: `directory.*`
    #[arg(long, value_name = "ACTION", add = complete::actions())]
    pub(super) action: Option<String>,
    #[command(flatten)]
    pub(super) common: CommonArgs,
}

/// What both verbs take.
#[derive(Debug, clap::Args)]
pub(super) struct CommonArgs {
    /// The resource, as `roles` names its scope: the same as RESOURCE
    #[arg(long, value_name = "RESOURCE", conflicts_with = "resource", add = complete::resources())]
    pub(super) on: Option<String>,
    /// Include what lies within the resource
    #[arg(long)]
    pub(super) within: bool,
    /// Print each answer by itself
    #[arg(long)]
    pub(super) expand: bool,
    /// When: each answer with its period between FROM and TO, and what began and ended it
    #[arg(long, num_args = 2, value_names = ["FROM", "TO"], value_parser = date, conflicts_with_all = ["at", "through"])]
    pub(super) between: Option<Vec<Instant>>,
    /// Only what would end, or might, if those asked about left this group; without a name, the group that is asked about
    #[arg(long, value_name = "GROUP", num_args = 0..=1, default_missing_value = "")]
    pub(super) through: Option<String>,
    /// The form of the list
    #[arg(long, value_name = "FORMAT", default_value = "human", help_heading = "Common options")]
    pub(super) format: AccessFormat,
    #[command(flatten)]
    pub(super) list: ListOptions,
    #[command(flatten)]
    pub(super) options: Options,
}

/// The formats of access lists.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub(super) enum AccessFormat {
    /// For people
    Human,
    /// For programs, in one document
    Json,
    /// For programs, one row per line
    Ndjson,
    /// A drawing for Graphviz
    Dot,
    /// A drawing for Mermaid
    Mermaid,
}

/// The arguments as they were given, for the answer to repeat.
#[derive(Serialize)]
pub(super) struct Given<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    subject: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    action: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    resource: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    of: Option<String>,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    within: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    through: Option<String>,
}

/// A list as it is asked for, by arguments or in words.
pub(super) struct Asked<'a> {
    pub(super) verb: &'static str,
    pub(super) subject: Option<NamedEntities>,
    pub(super) action: Option<String>,
    pub(super) resource: Option<NamedEntities>,
    pub(super) overlay: Overlay,
    pub(super) assuming: Vec<String>,
    pub(super) common: &'a CommonArgs,
    /// Whether the date of the policy stays as it is, while that of the world moves.
    pub(super) policy_stays: bool,
}

impl Asked<'_> {
    /// Takes dates, toggles and assumptions from a question in words, and returns what it asks. If its text has mistakes, they are printed.
    pub(super) fn in_words(&mut self, compiled: &CompiledPolicy, text: &str, streams: &Streams) -> Result<QuestionForm, Failure> {
        let Prepared { form, overlay, assuming, fixes_policy, names_date } = {
            let Overlay { world, context } = &self.overlay;
            any_question(&self.common.options, compiled, (world, context), text, streams)?
        };
        if names_date && self.common.between.is_some() {
            let help = "leave out `at` in the question, or `--between`".to_owned();
            return Err(Failure::Say("a question about a window of time has no date".to_owned(), Some(help)));
        }
        (self.overlay, self.assuming) = (overlay, assuming);
        self.policy_stays = fixes_policy.unwrap_or(self.policy_stays);
        Ok(form)
    }

    /// The group by whose memberships the list is narrowed.
    pub(super) fn through(&self) -> Option<String> {
        let given = self.common.through.clone()?;
        if given.is_empty() { self.subject.as_ref().map(NamedEntities::to_string) } else { Some(given) }
    }

    /// The world in which the subjects left that group, if there is one.
    pub(super) fn without(&self, decider: &Decider<'_>, subjects: &Subjects) -> Result<Option<Overlay>, Failure> {
        if self.common.through.is_none() {
            return Ok(None);
        }
        let Some(group) = self.through() else {
            let help = "name it, such as `--through group:contoso/admin-agents`".to_owned();
            return Err(Failure::Say("`--through` needs a group".to_owned(), Some(help)));
        };
        let (kind, id) = entity(&group)?;
        let group = decider.world.living(&decider.compiled.policy, &kind, &id, decider.context.at)?;
        Ok(Some(access::without_members(decider, group, subjects)?))
    }

    pub(super) fn given(&self) -> Given<'_> {
        let subject = self.subject.as_ref().map(NamedEntities::to_string);
        let (subject, of) = if self.verb == "what-can" { (subject, None) } else { (None, subject) };
        Given {
            subject,
            action: self.action.as_deref(),
            resource: self.resource.as_ref().map(NamedEntities::to_string),
            of,
            within: self.common.within,
            through: self.through(),
        }
    }
}

impl CommonArgs {
    /// The resource, by the argument or by `--on`.
    pub(super) fn resource<'a>(&'a self, argument: Option<&'a String>) -> Option<&'a String> {
        argument.or(self.on.as_ref())
    }

    /// Dates and toggles: of a window those of its beginning.
    pub(super) fn context(&self, policy: &Policy) -> Result<Context, Failure> {
        let mut options = self.options.clone();
        if let Some(window) = self.window()? {
            options.at = Some(window.since);
        }
        options.context(policy)
    }

    pub(super) fn window(&self) -> Result<Option<Interval>, Failure> {
        let Some([since, until]) = self.between.as_deref() else { return Ok(None) };
        let window = Interval { since: *since, until: *until };
        if window.is_empty() {
            let help = "name the earlier date first; the second is the first that is not in it".to_owned();
            return Err(Failure::Say(format!("no time lies between {since} and {until}"), Some(help)));
        }
        Ok(Some(window))
    }
}

/// Keeps the actions that stand on the resources.
pub(super) fn retain_standing(decider: &Decider<'_>, actions: &mut Vec<ActionId>, resources: &Resources) {
    let kinds = match resources {
        Resources::Kinds(kinds) => kinds.clone(),
        Resources::These(these) => these.iter().map(|&resource| decider.world.kind(resource)).collect(),
    };
    actions.retain(|&action| decider.compiled.policy.actions[action].on.iter().any(|kind| kinds.contains(kind)));
}

/// What of a group of answers the question leaves open.
pub(super) fn shown(selection: &Selection) -> Shown {
    Shown {
        subjects: !matches!(&selection.subjects, Subjects::These(these) if these.len() == 1),
        actions: selection.actions.len() > 1,
        resources: !matches!(&selection.resources, Resources::These(these) if these.len() == 1),
    }
}
