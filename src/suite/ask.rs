//! The answer to one question, compared with the one that is expected.

use super::compare::is_as;
use super::report::Difference;
use super::setting::bad_request;
use super::snapshot::Kept;
use crate::diag::{Code, Diagnostic};
use crate::eval::Budget;
use crate::explain;
use crate::plan::{CompiledPolicy, Context};
use crate::policy::Policy;
use crate::query::assume::{self, PreparedQuestion, QuestionError};
use crate::syntax::suite::ExpectedAnswer;
use crate::syntax::{ParsedQuestion, Text};
use crate::text::{Sources, Span};
use crate::wording::Words;
use crate::world::World;

/// The question of an entry, and what it expects.
pub(super) struct Ask<'d> {
    pub(super) text: &'d Text,
    pub(super) question: &'d ParsedQuestion,
    pub(super) is: Option<ExpectedAnswer>,
    pub(super) by: &'d [Text],
}

/// The question in its world.
///
/// # Errors
///
/// If it assumes what cannot be, or a claim is unknown.
pub(super) fn prepared(
    ask: &Ask<'_>,
    compiled: &CompiledPolicy,
    (world, sources): (&World, &Sources),
    context: &Context,
) -> Result<PreparedQuestion, Vec<Diagnostic>> {
    let mut wrong: Vec<Diagnostic> = ask.by.iter().filter_map(|claim| unknown_claim(&compiled.policy, claim)).collect();
    // The mistakes of a question are shown in the suite. Its answer must not depend on where in the suite it is.
    let placed = assume::prepare_parsed(compiled, world, context, ask.question.clone(), sources.clone());
    wrong.extend(placed.err().into_iter().flat_map(|error| mistakes(error, ask.text.span)));
    if !wrong.is_empty() {
        return Err(wrong);
    }
    let prepared = assume::prepare(compiled, world, context, &ask.text.value, "question");
    // Every entry has a date, if not in its question.
    prepared.map(|prepared| PreparedQuestion { is_dated: true, ..prepared }).map_err(|error| mistakes(error, ask.text.span))
}

fn mistakes(error: QuestionError, span: Span) -> Vec<Diagnostic> {
    match error {
        QuestionError::Text { diagnostics, .. } => diagnostics,
        QuestionError::Request(error) => vec![bad_request(error, span)],
    }
}

/// What of the answer is not as expected.
///
/// # Errors
///
/// If the question names what the pack or the world does not have, or was given up.
pub(super) fn differences(
    ask: &Ask<'_>,
    compiled: &CompiledPolicy,
    prepared: &PreparedQuestion,
    entry: Span,
) -> Result<Vec<Difference>, Vec<Diagnostic>> {
    let decider = prepared.overlay.decider(compiled);
    let asked = decider.world.resolve(&compiled.policy, &prepared.request, decider.context.at);
    let asked = asked.map_err(|error| vec![bad_request(error, ask.text.span)])?;
    let budget = Budget::default();
    let record = decider.within(&budget).record(&asked);
    if let Some(exhausted) = record.decision.exhausted {
        let text = Words::of(&decider).exhausted(exhausted);
        return Err(vec![Diagnostic::new(Code::BadRequest, text.message, entry, "").help(text.help)]);
    }
    let mut found = Vec::new();
    let got = record.decision.outcome;
    if let Some(expected) = ask.is.filter(|&expected| !is_as(expected, got)) {
        found.push(Difference::Outcome { expected, got });
    }
    if !ask.by.is_empty() {
        let cited = explain::cited(&decider, &asked, &record);
        let mut names: Vec<String> = cited.iter().map(|&claim| compiled.policy.claims[claim].meta.name.clone()).collect();
        names.sort();
        let missing: Vec<String> = ask.by.iter().map(|claim| claim.value.clone()).filter(|claim| !names.contains(claim)).collect();
        if !missing.is_empty() {
            found.push(Difference::Claims { missing, got: names });
        }
    }
    Ok(found)
}

fn unknown_claim(policy: &Policy, claim: &Text) -> Option<Diagnostic> {
    if policy.claim_named(&claim.value).is_some() {
        return None;
    }
    let known = policy.claims.values().map(|claim| claim.meta.name.as_str());
    let headline = format!("no claim is named `{}`", claim.value);
    let unknown = Diagnostic::new(Code::UnknownClaim, headline, claim.span, "");
    Some(unknown.nearest(&claim.value, claim.span, known))
}

/// What of its explanation is not as it is kept.
pub(super) fn changed(kept: &Kept, name: &str, now: &str) -> Option<Difference> {
    let kept = kept.text(name);
    (kept != Some(now)).then(|| Difference::Snapshot { kept: kept.map(str::to_owned), now: now.to_owned() })
}
