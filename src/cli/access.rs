//! `delegraph who-can` and `delegraph what-can`: everyone who may do something, and everything that someone may.

use super::list_options::{self, FormatOption, ListFormat, ListOptions};
use super::options::{Options, any_question, entities};
use super::output::Streams;
use super::{Exit, Failure};
use crate::eval::{Budget, Decider, Outcome, QueryContext};
use crate::plan::CompiledPolicy;
use crate::policy::ActionId;
use crate::query::Overlay;
use crate::query::access::{self, AccessRow, Hidden, Resources, Selection, Subjects};
use crate::query::assume::{self, Prepared};
use crate::query::lists::{EntityPattern, OpenCounts, OpenItem};
use crate::report;
use crate::report::json::list::ListQuestion;
use crate::syntax::{NamedEntities, QuestionForm};
use crate::wording::{Labels, Words};
use serde::Serialize;
use std::cell::{Cell, RefCell};
use std::io::Write;

/// List everyone who may do something, and by which ways
#[derive(Debug, clap::Args)]
pub(super) struct WhoArgs {
    /// The action, such as `subscription.manage`; `subscription.*` for all that begin so, `*` for all; or a question in words, such as "who can
    /// subscription.manage on subscription:fab-prod at 2021-06-01"
    #[arg(value_name = "ACTION")]
    action: String,
    /// What it is done to, such as `subscription:fab-prod`, or `subscription:*` for all of a kind
    #[arg(value_name = "RESOURCE")]
    resource: Option<String>,
    /// Only these subjects: one, `user:*`, or a group or a partner for whoever is in it
    #[arg(long, value_name = "SUBJECT")]
    of: Option<String>,
    #[command(flatten)]
    common: CommonArgs,
}

/// List everything that a user, a group or a partner may do
#[derive(Debug, clap::Args)]
pub(super) struct WhatArgs {
    /// Who, such as `user:alice@contoso`; a group or a partner stands for whoever is in it, and `user:*` for all of a kind; or a question in
    /// words, such as "what can user:alice@contoso do on customer:fabrikam"
    #[arg(value_name = "SUBJECT")]
    subject: String,
    /// Only on this resource, or on all of a kind: `customer:*`
    #[arg(value_name = "RESOURCE")]
    resource: Option<String>,
    /// Only this action, or those that begin so: `directory.*`
    #[arg(long, value_name = "ACTION")]
    action: Option<String>,
    #[command(flatten)]
    common: CommonArgs,
}

/// What both verbs take.
#[derive(Debug, clap::Args)]
struct CommonArgs {
    /// Include what lies within the resource
    #[arg(long)]
    within: bool,
    /// Print each answer by itself
    #[arg(long)]
    expand: bool,
    #[command(flatten)]
    list: ListOptions,
    #[command(flatten)]
    form: FormatOption,
    #[command(flatten)]
    options: Options,
}

/// The arguments as they were given, for the answer to repeat.
#[derive(Serialize)]
struct Given<'a> {
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
}

/// A list as it is asked for, by arguments or in words.
struct Asked<'a> {
    verb: &'static str,
    subject: Option<NamedEntities>,
    action: Option<String>,
    resource: Option<NamedEntities>,
    overlay: Overlay,
    assuming: Vec<String>,
    common: &'a CommonArgs,
}

pub(super) fn who_can(args: &WhoArgs, streams: &mut Streams) -> Result<Exit, Failure> {
    let compiled = args.common.options.compiled(streams)?;
    let context = args.common.options.context(&compiled.policy)?;
    let world = args.common.options.world(&compiled, streams)?;
    let mut asked = Asked {
        verb: "who-can",
        subject: args.of.as_deref().map(entities).transpose()?,
        action: Some(args.action.clone()),
        resource: args.resource.as_deref().map(entities).transpose()?,
        overlay: Overlay { world, context },
        assuming: Vec::new(),
        common: &args.common,
    };
    if is_question(&args.action, args.resource.as_ref()) {
        match asked.in_words(&compiled, &args.action, streams)? {
            QuestionForm::WhoCan { action, resource } => {
                (asked.action, asked.resource) = (Some(action.value), Some(resource.value));
            }
            form => return Err(Failure::Say(assume::asked_elsewhere(&form), None)),
        }
    }
    if asked.resource.is_none() {
        let help = "name it, such as `customer:fabrikam`, or all of a kind: `customer:*`";
        return Err(Failure::Say("a resource is needed".to_owned(), Some(help.to_owned())));
    }
    run(&compiled, &asked, streams)
}

