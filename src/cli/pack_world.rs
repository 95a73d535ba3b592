//! `delegraph pack-world`: writes a world in a form that opens without being parsed.

use super::options::compiled_at;
use super::output::Streams;
use super::progress::with_progress;
use super::{Exit, Failure};
use crate::files;
use crate::open;
use crate::report;
use std::io::Write;
use std::path::PathBuf;

/// Write a world, checked and with its events applied, in a form that opens at once
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The files of the world, `.toml` or `.ndjson`, or folders of these; several are merged
    #[arg(value_name = "IN", required = true)]
    world: Vec<PathBuf>,
    /// The file to write; other commands take it as `--world`, with the same pack
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
    /// The pack: a folder of TOML files, or one file [default: `policies` here if it declares a kind, else the built-in pack]
    #[arg(long, value_name = "DIR", help_heading = "Common options")]
    policies: Option<PathBuf>,
}

pub(super) fn run(args: &Args, streams: &mut Streams) -> Result<Exit, Failure> {
    // Such a name would make people take the packed world for text.
    if let Some(ending @ ("toml" | "ndjson")) = args.out.extension().and_then(|ending| ending.to_str()) {
        let help = format!("leave out `.{ending}`, which means text");
        return Err(Failure::Say(format!("`{}` is not a valid name for a packed world", args.out.display()), Some(help)));
    }
    // A file that cannot be written is reported before the world is loaded, which may take long.
    let out = files::OutFile::at(&args.out)?;
    let compiled = compiled_at(args.policies.as_deref(), streams)?;
    let opened = with_progress(|progress| open::world_watched(&compiled, &args.world, progress))?;
    let Some(world) = opened.world else {
        streams.diagnostics(&opened.sources, &opened.diagnostics);
        return Err(Failure::Reported);
    };
    streams.warnings(&opened.sources, &opened.diagnostics);
    out.write(|out| world.pack(&compiled.policy, out))?;
    writeln!(streams.out(), "{} facts packed into {}", world.count(), report::visible(&args.out.to_string_lossy()))?;
    Ok(Exit::Yes)
}
