//! `delegraph graph`: the policy as a diagram.

use super::options::compiled_at;
use super::output::Streams;
use super::{Exit, Failure};
use crate::report;
use std::io::Write;
use std::path::PathBuf;

/// Draw the policy as a graph
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Draw only what leads to this node and what it leads to: `role:owner`, `action:subscription.manage`, or a bare name
    #[arg(long, value_name = "NODE")]
    focus: Option<String>,
    /// The language of the diagram
    #[arg(long, value_name = "FORMAT")]
    format: GraphFormat,
    /// The pack: a folder of TOML files, or one file [default: `policies` here if it declares a kind, else the built-in pack]
    #[arg(long, value_name = "DIR", help_heading = "Common options")]
    policies: Option<PathBuf>,
}

/// The languages of diagrams.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum GraphFormat {
    /// Graphviz
    Dot,
    /// Mermaid
    Mermaid,
}

pub(super) fn run(args: &Args, streams: &mut Streams) -> Result<Exit, Failure> {
    let compiled = compiled_at(args.policies.as_deref(), streams)?;
    let focus = match &args.focus {
        None => None,
        Some(name) => Some(compiled.graph.find(&compiled.policy, name).map_err(|near| {
            let help = match near.as_slice() {
                [] => None,
                near => Some(format!("did you mean `{}`?", near.join("`, `"))),
            };
            Failure::Misfit(format!("the graph has no node `{name}`"), help)
        })?),
    };
    let diagram = compiled.graph.view(&compiled.policy, focus);
    let text = match args.format {
        GraphFormat::Dot => report::dot::render(&diagram),
        GraphFormat::Mermaid => report::mermaid::render(&diagram),
    };
    streams.out().write_all(text.as_bytes())?;
    Ok(Exit::Yes)
}
