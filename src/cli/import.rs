//! `delegraph import`: exports to a world.

use super::mappings;
use super::options::{compiled_at, date};
use super::output::Streams;
use super::progress::with_status;
use super::{Exit, Failure};
use crate::diag::Diagnostic;
use crate::diag::phrases::{all_of, code, counted};
use crate::files::{self, ExportFile, OutFile};
use crate::import::{self, Binding, Imported, Mappings, Old};
use crate::open;
use crate::policy::Policy;
use crate::report;
use crate::text::Sources;
use std::io::Write;
use std::path::{Path, PathBuf};

/// Turn exports (JSON, CSV) into a world, and say what nobody looked at
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Files of exports, or folders of these: .json, .ndjson, .jsonl, .csv and .tsv at any depth
    #[arg(value_name = "IN", required = true)]
    exports: Vec<PathBuf>,
    /// A mapping: one that is built in (partners, azure, azurehound, roadrecon, csv), or the path of a `.map.toml`
    #[arg(long, value_name = "NAME", required = true)]
    map: Vec<String>,
    /// The world to write
    #[arg(long, value_name = "FILE", required = true)]
    out: Option<PathBuf>,
    /// Print the text of a mapping, to be copied and changed, and import nothing
    #[arg(long, value_name = "NAME", exclusive = true)]
    show_map: Option<String>,
    /// What an export does not say, such as `partner=GUID` or `members.json:group=GUID`
    #[arg(long, value_name = "[FILE:]NAME=VALUE", value_parser = Binding::of_argument)]
    bind: Vec<Binding>,
    /// The same in a file: `partner = "GUID"`, and `["members.json"]` for one file
    #[arg(long, value_name = "FILE")]
    bindings: Option<PathBuf>,
    /// When the exports were captured: 2026-11-28 or 2026-11-28T12:00:00Z
    #[arg(long, value_name = "DATE", value_parser = captured)]
    captured: Option<Captured>,
    /// An earlier world of the same exports: print what came, went and changed since, and keep what has ended
    #[arg(long, value_name = "OLD", requires = "captured")]
    against: Option<PathBuf>,
    /// Write nothing, and exit with 1, if a row is bad, rows disagree, something is left out, a file is unreadable or of no source, or a page is
    /// missing; a missing binding is allowed
    #[arg(long)]
    strict: bool,
    /// The form of the table of channels
    #[arg(long, value_name = "FORMAT", default_value = "human", help_heading = "Common options")]
    format: ImportFormat,
    /// The pack: a folder of TOML files, or one file [default: `policies` here if it declares a kind, else the built-in pack]
    #[arg(long, value_name = "DIR", help_heading = "Common options")]
    policies: Option<PathBuf>,
}

/// A date as it was given.
#[derive(Clone, Debug)]
struct Captured(crate::time::Instant, String);

fn captured(text: &str) -> Result<Captured, String> {
    let at = date(text)?;
    let text = if text.len() == 10 { at.to_string() } else { at.with_time() };
    Ok(Captured(at, text))
}

/// The formats of `import`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum ImportFormat {
    /// For people
    Human,
    /// For programs
    Json,
}

