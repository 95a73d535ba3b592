//! `delegraph check`: all errors and lints of a pack, and of worlds.

use super::output::Streams;
use super::progress::with_progress;
use super::{Exit, Failure};
use crate::diag::phrases::counted_or_no;
use crate::diag::{Diagnostic, Severity};
use crate::open;
use crate::policy::Policy;
use crate::report;
use crate::report::json::diagnostics::Counts;
use crate::text::Sources;
use crate::world::World;
use std::io::Write;
use std::path::PathBuf;

/// List all errors and lints of a pack, and of its worlds if any are given
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The pack: a folder of TOML files, or one file [default: that of `--policies`]
    #[arg(value_name = "PACK")]
    pack: Option<PathBuf>,
    /// The pack, under the option's name of the other commands
    #[arg(long, value_name = "DIR", conflicts_with = "pack", help_heading = "Common options")]
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
    /// For programs
    Json,
}

pub(super) fn run(args: &Args, streams: &mut Streams) -> Result<Exit, Failure> {
    let pack = open::pack_at(args.pack.as_deref().or(args.policies.as_deref()))?;
    streams.found(pack.found);
    streams.note_pack();
    let (mut sources, mut diagnostics) = (pack.sources, pack.diagnostics);
    let (mut of_pack, mut of_world) = (None, None);
    match &pack.compiled {
        Some(compiled) => {
            let policy = &compiled.policy;
            of_pack = Some(vec![
                ("action", policy.actions.len()),
                ("role", policy.roles.len()),
                ("rule", policy.rules.len()),
                ("implication", policy.implications.len()),
                ("claim", policy.claims.len()),
            ]);
            if !args.world.is_empty() {
                let opened = with_progress(|progress| open::world_watched(compiled, &args.world, progress))?;
                sources = opened.sources;
                diagnostics.extend(opened.diagnostics);
                if let Some(world) = &opened.world {
                    let found = open::check_packed(compiled, world);
                    diagnostics.extend(found.map_err(|defect| Failure::Say(format!("cannot read the world: {defect}"), None))?);
                    diagnostics.extend(open::lint_world(compiled, world));
                    of_world = Some(content(policy, world));
                }
            }
        }
        // A world is checked only against a sound pack, but an unreadable file is reported at once.
        None => {
            for path in crate::files::world_files(&args.world)? {
                crate::files::read_world(&path)?;
            }
        }
    }
    let errors = diagnostics.iter().filter(|diagnostic| diagnostic.is_error()).count();
    match args.format {
        CheckFormat::Human => {
            let (color, width) = (streams.color(), Streams::width());
            let read: Vec<String> = [&of_pack, &of_world].into_iter().flatten().map(in_words).collect();
            let world_waits = !args.world.is_empty() && pack.compiled.is_none();
            let text = human(&sources, &diagnostics, errors, &read, world_waits, color, width);
            streams.out().write_all(text.as_bytes())?;
        }
        CheckFormat::Json => {
            let found = report::json::diagnostics::check(&sources, &diagnostics, of_pack.as_ref(), of_world.as_ref());
            writeln!(streams.out(), "{found}")?;
        }
    }
    Ok(if errors > 0 { Exit::No } else { Exit::Yes })
}

/// What was read of a world: its entities by kind, and its facts.
fn content<'p>(policy: &'p Policy, world: &World) -> Counts<'p> {
    let entities = world.entity_counts(policy).into_iter().map(|(kind, count)| (policy.kinds[kind].meta.name.as_str(), count));
    let mut read: Counts<'p> = entities.collect();
    if read.is_empty() {
        read.push(("entity", 0));
    }
    read.push(("fact", world.facts().len()));
    read
}

fn in_words(counts: &Counts<'_>) -> String {
    let counts: Vec<String> = counts.iter().map(|&(noun, count)| counted_or_no(count, noun)).collect();
    counts.join(", ")
}

fn human(
    sources: &Sources,
    diagnostics: &[Diagnostic],
    errors: usize,
    read: &[String],
    world_waits: bool,
    color: bool,
    width: usize,
) -> String {
    let mut text = report::diagnostics::render(sources, diagnostics, color, width);
    if !text.is_empty() && !text.ends_with("\n\n") {
        text.push('\n');
    }
    let warnings = diagnostics.iter().filter(|diagnostic| diagnostic.severity == Severity::Warning).count();
    read.iter().for_each(|line| text.extend([line, "\n"]));
    if world_waits {
        text.push_str("the world was not checked: mend the pack first\n");
    }
    format!("{text}{}, {}\n", counted_or_no(errors, "error"), counted_or_no(warnings, "warning"))
}
