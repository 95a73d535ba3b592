//! `delegraph table`: a vendor's published table as a pack's, and how it differs from one that the pack has.

use super::options::compiled_at;
use super::output::Streams;
use super::{Exit, Failure};
use crate::diag::phrases::counted;
use crate::diag::{Code, Diagnostic, did_you_mean};
use crate::files;
use crate::plan::CompiledPolicy;
use crate::policy::{Policy, Table};
use crate::query::tables::table_diff;
use crate::report;
use crate::report::pack_table::TableForm;
use crate::report::text::Style;
use crate::syntax::{self, DocumentKind, Matrix, PublishedTable, label_name, plain_name};
use crate::text::Sources;
use crate::wording;
use std::io::Write;
use std::path::{Path, PathBuf};

/// Read a table of roles and actions from a page in Markdown or HTML, print it as a pack's, and list what in it is doubtful
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The page, in Markdown or HTML
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// The pack's table to compare with
    #[arg(value_name = "TABLE", requires = "compare")]
    table: Option<String>,
    /// List what differs between the page and TABLE of the pack: cells, and rows and columns that are new, gone, renamed or moved
    #[arg(long, requires = "table")]
    compare: bool,
    /// Which table of the page, from 1; of several, one must be named
    #[arg(long, value_name = "N")]
    nth: Option<usize>,
    /// The table below the heading that has this text
    #[arg(long, value_name = "TEXT", conflicts_with = "nth")]
    heading: Option<String>,
    /// List the tables of the page
    #[arg(long, conflicts_with_all = ["compare", "nth", "heading"])]
    list: bool,
    /// Each row is a role, and each column of marks what it permits
    #[arg(long)]
    transpose: bool,
    /// The name of the pack's table [default: made of the heading, else of the file's name]
    #[arg(long, value_name = "NAME")]
    name: Option<String>,
    /// The first part of the actions' names [default: the table's name]
    #[arg(long, value_name = "NAME")]
    system: Option<String>,
    /// A kind of which the actions are asked, and over which the roles are held; may be repeated
    #[arg(long, value_name = "KIND")]
    on: Vec<String>,
    /// The form of the output
    #[arg(long, value_name = "FORMAT", default_value = "human", help_heading = "Common options")]
    format: TableFormat,
    /// The pack: a folder of TOML files, or one file. Its roles are not declared again [with `--compare`, default: `policies` here if it
    /// declares a kind, else the built-in pack]
    #[arg(long, value_name = "DIR", help_heading = "Common options")]
    policies: Option<PathBuf>,
}

/// The formats of `table`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum TableFormat {
    /// The TOML of a pack, or differences in words
    Human,
    /// For programs
    Json,
}

pub(super) fn run(args: &Args, streams: &mut Streams) -> Result<Exit, Failure> {
    [&args.name, &args.system].into_iter().flatten().try_for_each(|name| checked(name))?;
    args.on.iter().try_for_each(|name| checked(name))?;
    let pack = if args.compare || args.policies.is_some() { Some(compiled_at(args.policies.as_deref(), streams)?) } else { None };
    let own = match (&args.table, &pack) {
        (Some(name), Some(pack)) => Some((&pack.policy, own_table(&pack.policy, name)?)),
        _ => None,
    };
    let mut sources = pack.as_ref().map(|pack| pack.policy.sources.clone()).unwrap_or_default();
    let (file, unreadable) = files::read_world(&args.file)?.add_to(&mut sources);
    if let Some(unreadable) = unreadable {
        return refused(args, &sources, &[unreadable], streams);
    }
    let text = sources.text(file);
    let tables = syntax::published_tables(file, text, is_html(&args.file, text));
    if tables.is_empty() {
        return refused(args, &sources, &[syntax::no_table(file, text)], streams);
    }
    if args.list {
        let shown = match args.format {
            TableFormat::Human => lines(&wording::several_tables(&tables, &sources)),
            TableFormat::Json => report::json::tables::list(&tables, &sources) + "\n",
        };
        streams.out().write_all(shown.as_bytes())?;
        return Ok(Exit::Yes);
    }
    let (nth, table) = chosen(args, &tables, &sources)?;
    let (read, mut diagnostics) = match syntax::matrix(&sources, table, args.transpose) {
        Ok(read) => read,
        Err(diagnostics) => return refused(args, &sources, &diagnostics, streams),
    };
    if args.compare {
        // Names are the pack's.
        diagnostics.retain(|diagnostic| diagnostic.code != Code::BadName);
    }
    let (shown, is_same) = match own {
        Some((policy, own)) => compared(args, (policy, own), &read, &sources, &diagnostics, streams),
        None => (written(args, pack.as_ref(), (nth, table), &read, &sources, &diagnostics), true),
    };
    streams.out().write_all(shown.as_bytes())?;
    if args.format == TableFormat::Human {
        streams.flush()?;
        streams.warnings(&sources, &diagnostics);
    }
    Ok(if is_same && !diagnostics.iter().any(Diagnostic::is_error) { Exit::Yes } else { Exit::No })
}

/// Prints why the page cannot be read.
fn refused(args: &Args, sources: &Sources, diagnostics: &[Diagnostic], streams: &mut Streams) -> Result<Exit, Failure> {
    match args.format {
        TableFormat::Human => streams.warnings(sources, diagnostics),
        TableFormat::Json => streams.out().write_all((report::json::tables::refused(sources, diagnostics) + "\n").as_bytes())?,
    }
    Ok(Exit::NoAnswer)
}

fn is_html(path: &Path, text: &str) -> bool {
    let ending = path.extension().map(|ending| ending.to_string_lossy().to_lowercase());
    let start: String = text.trim_start().chars().take(9).collect::<String>().to_lowercase();
    matches!(ending.as_deref(), Some("html" | "htm" | "xhtml")) || start == "<!doctype" || start.starts_with("<html")
}

