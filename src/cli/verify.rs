//! `delegraph verify`: properties, proved for all worlds or refuted by one.

use super::explain::{self, Form as ExplanationForm};
use super::options::compiled_at;
use super::output::Streams;
use super::{Exit, Failure};
use crate::diag::{Code, Diagnostic, did_you_mean};
use crate::files::{self, Source};
use crate::open;
use crate::plan::{CompiledPolicy, Context};
use crate::policy::{Policy, PropertyId, ToggleId};
use crate::query::Overlay;
use crate::query::assume::PreparedQuestion;
use crate::report;
use crate::verify::{self, About, BreakingEvent, Conflict, Counterexample, Host, Options, Packs, PropertyReport, Refusal, Schema, Verdict};
use crate::wording::{self, ComparedWith};
use crate::world::{Request, World};
use std::collections::BTreeSet;
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
    #[arg(long, value_name = "NAME", add = super::complete::properties())]
    property: Vec<String>,
    /// Compare with this pack: every action whose access is new or lost, each with a world
    #[arg(long, value_name = "OLD")]
    against: Option<PathBuf>,
    /// What turning this toggle widens and narrows (repeatable)
    #[arg(long, value_name = "NAME", add = super::complete::toggles())]
    toggle: Vec<String>,
    /// Rules, and marks of tables, that never decide, whatever the toggles
    #[arg(long)]
    dead: bool,
    /// Where no bound is known, look at worlds with up to this many entities of each kind, and take it for enough
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u8).range(1..=20))]
    bound: Option<u8>,
    /// Write each world that was found to a file `NAME.toml` in this folder
    #[arg(long, value_name = "DIR")]
    world_out: Option<PathBuf>,
    /// Write each proof to files `NAME-N.cnf`, `.drat` and `.vars` in this folder
    #[arg(long, value_name = "DIR")]
    certificate: Option<PathBuf>,
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
    let path = args.pack.as_deref().or(args.policies.as_deref());
    let compiled = compiled_at(path, streams)?;
    let most = args.bound.map_or(verify::UNBOUNDED, usize::from);
    let options = Options { most, certificates: args.certificate.is_some() };
    let mut answers = Vec::new();
    let asks_else = args.against.is_some() || args.dead || !args.toggle.is_empty();
    if !asks_else || !args.property.is_empty() {
        let properties = properties(args, &compiled)?;
        if properties.is_empty() {
            let (message, help) = wording::no_property();
            return Err(Failure::Say(message.to_owned(), Some(help.to_owned())));
        }
        answers.push((Form::Properties, verify::verify(&compiled, &properties, options, &TextHost)));
    }
    for name in &args.toggle {
        let toggle = toggle(&compiled, name)?;
        answers.push((Form::Toggle(name.clone()), verify::toggle(&compiled, toggle, options, &TextHost)));
    }
    if let Some(old) = &args.against {
        let (new, before, conflicts) = comparable(path, old, streams)?;
        let packs = Packs { new: &new, old: &before, conflicts: &conflicts };
        answers.push((Form::Against(old.display().to_string()), verify::against(packs, options, &TextHost)));
    }
    if args.dead {
        answers.push((Form::Dead, verify::dead(&compiled, options, &TextHost)));
    }
    let mut done: Vec<(Form, Vec<PropertyReport>)> = Vec::new();
    for (form, answer) in answers {
        match answer {
            Ok(reports) => done.push((form, reports)),
            Err(wrong) => {
                writeln!(streams.out(), "{}", wrong.world)?;
                let (message, help) = wording::disagreement(&wrong.property, &wrong.says);
                return Err(Failure::Say(message, Some(help)));
            }
        }
    }
    for (form, reports) in &done {
        args.world_out.iter().chain(&args.certificate).try_for_each(|folder| files::make_folder(folder))?;
        if let Some(folder) = &args.world_out {
            write_worlds(folder, form, reports)?;
        }
        if let Some(folder) = &args.certificate {
            write_certificates(folder, form, reports)?;
        }
    }
    let text = match args.format {
        VerifyFormat::Human => done.iter().map(|(form, reports)| rendered(&compiled, form, reports, streams.color())).collect(),
        VerifyFormat::Json => {
            let reports: Vec<&PropertyReport> = done.iter().flat_map(|(_, reports)| reports).collect();
            format!("{}\n", report::json::properties::document(&compiled.policy, &reports))
        }
    };
    streams.out().write_all(text.as_bytes())?;
    Ok(done.iter().map(|(form, reports)| exit(form, reports, args)).max().unwrap_or(Exit::Yes))
}

/// What a list of reports answers.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Form {
    /// Properties of the pack.
    Properties,
    /// What a toggle changes.
    Toggle(String),
    /// What is different in another pack.
    Against(String),
    /// What never decides.
    Dead,
}

fn rendered(compiled: &CompiledPolicy, form: &Form, reports: &[PropertyReport], color: bool) -> String {
    let policy = &compiled.policy;
    match form {
        Form::Properties => {
            let explained: Vec<Option<String>> =
                reports.iter().map(|report| report.counterexamples.first().and_then(|found| explanation(compiled, found))).collect();
            report::properties::render(policy, reports, &explained, color)
        }
        Form::Toggle(name) => report::changes::render(policy, reports, name, ComparedWith::WithoutToggles, color),
        Form::Against(old) => report::changes::render(policy, reports, &format!("against {old}"), ComparedWith::OldPack, color),
        Form::Dead => report::changes::render_idle(policy, reports, color),
    }
}

