//! Prepares a question in text form: its dates and toggles become a context, its assumptions an overlay on the world.

use super::Overlay;
use crate::diag::{Diagnostic, did_you_mean};
use crate::eval::{Budget, Truth};
use crate::plan::{CompiledPolicy, Context};
use crate::policy::{Id, InvariantId, Policy, ToggleId};
use crate::syntax::{self, Clauses, Embedded, ParsedQuestion, QuestionForm, StringForm};
use crate::text::{Sources, Span};
use crate::world::{self, Request, RequestError, Statement, World};

/// A question that can be decided.
#[derive(Clone, Debug)]
pub struct PreparedQuestion {
    /// Subject, action and resource, by name.
    pub request: Request,
    /// The world and context of the question, with its assumptions.
    pub overlay: Overlay,
    /// The assumptions as text, for the answer to repeat.
    pub assuming: Vec<String>,
    /// The invariants that refuse the world with its assumptions.
    pub refused: Vec<InvariantId>,
    /// Whether its date was given; else it is about the present.
    pub is_dated: bool,
}

/// Why a question cannot be decided.
#[derive(Debug)]
pub enum QuestionError {
    /// Its text has mistakes.
    Text {
        /// The files of pack and world, and the question as the last file.
        sources: Sources,
        /// The mistakes; their spans point into `sources`.
        diagnostics: Vec<Diagnostic>,
    },
    /// It names an unknown toggle, or assumes that a derived fact does not hold.
    Request(RequestError),
}

impl From<RequestError> for QuestionError {
    fn from(error: RequestError) -> QuestionError {
        QuestionError::Request(error)
    }
}

/// Reads a question such as `can user:a x.y site:s at 2020-07-01 assuming not FACT` and prepares it. `name` is the file name of the text in
/// diagnostics. The dates and toggles of the question replace those of `context`; its subject, action and resource are not looked up. It is dated if it
/// names a date of the world.
///
/// # Errors
///
/// If the text is not a question, a fact in it does not fit this pack and world, a toggle is unknown, or a fact that is assumed not to hold
/// follows from other facts.
pub fn prepare(
    compiled: &CompiledPolicy,
    world: &World,
    context: &Context,
    text: &str,
    name: &str,
) -> Result<PreparedQuestion, QuestionError> {
    let prepared = prepare_any(compiled, world, context, text, name)?;
    let QuestionForm::Can { subject, action, resource } = prepared.form else {
        return Err(RequestError::of_policy(asked_elsewhere(&prepared.form), None).into());
    };
    let request = Request { subject: subject.value, action: action.value, resource: resource.value };
    let broken = prepared.overlay.broken_invariants(compiled, world).into_iter().filter(|broken| broken.exhausted.is_none());
    let refused = broken.map(|broken| broken.invariant).collect();
    Ok(PreparedQuestion { request, overlay: prepared.overlay, assuming: prepared.assuming, refused, is_dated: prepared.names_date })
}

/// A question of any form with its world and context.
#[derive(Clone, Debug)]
pub struct Prepared {
    /// What is asked.
    pub form: QuestionForm,
    /// The world and context of the question, with its assumptions.
    pub overlay: Overlay,
    /// The assumptions as text, for the answer to repeat.
    pub assuming: Vec<String>,
    /// Whether it fixes the date of the policy; `None` if it names no date.
    pub fixes_policy: Option<bool>,
    /// Whether it names a date of the world.
    pub names_date: bool,
}

/// Reads a question of any form, such as `who holds owner on subscription:s at 2020-07-01`, and prepares it as [`prepare`] does.
///
/// # Errors
///
/// As [`prepare`].
pub fn prepare_any(compiled: &CompiledPolicy, world: &World, context: &Context, text: &str, name: &str) -> Result<Prepared, QuestionError> {
    let (source, sources) = embedded(world, text, name);
    let question = syntax::question(&source).map_err(|mistake| in_text(&sources, mistake))?;
    prepare_parsed(compiled, world, context, question, sources)
}

/// Prepares a question that was parsed from one of `sources`, as [`prepare_any`] does.
///
/// # Errors
///
/// As [`prepare`], but that it is a question.
pub fn prepare_parsed(
    compiled: &CompiledPolicy,
    world: &World,
    context: &Context,
    question: ParsedQuestion,
    sources: Sources,
) -> Result<Prepared, QuestionError> {
    let (overlay, assuming) = assume(compiled, world, context, &question.clauses, sources)?;
    let dated = question.clauses.at.is_some() || question.clauses.policy_at.is_some();
    let fixes_policy = dated.then_some(question.clauses.policy_at.is_some());
    Ok(Prepared { form: question.form, overlay, assuming, fixes_policy, names_date: question.clauses.at.is_some() })
}

