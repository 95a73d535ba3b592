//! `delegraph roles`: who holds which role where.

use super::list_options::{self, HeldOptions, ListFormat};
use super::options::{any_question, entities};
use super::output::Streams;
use super::{Exit, Failure};
use crate::diag::name_meant;
use crate::eval::{Decider, Truth};
use crate::graph::Permit;
use crate::plan::{CompiledPolicy, Context};
use crate::policy::{ActionId, KindSet, Policy};
use crate::query::Overlay;
use crate::query::assume::{self, Prepared};
use crate::query::lists::{self, EntityPattern, Range, RolePath, RolesQuestion, Unnamed};
use crate::report;
use crate::report::json::list::ListQuestion;
use crate::report::json::roles::{RolesGiven, row};
use crate::report::list::LeftOut;
use crate::syntax::{NamedEntities, QuestionForm};
use crate::wording::{Labels, Words};
use crate::world::{EntityId, RequestError, World};
use std::collections::BTreeSet;
use std::io::Write;

/// List who holds which role where: through assignments, groups and implications
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The question in words, such as "who holds owner on subscription:fab-prod at 2021-06-01"
    #[arg(value_name = "QUESTION", conflicts_with_all = ["on", "role"])]
    question: Option<String>,
    /// Only roles of this subject, or of everyone in this group, of this partner, or of a kind (`user:*`)
    #[arg(long, value_name = "SUBJECT")]
    of: Option<String>,
    /// Only roles that count on this entity: over it and over what contains it
    #[arg(long, value_name = "SCOPE")]
    on: Option<String>,
    /// Also roles over what SCOPE contains
    #[arg(long)]
    within: bool,
    /// Only this role, by its name or one of its ids
    #[arg(long, value_name = "ROLE", add = super::complete::roles())]
    role: Option<String>,
    /// Also roles that another role includes
    #[arg(long)]
    included: bool,
    /// Only what no member listing of the vendor's shows
    #[arg(long)]
    unlisted: bool,
    /// Print each row by itself
    #[arg(long)]
    expand: bool,
    #[command(flatten)]
    held: HeldOptions,
}

pub(super) fn run(args: &Args, streams: &mut Streams) -> Result<Exit, Failure> {
    let compiled = args.held.options.compiled(streams)?;
    let context = args.held.options.context(&compiled.policy)?;
    let world = args.held.options.world(&compiled, streams)?;
    let asked = match &args.question {
        Some(text) => in_words(args, &compiled, &world, &context, text, streams)?,
        None => Asked::of(args, &world, context)?,
    };
    let decider = asked.overlay.decider(&compiled);
    let question = question(args, &asked, &decider)?;
    let mut roles = lists::roles(&decider, &question);
    let mut paths = std::mem::take(&mut roles.paths);
    let hidden = roles.hidden + args.held.list.filter(&mut paths, |path| path.outcome() == Truth::Unknown);
    let left_out = LeftOut { cut: args.held.list.cut(&mut paths), hidden, search_cut: roles.exhausted.is_some() };
    list_options::note_remarks(&decider, &granted(&decider, &paths));
    let words = Words::of(&decider);
    let under = words.list_question(&decider.context, asked.assuming.clone());
    let open = match args.held.form.format {
        ListFormat::Ndjson => Vec::new(),
        ListFormat::Human | ListFormat::Json => words.open(&roles.open(&paths)),
    };
    let mut text = |words: Words<'_>, path: &RolePath| words.role_path(&decider, path, roles.during(path));
    match args.held.form.format {
        ListFormat::Human => {
            let labels = Labels::default();
            let words = Words::for_people(&decider, &labels);
            let rows: Vec<_> = paths.iter().map(|path| text(words, path)).collect();
            let style = report::text::Style { color: streams.color(), width: Streams::width(), full: args.expand };
            let page = report::roles::render(&under, &rows, left_out, &open, &style);
            streams.out().write_all(page.as_bytes())?;
            let is_of_unknown = args.held.list.lists(true);
            let unnamed = if is_of_unknown { unnamed(args, &asked, &decider, &question)? } else { BTreeSet::new() };
            let may_miss = report::may_miss::render(&Words::of(&decider).may_miss(&unnamed), &style);
            streams.out().write_all(may_miss.as_bytes())?;
        }
        ListFormat::Json => {
            let rows = paths.iter().map(|path| row(text(words, path)));
            let question = ListQuestion::new("roles", given(args, &asked), &under);
            report::json::list::document(streams.out(), &question, rows, left_out, || open)?;
        }
        ListFormat::Ndjson => {
            let rows = paths.iter().map(|path| row(text(words, path)));
            report::json::list::lines(streams.out(), rows, left_out.cut)?;
        }
    }
    Ok(list_options::complete(words, roles.exhausted))
}