/// The toggle of this name.
fn toggle(compiled: &CompiledPolicy, name: &str) -> Result<ToggleId, Failure> {
    let policy = &compiled.policy;
    policy.toggle_named(name).ok_or_else(|| {
        let known = policy.toggles.values().map(|toggle| toggle.meta.name.as_str());
        let near = did_you_mean(name, known).map(|near| format!("did you mean `{near}`?"));
        Failure::Misfit(format!("no toggle is named `{}`", report::visible(name)), near)
    })
}

/// Both packs, each with declarations of what only the other one declares; and what both declare, but not alike.
fn comparable(new: Option<&Path>, old: &Path, streams: &mut Streams) -> Result<(CompiledPolicy, CompiledPolicy, Vec<Conflict>), Failure> {
    let own = compiled_at(new, streams)?.policy;
    let other = compiled_at(Some(old), streams)?.policy;
    let declared = |path: Option<&Path>, own: &Policy, other: &Policy, streams: &mut Streams| {
        let missing = Schema::of(own).lacks(&Schema::of(other));
        let mut files = match path {
            Some(path) => files::read_pack(path)?,
            None => files::find_pack()?.0,
        };
        if !missing.is_empty() {
            files.push(Source::of_bytes("declared-by-the-other-pack.toml".to_owned(), missing.into_bytes()));
        }
        let pack = open::pack_completed(files, |documents| verify::complete_kinds(documents, other));
        pack.compiled.ok_or_else(|| {
            let errors: Vec<Diagnostic> = pack.diagnostics.into_iter().filter(Diagnostic::is_error).collect();
            streams.diagnostics(&pack.sources, &errors);
            Failure::Reported
        })
    };
    let both = [declared(new, &own, &other, streams)?, declared(Some(old), &other, &own, streams)?];
    let [completed, old_completed] = both;
    Ok((completed, old_completed, Conflict::between(&own, &other)))
}

fn exit(form: &Form, reports: &[PropertyReport], args: &Args) -> Exit {
    let any = |verdict: Verdict| reports.iter().any(|report| report.verdict == verdict);
    // That something is different is an answer, whatever else could not be said.
    if matches!(form, Form::Against(_)) && args.property.is_empty() && reports.iter().any(PropertyReport::is_difference) {
        return Exit::No;
    }
    if any(Verdict::GaveUp) {
        return Exit::NoAnswer;
    }
    let refuted = match form {
        Form::Properties => any(Verdict::Refuted) || any(Verdict::Broken) || any(Verdict::Vacuous),
        Form::Against(_) | Form::Toggle(_) | Form::Dead => false,
    };
    if refuted || any(Verdict::Bounded) && args.bound.is_none() { Exit::No } else { Exit::Yes }
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
            let near = near.or_else(|| Some("`delegraph list properties` lists them".to_owned()));
            return Err(Failure::Misfit(format!("no property is named `{}`", report::visible(name)), near));
        };
        found.push(id);
    }
    found.sort_unstable();
    found.dedup();
    Ok(found)
}

fn write_worlds(folder: &Path, form: &Form, reports: &[PropertyReport]) -> Result<(), Failure> {
    for (report, name) in reports.iter().zip(file_names(form, reports)) {
        let worlds = report.counterexamples.iter().map(|found| found.world.clone());
        let worlds = worlds.chain(report.broken_by.iter().map(BreakingEvent::with_event));
        for (number, world) in (1..).zip(worlds) {
            let name = if number == 1 { format!("{name}.toml") } else { format!("{name}-{number}.toml") };
            let out = files::OutFile::at(&folder.join(name))?;
            out.write(|out| out.write_all(world.as_bytes()))?;
        }
    }
    Ok(())
}

fn write_certificates(folder: &Path, form: &Form, reports: &[PropertyReport]) -> Result<(), Failure> {
    for (report, name) in reports.iter().zip(file_names(form, reports)) {
        for (number, certificate) in (1..).zip(&report.certificates) {
            for (ending, text) in [("cnf", certificate.dimacs()), ("drat", certificate.drat()), ("vars", certificate.legend())] {
                let out = files::OutFile::at(&folder.join(format!("{name}-{number}.{ending}")))?;
                out.write(|out| out.write_all(text.as_bytes()))?;
            }
        }
    }
    Ok(())
}

/// A name for the files of each report: two of one action have different ones, though it may be new on several kinds of resource.
fn file_names(form: &Form, reports: &[PropertyReport]) -> Vec<String> {
    let mut taken: BTreeSet<String> = BTreeSet::new();
    let free = |report| {
        let name = file_name(form, report);
        let further = (2..).map(|number| format!("{name}-also-{number}"));
        let free = [name.clone()].into_iter().chain(further).find(|name| taken.insert(name.clone()));
        free.unwrap_or_default()
    };
    reports.iter().map(free).collect()
}

/// What a report is about, as the name of a file.
fn file_name(form: &Form, report: &PropertyReport) -> String {
    let about = match &report.about {
        None => return report.property.clone(),
        Some(about @ About::Change { action, .. }) => format!("{action} {}", about.change().unwrap_or_default()),
        Some(About::Element(element)) => element.clone(),
    };
    let before = if let Form::Toggle(name) = form { format!("{name} ") } else { String::new() };
    let name = format!("{before}{about}").to_lowercase();
    let parts: Vec<&str> = name.split(|c: char| !c.is_alphanumeric() && c != '.').filter(|part| !part.is_empty()).collect();
    parts.join("-")
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
    explain::answer(ExplanationForm::plain(false, WIDTH), compiled, &question).ok().map(|(text, _)| text)
}
