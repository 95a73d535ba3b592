//! `delegraph what-if` and `delegraph diff`: whose access changes, and why.

use super::diff_rows::{count, program_row};
use super::list_options::{self, ListOptions};
use super::options::{Options, compiled_at, date};
use super::output::Streams;
use super::progress::with_count;
use super::sides::{DiffGiven, GivenSide, asked_of, worlds_named};
use super::{Exit, Failure};
use crate::eval::{Budget, Decider};
use crate::explain;
use crate::open::Progress;
use crate::plan::{CompiledPolicy, Context};
use crate::policy::{ActionId, Id, Policy};
use crate::query::assume;
use crate::query::diff::{self, Because, ChangeError, Changes, DiffGroup, DiffRow, Difference, ReadChange, Side, Sides, WhatIf};
use crate::query::lists::OpenCounts;
use crate::report;
use crate::report::json::diff::DiffCounts;
use crate::report::json::list::ListQuestion;
use crate::time::Instant;
use crate::wording::{self, Labels, Words};
use serde::Serialize;
use std::cell::RefCell;
use std::collections::BTreeSet;
use std::io::Write;
use std::path::PathBuf;

/// List whose access changes if facts begin or end, toggles are turned, or events happen
#[derive(Debug, clap::Args)]
pub(super) struct WhatIfArgs {
    /// A fact that begins to hold at the date, such as "dap(customer:fabrikam, partner:contoso)"
    #[arg(long, value_name = "FACT")]
    add: Vec<String>,
    /// A fact that ends at the date, for good; `_` stands for anything
    #[arg(long, value_name = "FACT")]
    remove: Vec<String>,
    /// A toggle that is turned on
    #[arg(long, value_name = "TOGGLE")]
    turn_on: Vec<String>,
    /// A toggle that is turned off
    #[arg(long, value_name = "TOGGLE")]
    turn_off: Vec<String>,
    /// An event that happens at the date, after the other changes: NAME by=ENTITY and its parameters, such as
    /// "remove-dap by=user:gina@fabrikam customer=customer:fabrikam partner=partner:contoso"; several values are KEY=VALUE,VALUE
    #[arg(long = "do", value_name = "EVENT")]
    events: Vec<String>,
    #[command(flatten)]
    common: CommonArgs,
}

/// List whose access differs between two packs, worlds, dates or sets of toggles
#[derive(Debug, clap::Args)]
pub(super) struct DiffArgs {
    /// The pack of the old side [default: that of the new side]
    #[arg(long, value_name = "DIR")]
    old_policies: Option<PathBuf>,
    /// A world of the old side [default: that of the new side]
    #[arg(long, value_name = "FILE")]
    old_world: Vec<PathBuf>,
    /// The date of the old side's world and policy [default: that of the new side]
    #[arg(long, value_name = "DATE", value_parser = date)]
    old_at: Option<Instant>,
    /// The date of the old side's policy [default: `--old-at`, or else that of the new side]
    #[arg(long, value_name = "DATE", value_parser = date)]
    old_policy_at: Option<Instant>,
    /// Turn this toggle on, on the old side
    #[arg(long, value_name = "TOGGLE")]
    old_with: Vec<String>,
    /// Turn this toggle off, on the old side
    #[arg(long, value_name = "TOGGLE")]
    old_without: Vec<String>,
    #[command(flatten)]
    common: CommonArgs,
}

/// What both verbs take.
#[derive(Debug, clap::Args)]
struct CommonArgs {
    /// Also list requests that are denied on both sides for different reasons, or exist on one side only
    #[arg(long)]
    all_changes: bool,
    /// Exit with 1 if access is widened, or if any row is printed
    #[arg(long, value_name = "CHANGE")]
    fail_on: Option<FailOn>,
    /// Print every name
    #[arg(long)]
    expand: bool,
    /// The form of the list
    #[arg(long, value_name = "FORMAT", default_value = "human", help_heading = "Common options")]
    format: DiffFormat,
    #[command(flatten)]
    list: ListOptions,
    #[command(flatten)]
    options: Options,
}

/// Which changes count as a failure.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum FailOn {
    /// Access that is new
    Widened,
    /// Any row
    Any,
}

/// The formats of differences.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum DiffFormat {
    /// For people
    Human,
    /// For programs, in one document
    Json,
    /// For programs, one row per line
    Ndjson,
    /// For a pull request
    Markdown,
}

