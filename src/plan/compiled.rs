//! A policy compiled for evaluation: its graph, its conditions as plans, and sets of kinds that evaluation needs at hand.

use super::condition::Compiler;
use super::event::EventPlan;
use super::forward::ForwardPlan;
use super::free::FreePlans;
use super::guards::Guards;
use super::prepared::{Parts, PreparedCache, PreparedPolicy};
use super::rule::RulePlan;
use super::tree::{Plan, ReversePlans};
use super::validity::Context;
use crate::diag::Diagnostic;
use crate::graph::{Graph, Node};
use crate::policy::{
    AdviceId, Arena, Condition, EventId, ImplicationId, InvariantId, KindSet, ObligationId, Policy, PropertyId, RuleId, VarSet,
};
use crate::time::Instant;
use std::cell::RefCell;
use std::sync::Arc;

/// A compiled policy. Compiling it finds what only the graph shows: cycles and overlong chains.
#[derive(Clone, Debug)]
pub struct CompiledPolicy {
    /// The policy.
    pub policy: Policy,
    /// Its graph.
    pub graph: Graph,
    pub(crate) rules: Arena<RuleId, Plan>,
    pub(crate) implications: Arena<ImplicationId, RulePlan>,
    /// Implications forwards.
    pub(crate) forward: Arena<ImplicationId, ForwardPlan>,
    pub(crate) obligations: Arena<ObligationId, Plan>,
    pub(crate) advice: Arena<AdviceId, Plan>,
    pub(crate) invariants: Arena<InvariantId, Plan>,
    /// The conditions of properties, `False` where one has none. No decision reads them.
    pub(crate) properties: Arena<PropertyId, Plan>,
    pub(crate) events: Arena<EventId, EventPlan>,
    /// Which implications ask the same first.
    pub(crate) guards: Guards,
    /// Rules and implications with an end of the question to be found.
    pub(crate) free: FreePlans,
    /// Derived relations in reverse.
    pub(crate) reverse: ReversePlans,
    /// What was in force in contexts that were asked about.
    pub(super) prepared: PreparedCache,
    /// The kinds whose entities can hold a role.
    pub(crate) holders: KindSet,
}

impl CompiledPolicy {
    /// Compiles a policy. A policy with errors among the diagnostics (cycles of roles or implications, overlong chains) must not be
    /// evaluated.
    pub fn new(policy: Policy) -> (CompiledPolicy, Vec<Diagnostic>) {
        let (graph, diagnostics) = Graph::build(&policy);
        let compiler = Compiler { policy: &policy, reverse: RefCell::default() };
        let plan = |condition: &Condition| compiler.condition(&condition.expr, &condition.variables, VarSet::EMPTY);
        let rules = policy.rules.values().map(|rule| plan(&rule.condition)).collect();
        let implications = policy.implications.values().map(|implication| RulePlan::of(&compiler, implication)).collect();
        let forward = policy.implications.values().map(|implication| ForwardPlan::of(&compiler, implication)).collect();
        let guards = Guards::of(&policy, &implications);
        let obligations = policy.obligations.values().map(|obligation| compiler.with_free(&obligation.condition)).collect();
        let advice = policy.advice.values().map(|advice| compiler.with_free(&advice.condition)).collect();
        let invariants = policy.invariants.values().map(|invariant| plan(&invariant.never)).collect();
        let properties = policy.properties.values().map(|property| property.condition().map_or(Plan::Constant(false), plan)).collect();
        let events = policy.events.values().map(|event| EventPlan::of(&compiler, event)).collect();
        let free = FreePlans::of(&compiler);
        let holders = policy.holders();
        let reverse = compiler.reverse.take();
        let prepared = PreparedCache::default();
        let compiled = CompiledPolicy {
            policy,
            graph,
            rules,
            implications,
            forward,
            obligations,
            advice,
            invariants,
            properties,
            events,
            guards,
            free,
            reverse,
            prepared,
            holders,
        };
        (compiled, diagnostics)
    }

    #[inline]
    pub(crate) fn parts(&self) -> Parts<'_> {
        Parts { policy: &self.policy, graph: &self.graph, guards: &self.guards }
    }

    /// What is in force in a context, except that these elements are as on another date of the policy.
    pub(crate) fn prepared_mixed(&self, context: &Context, other: Instant, elements: &[Node]) -> Arc<PreparedPolicy> {
        Arc::new(PreparedPolicy::mixed(&self.policy, context, other, elements))
    }

    /// What is in force in a context. It is prepared once for all policy dates between which nothing comes into force or ends, and used for
    /// any world and any date of the world.
    pub fn prepared(&self, context: &Context) -> Arc<PreparedPolicy> {
        self.prepared.get(&self.policy, context)
    }
}
