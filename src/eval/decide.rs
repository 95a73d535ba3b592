//! The decision: ways, bars, outcome.

use super::bindings::Bindings;
use super::env::Env;
use super::evaluator::Evaluator;
use super::roles::Roles;
use super::trace::{NoTrace, Recorder, TermValue, Trace, TraceStep};
use super::truth::Truth;
use crate::graph::{Node, Permit};
use crate::plan::compiled::CompiledPolicy;
use crate::plan::validity::Context;
use crate::policy::{ActionId, Id, RoleId, RuleId, Term};
use crate::syntax::With;
use crate::world::{EntityId, ResolvedRequest, Statement, Value, World};
use std::sync::OnceLock;

/// What a question comes to.
///
/// With W the `or` of all ways in force and D the `or` of all denies in force: D true is barred; else W false is not granted; else W true
/// and D false is allowed; else it is unknown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Outcome {
    /// Some way is true and no deny can be.
    Allowed,
    /// A deny is true, whatever would grant.
    Barred,
    /// No way is true or can be.
    NotGranted,
    /// Data is missing that would decide.
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

    /// Its name in answers.
    pub fn name(self) -> &'static str {
        match self {
            Outcome::Allowed => "allowed",
            Outcome::Barred => "barred",
            Outcome::NotGranted => "not-granted",
            Outcome::Unknown => "unknown",
        }
    }
}

/// An answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Decision {
    /// What it came to.
    pub outcome: Outcome,
    /// The question needed more than [`super::BUDGET`] searches and was given up: there is no answer.
    pub exhausted: bool,
}

impl Decision {
    /// Whether the answer is yes.
    pub fn allowed(self) -> bool {
        self.outcome == Outcome::Allowed && !self.exhausted
    }
}

/// A decision with the walk that led to it.
#[derive(Clone, Debug)]
pub struct Record {
    /// The decision.
    pub decision: Decision,
    /// Every way, then every bar, then every obligation and advice that is told; each root of the trace is one of them.
    pub trace: Trace,
}

/// Answers requests against one world in one context. Cheap to share between threads.
#[derive(Debug)]
pub struct Decider<'a> {
    /// The policy.
    pub compiled: &'a CompiledPolicy,
    /// The world.
    pub world: &'a World,
    /// Dates and toggles. The elements in force were found by it in [`Decider::new`]: to ask under another context, make another decider.
    pub context: Context,
    /// The three above, with what follows from them: what evaluators borrow.
    pub(crate) env: Env<'a>,
    /// By action, prepared when first asked for.
    prepared: Vec<OnceLock<Prepared>>,
}

/// What bears on an action in this scene.
#[derive(Debug)]
struct Prepared {
    /// Ways in force, with their index among the action's ways.
    permits: Vec<(usize, Permit)>,
    /// The roles among them.
    roles: Roles,
    /// Denies in force.
    denies: Vec<RuleId>,
}