/// The changes as they were given, for the answer to repeat.
#[derive(Serialize)]
struct WhatIfGiven<'a> {
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    add: &'a [String],
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    remove: &'a [String],
    #[serde(rename = "turn-on", skip_serializing_if = "<[_]>::is_empty")]
    turn_on: &'a [String],
    #[serde(rename = "turn-off", skip_serializing_if = "<[_]>::is_empty")]
    turn_off: &'a [String],
    #[serde(rename = "do", skip_serializing_if = "<[_]>::is_empty")]
    events: &'a [String],
}

/// A difference as it is asked for.
struct Asked<'a, G> {
    verb: &'static str,
    given: G,
    /// What is compared, in words.
    compared: Vec<String>,
    common: &'a CommonArgs,
}

pub(super) fn what_if(args: &WhatIfArgs, streams: &mut Streams) -> Result<Exit, Failure> {
    let common = &args.common;
    let compiled = common.options.compiled(streams)?;
    let context = common.options.context(&compiled.policy)?;
    let world = common.options.world(&compiled, streams)?;
    let mut sides = WhatIf::new(&world, &context);
    let removed = args.remove.iter().map(|text| ReadChange::Remove(text));
    let added = args.add.iter().map(|text| ReadChange::Add(text));
    let turned = args.turn_on.iter().map(|name| (name, true)).chain(args.turn_off.iter().map(|name| (name, false)));
    let turned = turned.map(|(name, on)| ReadChange::Turn(name, on));
    let events = args.events.iter().map(|text| ReadChange::Do(text));
    let changes: Vec<ReadChange<'_>> = removed.chain(added).chain(turned).chain(events).collect();
    if changes.is_empty() {
        let help = "give one with `--add`, `--remove`, `--turn-on`, `--turn-off` or `--do`";
        return Err(Failure::Say("a change is needed".to_owned(), Some(help.to_owned())));
    }
    let mut compared = Vec::new();
    for change in changes {
        let facts = sides.make(&compiled, change).map_err(|error| unmade(&compiled, error, streams))?;
        let texts = facts.iter().map(|fact| sides.new.world.statement_text(&compiled.policy, fact));
        match change {
            ReadChange::Add(_) => compared.extend(texts.map(|text| format!("if {text}"))),
            ReadChange::Remove(_) => {
                for text in texts {
                    Streams::note(&format!("this removes {}", report::visible(&text)));
                    compared.push(format!("if not {text}"));
                }
            }
            ReadChange::Turn(name, on) => compared.push(format!("with {name} {}", if on { "on" } else { "off" })),
            ReadChange::Do(text) => compared.push(format!("after {text}")),
        }
    }
    compared.push(format!("as of {}", asked_of(&compiled.policy, &context)));
    let (old, new) = (sides.old.decider(&compiled), sides.new.decider(&compiled));
    let given =
        WhatIfGiven { add: &args.add, remove: &args.remove, turn_on: &args.turn_on, turn_off: &args.turn_off, events: &args.events };
    run(Sides::of_one_world(&old, &new), &Asked { verb: "what-if", given, compared, common }, streams)
}

/// The failure of a change that cannot be made. The mistakes of its text are printed.
fn unmade(compiled: &CompiledPolicy, error: ChangeError, streams: &Streams) -> Failure {
    match error {
        ChangeError::Text { sources, diagnostics } => {
            streams.diagnostics(&sources, &diagnostics);
            Failure::Reported
        }
        ChangeError::Request(error) => error.into(),
        ChangeError::Refused(refused) => {
            let sources = refused.world.sources.clone();
            streams.diagnostics(&sources, &wording::refused_event(compiled, *refused));
            Failure::Refused
        }
    }
}

