//! What refutes a property, as signs for the bound and as literals for the solver.

use super::bound::{Goal, Sign};
use super::sat::Lit;
use super::satisfy::NODES;
use super::symbolic::{Bindings, Evaluator, Removed, Setting, World};
use crate::plan::Context;
use crate::policy::{ActionId, Condition, Given, Id, Policy, Property, PropertyClaim, RuleEffect};
use crate::syntax::{ChangeAllowed, WithOutcome};
use crate::time::Instant;

/// What decisions are compared with.
#[derive(Clone, Copy, Debug)]
pub(super) enum Other<'p> {
    /// The same pack without the toggles of the property.
    Toggles,
    /// The same pack without this.
    Without(Removed),
    /// Another pack with the same schema, texts and literals, and its action of the same name.
    Pack(&'p Policy, ActionId),
}

/// The settings of one question about a property.
pub(super) struct Settings {
    /// With the toggles of the property.
    pub(super) asked: Setting,
    /// Those of what it is compared with.
    pub(super) other: Setting,
    /// The default toggles of another pack, under which its invariants hold.
    pub(super) other_defaults: Option<Setting>,
    /// The default toggles, under which invariants hold.
    pub(super) defaults: Setting,
}

impl Settings {
    /// The settings on this date; `toggles` are those that are on.
    pub(super) fn new(policy: &Policy, property: &Property, other: Other<'_>, at: Instant, toggles: Vec<bool>) -> Settings {
        let defaults = Setting::new(Context::at(policy, at));
        let asked = Setting::new(Context { toggles, ..defaults.context.clone() });
        let mut other_defaults = None;
        let other = match other {
            Other::Without(removed) => Setting { without: Some(removed), ..asked.clone() },
            Other::Pack(old, _) => {
                let setting = Setting::new(Context::at(old, at));
                other_defaults = Some(setting.clone());
                setting
            }
            Other::Toggles => {
                let mut other = asked.clone();
                for &toggle in property.turn_on.iter().chain(&property.turn_off) {
                    other.context.toggles[toggle.index()] = policy.toggles[toggle].default;
                }
                other
            }
        };
        Settings { asked, other, other_defaults, defaults }
    }
}

/// What a question is about beside its settings.
#[derive(Clone, Copy, Debug)]
pub(super) struct Asked<'p> {
    pub(super) policy: &'p Policy,
    pub(super) property: &'p Property,
    pub(super) action: ActionId,
    /// The action that `implies` names.
    pub(super) implied: Option<ActionId>,
    /// What it is compared with.
    pub(super) other: Other<'p>,
}

fn allowed<'g>(action: ActionId) -> Goal<'g> {
    Goal::All(vec![Goal::Permits(action, Sign::True), Goal::Denies(action, Sign::False)])
}

fn not_allowed<'g>(action: ActionId) -> Goal<'g> {
    Goal::Any(vec![Goal::Permits(action, Sign::NotTrue), Goal::Denies(action, Sign::NotFalse)])
}

fn with_outcome<'g>(action: ActionId, with: WithOutcome) -> Goal<'g> {
    match with {
        WithOutcome::Allow => allowed(action),
        WithOutcome::Deny => Goal::Any(vec![Goal::Denies(action, Sign::True), Goal::Permits(action, Sign::False)]),
        WithOutcome::Unknown => {
            Goal::All(vec![Goal::Denies(action, Sign::NotTrue), Goal::Permits(action, Sign::NotFalse), not_allowed(action)])
        }
    }
}

