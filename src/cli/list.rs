//! `delegraph list`: the elements of a pack.

use super::options::compiled_at;
use super::output::Streams;
use super::{Exit, Failure};
use crate::diag::did_you_mean;
use crate::plan::CompiledPolicy;
use crate::policy::ActionId;
use crate::query::elements::{self, Element, ElementSort};
use crate::report;
use crate::report::elements::ElementRow;
use crate::report::text::Style;
use crate::wording;
use std::io::Write;
use std::path::PathBuf;

/// List what a pack has: actions, roles, kinds, relations, rules, toggles, claims and so on; without a sort, count each
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// What to list, such as `roles`
    #[arg(value_name = "SORT", value_parser = clap::builder::PossibleValuesParser::new(ElementSort::ALL.map(ElementSort::plural)))]
    sort: Option<String>,
    /// Only what bears on this action: what grants, allows or denies it, what these ask, what goes with it, and the claims of all these
    #[arg(long = "for", value_name = "ACTION", add = super::complete::actions())]
    action: Option<String>,
    /// The form of the output
    #[arg(long, value_name = "FORMAT", default_value = "human", help_heading = "Common options")]
    format: ElementFormat,
    /// The pack: a folder of TOML files, or one file [default: `policies` here if it declares a kind, else the built-in pack]
    #[arg(long, value_name = "DIR", help_heading = "Common options")]
    policies: Option<PathBuf>,
}

/// The formats of elements.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub(super) enum ElementFormat {
    /// For people
    Human,
    /// For programs
    Json,
}

pub(super) fn run(args: &Args, streams: &mut Streams) -> Result<Exit, Failure> {
    let compiled = compiled_at(args.policies.as_deref(), streams)?;
    let sort = args.sort.as_deref().and_then(ElementSort::named);
    let style = Style { color: streams.color(), width: Streams::width(), full: false };
    let bearing = args.action.as_deref().map(|name| action(&compiled, name)).transpose()?;
    let sorts = ElementSort::ALL.into_iter().filter(|&one| sort.is_none_or(|sort| sort == one));
    let listed: Vec<Element> = match bearing {
        Some(action) => {
            elements::elements_for(&compiled, action).into_iter().filter(|one| sort.is_none_or(|sort| sort == one.sort)).collect()
        }
        None => sorts.flat_map(|sort| elements::elements(&compiled.policy, sort)).collect(),
    };
    let text = if args.format == ElementFormat::Json {
        report::json::elements::list(&rows(&compiled, &listed)) + "\n"
    } else if sort.is_none() && bearing.is_none() {
        let count = |sort| (sort, elements::elements(&compiled.policy, sort).len());
        report::elements::counts(&ElementSort::ALL.map(count), &style)
    } else if listed.is_empty() {
        let what = sort.map_or_else(|| "element".to_owned(), |sort| sort.name().to_owned());
        let bearing = args.action.as_ref().map(|action| format!(" bears on {action}"));
        format!("no {what}{}\n", report::visible(&bearing.unwrap_or_default()))
    } else {
        report::elements::list(&rows(&compiled, &listed), &style)
    };
    streams.out().write_all(text.as_bytes())?;
    Ok(Exit::Yes)
}

fn rows(compiled: &CompiledPolicy, listed: &[Element]) -> Vec<ElementRow> {
    let policy = &compiled.policy;
    let row = |&element: &Element| {
        let meta = element.meta(policy);
        let (brief, place) = (wording::elements::in_brief(policy, element), policy.sources.place(meta.span));
        ElementRow { sort: element.sort, name: meta.name.clone(), brief, place }
    };
    listed.iter().map(row).collect()
}

/// The action of a name.
fn action(compiled: &CompiledPolicy, name: &str) -> Result<ActionId, Failure> {
    let policy = &compiled.policy;
    policy.action_called(name).ok_or_else(|| {
        let near = did_you_mean(name, policy.actions.values().map(|action| action.meta.name.as_str()));
        let help = near.map_or_else(|| "`delegraph list actions` lists them".to_owned(), |near| format!("did you mean `{near}`?"));
        Failure::Misfit(format!("the pack has no action `{name}`"), Some(help))
    })
}
