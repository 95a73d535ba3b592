//! The options that several verbs share (`--policies`, `--world`, `--at`, `--with`), and how they are opened; also how `kind:id` arguments
//! are read.

use super::Failure;
use super::complete;
use super::output::Streams;
use super::progress::with_progress;
use crate::diag::Diagnostic;
use crate::open;
use crate::plan::{CompiledPolicy, Context};
use crate::policy::{Id, Policy};
use crate::query::Overlay;
use crate::query::assume::{self, Prepared, PreparedQuestion, QuestionError};
use crate::query::elements::ElementSort;
use crate::syntax::NamedEntities;
use crate::time::Instant;
use crate::world::{Request, World};
use std::path::{Path, PathBuf};

/// The policy, the world, the dates and the toggles of a question.
#[derive(Clone, Debug, clap::Args)]
#[command(next_help_heading = "Common options")]
pub(super) struct Options {
    /// The pack: a folder of TOML files, or one file [default: `policies` here if it declares a kind, else the built-in pack]
    #[arg(long, value_name = "DIR")]
    pub(super) policies: Option<PathBuf>,
    /// A world: `.toml`, `.ndjson` or a folder of these (several are merged), or a file that `pack-world` wrote
    #[arg(long, value_name = "FILE")]
    pub(super) world: Vec<PathBuf>,
    /// The date of world and policy: 2020-06-19, 2020-06-19T12:00:00Z or now [default: now]
    #[arg(long, value_name = "DATE", value_parser = date)]
    pub(super) at: Option<Instant>,
    /// The date of the policy, if it is not that of the world
    #[arg(long, value_name = "DATE", value_parser = date)]
    pub(super) policy_at: Option<Instant>,
    /// Turn this toggle on
    #[arg(long, value_name = "TOGGLE", add = complete::toggles())]
    pub(super) with: Vec<String>,
    /// Turn this toggle off
    #[arg(long, value_name = "TOGGLE", add = complete::toggles())]
    pub(super) without: Vec<String>,
}

/// Help for an argument that is one too many and is a file or folder, such as the second of `--world *.toml`.
pub(super) fn stray_file(error: &clap::Error) -> Option<String> {
    use clap::error::{ContextKind, ContextValue, ErrorKind};
    let Some(ContextValue::String(argument)) = error.get(ContextKind::InvalidArg) else { return None };
    let is_file = error.kind() == ErrorKind::UnknownArgument && Path::new(argument).exists();
    is_file.then(|| format!("if it is a world, write `--world {argument}`: each file has its own `--world`, or all are in one folder"))
}

/// The date of an option. `now` is the present, to the second.
pub(super) fn date(text: &str) -> Result<Instant, String> {
    if text == "now" { Ok(Instant::now()) } else { Instant::parse(text) }
}

impl Options {
    /// The compiled pack. If it has errors, they are printed.
    pub(super) fn compiled(&self, streams: &mut Streams) -> Result<CompiledPolicy, Failure> {
        compiled_at(self.policies.as_deref(), streams)
    }

    /// The world. If it has errors, they are printed.
    pub(super) fn world(&self, compiled: &CompiledPolicy, streams: &mut Streams) -> Result<World, Failure> {
        let opened = with_progress(|progress| open::world_watched(compiled, &self.world, progress))?;
        let Some(world) = opened.world else {
            streams.diagnostics(&opened.sources, &opened.diagnostics);
            return Err(Failure::Reported);
        };
        streams.warnings(&opened.sources, &opened.diagnostics);
        streams.guard(&world);
        Ok(world)
    }

    /// Says which dates a question in words replaces by its own.
    fn note_dates(&self, asked: &Context) {
        let dates = [("--at", self.at, asked.at), ("--policy-at", self.policy_at, asked.policy_at)];
        for (option, given, asked) in dates {
            if let Some(given) = given.filter(|&given| given != asked) {
                Streams::note(&format!("the question is asked as of {asked}, as it says itself, and not as of `{option} {given}`"));
            }
        }
    }

    /// Dates and toggles.
    pub(super) fn context(&self, policy: &Policy) -> Result<Context, Failure> {
        let at = self.at.unwrap_or_else(Instant::now);
        let mut context = Context { policy_at: self.policy_at.unwrap_or(at), ..Context::at(policy, at) };
        for (names, on) in [(&self.with, true), (&self.without, false)] {
            for name in names {
                context.toggles[assume::toggle(policy, name)?.index()] = on;
            }
        }
        match self.with.iter().find(|name| self.without.contains(name)) {
            Some(both) => Err(Failure::Say(format!("toggle `{both}` cannot be both on and off"), None)),
            None => Ok(context),
        }
    }
}

/// The compiled pack at a path, or the default one. If it has errors, they are printed.
pub(super) fn compiled_at(path: Option<&Path>, streams: &mut Streams) -> Result<CompiledPolicy, Failure> {
    let pack = open::pack_at(path)?;
    streams.found(pack.found);
    let Some(compiled) = pack.compiled else {
        let errors: Vec<Diagnostic> = pack.diagnostics.into_iter().filter(Diagnostic::is_error).collect();
        streams.diagnostics(&pack.sources, &errors);
        streams.doubt_pack();
        return Err(Failure::Reported);
    };
    Ok(compiled)
}

