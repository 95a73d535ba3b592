//! Everything that works on one question: the decider, and the budget on which all of it draws.

use super::bindings::Bindings;
use super::budget::Budget;
use super::decide::{Decider, Decision, Record};
use super::evaluator::Evaluator;
use super::solutions::Scan;
use super::trace::{NoTrace, Recorder, Trace};
use super::truth::Truth;
use crate::plan::tree::Plan;
use crate::policy::{Notice, RoleId, TermNode};
use crate::world::{EntityId, ResolvedRequest, Statement};
use std::cmp::Ordering;
use std::ops::{ControlFlow, Deref};

/// A decider with the budget of one question. Explanations, near misses and the search for ways to turn an answer decide many requests for
/// one question, in this world and in changed ones; all of them draw on the same budget.
#[derive(Clone, Copy, Debug)]
pub struct QueryContext<'a> {
    decider: &'a Decider<'a>,
    /// What is left of the work on the question.
    pub budget: &'a Budget,
}

impl<'a> Deref for QueryContext<'a> {
    type Target = Decider<'a>;
    fn deref(&self) -> &Decider<'a> {
        self.decider
    }
}

impl Decider<'_> {
    /// This decider with the budget of a question.
    pub fn within<'q>(&'q self, budget: &'q Budget) -> QueryContext<'q> {
        QueryContext { decider: self, budget }
    }
}

impl<'a> QueryContext<'a> {
    /// An evaluator that draws on the question's budget.
    pub(crate) fn evaluator<R: Recorder>(&self, recorder: R) -> Evaluator<'a, R> {
        Evaluator::new(self.decider, self.budget, recorder)
    }

    /// Another decider, of a changed world or context, with the same budget.
    pub(crate) fn about<'q>(&self, decider: &'q Decider<'q>) -> QueryContext<'q>
    where
        'a: 'q,
    {
        QueryContext { decider, budget: self.budget }
    }

    /// The same decider with another budget.
    pub(crate) fn drawing_on<'q>(&self, budget: &'q Budget) -> QueryContext<'q>
    where
        'a: 'q,
    {
        QueryContext { decider: self.decider, budget }
    }

    /// Decides without recording.
    pub fn decide(&self, request: &ResolvedRequest) -> Decision {
        self.decider.evaluate(request, &mut self.evaluator(NoTrace))
    }

    /// Decides, and records every branch.
    pub fn record(&self, request: &ResolvedRequest) -> Record {
        self.decider.record_within(request, self.budget)
    }

    /// Decides, and records every permit and deny, without obligations and advice.
    pub(crate) fn record_decision(&self, request: &ResolvedRequest) -> Record {
        self.decider.record_decision_within(request, self.budget)
    }

    /// Records the obligations that go with a decision. `None` if the action has none at all.
    pub(crate) fn record_obligations(&self, request: &ResolvedRequest, decision: Decision) -> Option<Trace> {
        self.decider.record_obligations(request, decision, self.budget)
    }

    /// The values of the names in the text of an obligation or advice with this plan: one list for each binding for which its condition is
    /// true, sorted by the names of the values.
    pub(crate) fn text_values(&self, notice: &Notice, plan: &Plan, asked: &ResolvedRequest) -> Vec<Vec<EntityId>> {
        let variables = notice.names.iter().filter(|name| matches!(name.term, TermNode::Variable(_))).count();
        let mut found = Vec::new();
        let mut keep = |_: &mut Evaluator<'_, NoTrace>, bindings: &Bindings<'_>, truth: Truth| {
            if truth == Truth::True {
                let value = |term: &TermNode| match term {
                    TermNode::Resource => asked.resource,
                    TermNode::Variable(variable) => bindings.variables[usize::from(variable.0)],
                    _ => asked.subject,
                };
                found.push(notice.names.iter().map(|name| value(&name.term)).collect::<Vec<EntityId>>());
            }
            ControlFlow::Continue(())
        };
        let bindings = Bindings::new(asked.subject, asked.resource);
        let _all: ControlFlow<()> = self.evaluator(NoTrace).each_solution(plan, variables, &bindings, Scan::Allowed, &mut keep);
        let compare = |a: &Vec<EntityId>, b: &Vec<EntityId>| {
            a.iter().zip(b).map(|(&a, &b)| self.world.compare_entities(a, b)).find(|order| order.is_ne()).unwrap_or(Ordering::Equal)
        };
        found.sort_by(compare);
        found
    }

    /// Whether the fact is true: stated, derived, implied or covered. A value that is not stated is false, even if it may be unknown.
    pub fn evaluate_fact(&self, statement: Statement) -> Truth {
        let mut evaluator = self.evaluator(NoTrace);
        match statement {
            Statement::Relation(relation, ends) => evaluator.relation(relation, ends),
            Statement::Holds { holder, role, scope } => evaluator.holds(holder, role, scope),
            Statement::Member { member, group } => evaluator.member(member, group),
            Statement::Value { .. } => Truth::from(self.world.find_holding(statement, self.context.at).is_some()),
        }
    }

    /// Whether exactly this role is held over exactly this scope, by assignment or implication, by the holder or a group of it. Roles that
    /// include it and containers of the scope do not count.
    pub fn holds_here(&self, holder: EntityId, role: RoleId, scope: EntityId) -> bool {
        let policy = &self.compiled.policy;
        if !policy.roles[role].on.contains(self.world.kind(scope)) || !self.env.active().role(role) {
            return false;
        }
        let mut evaluator = self.evaluator(NoTrace);
        let ends = [holder, self.world.role_entity(role), scope];
        let mut deriving = self.compiled.graph.rules_deriving(role).iter().filter(|&&id| self.env.active().implication(id));
        evaluator.assigned(holder, role, scope, &[]) == Truth::True || deriving.any(|&id| evaluator.implication(id, ends) == Truth::True)
    }
}
