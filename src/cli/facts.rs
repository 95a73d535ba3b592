//! `delegraph facts`: what holds at a date.

use super::list_options::{self, HeldOptions, ListFormat};
use super::output::Streams;
use super::{Exit, Failure};
use crate::eval::{Decider, Truth};
use crate::plan::Context;
use crate::policy::Policy;
use crate::query::lists::{self, Facts, FactsQuestion};
use crate::report;
use crate::report::json::facts::{FactsGiven, TakenAsAbsent, row};
use crate::report::json::list::ListQuestion;
use crate::report::list::LeftOut;
use crate::wording::{OpenText, Words};
use crate::world::{self, FactSelector, World};
use std::io::Write;

/// List the facts that hold, stated and derived, and what the world leaves open
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Only facts that fit this, such as `dap(_, partner:contoso)`, `_ holds owner on _` or `user:"a".partner`; `where` may narrow it
    #[arg(value_name = "PATTERN")]
    pattern: Option<String>,
    /// Print each fact, and of derived ones the facts on which they rest
    #[arg(long)]
    expand: bool,
    #[command(flatten)]
    held: HeldOptions,
}

pub(super) fn run(args: &Args, streams: &mut Streams) -> Result<Exit, Failure> {
    let compiled = args.held.options.compiled(streams)?;
    let context = args.held.options.context(&compiled.policy)?;
    let mut world = args.held.options.world(&compiled, streams)?;
    let pattern = args.pattern.as_ref().map(|text| selector(&compiled.policy, &mut world, &context, text, streams)).transpose()?;
    let decider = Decider::new(&compiled, &world, context);
    let question = FactsQuestion {
        pattern: pattern.as_ref(),
        ends_before: args.held.ends_before,
        policy_stays: args.held.options.policy_at.is_some(),
    };
    let Facts { mut rows, mut hidden, exhausted } = lists::facts(&decider, &question);
    hidden += args.held.list.filter(&mut rows, |row| row.truth == Truth::Unknown);
    let left_out = LeftOut { cut: args.held.list.cut(&mut rows), hidden, search_cut: exhausted.is_some() };
    let words = Words::of(&decider);
    // What is about no fact of the pack is of interest where all that is open is asked for.
    let lacks = if args.pattern.is_none() && args.held.list.lists(true) { words.taken_as_absent() } else { Vec::new() };
    let asked = words.list_question(&decider.context, Vec::new());
    let texts = rows.iter().map(|row| words.listed_fact(&decider, row, args.expand));
    match args.held.form.format {
        ListFormat::Human => {
            let style = report::text::Style { color: streams.color(), width: Streams::width(), full: args.expand };
            let page = report::facts::render(&asked, &texts.collect::<Vec<_>>(), &lacks, left_out, &style);
            streams.out().write_all(page.as_bytes())?;
        }
        ListFormat::Json => {
            let open: Vec<OpenText> = words.open(&lists::open_facts(&decider, &rows));
            let given = FactsGiven { pattern: args.pattern.as_deref(), ends_before: args.held.ends_before.map(|date| date.to_string()) };
            let question = ListQuestion::new("facts", given, &asked);
            let absent = TakenAsAbsent::of(&lacks);
            report::json::list::counted_document(streams.out(), &question, absent, texts.map(row), left_out, || open)?;
        }
        ListFormat::Ndjson => report::json::list::lines(streams.out(), texts.map(row), left_out.cut)?,
    }
    Ok(list_options::complete(words, exhausted))
}

/// The pattern of the question. If it has mistakes, they are printed.
fn selector(policy: &Policy, world: &mut World, context: &Context, text: &str, streams: &Streams) -> Result<FactSelector, Failure> {
    let selector = world::read_pattern(policy, world, text, "the pattern").map_err(|(sources, mistakes)| {
        streams.diagnostics(&sources, &mistakes);
        Failure::Reported
    })?;
    for entity in selector.named() {
        let (kind, id) = (&policy.kinds[world.kind(entity)].meta.name, world.entity(entity).id);
        world.living(policy, kind, id, context.at)?;
    }
    Ok(selector)
}
