//! Why no change turns an answer, and who may do it instead.

use super::actors::{Actors, AllowedSubjects, KnownAccess};
use super::answer::{Blocker, Exemption, Instead};
use super::requirements::{self, Operand};
use crate::counterfactual::{Change, ChangeSet};
use crate::eval::{Outcome, ProofVisits, QueryContext, Record, TraceNode, TraceStep, Truth};
use crate::explain::{Explanation, Finding};
use crate::policy::{Expr, RuleId};
use crate::world::{ResolvedRequest, Statement, Value};
use std::collections::BTreeSet;

/// The most facts or reasons that are listed for a deny that applies.
const MAX_REASONS: usize = 4;

/// Why no change turns the answer.
pub(super) fn blockers(decider: &QueryContext<'_>, asked: &ResolvedRequest, record: &Record, explanation: &Explanation) -> Vec<Blocker> {
    if record.decision.allowed() {
        return vec![Blocker::Permits];
    }
    // Rules that are not those of today are another matter.
    let by_facts = |set: &ChangeSet| !set.iter().any(|change| matches!(change, Change::Toggle(..)));
    let is_lifted = |rule: RuleId| decider.repairs_of_deny(rule, asked).iter().any(by_facts);
    let denies = decider.denies(asked.action).iter().filter(|&&rule| !is_lifted(rule));
    let mut blockers: Vec<Blocker> = denies.map(|&rule| deny(decider, asked, rule, record, explanation)).collect();
    if decider.compiled.graph.permits(asked.action).is_empty() {
        blockers.push(Blocker::NotGrantable(asked.action));
    } else if blockers.is_empty() || record.decision.outcome == Outcome::NotGranted {
        let unmet = explanation.reasons.iter().filter(|reason| reason.first_blocker().is_some());
        blockers.extend(unmet.cloned().map(Blocker::Unmet));
    }
    blockers
}

/// Who may do the action on the resource now; and, if nobody may and only a grant is missing, what the action requires.
pub(super) fn instead(decider: &QueryContext<'_>, asked: &ResolvedRequest, outcome: Outcome) -> Instead {
    let AllowedSubjects { allowed: subjects, unknown, exhaustive } =
        (Actors { decider, asked, known: &KnownAccess::default() }).allowed_subjects();
    let on = Operand::Value(Value::Entity(asked.resource));
    let is_asked_for = subjects.is_empty() && outcome == Outcome::NotGranted;
    let requirement = is_asked_for.then(|| requirements::of_action(decider, asked.action, asked.resource, on)).flatten();
    Instead { subjects, exhaustive, unknown, requirement }
}

/// Why a deny applies that no change lifts.
fn deny(decider: &QueryContext<'_>, asked: &ResolvedRequest, rule: RuleId, record: &Record, explanation: &Explanation) -> Blocker {
    let deny = explanation.denies.iter().find(|deny| deny.finding == Finding::Rule(rule));
    let Some(deny) = deny.filter(|deny| deny.truth == Truth::True) else { return Blocker::UnknownDeny(rule) };
    if let Some((facts, history)) = unchanging(decider, rule, record) {
        return Blocker::Unchanging { rule, facts, history };
    }
    let because = deny.because.iter().take(MAX_REASONS).cloned().collect();
    Blocker::Deny { rule, because, exemption: exemption(decider, rule, asked) }
}

/// The facts that make a deny apply, if all of them are values of history attributes or classifications, and whether all are history.
fn unchanging(decider: &QueryContext<'_>, rule: RuleId, record: &Record) -> Option<(Vec<Statement>, bool)> {
    let policy = &decider.compiled.policy;
    let mut waiting: Vec<TraceNode<'_>> = record.trace.roots().filter(|root| root.step() == TraceStep::Deny(rule)).collect();
    let mut visited = ProofVisits::default();
    let (mut facts, mut all_history) = (BTreeSet::new(), true);
    while let Some(node) = waiting.pop() {
        if let TraceStep::Fact(id) = node.step() {
            let fact = decider.world.fact(id).statement;
            let Statement::Value { attribute, .. } = fact else { return None };
            let declared = &policy.attributes[attribute];
            if !declared.history && !declared.fixed {
                return None;
            }
            all_history &= declared.history;
            facts.insert(fact);
        }
        if visited.is_first(node) {
            waiting.extend(node.below());
        }
    }
    (!facts.is_empty()).then(|| (facts.into_iter().take(MAX_REASONS).collect(), all_history))
}

/// The last negated part of the rule's condition, which is where its `unless` is.
fn exemption(decider: &QueryContext<'_>, rule: RuleId, asked: &ResolvedRequest) -> Option<Exemption> {
    let unless = decider.compiled.policy.rules[rule].condition.expr.conjuncts().iter().rev().find_map(|part| match part {
        Expr::Not(unless) => Some(unless),
        _ => None,
    })?;
    let span = unless.span()?;
    Some(Exemption { span, all: requirements::of_rule_part(decider, rule, unless, asked.resource) })
}
