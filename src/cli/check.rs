//! `delegraph check`: all errors and lints of a pack, and of worlds; `--fix` makes the edits that are certain.

use super::fix;
use super::found::Found;
use super::mappings;
use super::output::Streams;
use super::progress::with_progress;
use super::suite_host::{FileHost, suite_file};
use super::{Exit, Failure};
use crate::diag::phrases::counted_or_no;
use crate::diag::{Diagnostic, Severity};
use crate::files;
use crate::import::Mappings;
use crate::open;
use crate::policy::Policy;
use crate::report;
use crate::report::json::diagnostics::Counts;
use crate::suite::{self, Broken};
use crate::text::Sources;
use crate::world::World;
use std::io::Write;
use std::path::{Path, PathBuf};

/// List all errors and lints of a pack, and of its worlds if any are given
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The pack: a folder of TOML files, or one file [default: that of `--policies`]; or a mapping of imports (`.map.toml`), to be checked against
    /// that pack; or a suite of tests (`.suite.toml`), with the pack and worlds that it names
    #[arg(value_name = "PACK")]
    pack: Option<PathBuf>,
    /// Make the edits that are certain in the files, and list what is left
    #[arg(long)]
    fix: bool,
    /// The pack, named as in the other commands
    #[arg(long, value_name = "DIR", help_heading = "Common options")]
    policies: Option<PathBuf>,
    /// A world to check with the pack: `.toml`, `.ndjson` or a folder of these (several are merged), or a file that `pack-world` wrote
    #[arg(long, value_name = "FILE", help_heading = "Common options")]
    world: Vec<PathBuf>,
    /// The form of the output
    #[arg(long, value_name = "FORMAT", default_value = "human", help_heading = "Common options")]
    format: CheckFormat,
}

/// The formats of `check`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum CheckFormat {
    /// For people
    Human,
    /// One line each: `file:line:column: severity[code] message`
    Concise,
    /// For programs
    Json,
    /// For workflows on GitHub: annotations
    Github,
    /// For code hosts and editors: SARIF 2.1.0
    Sarif,
}

/// The most codes that are named to be explained.
const MOST_EXPLAINED: usize = 3;

pub(super) fn run(args: &Args, streams: &mut Streams) -> Result<Exit, Failure> {
    let mut found = find(args, Some(streams))?;
    if args.fix {
        found = fix::fixed(found, &|| find(args, None))?;
    }
    let (sources, diagnostics) = (&found.sources, &found.diagnostics);
    let text = match args.format {
        CheckFormat::Human => human(&found, !args.world.is_empty() && !found.is_usable, streams.color()),
        CheckFormat::Concise => report::concise::lines(sources, diagnostics),
        CheckFormat::Github => report::github::diagnostics(sources, diagnostics),
        CheckFormat::Sarif => report::sarif::document(sources, diagnostics) + "\n",
        CheckFormat::Json => {
            let of_world: Option<Counts<'_>> = found.of_world.as_deref().map(counts);
            report::json::diagnostics::check(sources, diagnostics, found.of_pack.as_ref(), of_world.as_ref()) + "\n"
        }
    };
    streams.out().write_all(text.as_bytes())?;
    Ok(if diagnostics.iter().any(Diagnostic::is_error) { Exit::No } else { Exit::Yes })
}

/// Reads and checks the pack and its worlds, and says which pack was taken.
fn find(args: &Args, streams: Option<&mut Streams>) -> Result<Found, Failure> {
    if let Some(suite) = args.pack.as_deref().filter(|path| files::is_suite(path)) {
        return of_suite(suite, args);
    }
    let mapping = args.pack.as_deref().filter(|path| files::is_mapping(path));
    let named = if mapping.is_some() { None } else { args.pack.as_deref() };
    if let (Some(pack), Some(_)) = (named, &args.policies) {
        let help = "name the pack once; a mapping of imports (`.map.toml`) may stand beside it".to_owned();
        return Err(Failure::Say(format!("`{}` cannot be used with `--policies`", pack.display()), Some(help)));
    }
    if mapping.is_some() && !args.world.is_empty() {
        let help = "check them one by one: `delegraph check --world FILE`".to_owned();
        return Err(Failure::Say("a mapping is checked without a world".to_owned(), Some(help)));
    }
    let pack = open::pack_at(named.or(args.policies.as_deref()))?;
    if let Some(streams) = streams {
        streams.found(pack.found);
        streams.note_pack();
    }
    let (pack_files, is_usable) = (pack.sources.files().count(), pack.compiled.is_some());
    let (sources, diagnostics) = (pack.sources, pack.diagnostics);
    let mut found = Found { pack: pack.found, pack_files, is_usable, sources, diagnostics, of_pack: None, of_world: None };
    let Some(compiled) = &pack.compiled else {
        // A world is checked only against a sound pack, but an unreadable file is reported at once.
        for path in files::world_files(&args.world)? {
            files::read_world(&path)?;
        }
        return Ok(found);
    };
    let policy = &compiled.policy;
    if let Some(mapping) = mapping {
        // What is in the pack is not asked about.
        found.diagnostics.clear();
        let names = [mapping.to_string_lossy().into_owned()];
        let (mappings, mut mistakes) = mappings::checked(policy, &mut found.sources, &names)?;
        mistakes.extend(mappings.iter().flat_map(Mappings::lints));
        found.diagnostics = mistakes;
        found.of_pack = mappings.map(|mappings| mappings.counts().to_vec());
        return Ok(found);
    }
    found.of_pack = Some(vec![
        ("action", policy.actions.len()),
        ("role", policy.roles.len()),
        ("rule", policy.rules.len()),
        ("implication", policy.implications.len()),
        ("claim", policy.claims.len()),
    ]);
    if args.world.is_empty() {
        return Ok(found);
    }
    let opened = with_progress(|progress| open::world_watched(compiled, &args.world, progress))?;
    found.sources = opened.sources;
    found.diagnostics.extend(opened.diagnostics);
    if let Some(world) = &opened.world {
        let defects = open::check_packed(compiled, world);
        found.diagnostics.extend(defects.map_err(|defect| Failure::Say(format!("cannot read the world: {defect}"), None))?);
        found.diagnostics.extend(open::lint_world(compiled, world));
        found.of_world = Some(content(policy, world));
    }
    Ok(found)
}