impl<'p> Asked<'p> {
    /// What is true of a world and a request that refute the property, by signs.
    pub(super) fn goals(self, settings: &'p Settings) -> Vec<Goal<'p>> {
        let (policy, property) = (self.policy, self.property);
        let (other, before) = self.other();
        let under_other = |goal| Goal::Under(other, &settings.other, Box::new(goal));
        let apart = |more: bool| {
            if more {
                Goal::All(vec![allowed(self.action), under_other(not_allowed(before))])
            } else {
                Goal::All(vec![not_allowed(self.action), under_other(allowed(before))])
            }
        };
        let mut goals = match &property.claim {
            PropertyClaim::Never(condition, with) => vec![Goal::Condition(condition, Sign::True), with_outcome(self.action, *with)],
            PropertyClaim::Always(condition) => vec![Goal::Condition(condition, Sign::True), not_allowed(self.action)],
            PropertyClaim::Implies(_) => {
                let implied = self.implied.unwrap_or(self.action);
                vec![allowed(self.action), not_allowed(implied)]
            }
            PropertyClaim::Change(change, unless) => {
                let goal = match change {
                    ChangeAllowed::None => Goal::Any(vec![apart(true), apart(false)]),
                    ChangeAllowed::OnlyNarrows => apart(true),
                    ChangeAllowed::OnlyWidens => apart(false),
                };
                [goal].into_iter().chain(unless.iter().map(|unless| Goal::Condition(unless, Sign::NotTrue))).collect()
            }
            PropertyClaim::MustMatter(rule) => vec![apart(policy.rules[*rule].effect == RuleEffect::Allow)],
        };
        let invariants = policy.invariants.values().filter(|invariant| !invariant.warn);
        let kept = invariants.map(|invariant| Goal::Condition(&invariant.never, Sign::NotTrue));
        goals.extend(kept.map(|goal| Goal::Under(policy, &settings.defaults, Box::new(goal))));
        if let Some(defaults) = &settings.other_defaults {
            let invariants = other.invariants.values().filter(|invariant| !invariant.warn);
            let kept = invariants.map(|invariant| Goal::Condition(&invariant.never, Sign::NotTrue));
            goals.extend(kept.map(|goal| Goal::Under(other, defaults, Box::new(goal))));
        }
        goals.extend(self.given().map(|never| Goal::Condition(never, Sign::NotTrue)));
        goals
    }

    /// The policy that it is compared with, and the action there.
    pub(super) fn other(self) -> (&'p Policy, ActionId) {
        match self.other {
            Other::Pack(policy, action) => (policy, action),
            Other::Toggles | Other::Without(_) => (self.policy, self.action),
        }
    }

    /// The conditions that are taken as never true.
    pub(super) fn given(self) -> impl Iterator<Item = &'p Condition> {
        self.property.given.iter().filter_map(move |given| match given {
            Given::Invariant(invariant) => Some(&self.policy.invariants[*invariant].never),
            Given::Property(property) => self.policy.properties[*property].condition(),
        })
    }

    /// Whether the request of the world refutes the property, and whether it is one that the property is about. `None` if the circuit grew
    /// too great.
    pub(super) fn refuted(self, world: &mut World<'p>, settings: &Settings) -> Option<(Lit, Lit)> {
        let mut defaults = Evaluator::new(world, &settings.defaults, NODES);
        defaults.keep_invariants();
        if defaults.is_exhausted() {
            return None;
        }
        let (subject, resource) = world.request.unzip();
        let bindings = Bindings::of(subject, resource);
        let (other_policy, other_action) = self.other();
        if let Some(defaults) = &settings.other_defaults {
            Evaluator::of(world, other_policy, defaults, NODES).keep_invariants();
        }
        let mut other = Evaluator::of(world, other_policy, &settings.other, NODES);
        let before = other.access(other_action);
        let before = other.allowed(before);
        let exhausted = other.is_exhausted();
        let mut evaluator = Evaluator::new(world, &settings.asked, NODES);
        for never in self.given() {
            let broken = evaluator.condition(never, &Bindings::default());
            evaluator.world.axioms.push(!broken.is_true);
        }
        let access = evaluator.access(self.action);
        let now = evaluator.allowed(access);
        let found = match &self.property.claim {
            PropertyClaim::Never(condition, with) => {
                let condition = evaluator.condition(condition, &bindings).is_true;
                let denied = evaluator.denied(access);
                let outcome = match with {
                    WithOutcome::Allow => now,
                    WithOutcome::Deny => denied,
                    WithOutcome::Unknown => evaluator.world.circuit.and(!now, !denied),
                };
                (evaluator.world.circuit.and(condition, outcome), condition)
            }
            PropertyClaim::Always(condition) => {
                let condition = evaluator.condition(condition, &bindings).is_true;
                (evaluator.world.circuit.and(condition, !now), condition)
            }
            PropertyClaim::Implies(_) => {
                let implied = evaluator.access(self.implied.unwrap_or(self.action));
                let implied = evaluator.allowed(implied);
                (evaluator.world.circuit.and(now, !implied), now)
            }
            PropertyClaim::Change(change, unless) => {
                let (more, less) = (evaluator.world.circuit.and(now, !before), evaluator.world.circuit.and(!now, before));
                let changed = match change {
                    ChangeAllowed::None => evaluator.world.circuit.or(more, less),
                    ChangeAllowed::OnlyNarrows => more,
                    ChangeAllowed::OnlyWidens => less,
                };
                let excepted = unless.as_ref().map_or(Lit::FALSE, |unless| evaluator.condition(unless, &bindings).is_true);
                (evaluator.world.circuit.and(changed, !excepted), Lit::TRUE)
            }
            PropertyClaim::MustMatter(_) => {
                let same = evaluator.world.circuit.same(now, before);
                (!same, Lit::TRUE)
            }
        };
        (!exhausted && !evaluator.is_exhausted()).then_some(found)
    }
}
