//! Decisions: permits and denies evaluated, and the outcome of both.

use super::bindings::Bindings;
use super::budget::{Budget, Exhausted};
use super::closures;
use super::env::Env;
use super::evaluator::Evaluator;
use super::trace::{MissingDatum, NoTrace, Recorder, Trace, TraceStep};
use super::truth::Truth;
use crate::graph::{Node, Permit};
use crate::plan::compiled::CompiledPolicy;
use crate::plan::prepared::{PreparedAction, PreparedPolicy};
use crate::plan::tree::Plan;
use crate::plan::validity::Context;
use crate::policy::{ActionId, RuleId, Term};
use crate::syntax::With;
use crate::world::{EntityId, PatternId, ResolvedRequest, Value, World};
use std::ops::Deref;
use std::sync::Arc;

/// The outcome of a request.
///
/// With P the disjunction of all permits in force and D that of all denies in force: barred if D is true; else not granted if P is false;
/// else allowed if P is true and D is false; else unknown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Outcome {
    /// Some permit is true, and all denies are false.
    Allowed,
    /// A deny is true, whatever the permits are.
    Barred,
    /// All permits are false, and no deny is true.
    NotGranted,
    /// Data that would decide is missing.
    Unknown,
}

impl Outcome {
    fn of(permits: Truth, denies: Truth) -> Outcome {
        match (permits, denies) {
            (_, Truth::True) => Outcome::Barred,
            (Truth::False, _) => Outcome::NotGranted,
            (Truth::True, Truth::False) => Outcome::Allowed,
            _ => Outcome::Unknown,
        }
    }

    /// Its name in JSON answers.
    pub fn name(self) -> &'static str {
        match self {
            Outcome::Allowed => "allowed",
            Outcome::Barred => "barred",
            Outcome::NotGranted => "not-granted",
            Outcome::Unknown => "unknown",
        }
    }
}

/// The answer to a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Decision {
    /// The outcome; it means nothing if `exhausted`.
    pub outcome: Outcome,
    /// The limit of the question's [`Budget`] that was reached, so that the request was given up.
    pub exhausted: Option<Exhausted>,
}

impl Decision {
    /// The outcome of a request that is listed: unknown if it was given up.
    pub(crate) fn listed_outcome(self) -> Outcome {
        if self.exhausted.is_some() { Outcome::Unknown } else { self.outcome }
    }

    /// Whether the answer is yes.
    pub fn allowed(self) -> bool {
        self.outcome == Outcome::Allowed && self.exhausted.is_none()
    }
}

/// A decision with its trace.
#[derive(Clone, Debug)]
pub struct Record {
    /// The decision.
    pub decision: Decision,
    /// Its roots are every deny in force, every permit in force, then the obligations and advice that go with the answer, if these were asked for.
    pub trace: Trace,
}

/// Answers requests against one world in one context. Cheap to make for another world or date, and to share between threads.
///
/// It reads as its [`Env`]: `decider.compiled`, `decider.world` and `decider.context`.
#[derive(Debug)]
pub struct Decider<'a> {
    pub(crate) env: Env<'a>,
}

impl<'a> Deref for Decider<'a> {
    type Target = Env<'a>;
    fn deref(&self) -> &Env<'a> {
        &self.env
    }
}