/// The holders and scopes that the list may miss.
fn unnamed(args: &Args, asked: &Asked, decider: &Decider<'_>, question: &RolesQuestion) -> Result<BTreeSet<Unnamed>, Failure> {
    let policy = &decider.compiled.policy;
    let these = |found: &Option<Vec<(EntityId, Truth)>>| found.iter().flatten().map(|&(ent, _)| ent).collect::<Vec<_>>();
    let (of, on) = (these(&question.of), these(&question.on));
    let all = |named: &NamedEntities| match named {
        NamedEntities::All(kind) => policy.kind_called(kind).map(KindSet::one),
        NamedEntities::One(..) => None,
    };
    let named = args.of.as_deref().map(entities).transpose()?;
    let holders = match &named {
        None => Range::Kinds(policy.subjects()),
        Some(named) => all(named).map_or(Range::These(&of), Range::Kinds),
    };
    let on_role = question.role.and_then(|role| decider.world.role_of(role)).map(|role| policy.roles[role].on.clone());
    let scopes = match &asked.on {
        None => Range::Kinds(on_role.unwrap_or_else(|| policy.scopes())),
        Some(_) if args.within => {
            Range::Kinds(on.iter().fold(KindSet::default(), |all, &ent| all.union(&policy.kinds[decider.world.kind(ent)].below)))
        }
        Some(named) => all(named).map_or(Range::These(&on), Range::Kinds),
    };
    Ok(lists::unnamed_holdings(decider, &holders, &scopes))
}

/// The actions that the roles of the list grant.
fn granted(decider: &Decider<'_>, paths: &[RolePath]) -> BTreeSet<ActionId> {
    let policy = &decider.compiled.policy;
    let roles: BTreeSet<EntityId> = paths.iter().map(|path| path.role).collect();
    let grants = |action: ActionId| {
        decider.permits(action).iter().any(|&(_, permit)| match permit {
            Permit::Role(role) => roles.contains(&decider.world.role_entity(role)),
            Permit::Rule(_) => false,
        })
    };
    policy.actions.ids().filter(|&action| grants(action)).collect()
}

/// What is asked, by options or in words.
struct Asked {
    overlay: Overlay,
    assuming: Vec<String>,
    on: Option<NamedEntities>,
    role: Option<String>,
    policy_stays: bool,
}

impl Asked {
    fn of(args: &Args, world: &World, context: Context) -> Result<Asked, Failure> {
        if args.within && args.on.is_none() {
            return Err(Failure::Say("`--within` needs a scope".to_owned(), Some("name it with `--on SCOPE`".to_owned())));
        }
        Ok(Asked {
            overlay: Overlay { world: world.clone(), context },
            assuming: Vec::new(),
            on: args.on.as_deref().map(entities).transpose()?,
            role: args.role.clone(),
            policy_stays: args.held.options.policy_at.is_some(),
        })
    }
}

/// The question in words. If its text has mistakes, they are printed.
fn in_words(
    args: &Args,
    compiled: &CompiledPolicy,
    world: &World,
    context: &Context,
    text: &str,
    streams: &Streams,
) -> Result<Asked, Failure> {
    let Prepared { form, overlay, assuming, fixes_policy, .. } =
        any_question(&args.held.options, compiled, (world, context), text, streams)?;
    let QuestionForm::WhoHolds { role, scope } = form else {
        return Err(Failure::Say(assume::asked_elsewhere(&form), None));
    };
    let policy_stays = fixes_policy.unwrap_or(args.held.options.policy_at.is_some());
    let (kind, id) = scope.value;
    Ok(Asked { overlay, assuming, on: Some(NamedEntities::One(kind, id)), role: Some(role.value), policy_stays })
}

fn given<'a>(args: &'a Args, asked: &'a Asked) -> RolesGiven<'a> {
    RolesGiven {
        of: args.of.as_deref(),
        on: asked.on.as_ref().map(NamedEntities::to_string),
        within: args.within,
        role: asked.role.as_deref(),
        included: args.included,
        unlisted: args.unlisted,
        ends_before: args.held.ends_before.map(|date| date.to_string()),
    }
}

fn question(args: &Args, asked: &Asked, decider: &Decider<'_>) -> Result<RolesQuestion, Failure> {
    let (policy, world, at) = (&decider.compiled.policy, decider.world, decider.context.at);
    let pattern = |named: &NamedEntities| EntityPattern::read(policy, world, named, at);
    let named = args.of.as_deref().map(entities).transpose()?;
    let of = named.as_ref().map(pattern).transpose()?.map(|of| lists::subjects(decider, of)).transpose()?;
    let on = asked.on.as_ref().map(pattern).transpose()?.map(|on| lists::scopes(decider, on, args.within));
    if let (Some(name), Some([])) = (&named, of.as_deref()) {
        list_options::note_nobody(name, at);
    }
    Ok(RolesQuestion {
        of,
        on,
        role: asked.role.as_ref().map(|name| role(policy, world, name)).transpose()?,
        included: args.included,
        unlisted: args.unlisted,
        ends_before: args.held.ends_before,
        policy_stays: asked.policy_stays,
        ..RolesQuestion::default()
    })
}

/// The role of that name or id, which may be one that only the world names.
fn role(policy: &Policy, world: &World, name: &str) -> Result<EntityId, RequestError> {
    let name = name.strip_prefix("role:").unwrap_or(name);
    if let Some(role) = policy.role_called(name) {
        return Ok(world.role_entity(role));
    }
    world.find(policy.role_kind, name).ok_or_else(|| {
        let help = name_meant(name, policy.role_names()).map(|near| format!("did you mean `{near}`?"));
        RequestError::of_policy(format!("no role is named `{name}`"), help)
    })
}
