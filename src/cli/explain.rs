//! `delegraph explain`: the answer with its proof.

use super::options::{Format, Options, request};
use super::streams::Streams;
use super::{Exit, Stop};
use crate::eval::Decider;
use crate::explain;
use crate::report;
use std::io::Write;

/// Why there is no answer to a question that took too long.
pub(super) const GAVE_UP: &str = "the question takes too long to decide: a condition searches too many entities";

/// Answer with the proof: every rule, role, fact and claim on which the answer rests
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Who asks, such as `user:alice@contoso`
    #[arg(value_name = "SUBJECT")]
    subject: String,
    /// What, such as `subscription.manage`
    #[arg(value_name = "ACTION")]
    action: String,
    /// To what, such as `subscription:fab-prod`
    #[arg(value_name = "RESOURCE")]
    resource: String,
    /// In which form to answer
    #[arg(long, value_name = "FORMAT", default_value = "human", help_heading = "Common options")]
    format: Format,
    #[command(flatten)]
    options: Options,
}

pub(super) fn run(args: &Args, streams: &mut Streams) -> Result<Exit, Stop> {
    let engine = args.options.engine(streams)?;
    let scene = args.options.scene(&engine.policy)?;
    let request = request(&args.subject, &args.action, &args.resource)?;
    let world = args.options.world(&engine, streams)?;
    let decider = Decider::new(&engine, &world, scene);
    let asked = world.resolve(&engine.policy, &request, decider.scene.at)?;
    let record = decider.record(&asked);
    if record.decision.gave_up {
        return Err(Stop::Say(GAVE_UP.to_owned(), None));
    }
    let explanation = explain::explain(&decider, &asked, &record);
    let style = report::human::Style { color: streams.color(), width: Streams::width() };
    let text = match args.format {
        Format::Human => report::human::render(&explanation, &style),
        Format::Json => report::answer::document(&explanation),
    };
    streams.out().write_all(text.as_bytes())?;
    Ok(if explanation.decision { Exit::Yes } else { Exit::No })
}