/// Which command answers a question of this form.
pub fn asked_elsewhere(form: &QuestionForm) -> String {
    let (words, verbs) = match form {
        QuestionForm::Can { .. } => ("can", "`delegraph decide`, `explain` or `how-to`"),
        QuestionForm::WhoCan { .. } => ("who can", "`delegraph who-can`"),
        QuestionForm::WhatCan { .. } => ("what can", "`delegraph what-can`"),
        QuestionForm::WhoHolds { .. } => ("who holds", "`delegraph roles`"),
    };
    format!("a question that begins `{words}` is for {verbs}")
}

/// The text of a question as the last of the world's files.
fn embedded<'t>(world: &World, text: &'t str, name: &str) -> (Embedded<'t>, Sources) {
    let mut sources = world.sources.clone();
    let file = sources.add(name, text.to_owned());
    (Embedded { text, span: Span::new(file, 0, text.len()), writing: StringForm::Plain }, sources)
}

fn in_text(sources: &Sources, mistake: Diagnostic) -> QuestionError {
    QuestionError::Text { sources: sources.clone(), diagnostics: vec![mistake] }
}

/// The world and context under the clauses of a question, and its assumptions as text.
fn assume(
    compiled: &CompiledPolicy,
    world: &World,
    context: &Context,
    question: &Clauses,
    sources: Sources,
) -> Result<(Overlay, Vec<String>), QuestionError> {
    let policy = &compiled.policy;
    let mut overlay = Overlay { world: world.clone(), context: context_of(policy, context, question)? };
    // The places of assumed facts are in the question.
    overlay.world.sources = sources.clone();
    let (mut diagnostics, mut assuming, mut negated) = (Vec::new(), Vec::new(), Vec::new());
    let mut assumed: Vec<(bool, Statement)> = Vec::new();
    for (holds, fact) in &question.assuming {
        match world::read_fact(policy, &mut overlay.world, fact) {
            Ok(body) => {
                assuming.push(format!("{}{}", if *holds { "" } else { "not " }, overlay.world.statement_text(policy, &body)));
                if let Some(&other) = assumed.iter().find(|&&other| contradict(policy, other, (*holds, body))) {
                    return Err(contradiction(policy, &overlay.world, other, (*holds, body)));
                }
                assumed.push((*holds, body));
                overlay.assume(policy, body, *holds);
                negated.extend((!holds).then_some(body));
            }
            Err(mistakes) => diagnostics.extend(mistakes),
        }
    }
    if !diagnostics.is_empty() {
        return Err(QuestionError::Text { sources, diagnostics });
    }
    let decider = overlay.decider(compiled);
    if let Some(derived) = negated.into_iter().find(|&body| decider.within(&Budget::default()).evaluate_fact(body) != Truth::False) {
        let message =
            format!("assuming not `{}` changes nothing: it follows from other facts", overlay.world.statement_text(policy, &derived));
        let help = "assume that one of the facts from which it follows does not hold; `explain` lists them";
        return Err(RequestError::of_world(message, Some(help.to_owned())).into());
    }
    Ok((overlay, assuming))
}

/// Whether two assumptions contradict each other: a fact holds and does not, or an attribute that has one value has two.
fn contradict(policy: &Policy, (holds, one): (bool, Statement), (also_holds, other): (bool, Statement)) -> bool {
    match (one, other) {
        _ if one == other => holds != also_holds,
        (Statement::Value { entity, attribute, .. }, Statement::Value { entity: same, attribute: another, .. }) => {
            holds && also_holds && entity == same && !policy.attributes[attribute].many && policy.exclusive(&attribute).contains(&another)
        }
        _ => false,
    }
}

fn contradiction(policy: &Policy, world: &World, one: (bool, Statement), other: (bool, Statement)) -> QuestionError {
    let text = |(holds, fact): (bool, Statement)| format!("{}{}", if holds { "" } else { "not " }, world.statement_text(policy, &fact));
    let message = format!("the assumptions `{}` and `{}` contradict each other", text(one), text(other));
    RequestError::of_world(message, Some("leave one of them out".to_owned())).into()
}

/// The context with the dates and toggles of the question.
fn context_of(policy: &Policy, context: &Context, question: &Clauses) -> Result<Context, RequestError> {
    let mut context = context.clone();
    if let Some(at) = &question.at {
        context.at = at.value;
        context.policy_at = at.value;
    }
    if let Some(policy_at) = &question.policy_at {
        context.policy_at = policy_at.value;
    }
    for (names, on) in [(&question.with, true), (&question.without, false)] {
        for name in names {
            context.toggles[toggle(policy, &name.value)?.index()] = on;
        }
    }
    Ok(context)
}

/// The toggle of that name.
///
/// # Errors
///
/// If there is no such toggle; the help suggests a similar name.
pub fn toggle(policy: &Policy, name: &str) -> Result<ToggleId, RequestError> {
    policy.toggle_named(name).ok_or_else(|| {
        let known = policy.toggles.values().map(|toggle| toggle.meta.name.as_str());
        let help = did_you_mean(name, known).map(|near| format!("did you mean `{near}`?"));
        RequestError::of_policy(format!("no toggle is named `{name}`"), help)
    })
}
