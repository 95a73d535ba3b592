//! `delegraph man`: manual pages.

use super::output::Streams;
use super::{Exit, Failure};
use crate::files::OutFile;
use crate::report;
use clap_mangen::Man;
use std::io::Write;
use std::path::PathBuf;

/// Print the manual page of the program or of a command, in the language of `man`; or write all pages
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The command, such as `check`
    #[arg(value_name = "COMMAND", conflicts_with = "out")]
    verb: Option<String>,
    /// Write the page of the program and of each command into this folder, which must be there
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
}

pub(super) fn run(args: &Args, command: clap::Command, streams: &mut Streams) -> Result<Exit, Failure> {
    let mut command = command.disable_help_subcommand(true);
    command.build();
    if let Some(folder) = &args.out {
        for page in std::iter::once(&command).chain(command.get_subcommands()) {
            let man = Man::new(page.clone());
            let path = folder.join(man.get_filename());
            let text = rendered(&man)?;
            OutFile::at(&path)?.write(|out| out.write_all(&text))?;
            writeln!(streams.out(), "wrote {}", report::visible(&path.to_string_lossy()))?;
        }
        return Ok(Exit::Yes);
    }
    let page = match &args.verb {
        None => &command,
        Some(name) => command.find_subcommand(name).ok_or_else(|| {
            let near = crate::diag::did_you_mean(name, command.get_subcommands().map(clap::Command::get_name));
            let help = near.map_or_else(|| "`delegraph --help` lists all".to_owned(), |near| format!("did you mean `{near}`?"));
            Failure::Say(format!("no command is named `{name}`"), Some(help))
        })?,
    };
    let text = rendered(&Man::new(page.clone()))?;
    streams.out().write_all(&text)?;
    Ok(Exit::Yes)
}

fn rendered(man: &Man) -> Result<Vec<u8>, Failure> {
    let mut text = Vec::new();
    man.render(&mut text)?;
    Ok(text)
}
