//! `delegraph test`: suites of policy tests.

use super::output::Streams;
use super::suite_host::{FileHost, suite_file};
use super::{Exit, Failure};
use crate::files;
use crate::report;
use crate::report::suites::SuiteStyle;
use crate::suite::{self, Broken, Explained, Filter, Options, Report, SuiteFile};
use crate::wording;
use std::io::{IsTerminal, Write};
use std::path::PathBuf;
use std::time::Duration;

/// Run suites of policy tests: what access is expected, and where the policy answers differently
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Suites (`*.suite.toml`), or folders of these at any depth [default: those in `fixtures` and `policies`, and those here]
    #[arg(value_name = "PATH")]
    paths: Vec<PathBuf>,
    /// Run only entries whose name, label (`case 2`) or suite fits; `*` stands for any characters, `?` for one
    #[arg(long, value_name = "GLOB")]
    filter: Option<String>,
    /// Also list entries that passed, and explain failures in full
    #[arg(long, short)]
    verbose: bool,
    /// Save the current explanations: changed and new snapshots are written, unused ones removed
    #[arg(long)]
    update: bool,
    /// Show each snapshot that changed, with the lines that did
    #[arg(long)]
    review: bool,
    /// Show what of the pack the suites cover, in a table; or with `lcov` as a tracefile, which is then the whole standard output
    #[arg(long, value_name = "lcov", num_args = 0..=1, default_missing_value = TABLE)]
    coverage: Option<String>,
    /// Fail if a measure of coverage is less than this many percent
    #[arg(long, value_name = "PERCENT", value_parser = clap::value_parser!(u8).range(0..=100))]
    fail_under: Option<u8>,
    /// Change each rule, implication, table cell and toggle of the pack in turn, and list the changes that no suite notices; claims that `by`
    /// names count, kept explanations do not
    #[arg(long)]
    mutate: bool,
    /// Run again whenever a suite, pack or world changes
    #[arg(long)]
    watch: bool,
    /// The number of threads [default: one for each core]
    #[arg(long, value_name = "COUNT", value_parser = super::decide::threads)]
    threads: Option<usize>,
    /// The form of the output
    #[arg(long, value_name = "FORMAT", default_value = "human", help_heading = "Common options")]
    format: TestFormat,
    /// The pack for suites that do not name one: a folder of TOML files, or one file [default: `policies` here if it declares a kind, else the built-in pack]
    #[arg(long, value_name = "DIR", help_heading = "Common options")]
    policies: Option<PathBuf>,
}

/// The formats of `test`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum TestFormat {
    /// For people
    Human,
    /// For programs
    Json,
    /// For build servers: `JUnit` XML
    Junit,
    /// For workflows on GitHub: annotations
    Github,
}

/// The form of coverage if none is named.
const TABLE: &str = "table";

/// The width of explanations in columns: they are indented by four.
const WIDTH: usize = 76;

/// How long is waited until files are looked at again.
const PAUSE: Duration = Duration::from_millis(400);

impl Args {
    /// The paths. What follows `--coverage` is one, unless it is a form.
    fn paths(&self) -> Vec<PathBuf> {
        let stray = self.coverage.as_ref().filter(|word| !matches!(word.as_str(), TABLE | "lcov"));
        stray.map(PathBuf::from).into_iter().chain(self.paths.iter().cloned()).collect()
    }

    fn counts_coverage(&self) -> bool {
        self.coverage.is_some() || self.fail_under.is_some()
    }

    fn prints_lcov(&self) -> bool {
        self.coverage.as_deref() == Some("lcov")
    }
}

pub(super) fn run(args: &Args, streams: &mut Streams) -> Result<Exit, Failure> {
    if !args.watch {
        return once(args, streams).map(|(exit, _)| exit);
    }
    if !std::io::stdout().is_terminal() {
        let help = "leave out `--watch`, or run it in a terminal".to_owned();
        return Err(Failure::Say("`--watch` needs a terminal".to_owned(), Some(help)));
    }
    loop {
        let ran = once(args, streams);
        streams.flush()?;
        let used = match ran {
            Ok((_, used)) => used,
            Err(Failure::Say(message, help) | Failure::Misfit(message, help)) => {
                Streams::error(&message, help.as_deref());
                args.paths()
            }
            Err(failure) => return Err(failure),
        };
        Streams::note("waiting for changes; stop with Ctrl-C");
        let before = files::stamps(&used);
        while files::stamps(&used) == before {
            std::thread::sleep(PAUSE);
        }
    }
}