/// What is wrong with a suite, its pack or its world, whatever its tests find.
fn of_suite(path: &Path, args: &Args) -> Result<Found, Failure> {
    if !args.world.is_empty() {
        let help = "`worlds` in the suite names them".to_owned();
        return Err(Failure::Say("a suite is checked with its own worlds".to_owned(), Some(help)));
    }
    let host = FileHost::new(args.policies.clone());
    let report = suite::run(&[suite_file(path)], &host, &suite::Options::default());
    let entries = report.suites.iter().map(|suite| suite.entries.len()).sum();
    let (sources, diagnostics) = match report.suites.into_iter().next().and_then(|suite| suite.broken) {
        None => (Sources::default(), Vec::new()),
        Some(Broken::Mistakes(sources, mistakes)) => (sources, mistakes),
        Some(Broken::Message(message, help)) => return Err(Failure::Say(message, help)),
    };
    let of_pack = diagnostics.is_empty().then(|| vec![("entry", entries)]);
    Ok(Found { pack: None, pack_files: 0, is_usable: true, sources, diagnostics, of_pack, of_world: None })
}

/// What was read of a world: its entities by kind, and its facts.
fn content(policy: &Policy, world: &World) -> Vec<(String, usize)> {
    let entities = world.entity_counts(policy).into_iter().map(|(kind, count)| (policy.kinds[kind].meta.name.clone(), count));
    let mut read: Vec<(String, usize)> = entities.collect();
    if read.is_empty() {
        read.push(("entity".to_owned(), 0));
    }
    read.push(("fact".to_owned(), world.facts().len()));
    read
}

fn counts(read: &[(String, usize)]) -> Counts<'_> {
    read.iter().map(|(name, count)| (name.as_str(), *count)).collect()
}

fn in_words(counts: &Counts<'_>) -> String {
    let counts: Vec<String> = counts.iter().map(|&(noun, count)| counted_or_no(count, noun)).collect();
    counts.join(", ")
}

fn human(found: &Found, world_waits: bool, color: bool) -> String {
    let mut text = report::diagnostics::render(&found.sources, &found.diagnostics, color, Streams::width());
    if !text.is_empty() && !text.ends_with("\n\n") {
        text.push('\n');
    }
    let read = found.of_pack.clone().into_iter().chain(found.of_world.as_deref().map(counts));
    read.for_each(|counts| text.extend([&in_words(&counts), "\n"]));
    if world_waits {
        text.push_str("the world was not checked: mend the pack first\n");
    }
    let count = |severity| found.diagnostics.iter().filter(|diagnostic| diagnostic.severity == severity).count();
    let (errors, warnings) = (count(Severity::Error), count(Severity::Warning));
    format!("{text}{}, {}\n{}", counted_or_no(errors, "error"), counted_or_no(warnings, "warning"), explained_by(&found.diagnostics))
}

/// The command that explains the codes of diagnostics; the empty text if there is none.
fn explained_by(diagnostics: &[Diagnostic]) -> String {
    let mut names: Vec<&str> = Vec::new();
    for diagnostic in diagnostics {
        let name = diagnostic.code.name();
        if names.len() < MOST_EXPLAINED && !names.contains(&name) {
            names.push(name);
        }
    }
    if names.is_empty() { String::new() } else { format!("explained by: delegraph code {}\n", names.join(" ")) }
}
