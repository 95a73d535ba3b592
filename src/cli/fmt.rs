//! `delegraph fmt`: the canonical layout of packs, worlds, suites and mappings.

use super::output::Streams;
use super::{Exit, Failure};
use crate::diag::phrases::counted;
use crate::files::{self, AuthoredFile, Source};
use crate::report;
use crate::syntax::{self, DocumentKind};
use crate::text::Sources;
use std::io::{IsTerminal, Read, Write};
use std::path::{Path, PathBuf};

/// Lay out packs, worlds, suites and mappings in the canonical way
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Files in TOML, or folders of these at any depth; `-` formats standard input [default: those in `fixtures`, `imports` and `policies`,
    /// and the suites and mappings here]
    #[arg(value_name = "PATH")]
    paths: Vec<PathBuf>,
    /// Change nothing: name each file that would change, and exit with 1 if there is one
    #[arg(long)]
    check: bool,
    /// Change nothing: show what would change
    #[arg(long)]
    diff: bool,
    /// What the files are [default: what their names and their tables say]
    #[arg(long = "as", value_name = "KIND")]
    kind: Option<TomlKind>,
}

/// What a file in TOML is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub(super) enum TomlKind {
    /// A file of a pack
    Pack,
    /// A file of a world
    World,
    /// A suite of policy tests
    Suite,
    /// A mapping of imports
    Map,
}

impl From<TomlKind> for DocumentKind {
    fn from(kind: TomlKind) -> DocumentKind {
        match kind {
            TomlKind::Pack => DocumentKind::Pack,
            TomlKind::World => DocumentKind::World,
            TomlKind::Suite => DocumentKind::Suite,
            TomlKind::Map => DocumentKind::Mapping,
        }
    }
}

/// How many files were looked at, how many differ from their canonical layout, and how many cannot be formatted.
#[derive(Default)]
struct Counts {
    all: usize,
    changed: usize,
    broken: usize,
}

pub(super) fn run(args: &Args, streams: &mut Streams) -> Result<Exit, Failure> {
    if args.paths.iter().any(|path| path == Path::new("-")) {
        if args.paths.len() > 1 {
            return Err(Failure::Say("`-` is standard input, and is given alone".to_owned(), None));
        }
        return standard_input(args, streams);
    }
    let mut counts = Counts::default();
    for file in files::authored_files(&args.paths)? {
        one(args, &file, streams, &mut counts)?;
    }
    if counts.all == 0 {
        let help = "name files, or a folder that has some".to_owned();
        return Err(Failure::Say("no pack, world, suite or mapping in TOML was found".to_owned(), Some(help)));
    }
    let changes = if args.check || args.diff { "would change" } else { "changed" };
    let broken = if counts.broken > 0 { format!(", {} with mistakes left alone", counted(counts.broken, "file")) } else { String::new() };
    Streams::note(&format!("{}: {} {changes}{broken}", counted(counts.all, "file"), counts.changed));
    Ok(counts.exit(args))
}

impl Counts {
    fn exit(&self, args: &Args) -> Exit {
        match self {
            Counts { broken: 1.., .. } => Exit::NoAnswer,
            Counts { changed: 1.., .. } if args.check => Exit::No,
            _ => Exit::Yes,
        }
    }
}

/// Formats a file, or says how it would change.
fn one(args: &Args, file: &AuthoredFile, streams: &mut Streams, counts: &mut Counts) -> Result<(), Failure> {
    let source = files::read_world(&file.path)?;
    let detected = || file.kind.or_else(|| DocumentKind::of_text(&source.text)).or(file.is_given.then_some(DocumentKind::Pack));
    let Some(kind) = args.kind.map(DocumentKind::from).or_else(detected) else { return Ok(()) };
    counts.all += 1;
    let (name, old) = (source.name.clone(), source.text.clone());
    let Some(new) = formatted(source, kind, streams) else {
        counts.broken += 1;
        return Ok(());
    };
    if old == new {
        return Ok(());
    }
    counts.changed += 1;
    if args.diff {
        show_diff(streams, &name, &old, &new)?;
    } else if args.check {
        writeln!(streams.out(), "{}", report::visible(&name))?;
    } else {
        files::rewrite(&file.path, &old, &new)?;
        writeln!(streams.out(), "formatted {}", report::visible(&name))?;
    }
    Ok(())
}

/// Formats standard input to standard output.
fn standard_input(args: &Args, streams: &mut Streams) -> Result<Exit, Failure> {
    let mut bytes = Vec::new();
    std::io::stdin().lock().read_to_end(&mut bytes).map_err(|error| Failure::Say(format!("cannot read standard input: {error}"), None))?;
    let source = Source::of_bytes("standard input".to_owned(), bytes);
    let kind = args.kind.map(DocumentKind::from).or_else(|| DocumentKind::of_text(&source.text)).unwrap_or(DocumentKind::Pack);
    let (old, is_marked) = (source.text.clone(), source.marked);
    let Some(new) = formatted(source, kind, streams) else { return Ok(Exit::NoAnswer) };
    let counts = Counts { all: 1, changed: usize::from(old != new), broken: 0 };
    if args.diff {
        show_diff(streams, "standard input", &old, &new)?;
    } else if !args.check {
        let mark = if is_marked { "\u{feff}" } else { "" };
        write!(streams.out(), "{mark}{new}")?;
    } else if counts.changed > 0 {
        writeln!(streams.out(), "standard input")?;
    }
    Ok(counts.exit(args))
}

/// The canonical layout of a file. Mistakes are printed on standard error, and then there is none.
fn formatted(source: Source, kind: DocumentKind, streams: &Streams) -> Option<String> {
    let mut sources = Sources::default();
    let (file, not_utf8) = source.add_to(&mut sources);
    let formatted = match not_utf8 {
        Some(mistake) => Err(vec![mistake]),
        None => syntax::formatted(&sources, file, kind),
    };
    formatted.map_err(|mistakes| streams.diagnostics(&sources, &mistakes)).ok()
}

/// Shows a difference. On a terminal, no character of a file acts on it.
fn show_diff(streams: &mut Streams, name: &str, old: &str, new: &str) -> std::io::Result<()> {
    let diff = report::unified_diff::render(name, old, new);
    if !std::io::stdout().is_terminal() {
        return streams.out().write_all(diff.as_bytes());
    }
    diff.lines().try_for_each(|line| writeln!(streams.out(), "{}", report::visible(line)))
}
