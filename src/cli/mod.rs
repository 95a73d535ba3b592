//! The command line: the list of verbs ([`Command`]), their arguments and exit codes, and what is printed.
//!
//! Each verb is a file with its `Args` and a `run` that returns an [`Exit`] or a [`Failure`]. `options` are those of several verbs,
//! `output` owns the two streams, and `progress` shows a status line on a terminal.
//!
//! Invariant: this room only reads arguments, calls other rooms and prints; the libraries petgraph, nom and toml are not named here.

mod access;
mod access_args;
mod between;
mod check;
mod code;
mod complete;
mod decide;
mod diff;
mod diff_rows;
mod element;
mod explain;
mod facts;
mod fix;
mod fmt;
mod found;
mod graph;
mod how_to;
mod import;
mod init;
mod list;
mod list_options;
mod man;
mod mappings;
mod options;
mod output;
mod pack_world;
mod progress;
mod replay;
mod roles;
mod schema;
mod sides;
mod suite_host;
mod table;
mod test;
mod verify;

use crate::report;
use crate::world::Unreadable;
use clap::{ColorChoice, CommandFactory, Parser, Subcommand};
use output::Streams;
use std::ffi::OsString;
use std::process::ExitCode;

/// May this person do this, to that, on behalf of this customer? And why?
#[derive(Debug, Parser)]
#[command(name = "delegraph", version, about, max_term_width = 100, arg_required_else_help = true)]
struct Arguments {
    #[command(subcommand)]
    verb: Command,
    /// When to colour the output
    #[arg(long, global = true, value_name = "WHEN", default_value = "auto", help_heading = "Common options")]
    color: ColorChoice,
}

#[derive(Debug, Subcommand)]
enum Command {
    Check(check::Args),
    Decide(decide::Args),
    Explain(explain::Args),
    HowTo(how_to::Args),
    WhoCan(access_args::WhoArgs),
    WhatCan(access_args::WhatArgs),
    WhatIf(diff::WhatIfArgs),
    Diff(diff::DiffArgs),
    Replay(replay::Args),
    Roles(roles::Args),
    Facts(facts::Args),
    Test(test::Args),
    Init(init::Args),
    Fmt(fmt::Args),
    Schema(schema::Args),
    List(list::Args),
    Table(table::Args),
    Code(code::Args),
    Import(import::Args),
    Verify(verify::Args),
    Graph(graph::Args),
    PackWorld(pack_world::Args),
    Completions(complete::Args),
    Man(man::Args),
}

/// The exit code of the program.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Exit {
    /// Done; allowed, if one decision was asked.
    Yes,
    /// Denied; `check` found errors; `how-to` found nothing.
    No,
    /// Could not answer: usage, unreadable paths, a broken pack or world.
    NoAnswer,
}

