//! Counterexamples put to the ordinary loader and evaluator.

use super::claims::Asked;
use super::host::Host;
use super::report::Counterexample;
use super::search::Question;
use crate::eval::bindings::Bindings;
use crate::eval::evaluator::Evaluator;
use crate::eval::trace::NoTrace;
use crate::eval::truth::Truth;
use crate::eval::{Budget, Decider, Outcome};
use crate::plan::CompiledPolicy;
use crate::policy::{PropertyClaim, PropertyId};
use crate::syntax::{ChangeAllowed, WithOutcome};
use crate::world::{Request, ResolvedRequest, World};

/// Why a counterexample is none.
pub(super) enum Denied {
    /// The loader refuses the world, for this reason, which is about invariants on other dates of the policy if `dates`.
    Refused { why: String, dates: bool },
    /// The evaluator says something else than the encoder.
    Disagrees(String),
}

impl Question<'_> {
    /// Whether the ordinary evaluator refutes the property with this world too. Notes the outcomes.
    pub(super) fn confirm(
        &self,
        compiled: &CompiledPolicy,
        id: PropertyId,
        found: &mut Counterexample,
        host: &dyn Host,
    ) -> Result<(), Denied> {
        let world =
            host.load(compiled, &found.world).map_err(|refusal| Denied::Refused { why: refusal.text, dates: refusal.invariants_only })?;
        let context = self.settings.asked.context.clone();
        let decider = Decider::new(compiled, &world, context);
        let outcome = decide(&decider, found, &found.action)?;
        found.outcome = outcome.name();
        let other = self.other(compiled, &world, found)?;
        found.other = other.map(Outcome::name);
        if self.is_refuted(&decider, id, found, outcome, other)? {
            return Ok(());
        }
        Err(Denied::Disagrees(format!("the evaluator answers `{}`", outcome.name())))
    }

    /// The outcome of what the request is compared with.
    fn other(&self, compiled: &CompiledPolicy, world: &World, found: &Counterexample) -> Result<Option<Outcome>, Denied> {
        if let Some(implied) = &found.implied {
            let decider = Decider::new(compiled, world, self.settings.asked.context.clone());
            return decide(&decider, found, implied).map(Some);
        }
        match self.asked.property.claim {
            PropertyClaim::Change(..) => {
                let decider = Decider::new(compiled, world, self.settings.other.context.clone());
                decide(&decider, found, &found.action).map(Some)
            }
            PropertyClaim::MustMatter(rule) => {
                let mut policy = compiled.policy.clone();
                policy.rules[rule].actions.clear();
                let (without, _) = CompiledPolicy::new(policy);
                let decider = Decider::new(&without, world, self.settings.asked.context.clone());
                decide(&decider, found, &found.action).map(Some)
            }
            _ => Ok(None),
        }
    }

    fn is_refuted(
        &self,
        decider: &Decider<'_>,
        id: PropertyId,
        found: &Counterexample,
        outcome: Outcome,
        other: Option<Outcome>,
    ) -> Result<bool, Denied> {
        let allowed = outcome == Outcome::Allowed;
        let before = other == Some(Outcome::Allowed);
        let Asked { property, .. } = self.asked;
        let condition = |decider: &Decider<'_>| -> Result<bool, Denied> {
            let resolved = resolve(decider, found, &found.action)?;
            let bindings = Bindings::new(resolved.subject, resolved.resource);
            let truth = Evaluator::new(decider, &Budget::default(), NoTrace).plan(&decider.compiled.properties[id], &bindings);
            Ok(truth == Truth::True)
        };
        Ok(match &property.claim {
            PropertyClaim::Never(_, with) => {
                let meets = match with {
                    WithOutcome::Allow => allowed,
                    WithOutcome::Deny => matches!(outcome, Outcome::Barred | Outcome::NotGranted),
                    WithOutcome::Unknown => outcome == Outcome::Unknown,
                };
                meets && condition(decider)?
            }
            PropertyClaim::Always(_) => !allowed && condition(decider)?,
            PropertyClaim::Implies(_) => allowed && !before,
            PropertyClaim::Change(change, unless) => {
                let changed = match change {
                    ChangeAllowed::None => allowed != before,
                    ChangeAllowed::OnlyNarrows => allowed && !before,
                    ChangeAllowed::OnlyWidens => !allowed && before,
                };
                changed && (unless.is_none() || !condition(decider)?)
            }
            PropertyClaim::MustMatter(_) => allowed != before,
        })
    }
}

fn resolve(decider: &Decider<'_>, found: &Counterexample, action: &str) -> Result<ResolvedRequest, Denied> {
    let request = Request { subject: found.subject.clone(), action: action.to_owned(), resource: found.resource.clone() };
    let resolved = decider.world.resolve(&decider.compiled.policy, &request, decider.context.at);
    resolved.map_err(|error| Denied::Disagrees(error.message))
}

fn decide(decider: &Decider<'_>, found: &Counterexample, action: &str) -> Result<Outcome, Denied> {
    // A rule without its actions is still there.
    let decision = decider.decide(&resolve(decider, found, action)?);
    match decision.exhausted {
        None => Ok(decision.outcome),
        Some(_) => Err(Denied::Disagrees("the evaluator gives up".to_owned())),
    }
}
