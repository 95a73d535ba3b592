//! `delegraph schema`: the JSON Schema of packs, worlds, suites and mappings.

use super::fmt::TomlKind;
use super::output::Streams;
use super::{Exit, Failure};
use crate::report;
use std::io::Write;

/// Print the JSON Schema of packs, worlds, suites or mappings, by which editors complete and check keys
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// What the file is
    #[arg(value_name = "KIND")]
    kind: TomlKind,
}

pub(super) fn run(args: &Args, streams: &mut Streams) -> Result<Exit, Failure> {
    streams.out().write_all(report::json::schema::document(args.kind.into()).as_bytes())?;
    Ok(Exit::Yes)
}
