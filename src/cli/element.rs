//! `delegraph explain rule NAME`: an element of a pack, what it says, and what tests it.

use super::list::ElementFormat;
use super::output::Streams;
use super::{Exit, Failure};
use crate::diag::did_you_mean;
use crate::files;
use crate::plan::CompiledPolicy;
use crate::query::elements::{self, Element, ElementSort};
use crate::report;
use crate::report::text::Style;
use crate::wording;
use std::collections::BTreeSet;
use std::io::Write;

/// Explains the element of a sort and a name.
pub(super) fn run(
    (sort, name): (ElementSort, &str),
    format: ElementFormat,
    compiled: &CompiledPolicy,
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
    let text = wording::elements::element_text(compiled, element, tested_by(compiled, element)?);
    let style = Style { color: streams.color(), width: Streams::width(), full: false };
    let shown = match format {
        ElementFormat::Human => report::elements::one(&text, &style),
        ElementFormat::Json => report::json::elements::one(&text) + "\n",
    };
    streams.out().write_all(shown.as_bytes())?;
    Ok(Exit::Yes)
}

/// The suites, of those that `delegraph test` finds by itself, that name an element or an action that it is about.
fn tested_by(compiled: &CompiledPolicy, element: Element) -> Result<Vec<String>, Failure> {
    let names = elements::asked_names(compiled, element);
    let mut found = Vec::new();
    for path in files::suite_files(&[])? {
        let source = files::read_world(&path)?;
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