pub(super) fn run(args: &Args, streams: &mut Streams) -> Result<Exit, Failure> {
    if let Some(name) = &args.show_map {
        let mapping = files::mapping(name, None).map_err(|why| Failure::Say(why, None))?;
        streams.out().write_all(files::without_schema(&mapping.text).as_bytes())?;
        return Ok(Exit::Yes);
    }
    let Some(out_path) = &args.out else {
        return Err(Failure::Say("a world to write is needed".to_owned(), Some("name it: `--out FILE`".to_owned())));
    };
    if out_path.extension().and_then(|ending| ending.to_str()) != Some("ndjson") {
        let help = "its name must end in `.ndjson`, as that of a world does".to_owned();
        return Err(Failure::Say(format!("`{}` is not a valid name for a world of NDJSON", out_path.display()), Some(help)));
    }
    let out = OutFile::at(out_path)?;
    let compiled = compiled_at(args.policies.as_deref(), streams)?;
    let policy = &compiled.policy;
    let mut sources = policy.sources.clone();
    let mappings = mappings::named(policy, &mut sources, &args.map, streams)?;
    let bindings = bindings(args, &mut sources, streams)?;
    let exports = files::exports(&args.exports)?;
    if exports.is_empty() {
        let given: Vec<String> = args.exports.iter().map(|path| code(path.display().to_string())).collect();
        let help = "exports are files that end in .json, .ndjson, .jsonl, .csv or .tsv; of a folder, hidden ones are left out".to_owned();
        return Err(Failure::Say(format!("no export is in {}", all_of(given)), Some(help)));
    }
    let against = args.against.as_deref().map(|path| old(path, &mut sources, streams)).transpose()?;
    let captured = args.captured.clone().map(|Captured(at, text)| (at, text));
    if let (Some((at, text)), Some(old)) = (&captured, &against)
        && *at < old.captured_at()
    {
        let headline =
            format!("the exports were captured on {text}, before those of the world to compare them with ({})", old.captured_at());
        return Err(Failure::Say(headline, Some("`--against` takes an earlier world".to_owned())));
    }
    let options = import::Options { captured, against, strict: args.strict };
    let imported = read(policy, &mappings, bindings, &exports, &options);
    streams.warnings(&sources, &imported.diagnostics);
    if imported.diagnostics.iter().any(Diagnostic::is_error) {
        return Err(Failure::Reported);
    }
    if !imported.has_source {
        return Err(Failure::Say("no file is one of the mappings, so there is no world".to_owned(), None));
    }
    let Some(world) = imported.world else {
        Streams::error("nothing was written: `--strict` allows none of these", None);
        return Ok(Exit::No);
    };
    let mut written = Written::default();
    out.write(|out| {
        world.write(&mut |line| {
            written.count(line);
            writeln!(out, "{line}")
        })
    })?;
    let (channels, changes) = (&imported.channels, imported.changes.as_deref());
    match args.format {
        ImportFormat::Human => {
            let changes = changes.map(report::import::changes).unwrap_or_default();
            write!(streams.out(), "{}{changes}", report::import::table(channels))?;
        }
        ImportFormat::Json => writeln!(streams.out(), "{}", report::json::import::document(channels, changes))?,
    }
    streams.flush()?;
    Streams::note(&written.shown(&out_path.display().to_string()));
    Ok(Exit::Yes)
}

/// How many lines of each sort a world has.
#[derive(Default)]
struct Written {
    exports: usize,
    entities: usize,
    facts: usize,
    unknown: usize,
}

impl Written {
    fn count(&mut self, line: &str) {
        match line.split('"').nth(1) {
            Some("source") => self.exports += 1,
            Some("entity") => self.entities += 1,
            Some("fact") => self.facts += 1,
            _ => self.unknown += 1,
        }
    }

    fn shown(&self, out: &str) -> String {
        let Written { exports, entities, facts, unknown } = *self;
        let entities = if entities == 1 { "1 entity".to_owned() } else { format!("{entities} entities") };
        format!("`{out}` has {entities}, {} and {unknown} unknown, of {}", counted(facts, "fact"), counted(exports, "file"))
    }
}

/// All bindings. If the file of them has mistakes, these are printed.
fn bindings(args: &Args, sources: &mut Sources, streams: &Streams) -> Result<Vec<Binding>, Failure> {
    let mut bindings = Vec::new();
    if let Some(path) = &args.bindings {
        let (file, unreadable) = files::read_world(path)?.add_to(sources);
        let (of_file, mistakes) = Binding::of_file(sources, file);
        let mistakes: Vec<Diagnostic> = unreadable.into_iter().chain(mistakes).collect();
        streams.warnings(sources, &mistakes);
        if mistakes.iter().any(Diagnostic::is_error) {
            return Err(Failure::Reported);
        }
        bindings.extend(of_file);
    }
    bindings.extend(args.bind.iter().cloned());
    Ok(bindings)
}

/// The earlier world. If it has mistakes, these are printed.
fn old(path: &Path, sources: &mut Sources, streams: &Streams) -> Result<Old, Failure> {
    let (document, mistakes) = open::world_text(path, sources)?;
    if mistakes.iter().any(Diagnostic::is_error) {
        streams.diagnostics(sources, &mistakes);
        return Err(Failure::Reported);
    }
    Old::of(document).ok_or_else(|| {
        let help = "it must be one that `import --captured` wrote".to_owned();
        Failure::Say(format!("`{}` does not say when it was captured", path.display()), Some(help))
    })
}

/// Reads the exports, with a status line on a terminal.
fn read<'p>(
    policy: &'p Policy,
    mappings: &Mappings,
    bindings: Vec<Binding>,
    exports: &[ExportFile],
    options: &import::Options,
) -> Imported<'p> {
    let names: Vec<String> = exports.iter().map(|file| file.name.clone()).collect();
    with_status(status, |progress| {
        let size: u64 = exports.iter().map(|file| file.size).sum();
        progress.expect(usize::try_from(size).unwrap_or(usize::MAX));
        let mut load = |number: usize| files::read_export(&exports[number].path);
        import::import(policy, mappings, bindings, &names, &mut load, &mut |bytes| progress.add(bytes), options)
    })
}

fn status(percent: u64) -> String {
    if percent < 100 { format!("reading exports: {percent} %") } else { "writing the world".to_owned() }
}