pub(super) fn what_can(args: &WhatArgs, streams: &mut Streams) -> Result<Exit, Failure> {
    let compiled = args.common.options.compiled(streams)?;
    let context = args.common.options.context(&compiled.policy)?;
    let world = args.common.options.world(&compiled, streams)?;
    let mut asked = Asked {
        verb: "what-can",
        subject: None,
        action: args.action.clone(),
        resource: args.resource.as_deref().map(entities).transpose()?,
        overlay: Overlay { world, context },
        assuming: Vec::new(),
        common: &args.common,
    };
    if is_question(&args.subject, args.resource.as_ref()) {
        match asked.in_words(&compiled, &args.subject, streams)? {
            QuestionForm::WhatCan { subject, resource } => {
                (asked.subject, asked.resource) = (Some(subject.value), resource.map(|resource| resource.value));
            }
            form => return Err(Failure::Say(assume::asked_elsewhere(&form), None)),
        }
    } else {
        asked.subject = Some(entities(&args.subject)?);
    }
    run(&compiled, &asked, streams)
}

impl Asked<'_> {
    /// Takes dates, toggles and assumptions from a question in words, and returns what it asks. If its text has mistakes, they are printed.
    fn in_words(&mut self, compiled: &CompiledPolicy, text: &str, streams: &Streams) -> Result<QuestionForm, Failure> {
        let Prepared { form, overlay, assuming, .. } = {
            let Overlay { world, context } = &self.overlay;
            any_question(&self.common.options, compiled, (world, context), text, streams)?
        };
        (self.overlay, self.assuming) = (overlay, assuming);
        Ok(form)
    }

    fn given(&self) -> Given<'_> {
        let by_subject = self.verb == "what-can";
        let subject = self.subject.as_ref().map(NamedEntities::to_string);
        let (subject, of) = if by_subject { (subject, None) } else { (None, subject) };
        Given {
            subject,
            action: self.action.as_deref(),
            resource: self.resource.as_ref().map(NamedEntities::to_string),
            of,
            within: self.common.within,
        }
    }
}

/// Whether the first argument is a question in words: alone, and more than one word before any `:`.
fn is_question(first: &str, second: Option<&String>) -> bool {
    second.is_none() && first.split(':').next().is_some_and(|words| words.trim().contains(char::is_whitespace))
}

fn run(compiled: &CompiledPolicy, asked: &Asked<'_>, streams: &mut Streams) -> Result<Exit, Failure> {
    let decider = asked.overlay.decider(compiled);
    let budget = Budget::default();
    let query = decider.within(&budget);
    let pattern = |named: &NamedEntities| EntityPattern::read(&compiled.policy, decider.world, named, decider.context.at);
    let subject = asked.subject.as_ref().map(pattern).transpose()?;
    let resource = asked.resource.as_ref().map(pattern).transpose()?;
    let subjects = subject.map_or_else(|| Ok(query.all_subjects()), |subject| query.subjects(subject))?;
    let (actions, resources) = standing(&query, asked, resource)?;
    if let (Subjects::These(these), Some(name)) = (&subjects, &asked.subject)
        && these.is_empty()
    {
        list_options::note_nobody(name, decider.context.at);
    }
    list_options::note_remarks(&decider, &actions.iter().copied().collect());
    let selection = Selection { subjects, actions, resources, with_barred: false };
    match asked.common.form.format {
        ListFormat::Human => for_people(asked, &decider, &selection, streams),
        ListFormat::Json | ListFormat::Ndjson => for_programs(asked, &decider, &selection, streams),
    }
}

