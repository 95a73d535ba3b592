//! `delegraph verify`: properties, proved for all worlds or refuted by one.

use super::explain::{self, Form};
use super::options::compiled_at;
use super::output::Streams;
use super::{Exit, Failure};
use crate::diag::{Code, Diagnostic, did_you_mean};
use crate::files::{self, Source};
use crate::open;
use crate::plan::{CompiledPolicy, Context};
use crate::policy::PropertyId;
use crate::query::Overlay;
use crate::query::assume::PreparedQuestion;
use crate::report;
use crate::verify::{self, Counterexample, Host, PropertyReport, Refusal, Verdict};
use crate::wording;
use crate::world::{Request, World};
use std::io::Write;
use std::path::{Path, PathBuf};

/// Prove the properties of a pack for all worlds, or refute them by one
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The pack: a folder of TOML files, or one file [default: that of `--policies`]
    #[arg(value_name = "PACK")]
    pack: Option<PathBuf>,
    /// The pack, under the option's name of the other commands
    #[arg(long, value_name = "DIR", conflicts_with = "pack", help_heading = "Common options")]
    policies: Option<PathBuf>,
    /// Verify this property alone (repeatable) [default: all of the pack]
    #[arg(long, value_name = "NAME")]
    property: Vec<String>,
    /// Where no bound is known, look at worlds with up to this many entities of each kind, and take it for enough
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u8).range(1..=20))]
    bound: Option<u8>,
    /// Write each world that was found to a file `NAME.toml` in this folder
    #[arg(long, value_name = "DIR")]
    world_out: Option<PathBuf>,
    /// The form of the answer
    #[arg(long, value_name = "FORMAT", default_value = "human", help_heading = "Common options")]
    format: VerifyFormat,
}

/// The formats of `verify`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum VerifyFormat {
    /// For people
    Human,
    /// For programs
    Json,
}

/// The width of explanations in columns: they are indented by four.
const WIDTH: usize = 76;

/// Loads worlds from texts.
struct TextHost;

impl Host for TextHost {
    fn load(&self, compiled: &CompiledPolicy, text: &str) -> Result<World, Refusal> {
        let file = Source::of_bytes("counterexample.toml".to_owned(), text.as_bytes().to_vec());
        let opened = open::world(compiled, vec![file]).map_err(|error| Refusal { text: error.to_string(), invariants_only: false })?;
        opened.world.ok_or_else(|| {
            let errors: Vec<Diagnostic> = opened.diagnostics.into_iter().filter(Diagnostic::is_error).collect();
            let invariants_only = errors.iter().all(|error| error.code == Code::InvariantBroken);
            Refusal { text: report::diagnostics::render(&opened.sources, &errors, false, WIDTH), invariants_only }
        })
    }
}

pub(super) fn run(args: &Args, streams: &mut Streams) -> Result<Exit, Failure> {
    let compiled = compiled_at(args.pack.as_deref().or(args.policies.as_deref()), streams)?;
    let policy = &compiled.policy;
    let properties = properties(args, &compiled)?;
    if properties.is_empty() {
        let (message, help) = wording::no_property();
        return Err(Failure::Say(message.to_owned(), Some(help.to_owned())));
    }
    let reports = match verify::verify(&compiled, &properties, args.bound.map(usize::from), &TextHost) {
        Ok(reports) => reports,
        Err(wrong) => {
            writeln!(streams.out(), "{}", wrong.counterexample.world)?;
            let (message, help) = wording::disagreement(&wrong.property, &wrong.says);
            return Err(Failure::Say(message, Some(help)));
        }
    };
    if let Some(folder) = &args.world_out {
        write_worlds(folder, &reports)?;
    }
    let text = match args.format {
        VerifyFormat::Human => {
            let explained: Vec<Option<String>> =
                reports.iter().map(|report| report.counterexamples.first().and_then(|found| explanation(&compiled, found))).collect();
            report::properties::render(policy, &reports, &explained, streams.color())
        }
        VerifyFormat::Json => format!("{}\n", report::json::properties::document(policy, &reports)),
    };
    streams.out().write_all(text.as_bytes())?;
    Ok(exit(&reports, args.bound.is_some()))
}

fn exit(reports: &[PropertyReport], bounded_is_enough: bool) -> Exit {
    let any = |verdict: Verdict| reports.iter().any(|report| report.verdict == verdict);
    if any(Verdict::GaveUp) {
        Exit::NoAnswer
    } else if any(Verdict::Refuted) || any(Verdict::Vacuous) || any(Verdict::Bounded) && !bounded_is_enough {
        Exit::No
    } else {
        Exit::Yes
    }
}

/// The properties that are named, or all.
fn properties(args: &Args, compiled: &CompiledPolicy) -> Result<Vec<PropertyId>, Failure> {
    let policy = &compiled.policy;
    if args.property.is_empty() {
        return Ok(policy.properties.ids().collect());
    }
    let mut found = Vec::new();
    for name in &args.property {
        let Some(id) = policy.property_named(name) else {
            let known = policy.properties.values().map(|property| property.meta.name.as_str());
            let near = did_you_mean(name, known).map(|near| format!("did you mean `{near}`?"));
            return Err(Failure::Misfit(format!("no property is named `{}`", report::visible(name)), near));
        };
        found.push(id);
    }
    found.sort_unstable();
    found.dedup();
    Ok(found)
}

fn write_worlds(folder: &Path, reports: &[PropertyReport]) -> Result<(), Failure> {
    for report in reports {
        if let Some(found) = report.counterexamples.first() {
            let out = files::OutFile::at(&folder.join(format!("{}.toml", report.property)))?;
            out.write(|out| out.write_all(found.world.as_bytes()))?;
        }
    }
    Ok(())
}

/// The short explanation of the request in its world.
fn explanation(compiled: &CompiledPolicy, found: &Counterexample) -> Option<String> {
    let world = TextHost.load(compiled, &found.world).ok()?;
    let mut context = Context::at(&compiled.policy, found.at);
    for (names, on) in [(&found.with, true), (&found.without, false)] {
        for name in names {
            let toggle = compiled.policy.toggle_named(name)?;
            context.toggles[crate::policy::Id::index(toggle)] = on;
        }
    }
    let decider = crate::eval::Decider::new(compiled, &world, context);
    let request = Request { subject: found.subject.clone(), action: found.action.clone(), resource: found.resource.clone() };
    let question =
        PreparedQuestion { request, overlay: Overlay::of(&decider, &[]), assuming: Vec::new(), refused: Vec::new(), is_dated: true };
    explain::answer(Form::plain(false, WIDTH), compiled, &question).ok().map(|(text, _)| text)
}