pub(super) fn diff(args: &DiffArgs, streams: &mut Streams) -> Result<Exit, Failure> {
    let options = &args.common.options;
    let compiled = options.compiled(streams)?;
    let context = options.context(&compiled.policy)?;
    let world = options.world(&compiled, streams)?;
    let other_pack = args.old_policies.as_ref().map(|path| compiled_at(Some(path.as_path()), streams)).transpose()?;
    let old_compiled = other_pack.as_ref().unwrap_or(&compiled);
    let old_context = args.old_context(&old_compiled.policy, &context)?;
    let paths = if args.old_world.is_empty() { &options.world } else { &args.old_world };
    let other_world = (other_pack.is_some() || !args.old_world.is_empty())
        .then(|| Options { world: paths.clone(), ..options.clone() }.world(old_compiled, streams))
        .transpose()?;
    let old_world = other_world.as_ref().unwrap_or(&world);
    if other_world.is_none() && old_context == context {
        let help = "name what differs: `--old-at`, `--old-policies`, `--old-world`, `--with` or `--old-with`";
        return Err(Failure::Say("both sides are the same".to_owned(), Some(help.to_owned())));
    }
    let old = Decider::new(old_compiled, old_world, old_context);
    let new = Decider::new(&compiled, &world, context);
    let sides = if other_world.is_some() { Sides::of_two_worlds(&old, &new) } else { Sides::of_one_world(&old, &new) };
    let old_policies = args.old_policies.as_ref().or(options.policies.as_ref());
    let given =
        DiffGiven { old: GivenSide::of(old_policies, paths, &old), new: GivenSide::of(options.policies.as_ref(), &options.world, &new) };
    let side = |name: &str, policies: Option<&PathBuf>, worlds: &[PathBuf], decider: &Decider<'_>| {
        let mut text = format!("{name}: {}", asked_of(&decider.compiled.policy, &decider.context));
        if args.old_policies.is_some() {
            text = format!("{text}, {}", streams.pack_name(policies.map(PathBuf::as_path)));
        }
        if args.old_world.is_empty() {
            return text;
        }
        format!("{text}, {}", worlds_named(worlds))
    };
    let compared = vec![side("old", old_policies, paths, &old), side("new", options.policies.as_ref(), &options.world, &new)];
    run(sides, &Asked { verb: "diff", given, compared, common: &args.common }, streams)
}

impl DiffArgs {
    /// Dates and toggles of the old side. What is not given is as on the new side, except toggles, which have their defaults.
    fn old_context(&self, policy: &Policy, new: &Context) -> Result<Context, Failure> {
        let mut context = Context::at(policy, self.old_at.unwrap_or(new.at));
        context.policy_at = self.old_policy_at.or(self.old_at).unwrap_or(new.policy_at);
        for (names, on) in [(&self.old_with, true), (&self.old_without, false)] {
            for name in names {
                context.toggles[assume::toggle(policy, name)?.index()] = on;
            }
        }
        match self.old_with.iter().find(|name| self.old_without.contains(name)) {
            Some(both) => Err(Failure::Say(format!("toggle `{both}` cannot be both on and off"), None)),
            None => Ok(context),
        }
    }
}

fn run<G: Serialize>(sides: Sides<'_>, asked: &Asked<'_, G>, streams: &mut Streams) -> Result<Exit, Failure> {
    let changes = Changes::between(sides);
    let difference = Difference::new(sides, &changes, asked.common.all_changes);
    let because = Because::new(sides, &changes);
    let style = report::text::Style { color: streams.color(), width: Streams::width(), full: asked.common.expand };
    let (DiffCounts { widened, narrowed, unsure }, given_up) = match asked.common.format {
        DiffFormat::Human | DiffFormat::Markdown => {
            let made =
                with_count("changes", Streams::shows_progress(), |found| for_people(sides, asked, &difference, &because, &style, found));
            streams.out().write_all(made.0.as_bytes())?;
            made.1
        }
        // Rows are written as their causes are found.
        DiffFormat::Json | DiffFormat::Ndjson => with_count("changes", Streams::shows_progress_alone(), |found| {
            for_programs(sides, asked, &difference, &because, found, streams)
        })?,
    };
    let fails = match asked.common.fail_on {
        None => false,
        Some(FailOn::Widened) => widened > 0,
        Some(FailOn::Any) => widened + narrowed + unsure > 0,
    };
    Ok(match (given_up, fails) {
        (true, _) => Exit::NoAnswer,
        (false, true) => Exit::No,
        (false, false) => Exit::Yes,
    })
}

fn lists(list: &ListOptions, row: &DiffRow) -> bool {
    list.lists(row.is_unknown())
}