/// The actions that stand on the resources, and the resources.
fn standing(query: &QueryContext<'_>, asked: &Asked<'_>, resource: Option<EntityPattern>) -> Result<(Vec<ActionId>, Resources), Failure> {
    let policy = &query.compiled.policy;
    let mut actions = query.actions(asked.action.as_deref().unwrap_or("*"))?;
    let resources = match resource {
        Some(resource) => query.resources(resource, &actions, asked.common.within)?,
        None => query.all_resources(&actions),
    };
    let kinds = match &resources {
        Resources::Kinds(kinds) => kinds.clone(),
        Resources::These(these) => these.iter().map(|&resource| query.world.kind(resource)).collect(),
    };
    actions.retain(|&action| policy.actions[action].on.iter().any(|kind| kinds.contains(kind)));
    Ok((actions, resources))
}

fn for_people(asked: &Asked<'_>, decider: &Decider<'_>, selection: &Selection, streams: &mut Streams) -> Result<Exit, Failure> {
    let list = &asked.common.list;
    let labels = Labels::default();
    let words = Words::for_people(decider, &labels);
    let as_of = words.list_question(&decider.context, asked.assuming.clone()).asked();
    let style = report::text::Style { color: streams.color(), width: Streams::width(), full: asked.common.expand };
    if asked.common.expand || list.most().is_some() {
        let (mut given_up, mut hidden) = (false, Hidden::default());
        let mut rows = access::access_list(decider, selection).filter(|row| {
            let is_unknown = row.outcome == Outcome::Unknown;
            given_up |= row.exhausted.is_some();
            if !list.lists(is_unknown) {
                hidden.add(is_unknown);
            }
            list.lists(is_unknown)
        });
        let first = rows.by_ref().take(list.most().unwrap_or(usize::MAX));
        let first: Vec<_> = first.map(|row| words.access_row(&row, &access::missing(decider, &row))).collect();
        let left_out = rows.count();
        let page = report::access::rows(&as_of, &first, left_out, hidden, &style);
        streams.out().write_all(page.as_bytes())?;
        return Ok(if given_up { Exit::NoAnswer } else { Exit::Yes });
    }
    let summary = access::summary(decider, selection, |is_unknown| list.lists(is_unknown));
    let text = words.access_list(selection, &summary, as_of);
    let shown = report::access::Shown {
        subjects: !matches!(&selection.subjects, Subjects::These(these) if these.len() == 1),
        actions: selection.actions.len() > 1,
        resources: !matches!(&selection.resources, Resources::These(these) if these.len() == 1),
    };
    streams.out().write_all(report::access::render(&text, shown, &style).as_bytes())?;
    Ok(if summary.given_up > 0 { Exit::NoAnswer } else { Exit::Yes })
}

fn for_programs(asked: &Asked<'_>, decider: &Decider<'_>, selection: &Selection, streams: &mut Streams) -> Result<Exit, Failure> {
    let list = &asked.common.list;
    let words = Words::of(decider);
    let (open, given_up) = (RefCell::new(OpenCounts::default()), Cell::new(false));
    let view = |row: AccessRow| {
        let missing = access::missing(decider, &row);
        open.borrow_mut().add_row(missing.iter().map(|&datum| OpenItem::of(decider, datum)));
        let why = missing.into_iter().map(|datum| words.datum(datum)).collect();
        report::json::access::row(&decider.compiled.policy, decider.world, row, why)
    };
    // Without a limit rows are printed as they are found, since there may be very many.
    let mut rows = access::access_list(decider, selection).filter(|row| {
        given_up.set(given_up.get() || row.exhausted.is_some());
        list.lists(row.outcome == Outcome::Unknown)
    });
    let (first, left_out) = match list.most() {
        Some(most) => (rows.by_ref().take(most).collect(), rows.by_ref().count()),
        None => (Vec::new(), 0),
    };
    let printed = first.into_iter().chain(rows).map(view);
    if asked.common.form.format == ListFormat::Ndjson {
        report::json::list::lines(streams.out(), printed, left_out)?;
    } else {
        let question = words.list_question(&decider.context, asked.assuming.clone());
        let question = ListQuestion::new(asked.verb, asked.given(), &question);
        report::json::list::document(streams.out(), &question, printed, left_out, || words.open(&open.borrow()))?;
    }
    Ok(if given_up.get() { Exit::NoAnswer } else { Exit::Yes })
}
