//! `delegraph how-to`: the changes that would turn an answer.

use super::options::{Options, RequestArgs};
use super::output::Streams;
use super::{Exit, Failure};
use crate::eval::Budget;
use crate::query::how_to;
use crate::report;
use crate::wording::{self, Labels, Words};
use std::io::Write;

/// List what to do to reverse an answer, act by act; each way is tried before it is listed
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The answer that is wanted
    #[arg(value_name = "GOAL")]
    goal: GoalArg,
    #[command(flatten)]
    request: RequestArgs,
    /// The form of the answer
    #[arg(long, value_name = "FORMAT", default_value = "human", help_heading = "Common options")]
    format: HowToFormat,
    /// Show for each way what every other subject gains or loses
    #[arg(long)]
    expand: bool,
    #[command(flatten)]
    options: Options,
}

/// The formats of `how-to`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum HowToFormat {
    /// For people
    Human,
    /// For programs
    Json,
}

/// The answer that is wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum GoalArg {
    /// Allowed
    Allow,
    /// Denied
    Revoke,
}

pub(super) fn run(args: &Args, streams: &mut Streams) -> Result<Exit, Failure> {
    let compiled = args.options.compiled(streams)?;
    let mut question = args.request.prepared(&args.options, &compiled, streams)?;
    question.overlay.world = how_to::with_new_entities(&compiled.policy, &question.overlay.world);
    let decider = question.overlay.decider(&compiled);
    let asked = decider.world.resolve(&compiled.policy, &question.request, decider.context.at)?;
    let budget = Budget::default();
    let how = how_to::how_to(&decider.within(&budget), &asked, args.goal == GoalArg::Allow, None);
    let given_up = budget.exhausted().or(how.exhausted.filter(|_| how.ways.is_empty()));
    if let Some(exhausted) = given_up {
        return Err(Words::of(&decider).exhausted(exhausted).into());
    }
    let labels = Labels::default();
    let words = match args.format {
        HowToFormat::Human => Words::for_people(&decider, &labels),
        HowToFormat::Json => Words::of(&decider),
    };
    let mut how = wording::how_to(words.asked_now(!question.is_dated), &decider, &how);
    how.question.assuming.clone_from(&question.assuming);
    let text = match args.format {
        HowToFormat::Human => {
            report::how_to::render(&how, &report::text::Style { color: streams.color(), width: Streams::width(), full: true }, args.expand)
        }
        HowToFormat::Json => report::json::answer::how_to(&how),
    };
    streams.out().write_all(text.as_bytes())?;
    Ok(match (how.ways.is_empty(), how.limited) {
        (false, _) => Exit::Yes,
        (true, false) => Exit::No,
        (true, true) => Exit::NoAnswer,
    })
}