fn for_programs<G: Serialize>(
    sides: Sides<'_>,
    asked: &Asked<'_, G>,
    difference: &Difference<'_>,
    because: &Because<'_>,
    progress: &Progress,
    streams: &mut Streams,
) -> Result<(DiffCounts, bool), Failure> {
    let list = &asked.common.list;
    let (mut counts, mut given_up) = (DiffCounts::default(), false);
    let mut rows: Vec<DiffRow> = Vec::new();
    let mut left_out = 0;
    let all = difference.rows().inspect(|row| given_up |= row.is_given_up());
    for row in all.filter(|row| lists(list, row)) {
        count(&mut counts, &row);
        progress.add(1);
        if list.most().is_some_and(|most| rows.len() >= most) {
            left_out += 1;
        } else {
            rows.push(row);
        }
    }
    let open = RefCell::new(OpenCounts::default());
    let view = |row: &DiffRow| program_row(sides, row, because, &open);
    note_remarks(sides, &rows.iter().map(DiffRow::request).map(|(side, request)| (side, request.action)).collect::<Vec<_>>());
    let printed = rows.iter().map(view);
    match asked.common.format {
        DiffFormat::Ndjson => report::json::list::lines(streams.out(), printed, left_out)?,
        DiffFormat::Json | DiffFormat::Human | DiffFormat::Markdown => {
            let words = Words::of(sides.new);
            let question = words.list_question(&sides.new.context, Vec::new());
            let question = ListQuestion::new(asked.verb, &asked.given, &question);
            report::json::list::counted_document(streams.out(), &question, Some(counts), printed, left_out, || words.open(&open.borrow()))?;
        }
    }
    Ok((counts, given_up))
}

fn for_people<G>(
    sides: Sides<'_>,
    asked: &Asked<'_, G>,
    difference: &Difference<'_>,
    because: &Because<'_>,
    style: &report::text::Style,
    progress: &Progress,
) -> (String, (DiffCounts, bool)) {
    let listed = |row: &DiffRow| {
        progress.add(1);
        lists(&asked.common.list, row)
    };
    let summary = diff::diff_summary(sides, difference, because, listed, asked.common.list.most());
    let labels = [Labels::default(), Labels::default()];
    let words = |side: Side| match side {
        Side::Old => Words::for_people(sides.old, &labels[0]),
        Side::New => Words::for_people(sides.new, &labels[1]),
    };
    note_remarks(
        sides,
        &summary.groups.iter().flat_map(|group| group.actions.iter().map(|&action| (group.side, action))).collect::<Vec<_>>(),
    );
    let groups = summary.groups.iter();
    let texts = groups.map(|group| words(group.side).diff_group(group, because, Some(example(sides, group, &words)))).collect();
    let text = wording::diff_text(words(Side::New), &summary, texts, asked.compared.clone());
    let page = match asked.common.format {
        DiffFormat::Markdown => report::diff::markdown(&text, style.full),
        DiffFormat::Human | DiffFormat::Json | DiffFormat::Ndjson => report::diff::render(&text, style),
    };
    let counts = DiffCounts { widened: summary.widened, narrowed: summary.narrowed, unsure: summary.unsure };
    (page, (counts, summary.given_up > 0))
}

/// Prints the advice that comes with the answers of both sides, once.
fn note_remarks(sides: Sides<'_>, asked: &[(Side, ActionId)]) {
    let mut notes = BTreeSet::new();
    for side in [Side::Old, Side::New] {
        let (decider, policy) = (sides.decider(side), &sides.decider(side).compiled.policy);
        let named = |&(of, action): &(Side, ActionId)| policy.action_named(&sides.decider(of).compiled.policy.actions[action].meta.name);
        notes.extend(list_options::remarks(decider, &asked.iter().filter_map(named).collect()));
    }
    notes.iter().for_each(|note| Streams::note(note));
}

/// Why the first request of a group is answered as it was, and as it is now.
fn example<'w>(sides: Sides<'w>, group: &DiffGroup, words: &dyn Fn(Side) -> Words<'w>) -> [String; 2] {
    let request = group.example();
    [Side::Old, Side::New].map(|side| {
        let asked = if side == group.side { Some(request) } else { sides.across(group.side, &request) };
        let Some(asked) = asked else { return "it cannot be asked".to_owned() };
        let budget = Budget::default();
        let query = sides.decider(side).within(&budget);
        words(side).verdict_because(&explain::explain(&query, &asked, &query.record(&asked)))
    })
}