/// The table that was asked for, and its number.
fn chosen<'t>(args: &Args, tables: &'t [PublishedTable], sources: &Sources) -> Result<(usize, &'t PublishedTable), Failure> {
    let is_meant = |at: usize, table: &PublishedTable| match (&args.heading, args.nth) {
        (Some(text), _) => table.heading.as_ref().is_some_and(|heading| heading.value.to_lowercase().contains(&text.to_lowercase())),
        (None, Some(nth)) => nth == at + 1,
        (None, None) => true,
    };
    let meant: Vec<(usize, &PublishedTable)> = tables.iter().enumerate().filter(|(at, table)| is_meant(*at, table)).collect();
    if let [(at, table)] = meant.as_slice() {
        return Ok((at + 1, table));
    }
    let has = format!("the file has {}", counted(tables.len(), "table"));
    let headline = match (&args.heading, args.nth, meant.len()) {
        (Some(text), _, 0) => format!("{has}, none below a heading with `{text}`"),
        (Some(text), _, count) => format!("{has}, {count} of them below a heading with `{text}`"),
        (None, Some(nth), _) => format!("{has}, none with the number {nth}"),
        (None, None, _) => format!("{has}: name one with `--nth N` or `--heading TEXT`"),
    };
    Streams::error(&headline, None);
    Streams::usage(lines(&wording::several_tables(tables, sources)).trim_end());
    Err(Failure::Reported)
}

/// The most tables that are listed.
const MOST_LISTED: usize = 200;

fn lines(tables: &[String]) -> String {
    let mut shown: Vec<String> = tables.iter().take(MOST_LISTED).map(|line| format!("  {}", report::visible(line))).collect();
    if tables.len() > MOST_LISTED {
        shown.push(format!("  and {}", counted(tables.len() - MOST_LISTED, "more table")));
    }
    shown.join("\n") + "\n"
}

/// The TOML, or JSON with it.
fn written(
    args: &Args,
    pack: Option<&CompiledPolicy>,
    (nth, table): (usize, &PublishedTable),
    read: &Matrix,
    sources: &Sources,
    diagnostics: &[Diagnostic],
) -> String {
    let stem = args.file.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
    let of_file = plain_name(stem.trim_start_matches(|c: char| !c.is_alphabetic()));
    let of_heading = table.heading.as_ref().and_then(|heading| plain_name(&heading.value));
    let name = args.name.clone().or(of_heading).or(of_file).unwrap_or_else(|| "published".to_owned());
    let system = args.system.clone().unwrap_or_else(|| name.clone());
    let known = read.roles.iter().map(|(header, name)| own_role(&pack?.policy, &header.value, name.as_deref())).collect();
    let place = sources.place(table.span);
    let below = table.heading.as_ref().map(|heading| format!(", below the heading `{}`", heading.value));
    let origin = vec![format!("Table {nth} of {place}{}.", below.unwrap_or_default())];
    let form = TableForm { name, system, on: args.on.clone(), origin, known };
    let toml = canonical(report::pack_table::toml(read, &form));
    match args.format {
        TableFormat::Human => toml,
        TableFormat::Json => report::json::tables::one(read, &toml, sources, diagnostics) + "\n",
    }
}

/// The pack's role of a name, or of a header as its title.
fn own_role(policy: &Policy, header: &str, name: Option<&str>) -> Option<String> {
    let roles = || policy.roles.values().map(|role| &role.meta);
    let by_name = roles().find(|meta| Some(meta.name.as_str()) == name);
    let by_title = || roles().find(|meta| meta.title.as_deref().is_some_and(|title| label_name(title) == label_name(header)));
    by_name.or_else(by_title).map(|meta| meta.name.clone())
}

/// What differs, and whether nothing does.
fn compared(
    args: &Args,
    (policy, own): (&Policy, &Table),
    read: &Matrix,
    sources: &Sources,
    diagnostics: &[Diagnostic],
    streams: &Streams,
) -> (String, bool) {
    let diff = table_diff(policy, own, read);
    let text = wording::table_diff_text(policy, own, read, &diff, sources);
    let style = Style { color: streams.color(), width: Streams::width(), full: false };
    let shown = match args.format {
        TableFormat::Human => report::table_diff::text(&text, &style),
        TableFormat::Json => report::json::tables::diff(&text, diff.is_same(), sources, diagnostics) + "\n",
    };
    (shown, diff.is_same())
}

fn own_table<'p>(policy: &'p Policy, name: &str) -> Result<&'p Table, Failure> {
    policy.tables.values().find(|table| table.meta.name == name).ok_or_else(|| {
        let near = did_you_mean(name, policy.tables.values().map(|table| table.meta.name.as_str()));
        let help = near.map_or_else(|| "`delegraph list tables` lists them".to_owned(), |near| format!("did you mean `{near}`?"));
        Failure::Misfit(format!("the pack has no table `{name}`"), Some(help))
    })
}

/// A name that was given, as names of packs are.
fn checked(name: &str) -> Result<(), Failure> {
    if plain_name(name).as_deref() == Some(name) {
        return Ok(());
    }
    let help = plain_name(name).map(|meant| format!("write `{meant}`"));
    Err(Failure::Say(format!("`{name}` is not a name: `a-z`, `0-9` and single hyphens, a letter first"), help))
}

/// The text as `fmt` lays it out.
fn canonical(text: String) -> String {
    let mut sources = Sources::default();
    let file = sources.add("table.toml", text.clone());
    syntax::formatted(&sources, file, DocumentKind::Pack).unwrap_or(text)
}