impl<'a> Decider<'a> {
    /// Makes ready to answer.
    pub fn new(compiled: &'a CompiledPolicy, world: &'a World, context: Context) -> Decider<'a> {
        let env = Env::new(compiled, world, context.clone());
        let prepared = std::iter::repeat_with(OnceLock::new).take(compiled.policy.actions.len()).collect();
        Decider { compiled, world, context, env, prepared }
    }

    /// Decides, recording nothing.
    pub fn decide(&self, asked: &ResolvedRequest) -> Decision {
        self.evaluator(asked, NoTrace).0
    }

    /// Decides, recording all.
    pub fn record(&self, asked: &ResolvedRequest) -> Record {
        let (decision, mut evaluator) = self.evaluator(asked, Trace::roomy());
        let tells = |with: Option<With>| with.is_none_or(|with| (with == With::Allow) == decision.allowed());
        let bindings = Bindings::new(asked.subject, asked.resource);
        for &id in self.compiled.graph.obligations(asked.action) {
            if self.env.active.obligation(id) && tells(self.compiled.policy.obligations[id].with) {
                evaluator.telling(TraceStep::Obligation(id), &self.compiled.obligations[id], &bindings);
            }
        }
        for &id in self.compiled.graph.advice(asked.action) {
            if self.env.active.advice(id) && tells(self.compiled.policy.advice[id].with) {
                evaluator.telling(TraceStep::Advice(id), &self.compiled.advice[id], &bindings);
            }
        }
        Record { decision, trace: evaluator.recorder }
    }

    fn evaluator<R: Recorder>(&'a self, asked: &ResolvedRequest, recorder: R) -> (Decision, Evaluator<'a, R>) {
        self.world.prefetch(asked.subject, asked.resource);
        let mut evaluator = Evaluator::new(self, recorder);
        let bindings = Bindings::new(asked.subject, asked.resource);
        let prepared = self.prepared(asked.action);
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
            // All roles at once: what is assigned over the resource is looked through once, however many roles lead to the action.
            permits = evaluator.any_held(asked.subject, &prepared.roles, asked.resource);
        }
        let left = if decided || permits == Truth::True { &[] } else { prepared.permits.as_slice() };
        for &(index, way) in left {
            if !R::EXHAUSTIVE && matches!(way, Permit::Role(_)) {
                continue;
            }
            evaluator.recorder.open(TraceStep::Permit(index));
            let truth = match way {
                Permit::Role(role) => evaluator.held(asked.subject, role, asked.resource),
                Permit::Rule(rule) => evaluator.plan(&self.compiled.rules[rule], &bindings),
            };
            evaluator.recorder.close(truth);
            permits = permits.or(truth);
            if permits == Truth::True && !R::EXHAUSTIVE {
                break;
            }
        }
        (Decision { outcome: Outcome::of(permits, denies), exhausted: evaluator.budget.exhausted() }, evaluator)
    }

    fn prepared(&self, action: ActionId) -> &Prepared {
        self.prepared[action.index()].get_or_init(|| {
            let graph = &self.compiled.graph;
            let stands = |way: Permit| match way {
                Permit::Rule(rule) => self.env.active.rule(rule),
                Permit::Role(role) => !graph.active_grant_path(role, action, &|node| self.in_force(node)).grants.is_empty(),
            };
            let permits: Vec<(usize, Permit)> = graph.permits(action).iter().copied().enumerate().filter(|&(_, way)| stands(way)).collect();
            let roles = permits.iter().filter_map(|&(_, way)| match way {
                Permit::Role(role) => Some(role),
                Permit::Rule(_) => None,
            });
            let roles = Roles::of(roles.collect(), &self.env);
            let denies = graph.denies(action).iter().copied().filter(|&rule| self.env.active.rule(rule)).collect();
            Prepared { permits, roles, denies }
        })
    }

    /// The ways to the action that are in force, each with its index among all ways to it.
    pub fn permits(&self, action: ActionId) -> &[(usize, Permit)] {
        &self.prepared(action).permits
    }

    /// The denies of the action that are in force.
    pub fn denies(&self, action: ActionId) -> &[RuleId] {
        &self.prepared(action).denies
    }

    /// Whether a role, table, rule or implication is in force; other nodes always are.
    pub fn in_force(&self, node: Node) -> bool {
        self.env.in_force(node)
    }

    /// The roles that include this one through roles in force, itself among them, sorted.
    pub(crate) fn includers(&self, role: RoleId) -> &[RoleId] {
        self.env.includers(role)
    }

    /// Whether the fact is true: stated, derived, implied or covered.
    pub fn evaluate_fact(&self, body: Statement) -> Truth {
        let mut evaluator = Evaluator::new(self, NoTrace);
        match body {
            Statement::Relation(relation, ends) => evaluator.relation(relation, ends),
            Statement::Holds { holder, role, scope } => evaluator.holds(holder, role, scope),
            Statement::Member { member, group } => evaluator.member(member, group),
            Statement::Value { .. } => Truth::from(self.world.find_holding(body, self.context.at).is_some()),
        }
    }

    /// The value of a rule's term for this subject and resource; `None` if it is absent or unknown.
    pub(crate) fn eval_term_for(&self, term: &Term, subject: EntityId, resource: EntityId) -> Option<Value> {
        match Evaluator::new(self, NoTrace).term(term, &Bindings::new(subject, resource)) {
            TermValue::Value(value) => Some(value),
            TermValue::None | TermValue::Unknown => None,
        }
    }

    /// Whether the role itself, not one that includes it, is held over the scope itself, not over what contains it: by assignment or
    /// implication, by the holder or a group.
    pub fn holds_here(&self, holder: EntityId, role: RoleId, scope: EntityId) -> bool {
        let policy = &self.compiled.policy;
        if !policy.roles[role].on.contains(self.world.kind(scope)) || !self.env.active.role(role) {
            return false;
        }
        let mut evaluator = Evaluator::new(self, NoTrace);
        let asked = [holder, self.world.role_entity(role, policy.role_kind), scope];
        let mut deriving = self.compiled.graph.rules_deriving(role).iter().filter(|&&id| self.env.active.implication(id));
        evaluator.assigned(holder, role, scope, &[]) == Truth::True || deriving.any(|&id| evaluator.implication(id, asked) == Truth::True)
    }
}

impl<'a> AsRef<Env<'a>> for Decider<'a> {
    fn as_ref(&self) -> &Env<'a> {
        &self.env
    }
}

impl<R: Recorder> Evaluator<'_, R> {
    /// An obligation or advice is told only where its condition is true.
    fn telling(&mut self, step: TraceStep, plan: &crate::plan::condition::Plan, bindings: &Bindings<'_>) {
        self.recorder.open(step);
        let truth = self.plan(plan, bindings);
        if truth == Truth::True {
            self.recorder.close(truth);
        } else {
            self.recorder.discard(truth);
        }
    }
}
