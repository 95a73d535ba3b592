//! `delegraph pack-world`: a world in a form that opens without being parsed.

use super::options::engine_at;
use super::progress::watching;
use super::streams::Streams;
use super::{Exit, Stop};
use crate::files;
use crate::open;
use std::path::PathBuf;

/// Write a world, its events folded and all of it checked, in a form that opens at once
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The world's files, `.toml` or `.ndjson`; several are merged
    #[arg(value_name = "IN", required = true)]
    world: Vec<PathBuf>,
    /// Where to write it; give it to other verbs as their `--world`, with the same pack
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
    /// The pack: a folder of TOML files, or one file [default: `policies` here, else the built-in pack]
    #[arg(long, value_name = "DIR", help_heading = "Common options")]
    policies: Option<PathBuf>,
}

pub(super) fn run(args: &Args, streams: &mut Streams) -> Result<Exit, Stop> {
    let engine = engine_at(args.policies.as_deref(), streams)?;
    let opened = watching(|counter| open::world_watched(&engine, &args.world, counter))?;
    let Some(world) = opened.world else {
        streams.diagnostics(&opened.sources, &opened.diagnostics);
        return Err(Stop::Told);
    };
    files::write_whole(&args.out, |out| world.pack(&engine.policy, out))?;
    Ok(Exit::Yes)
}
