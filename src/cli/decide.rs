//! `delegraph decide`: allow or deny.

use super::options::{Options, request};
use super::output::Streams;
use super::progress::Decided;
use super::{Exit, Failure};
use crate::eval::{Decider, Outcome};
use crate::explain;
use crate::protocol::EXHAUSTED;
use crate::protocol::batch::{self, BatchOptions};
use crate::report;
use std::io::Write;

/// Allow or deny: may the subject do the action to the resource?
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Who asks, such as `user:alice@contoso`
    #[arg(value_name = "SUBJECT", required_unless_present = "batch")]
    subject: Option<String>,
    /// What, such as `subscription.manage`
    #[arg(value_name = "ACTION", required_unless_present = "batch")]
    action: Option<String>,
    /// To what, such as `subscription:fab-prod`
    #[arg(value_name = "RESOURCE", required_unless_present = "batch")]
    resource: Option<String>,
    /// Read requests, one JSON object a line (`AuthZEN` 1.0), and answer each in order; `-` is standard input
    #[arg(long, value_name = "FILE", conflicts_with_all = ["subject", "action", "resource"])]
    batch: Option<String>,
    /// On how many threads to answer a batch; all cores if not given
    #[arg(long, value_name = "COUNT", requires = "batch", value_parser = threads)]
    threads: Option<usize>,
    /// Add outcome, claims, reasons, obligations and advice to JSON answers
    #[arg(long)]
    explain: bool,
    /// In which form to answer; a batch is always answered in JSON
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

fn threads(text: &str) -> Result<usize, String> {
    match text.parse() {
        Ok(count @ 1..=1024) => Ok(count),
        _ => Err("write a number from 1 to 1024".to_owned()),
    }
}

pub(super) fn run(args: &Args, streams: &mut Streams) -> Result<Exit, Failure> {
    let compiled = args.options.compiled(streams)?;
    let context = args.options.context(&compiled.policy)?;
    // What cannot be read is told before the world is made, which may take long.
    let requests = args.batch.as_deref().map(crate::files::open_requests).transpose()?;
    let world = args.options.world(&compiled, streams)?;
    let decider = Decider::new(&compiled, &world, context);
    if let Some(requests) = requests {
        let options = BatchOptions { explained: args.explain, threads: args.threads };
        let mut decided = Decided::new(Streams::watched());
        let summary = batch::run(&decider, requests, options, streams.out(), &mut |count| decided.more(count))?;
        return Ok(if summary.errors > 0 { Exit::NoAnswer } else { Exit::Yes });
    }
    let (Some(subject), Some(action), Some(resource)) = (&args.subject, &args.action, &args.resource) else {
        return Err(Failure::Say("a subject, an action and a resource are needed".to_owned(), None));
    };
    let asked = world.resolve(&compiled.policy, &request(subject, action, resource)?, decider.context.at)?;
    let (decision, explanation) = if args.explain {
        let record = decider.record(&asked);
        (record.decision, Some(explain::explain(&decider, &asked, &record)))
    } else {
        (decider.decide(&asked), None)
    };
    if decision.exhausted {
        return Err(Failure::Say(EXHAUSTED.to_owned(), None));
    }
    let (color, width) = (streams.color(), Streams::width());
    let text = match (args.format, &explanation) {
        (DecideFormat::Json, None) => format!("{}\n", report::json::answer::line(decision.allowed())),
        (DecideFormat::Json, Some(explanation)) => format!("{}\n", report::json::answer::explained(explanation)),
        (DecideFormat::Human, Some(explanation)) => report::text::render(explanation, &report::text::Style { color, width }),
        (DecideFormat::Human, None) => {
            let word = match decision.outcome {
                Outcome::Allowed => "allow",
                Outcome::Barred => "deny (barred)",
                Outcome::NotGranted => "deny (not granted)",
                Outcome::Unknown => "deny (unknown)",
            };
            format!("{word}: {}\n", report::visible(&explain::verdict(&decider, &asked, decision.outcome)))
        }
    };
    streams.out().write_all(text.as_bytes())?;
    Ok(if decision.allowed() { Exit::Yes } else { Exit::No })
}
