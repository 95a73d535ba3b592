//! `delegraph code`: what a diagnostic means, with an example and its mend.

use super::output::Streams;
use super::{Exit, Failure};
use crate::diag::{CATALOGUE, Code, did_you_mean};
use crate::report;
use crate::report::text::Style;
use std::io::Write;

/// Explain a diagnostic, such as `unknown-role`, with an example and what mends it; without a name, list all
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// What stands in brackets: `unknown-role` of `error[unknown-role]`
    #[arg(value_name = "NAME", add = super::complete::codes())]
    names: Vec<String>,
    /// The form of the output
    #[arg(long, value_name = "FORMAT", default_value = "human", help_heading = "Common options")]
    format: CodeFormat,
}

/// The formats of `code`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum CodeFormat {
    /// For people
    Human,
    /// For programs
    Json,
}

pub(super) fn run(args: &Args, streams: &mut Streams) -> Result<Exit, Failure> {
    let codes: Vec<Code> = args.names.iter().map(|name| named(name)).collect::<Result<_, _>>()?;
    let style = Style { color: streams.color(), width: Streams::width(), full: false };
    let text = match (args.format, codes.as_slice()) {
        (CodeFormat::Human, []) => report::catalogue::list(&style),
        (CodeFormat::Human, codes) => report::catalogue::explained(codes, &style),
        (CodeFormat::Json, []) => {
            let all: Vec<Code> = CATALOGUE.iter().map(|entry| entry.code).collect();
            report::catalogue::json(&all) + "\n"
        }
        (CodeFormat::Json, codes) => report::catalogue::json(codes) + "\n",
    };
    streams.out().write_all(text.as_bytes())?;
    Ok(Exit::Yes)
}

/// The code of a name, which may be pasted with what is around it: `error[unknown-role]`.
fn named(given: &str) -> Result<Code, Failure> {
    let name = given.split_once('[').map_or(given, |(_, rest)| rest.split(']').next().unwrap_or_default());
    if let Some(entry) = CATALOGUE.iter().find(|entry| entry.name == name) {
        return Ok(entry.code);
    }
    let near = did_you_mean(name, CATALOGUE.iter().map(|entry| entry.name));
    let help = near.map_or_else(|| "`delegraph code` lists all".to_owned(), |near| format!("did you mean `{near}`?"));
    Err(Failure::Say(format!("no diagnostic is named `{name}`"), Some(help)))
}
