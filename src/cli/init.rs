//! `delegraph init`: a new pack.

use super::output::Streams;
use super::{Exit, Failure};
use crate::diag::phrases::code;
use crate::files::NewPack;
use crate::report;
use std::io::Write;
use std::path::PathBuf;

/// Write a new pack: a small one with a suite of tests that it passes, or a copy of the one that is built in
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The folder of the pack; it is made if it is not there
    #[arg(value_name = "DIR", default_value = "policies")]
    folder: PathBuf,
    /// Write out the pack that is built into the program
    #[arg(long)]
    from_builtin: bool,
    /// Write also where there is a pack already; files with the names of new ones are replaced
    #[arg(long)]
    force: bool,
}

/// The most files that a message names.
const MOST_NAMES: usize = 5;

pub(super) fn run(args: &Args, streams: &mut Streams) -> Result<Exit, Failure> {
    let pack = if args.from_builtin { NewPack::of_builtin(&args.folder) } else { NewPack::of_template(&args.folder) };
    let in_the_way = pack.in_the_way()?;
    if !in_the_way.is_empty() && !args.force {
        let names = in_the_way.iter().take(MOST_NAMES).map(|path| code(path.to_string_lossy()));
        let more = in_the_way.len().saturating_sub(MOST_NAMES);
        let more = if more > 0 { format!(" and {more} more") } else { String::new() };
        let folder = code(report::visible(&args.folder.to_string_lossy()));
        let message =
            format!("{folder} has files already that the new ones would replace or join: {}{more}", names.collect::<Vec<_>>().join(", "));
        return Err(Failure::Say(message, Some("name another folder, or write there all the same by `--force`".to_owned())));
    }
    let replaced: Vec<PathBuf> = pack.paths().filter(|path| in_the_way.contains(path)).collect();
    pack.write()?;
    let folder = report::visible(&args.folder.to_string_lossy()).into_owned();
    for path in pack.paths() {
        let how = if replaced.contains(&path) { "replaced" } else { "wrote" };
        writeln!(streams.out(), "{how} {}", report::visible(&path.to_string_lossy()))?;
    }
    let test = if args.from_builtin { String::new() } else { format!(", delegraph test {folder}") };
    writeln!(streams.out(), "next: delegraph check {folder}{test}")?;
    Ok(Exit::Yes)
}