impl<'a> Decider<'a> {
    /// A decider for this world and context. What depends on policy date and toggles alone is prepared once for all of them; see
    /// [`CompiledPolicy::prepared`].
    pub fn new(compiled: &'a CompiledPolicy, world: &'a World, context: Context) -> Decider<'a> {
        Decider { env: Env::new(compiled, world, context) }
    }

    /// A decider for a context in which other elements may be in force than on the date of the policy.
    pub(crate) fn with_prepared(
        compiled: &'a CompiledPolicy,
        world: &'a World,
        context: Context,
        prepared: Arc<PreparedPolicy>,
    ) -> Decider<'a> {
        Decider { env: Env::with_prepared(compiled, world, context, prepared) }
    }

    /// Decides without recording, with a budget of its own.
    #[inline(never)]
    pub fn decide(&self, request: &ResolvedRequest) -> Decision {
        let budget = Budget::default();
        let mut evaluator = Evaluator::new(self, &budget, NoTrace);
        let decision = self.evaluate(request, &mut evaluator);
        if let Some(more) = evaluator.closures.more {
            closures::free(more);
        }
        decision
    }

    /// Decides with a budget of its own, and records every branch.
    pub fn record(&self, request: &ResolvedRequest) -> Record {
        self.record_within(request, &Budget::default())
    }

    /// Decides with a budget of its own, and records every permit and deny, without obligations and advice.
    pub(crate) fn record_decision(&self, request: &ResolvedRequest) -> Record {
        self.record_decision_within(request, &Budget::default())
    }

    pub(super) fn record_decision_within(&self, request: &ResolvedRequest, budget: &Budget) -> Record {
        let mut evaluator = Evaluator::new(self, budget, Trace::with_room());
        let decision = self.evaluate(request, &mut evaluator);
        Record { decision, trace: evaluator.recorder }
    }

    pub(super) fn record_within(&self, request: &ResolvedRequest, budget: &Budget) -> Record {
        let (decision, trace) = self.recorded(request, budget, Trace::with_room());
        Record { decision, trace }
    }

    /// Decides, and lets a recorder see every branch, and those of the obligations and advice that may go with the answer.
    pub(crate) fn recorded<R: Recorder>(&self, request: &ResolvedRequest, budget: &Budget, recorder: R) -> (Decision, R) {
        let mut evaluator = Evaluator::new(self, budget, recorder);
        let mut decision = self.evaluate(request, &mut evaluator);
        self.obligations(request, decision, &mut evaluator);
        let bindings = Bindings::new(request.subject, request.resource);
        for &id in self.compiled.graph.advice(request.action) {
            if self.env.active().advice(id) && goes_with(self.compiled.policy.advice[id].with, decision) {
                evaluator.notice(TraceStep::Advice(id), &self.compiled.advice[id], &bindings);
            }
        }
        decision.exhausted = budget.exhausted();
        (decision, evaluator.recorder)
    }

    /// Records the obligations that go with a decision, and nothing else. `None` if the action has none at all.
    pub(super) fn record_obligations(&self, request: &ResolvedRequest, decision: Decision, budget: &Budget) -> Option<Trace> {
        if self.compiled.graph.obligations(request.action).is_empty() {
            return None;
        }
        let mut evaluator = Evaluator::new(self, budget, Trace::with_room());
        self.obligations(request, decision, &mut evaluator);
        Some(evaluator.recorder)
    }

    fn obligations<R: Recorder>(&self, request: &ResolvedRequest, decision: Decision, evaluator: &mut Evaluator<'_, R>) {
        let bindings = Bindings::new(request.subject, request.resource);
        for &id in self.compiled.graph.obligations(request.action) {
            if self.env.active().obligation(id) && goes_with(self.compiled.policy.obligations[id].with, decision) {
                evaluator.notice(TraceStep::Obligation(id), &self.compiled.obligations[id], &bindings);
            }
        }
    }

    /// Evaluates denies, then permits. After a true deny or a true permit it goes on only for an exhaustive recorder.
    pub(super) fn evaluate<R: Recorder>(&self, request: &ResolvedRequest, evaluator: &mut Evaluator<'_, R>) -> Decision {
        self.world.prefetch(request.subject, request.resource);
        let bindings = Bindings::new(request.subject, request.resource);
        let prepared = self.prepared(request.action);
        let mut denies = Truth::False;
        for &rule in &prepared.denies {
            evaluator.recorder.open(TraceStep::Deny(rule));
            let truth = evaluator.plan(&self.compiled.rules[rule], &bindings);
            evaluator.recorder.close(truth);
            denies = denies.or(truth);
            if denies == Truth::True && !R::EXHAUSTIVE {
                break;
            }
        }
        let mut permits = Truth::False;
        let decided = denies == Truth::True && !R::EXHAUSTIVE;
        if !R::EXHAUSTIVE && !decided {
            // All roles at once: one pass over the assignments on the resource and its containers, however many roles grant the action.
            permits = evaluator.any_held(request.subject, &prepared.roles, request.resource);
        }
        let remaining = if decided || permits == Truth::True { &[] } else { prepared.permits.as_slice() };
        for &(index, permit) in remaining {
            if !R::EXHAUSTIVE && matches!(permit, Permit::Role(_)) {
                continue;
            }
            evaluator.recorder.open(TraceStep::Permit(index));
            let truth = match permit {
                Permit::Role(role) => evaluator.held(request.subject, role, request.resource),
                Permit::Rule(rule) => evaluator.plan(&self.compiled.rules[rule], &bindings),
            };
            evaluator.recorder.close(truth);
            permits = permits.or(truth);
            if permits == Truth::True && !R::EXHAUSTIVE {
                break;
            }
        }
        Decision { outcome: Outcome::of(permits, denies), exhausted: evaluator.budget.exhausted() }
    }

    #[inline]
    fn prepared(&self, action: ActionId) -> &PreparedAction {
        self.env.prepared.action(self.compiled.parts(), action)
    }

    /// The permits of the action that are in force, each with its index among all permits of it.
    pub fn permits(&self, action: ActionId) -> &[(usize, Permit)] {
        &self.prepared(action).permits
    }

    /// The denies of the action that are in force.
    pub fn denies(&self, action: ActionId) -> &[RuleId] {
        &self.prepared(action).denies
    }

    /// Whether a role, table, rule or implication is in force; other nodes always are.
    pub fn in_force(&self, node: Node) -> bool {
        self.env.prepared.in_force(node)
    }

    /// The pattern of the world that leaves the datum open, now or, of a fact that is asked about in the past, before.
    pub fn opening(&self, datum: MissingDatum) -> Option<PatternId> {
        let at = self.context.at;
        match datum {
            MissingDatum::Attribute(entity, attribute) => self.env.value_open_by(entity, attribute, at),
            MissingDatum::Role(_) => None,
            MissingDatum::Fact(statement) => self.env.open_by(statement, at).or_else(|| self.env.was_open_by(statement, at)),
        }
    }

    /// The value of a rule's term for this subject and resource; `None` if it is absent or unknown.
    pub(crate) fn eval_term_for(&self, term: &Term, subject: EntityId, resource: EntityId) -> Option<Value> {
        Evaluator::new(self, &Budget::default(), NoTrace).term(term, &Bindings::new(subject, resource)).value()
    }
}

/// Whether an obligation or advice is for this decision.
fn goes_with(with: Option<With>, decision: Decision) -> bool {
    with.is_none_or(|with| (with == With::Allow) == decision.allowed())
}

impl<R: Recorder> Evaluator<'_, R> {
    /// Evaluates an obligation or advice, and leaves it in the trace only if its condition is true.
    fn notice(&mut self, step: TraceStep, plan: &Plan, bindings: &Bindings<'_>) {
        self.recorder.open(step);
        let truth = self.plan(plan, bindings);
        if truth == Truth::True {
            self.recorder.close(truth);
        } else {
            self.recorder.discard();
        }
    }
}