/// Runs all suites once, and returns the files and folders on which the result depends.
fn once(args: &Args, streams: &mut Streams) -> Result<(Exit, Vec<PathBuf>), Failure> {
    let given = args.paths();
    let paths = files::suite_files(&given)?;
    let host = FileHost::new(args.policies.clone());
    let suites: Vec<SuiteFile> = paths.iter().map(|path| suite_file(path)).collect();
    if suites.is_empty() {
        let help = "a suite is a file `NAME.suite.toml`; name it, or a folder that has some";
        Streams::error("no suite was found", Some(help));
        return Ok((Exit::No, given));
    }
    let filter = args.filter.as_deref().map(Filter::new);
    let report = suite::run(&suites, &host, &options(args, filter.as_ref()));
    if args.update {
        for (path, suite) in paths.iter().zip(&report.suites) {
            if let Some(text) = &suite.kept {
                files::keep_snapshots(path, text)?;
            }
        }
    }
    for suite in &report.suites {
        if let Some(broken) = &suite.broken {
            tell(streams, &suite.name, broken);
        }
    }
    if let Some(filter) = &args.filter
        && report.suites.iter().all(|suite| suite.entries.is_empty() && suite.broken.is_none())
    {
        let help = "it is compared with the names of entries, their labels such as `case 2`, and the paths of suites";
        Streams::error(&format!("no entry fits `{filter}`"), Some(help));
        return Ok((Exit::No, given));
    }
    let text = shown(args, &report, streams.color());
    if args.prints_lcov() {
        Streams::usage(text.trim_end());
        streams.out().write_all(report::lcov::tracefile(&report.coverage).as_bytes())?;
    } else {
        streams.out().write_all(text.as_bytes())?;
    }
    if !matches!(args.format, TestFormat::Human | TestFormat::Json) {
        // These formats have no place for it.
        let beside = beside(args, &report, false);
        if !beside.is_empty() {
            Streams::usage(beside.trim_end());
        }
    }
    if args.mutate && report.mutation.is_none() {
        Streams::note(wording::not_mutated());
    }
    let low = args.fail_under.map(|percent| report::coverage::below(&report.coverage, percent)).unwrap_or_default();
    low.iter().for_each(|low| Streams::error(low, None));
    let used = paths.into_iter().chain(given).chain(host.used()).collect();
    let exit = match report.counts() {
        (_, _, 1..) => Exit::NoAnswer,
        (_, 1.., _) => Exit::No,
        _ if !low.is_empty() || report.unexplained().next().is_some() => Exit::No,
        _ => Exit::Yes,
    };
    Ok((exit, used))
}

fn options<'a>(args: &'a Args, filter: Option<&'a Filter>) -> Options<'a> {
    let most = match args.format {
        TestFormat::Json => 0,
        _ if args.verbose => report::suites::MOST_VERBOSE,
        _ => report::suites::MOST_SHOWN,
    };
    let policies = args.policies.as_ref().and_then(|path| path.to_str());
    let explained = Explained { most, full: args.verbose, width: WIDTH, policies };
    Options { filter, explained, update: args.update, coverage: args.counts_coverage(), mutate: args.mutate, threads: args.threads }
}

fn shown(args: &Args, report: &Report, color: bool) -> String {
    match args.format {
        TestFormat::Human => {
            let style = SuiteStyle { color, verbose: args.verbose, review: args.review, updated: args.update };
            report::suites::render(report, style) + &beside(args, report, color)
        }
        TestFormat::Json => format!("{}\n", report::json::suites::document(report)),
        TestFormat::Junit => report::junit::document(report),
        TestFormat::Github => report::github::annotations(report),
    }
}

/// Coverage and mutation for people.
fn beside(args: &Args, report: &Report, color: bool) -> String {
    let table = if args.prints_lcov() { String::new() } else { report::coverage::table(&report.coverage, args.verbose, color) };
    let mutation = report.mutation.as_deref().unwrap_or_default();
    table + &report::mutation::list(mutation, args.verbose, color)
}

/// Prints why a suite cannot be run.
fn tell(streams: &Streams, name: &str, broken: &Broken) {
    match broken {
        Broken::Message(message, help) => Streams::error(&format!("{}: {message}", wording::broken_suite(name)), help.as_deref()),
        Broken::Mistakes(sources, mistakes) => {
            Streams::error(&wording::broken_suite(name), None);
            streams.diagnostics(sources, mistakes);
        }
    }
}