/// One request: by its three parts, or as a question in words.
#[derive(Debug, clap::Args)]
pub(super) struct RequestArgs {
    /// Who asks, such as `user:alice@contoso`; or a whole question, such as "can user:alice@contoso subscription.manage
    /// subscription:fab-prod at 2020-07-01 assuming not dap(customer:fabrikam, partner:contoso)";
    /// each fact has an `assuming` of its own
    #[arg(value_name = "SUBJECT | QUESTION", add = complete::subjects_or_sorts())]
    subject: Option<String>,
    /// The action, such as `subscription.manage`
    #[arg(value_name = "ACTION", add = complete::actions_or_names())]
    action: Option<String>,
    /// What it is done to, such as `subscription:fab-prod`
    #[arg(value_name = "RESOURCE", add = complete::resources())]
    resource: Option<String>,
}

impl RequestArgs {
    /// The sort of an element of the pack, if that is the only argument: its name is missing.
    pub(super) fn lone_sort(&self) -> Option<ElementSort> {
        self.subject.as_deref().filter(|_| self.action.is_none()).and_then(ElementSort::named)
    }

    /// The sort and the name of an element of the pack, if that is what two arguments are: `rule NAME`.
    pub(super) fn element(&self) -> Option<(ElementSort, &str)> {
        let sort = ElementSort::named(self.subject.as_deref()?)?;
        self.resource.is_none().then_some((sort, self.action.as_deref()?))
    }

    /// The request with its world and context. Mistakes in the text of a question are printed.
    pub(super) fn prepared(
        &self,
        options: &Options,
        compiled: &CompiledPolicy,
        streams: &mut Streams,
    ) -> Result<PreparedQuestion, Failure> {
        let context = options.context(&compiled.policy)?;
        match (&self.subject, &self.action, &self.resource) {
            (Some(subject), Some(action), Some(resource)) => {
                let request = request(subject, action, resource)?;
                let world = options.world(compiled, streams)?;
                let (assuming, refused, is_dated) = (Vec::new(), Vec::new(), options.at.is_some());
                Ok(PreparedQuestion { request, overlay: Overlay { world, context }, assuming, refused, is_dated })
            }
            (Some(text), None, None) => {
                let world = options.world(compiled, streams)?;
                let prepared = assume::prepare(compiled, &world, &context, text, "question");
                let prepared = prepared.map_err(|error| unprepared(error, streams))?;
                options.note_dates(&prepared.overlay.context);
                Ok(PreparedQuestion { is_dated: prepared.is_dated || options.at.is_some(), ..prepared })
            }
            (given, ..) => {
                let subject = given.as_deref().filter(|given| given.contains(':')).unwrap_or("user:alice@contoso");
                let help = format!("write them one after the other, such as `{subject} subscription.manage subscription:fab-prod`");
                Err(Failure::Say("a subject, an action and a resource are needed, or one question in quotes".to_owned(), Some(help)))
            }
        }
    }
}

/// A request from its three arguments; all after the first `:` of an entity is its id.
fn request(subject: &str, action: &str, resource: &str) -> Result<Request, Failure> {
    Ok(Request { subject: entity(subject)?, action: action.to_owned(), resource: entity(resource)? })
}

/// The kind and the id of an entity.
pub(super) fn entity(text: &str) -> Result<(String, String), Failure> {
    match text.split_once(':') {
        Some((kind, id)) if !kind.is_empty() && !id.is_empty() => Ok((kind.to_owned(), id.to_owned())),
        _ => Err(Failure::Say(format!("`{text}` is not an entity"), Some("write `kind:id`, such as `user:alice@contoso`".to_owned()))),
    }
}

/// An entity, or all of a kind: `KIND:*`.
pub(super) fn entities(text: &str) -> Result<NamedEntities, Failure> {
    entity(text).map(|(kind, id)| NamedEntities::of_argument(kind, id))
}

/// A question in words, of any form. If its text has mistakes, they are printed.
pub(super) fn any_question(
    options: &Options,
    compiled: &CompiledPolicy,
    (world, context): (&World, &Context),
    text: &str,
    streams: &Streams,
) -> Result<Prepared, Failure> {
    let prepared = assume::prepare_any(compiled, world, context, text, "question").map_err(|error| unprepared(error, streams))?;
    options.note_dates(&prepared.overlay.context);
    Ok(prepared)
}

/// The failure of a question that cannot be prepared. The mistakes of its text are printed.
pub(super) fn unprepared(error: QuestionError, streams: &Streams) -> Failure {
    match error {
        QuestionError::Text { sources, diagnostics } => {
            streams.diagnostics(&sources, &diagnostics);
            Failure::Reported
        }
        QuestionError::Request(error) => error.into(),
    }
}
