//! `delegraph decide`: allow or deny, for one request or a batch.

use super::list_options;
use super::options::{Options, RequestArgs};
use super::output::Streams;
use super::progress::BatchStatus;
use super::{Exit, Failure};
use crate::eval::{Budget, Decider, Outcome};
use crate::explain;
use crate::protocol::batch::{self, BatchOptions};
use crate::report;
use crate::wording::{Labels, Words};
use std::collections::BTreeSet;
use std::io::Write;

/// Decide whether the subject is allowed to do the action to the resource
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(flatten)]
    request: RequestArgs,
    /// Answer requests from a file, one JSON object per line (`AuthZEN` 1.0), in order; `-` is standard input
    #[arg(long, value_name = "FILE", conflicts_with_all = ["subject", "action", "resource"])]
    batch: Option<String>,
    /// The number of threads that answer a batch [default: one for each core]
    #[arg(long, value_name = "COUNT", requires = "batch", value_parser = threads)]
    threads: Option<usize>,
    /// Add outcome, claims, reasons, obligations and advice to JSON answers
    #[arg(long)]
    explain: bool,
    /// The form of the answer; answers to a batch are always JSON
    #[arg(long, value_name = "FORMAT", default_value = "human", help_heading = "Common options")]
    format: DecideFormat,
    #[command(flatten)]
    options: Options,
}

/// The formats of `decide`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum DecideFormat {
    /// For people
    Human,
    /// For programs
    Json,
}

/// A number of threads.
pub(super) fn threads(text: &str) -> Result<usize, String> {
    match text.parse() {
        Ok(count @ 1..=1024) => Ok(count),
        _ => Err("write a number from 1 to 1024".to_owned()),
    }
}

pub(super) fn run(args: &Args, streams: &mut Streams) -> Result<Exit, Failure> {
    let compiled = args.options.compiled(streams)?;
    if let Some(file) = &args.batch {
        let context = args.options.context(&compiled.policy)?;
        // A file that cannot be opened is reported before the world is loaded, which may take long.
        let requests = crate::files::open_requests(file)?;
        let world = args.options.world(&compiled, streams)?;
        let decider = Decider::new(&compiled, &world, context);
        let options = BatchOptions { explained: args.explain, threads: args.threads };
        let mut status = BatchStatus::new(Streams::shows_progress_alone());
        let summary = batch::run(&decider, requests, options, streams.out(), &mut |count| status.add(count))?;
        return Ok(if summary.errors > 0 { Exit::NoAnswer } else { Exit::Yes });
    }
    let question = args.request.prepared(&args.options, &compiled, streams)?;
    let decider = question.overlay.decider(&compiled);
    let asked = decider.world.resolve(&compiled.policy, &question.request, decider.context.at)?;
    let budget = Budget::default();
    let query = decider.within(&budget);
    let (decision, explanation) = if args.explain {
        let record = query.record(&asked);
        (record.decision, Some(explain::explain(&query, &asked, &record)))
    } else {
        (query.decide(&asked), None)
    };
    let obligations = if explanation.is_none() { explain::obligations(&query, &asked, decision) } else { Vec::new() };
    if let Some(exhausted) = budget.exhausted() {
        return Err(Words::of(&decider).exhausted(exhausted).into());
    }
    let labels = Labels::default();
    let words = match args.format {
        DecideFormat::Human => Words::for_people(&decider, &labels),
        DecideFormat::Json => Words::of(&decider),
    };
    let explanation = explanation.map(|explanation| {
        let mut text = words.explanation(&explanation);
        text.question.assuming.clone_from(&question.assuming);
        text.question.remarks.splice(0..0, question.refused.iter().map(|&invariant| words.refused(invariant)));
        text
    });
    let (color, width) = (streams.color(), Streams::width());
    let text = match (args.format, &explanation) {
        (DecideFormat::Json, None) => format!("{}\n", report::json::answer::line(decision.allowed(), &words.notices(&obligations))),
        (DecideFormat::Json, Some(explanation)) => format!("{}\n", report::json::answer::explained(explanation)),
        (DecideFormat::Human, Some(explanation)) => report::text::render(explanation, &report::text::Style { color, width, full: false }),
        (DecideFormat::Human, None) => {
            let word = match decision.outcome {
                Outcome::Allowed => "allow",
                Outcome::Barred => "deny (barred)",
                Outcome::NotGranted => "deny (not granted)",
                Outcome::Unknown => "deny (unknown)",
            };
            let verdict = (word, words.verdict(&asked, decision.outcome));
            let obligations = words.notices(&obligations).into_iter().map(|obligation| ("obligation", obligation.text));
            let remarks = list_options::remarks(&decider, &BTreeSet::from([asked.action]));
            let remarks = remarks.into_iter().map(|remark| ("advice", remark));
            let absent = (decision.outcome == Outcome::NotGranted).then(|| words.absent()).flatten();
            let refused = question.refused.iter().map(|&invariant| words.refused(invariant));
            let notes = refused.chain(words.exports_of_other_times([decider.context.at; 2])).chain(absent).map(|note| ("note", note));
            report::decision::render(std::iter::once(verdict).chain(notes).chain(obligations).chain(remarks), width)
        }
    };
    streams.out().write_all(text.as_bytes())?;
    Ok(if decision.allowed() { Exit::Yes } else { Exit::No })
}
