//! Counterexamples put to the ordinary loader and evaluator.

use super::claims::{Asked, Other};
use super::host::{Host, Refusal};
use super::report::Counterexample;
use super::search::Question;
use super::symbolic::Removed;
use crate::eval::bindings::Bindings;
use crate::eval::evaluator::Evaluator;
use crate::eval::trace::NoTrace;
use crate::eval::truth::Truth;
use crate::eval::{Budget, Decider, Outcome};
use crate::plan::CompiledPolicy;
use crate::policy::{Policy, PropertyClaim, PropertyId};
use crate::syntax::{ChangeAllowed, WithOutcome};
use crate::world::{Request, ResolvedRequest, World};

/// Why a counterexample is none.
pub(super) enum Denied {
    /// The loader refuses the world, for this reason, which is about invariants on other dates of the policy if `dates`.
    Refused { why: String, dates: bool },
    /// The evaluator says something else than the encoder.
    Disagrees(String),
}

/// Who judges counterexamples: the ordinary loader and evaluator.
#[derive(Clone, Copy)]
pub(super) struct Judges<'a> {
    pub(super) compiled: &'a CompiledPolicy,
    /// The pack that it is compared with, if it is another one.
    pub(super) old: Option<&'a CompiledPolicy>,
    /// The property of the pack whose condition counts, if it is one.
    pub(super) condition: Option<PropertyId>,
    pub(super) host: &'a dyn Host,
}

impl Judges<'_> {
    pub(super) fn load(&self, compiled: &CompiledPolicy, text: &str) -> Result<World, Denied> {
        let refused = |refusal: Refusal| Denied::Refused { why: refusal.text, dates: refusal.invariants_only };
        self.host.load(compiled, text).map_err(refused)
    }
}

impl Question<'_> {
    /// Whether the ordinary evaluator refutes the property with this world too. Notes the outcomes.
    pub(super) fn confirm(&self, judges: &Judges<'_>, found: &mut Counterexample) -> Result<(), Denied> {
        let compiled = judges.compiled;
        let world = judges.load(compiled, &found.world)?;
        let decider = Decider::new(compiled, &world, self.settings.asked.context.clone());
        let outcome = decide(&decider, found, &found.action)?;
        found.outcome = outcome.name();
        let other = self.compared(judges, &world, found)?;
        found.other = other.map(Outcome::name);
        if self.is_refuted(&decider, judges.condition, found, outcome, other)? {
            return Ok(());
        }
        Err(Denied::Disagrees(format!("the evaluator answers `{}`", outcome.name())))
    }

    /// The outcome of what the request is compared with.
    fn compared(&self, judges: &Judges<'_>, world: &World, found: &Counterexample) -> Result<Option<Outcome>, Denied> {
        let compiled = judges.compiled;
        if let Some(implied) = &found.implied {
            let decider = Decider::new(compiled, world, self.settings.asked.context.clone());
            return decide(&decider, found, implied).map(Some);
        }
        if !matches!(self.asked.property.claim, PropertyClaim::Change(..) | PropertyClaim::MustMatter(_)) {
            return Ok(None);
        }
        let context = self.settings.other.context.clone();
        let outcome = match (self.asked.other, judges.old) {
            (Other::Without(removed), _) => {
                let (without, _) = CompiledPolicy::new(without(&compiled.policy, removed));
                decide(&Decider::new(&without, world, context), found, &found.action)
            }
            (Other::Pack(..), Some(old)) => {
                let world = judges.load(old, &found.world)?;
                decide(&Decider::new(old, &world, context), found, &found.action)
            }
            _ => decide(&Decider::new(compiled, world, context), found, &found.action),
        };
        outcome.map(Some)
    }

    fn is_refuted(
        &self,
        decider: &Decider<'_>,
        id: Option<PropertyId>,
        found: &Counterexample,
        outcome: Outcome,
        other: Option<Outcome>,
    ) -> Result<bool, Denied> {
        let allowed = outcome == Outcome::Allowed;
        let before = other == Some(Outcome::Allowed);
        let Asked { property, .. } = self.asked;
        let condition = |decider: &Decider<'_>| -> Result<bool, Denied> {
            // Only the condition `true` belongs to no property of the pack.
            let Some(id) = id else { return Ok(true) };
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

/// The policy without an element. A rule without its actions decides nothing.
fn without(policy: &Policy, removed: Removed) -> Policy {
    let mut policy = policy.clone();
    match removed {
        Removed::Rule(rule) => policy.rules[rule].actions.clear(),
        Removed::Mark(table, row, column) => policy.tables[table].cells.retain(|cell| (cell.row, cell.column) != (row, column)),
    }
    policy
}

fn resolve(decider: &Decider<'_>, found: &Counterexample, action: &str) -> Result<ResolvedRequest, Denied> {
    let request = Request { subject: found.subject.clone(), action: action.to_owned(), resource: found.resource.clone() };
    let resolved = decider.world.resolve(&decider.compiled.policy, &request, decider.context.at);
    resolved.map_err(|error| Denied::Disagrees(error.message))
}

fn decide(decider: &Decider<'_>, found: &Counterexample, action: &str) -> Result<Outcome, Denied> {
    let decision = decider.decide(&resolve(decider, found, action)?);
    match decision.exhausted {
        None => Ok(decision.outcome),
        Some(_) => Err(Denied::Disagrees("the evaluator gives up".to_owned())),
    }
}