impl Exit {
    /// The number.
    pub fn code(self) -> u8 {
        match self {
            Exit::Yes => 0,
            Exit::No => 1,
            Exit::NoAnswer => 2,
        }
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> ExitCode {
        ExitCode::from(exit.code())
    }
}

/// Why there is no answer.
#[derive(Debug)]
enum Failure {
    /// The mistakes of a pack or world were printed already.
    Reported,
    /// An event cannot happen, and why was printed already.
    Refused,
    /// A message and its help, to be printed.
    Say(String, Option<String>),
    /// A message and its help, to be printed, of what the pack does not have or allow.
    Misfit(String, Option<String>),
    /// The reader of the output has closed it: nothing is printed.
    Gone,
    /// Writing the output failed.
    Write(std::io::Error),
}

impl From<std::io::Error> for Failure {
    fn from(error: std::io::Error) -> Failure {
        if error.kind() == std::io::ErrorKind::BrokenPipe { Failure::Gone } else { Failure::Write(error) }
    }
}

impl From<crate::files::ReadError> for Failure {
    fn from(error: crate::files::ReadError) -> Failure {
        Failure::Say(error.to_string(), None)
    }
}

impl From<crate::protocol::batch::BatchError> for Failure {
    fn from(error: crate::protocol::batch::BatchError) -> Failure {
        match error {
            crate::protocol::batch::BatchError::Write(error) => error.into(),
            error => Failure::Say(error.to_string(), None),
        }
    }
}

impl From<crate::wording::ExhaustedText> for Failure {
    fn from(exhausted: crate::wording::ExhaustedText) -> Failure {
        Failure::Say(exhausted.message, Some(exhausted.help))
    }
}

impl From<crate::world::RequestError> for Failure {
    fn from(error: crate::world::RequestError) -> Failure {
        let failure = if error.of_policy { Failure::Misfit } else { Failure::Say };
        failure(error.message, error.help)
    }
}

/// Runs the program. The first argument is its name.
pub fn run(arguments: impl IntoIterator<Item = OsString>) -> Exit {
    let given: Vec<OsString> = arguments.into_iter().collect();
    if complete::answered(Arguments::command, &given) {
        return Exit::Yes;
    }
    let arguments = match Arguments::try_parse_from(&given) {
        Ok(arguments) => arguments,
        // `--help` and `--version` are not mistakes.
        Err(error) if !error.use_stderr() => {
            let _ = error.print();
            return Exit::Yes;
        }
        Err(error) => {
            usage_error(&given, &error);
            return Exit::NoAnswer;
        }
    };
    let mut streams = Streams::new(arguments.color);
    let done = match &arguments.verb {
        Command::Check(args) => check::run(args, &mut streams),
        Command::Decide(args) => decide::run(args, &mut streams),
        Command::Explain(args) => element::run(args, &mut streams),
        Command::HowTo(args) => how_to::run(args, &mut streams),
        Command::WhoCan(args) => access::who_can(args, &mut streams),
        Command::WhatCan(args) => access::what_can(args, &mut streams),
        Command::WhatIf(args) => diff::what_if(args, &mut streams),
        Command::Diff(args) => diff::diff(args, &mut streams),
        Command::Replay(args) => replay::run(args, &mut streams),
        Command::Graph(args) => graph::run(args, &mut streams),
        Command::Roles(args) => roles::run(args, &mut streams),
        Command::Facts(args) => facts::run(args, &mut streams),
        Command::Test(args) => test::run(args, &mut streams),
        Command::Init(args) => init::run(args, &mut streams),
        Command::Fmt(args) => fmt::run(args, &mut streams),
        Command::Schema(args) => schema::run(args, &mut streams),
        Command::List(args) => list::run(args, &mut streams),
        Command::Table(args) => table::run(args, &mut streams),
        Command::Code(args) => code::run(args, &mut streams),
        Command::Import(args) => import::run(args, &mut streams),
        Command::Verify(args) => verify::run(args, &mut streams),
        Command::PackWorld(args) => pack_world::run(args, &mut streams),
        Command::Completions(args) => complete::run(args, &mut streams),
        Command::Man(args) => man::run(args, Arguments::command(), &mut streams),
    };
    let done = done.and_then(|exit| streams.flush().map(|()| exit).map_err(Failure::from));
    if streams.is_damaged() {
        Streams::error(&format!("cannot read the world: {}", Unreadable::Damaged), None);
        return Exit::NoAnswer;
    }
    let exit = match done {
        Ok(exit) => exit,
        Err(Failure::Say(message, help)) => {
            Streams::error(&message, help.as_deref());
            Exit::NoAnswer
        }
        Err(Failure::Misfit(message, help)) => {
            Streams::error(&message, help.as_deref());
            streams.doubt_pack();
            Exit::NoAnswer
        }
        Err(Failure::Refused) => Exit::No,
        Err(Failure::Reported | Failure::Gone) => Exit::NoAnswer,
        Err(Failure::Write(error)) => {
            Streams::error(&format!("cannot write: {error}"), None);
            Exit::NoAnswer
        }
    };
    streams.note_doubt();
    exit
}

/// Prints a mistake in the arguments, which quotes them: with every character visible that a terminal would act on.
fn usage_error(given: &[OsString], error: &clap::Error) {
    let help = options::stray_file(error);
    // An error has colours, and cannot be made safe any more. That of the same arguments made safe is.
    let visible = given.iter().map(|argument| report::visible(&argument.to_string_lossy()).into_owned());
    match Arguments::try_parse_from(visible) {
        Err(safe) if safe.kind() == error.kind() => _ = safe.print(),
        _ => {
            let lines: Vec<String> = error.to_string().lines().map(|line| report::visible(line).into_owned()).collect();
            Streams::usage(&lines.join("\n"));
        }
    }
    if let Some(help) = help {
        Streams::help(&help);
    }
}
