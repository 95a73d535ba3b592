//! `delegraph explain rule NAME`: an element of a pack, what it says, and what tests it.

use super::explain::{self, Args, ExplainFormat};
use super::list::ElementFormat;
use super::output::Streams;
use super::suite_host::{FileHost, suite_file};
use super::{Exit, Failure};
use crate::diag::did_you_mean;
use crate::files;
use crate::plan::CompiledPolicy;
use crate::query::elements::{self, Element, ElementSort};
use crate::report;
use crate::report::text::Style;
use crate::suite::{self, Covering, CoveringEntry, SuiteFile};
use crate::wording;
use crate::wording::elements::TestedBy;
use std::collections::BTreeSet;
use std::io::Write;
use std::path::{Path, PathBuf};

/// Explains an element, if one is named, and else answers a question.
pub(super) fn run(args: &Args, streams: &mut Streams) -> Result<Exit, Failure> {
    let (lone, asked) = (args.request.lone_sort(), args.request.element());
    if lone.is_none() && asked.is_none() {
        return explain::run(args, streams);
    }
    let compiled = args.options.compiled(streams)?;
    if let Some(sort) = lone {
        let help = format!("write `explain {} NAME`; `delegraph list {}` lists the names", sort.name(), sort.plural());
        return Err(Failure::Say(format!("the name of the {} is missing", sort.name()), Some(help)));
    }
    let format = match args.format {
        ExplainFormat::Human => ElementFormat::Human,
        ExplainFormat::Json => ElementFormat::Json,
        ExplainFormat::Dot | ExplainFormat::Mermaid => {
            let help = "`delegraph graph --focus NAME --format dot` draws it with what is beside it";
            return Err(Failure::Say("an element is explained in words".to_owned(), Some(help.to_owned())));
        }
    };
    asked.map_or(Ok(Exit::Yes), |asked| one(asked, format, (&compiled, args.options.policies.as_deref()), streams))
}

/// Explains the element of a sort and a name.
fn one(
    (sort, name): (ElementSort, &str),
    format: ElementFormat,
    (compiled, policies): (&CompiledPolicy, Option<&Path>),
    streams: &mut Streams,
) -> Result<Exit, Failure> {
    let policy = &compiled.policy;
    let Some(element) = elements::element_named(policy, sort, name) else {
        let of_sort = elements::elements(policy, sort);
        let near = did_you_mean(name, of_sort.iter().map(|element| element.meta(policy).name.as_str()));
        let list = || format!("`delegraph list {}` lists what the pack has", sort.plural());
        let help = near.map_or_else(list, |near| format!("did you mean `{near}`?"));
        return Err(Failure::Misfit(format!("the pack has no {} `{name}`", sort.name()), Some(help)));
    };
    let text = wording::elements::element_text(compiled, element, tested_by((compiled, policies), element)?);
    let style = Style { color: streams.color(), width: Streams::width(), full: false };
    let shown = match format {
        ElementFormat::Human => report::elements::one(&text, &style),
        ElementFormat::Json => report::json::elements::one(&text) + "\n",
    };
    streams.out().write_all(shown.as_bytes())?;
    Ok(Exit::Yes)
}

/// What tests an element, of the suites that `delegraph test` finds by itself.
fn tested_by((compiled, policies): (&CompiledPolicy, Option<&Path>), element: Element) -> Result<TestedBy, Failure> {
    use ElementSort::{Claim, Implication, Rule, Table, Toggle};
    let paths = files::suite_files(&[])?;
    if !matches!(element.sort, Rule | Implication | Table | Toggle | Claim) {
        return naming(compiled, element, &paths).map(TestedBy::Naming);
    }
    let suites: Vec<SuiteFile> = paths.iter().map(|path| suite_file(path)).collect();
    let host = FileHost::new(policies.map(Path::to_owned));
    let name = wording::elements::full_name(&compiled.policy, element);
    let Covering { entries, broken } = suite::covering(&suites, &host, &compiled.policy, &name);
    broken.iter().for_each(|suite| Streams::note(&wording::covers_unknown(suite)));
    let text = |entry: &CoveringEntry| {
        let ways: Vec<&str> = entry.ways.iter().map(|way| way.says()).collect();
        wording::covering_entry((&entry.suite, entry.line), (&entry.label, entry.name.as_deref()), &ways)
    };
    Ok(TestedBy::Covering(entries.iter().map(text).collect()))
}

/// The suites that name an element or an action that it is about.
fn naming(compiled: &CompiledPolicy, element: Element, paths: &[PathBuf]) -> Result<Vec<String>, Failure> {
    let names = elements::asked_names(compiled, element);
    let mut found = Vec::new();
    for path in paths {
        let source = files::read_world(path)?;
        let is_name = |c: char| c.is_alphanumeric() || matches!(c, '-' | '_' | '.' | '*');
        let words: BTreeSet<&str> = source.text.split(|c: char| !is_name(c)).collect();
        let patterns: Vec<&str> = words.iter().filter_map(|word| word.strip_suffix('*').filter(|prefix| prefix.ends_with('.'))).collect();
        let names_it = |name: &&str| words.contains(name) || patterns.iter().any(|prefix| name.starts_with(prefix));
        if names.iter().any(names_it) {
            found.push(source.name);
        }
    }
    Ok(found)
}
