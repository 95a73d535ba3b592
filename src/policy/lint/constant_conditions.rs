//! Conditions that are never true, or always.

use super::satisfiability::Satisfiability;
use crate::diag::{Code, Diagnostic};
use crate::policy::condition::Condition;
use crate::policy::ids::ActionId;
use crate::policy::kind_set::KindSet;
use crate::policy::metadata::{Metadata, Validity};
use crate::policy::model::Policy;
use crate::text::Span;

/// Reports conditions that are never or always true; of invariants, events and effects only those that are never true.
pub(super) fn lint(policy: &Policy, diagnostics: &mut Vec<Diagnostic>) {
    let usage = &policy.usage;
    let subject = policy.subjects();
    let mut lints = ConditionLints { policy, subject: &subject, diagnostics };
    for (rule, written) in policy.rules.values().zip(&usage.rules) {
        lints.request("rule", &rule.meta, &rule.actions, &rule.condition, written);
    }
    for (obligation, written) in policy.obligations.values().zip(&usage.obligations) {
        lints.request("obligation", &obligation.meta, &obligation.actions, &obligation.condition, written);
    }
    for (advice, written) in policy.advice.values().zip(&usage.advice) {
        lints.request("advice", &advice.meta, &advice.actions, &advice.condition, written);
    }
    for (implication, written) in policy.implications.values().zip(&usage.implications) {
        lints.condition("implication", &implication.meta, &implication.condition, written, None);
    }
    for (invariant, written) in policy.invariants.values().zip(&usage.invariants) {
        lints.never("invariant", &invariant.meta, &invariant.never, written, None);
    }
    for (event, written) in policy.events.values().zip(&usage.events) {
        // `if = 'true'` is how an event says that anyone may do it.
        lints.never("event", &event.meta, &event.condition, written, None);
        for (_, effect) in event.effects() {
            lints.never("effect of event", &event.meta, &effect.condition, &[effect.span], None);
        }
    }
}

struct ConditionLints<'p, 'd> {
    policy: &'p Policy,
    subject: &'p KindSet,
    diagnostics: &'d mut Vec<Diagnostic>,
}

impl ConditionLints<'_, '_> {
    /// Reports the condition of an element about requests with these actions.
    fn request(&mut self, word: &str, meta: &Metadata, actions: &[ActionId], condition: &Condition, written: &[Span]) {
        let resource = actions.iter().flat_map(|&action| self.policy.actions[action].on.iter()).collect();
        self.condition(word, meta, condition, written, Some(&resource));
    }

    /// Reports a condition that is never or always true. `word` is the element's, `written` the spans of its `if` and `unless`.
    fn condition(&mut self, word: &str, meta: &Metadata, condition: &Condition, written: &[Span], resource: Option<&KindSet>) {
        let Some(&at) = self.sound(written) else { return };
        if self.never(word, meta, condition, written, resource) {
            return;
        }
        if self.judge(condition, resource, Validity::default()).always_true(&condition.expr) {
            let headline = format!("the condition of the {word} `{}` is always true", meta.name);
            let always = Diagnostic::new(Code::AlwaysTrue, headline, at, "always true");
            self.diagnostics.push(always.help("leave it out"));
        }
    }

    /// Reports a condition that is never true, and returns whether it is.
    fn never(&mut self, word: &str, meta: &Metadata, condition: &Condition, written: &[Span], resource: Option<&KindSet>) -> bool {
        let Some(&at) = self.sound(written) else { return false };
        if !self.judge(condition, resource, meta.validity).never_true(&condition.expr) {
            return false;
        }
        let headline = format!("the condition of the {word} `{}` can never be true", meta.name);
        let never = Diagnostic::new(Code::NeverTrue, headline, at, "never true");
        self.diagnostics.push(never.help(format!("correct the condition, or remove the {word}")));
        true
    }

    /// The first span of a condition; `None` if it has a mistake, or none was written.
    fn sound<'w>(&self, written: &'w [Span]) -> Option<&'w Span> {
        if written.iter().any(|&span| self.policy.usage.mistaken(span)) {
            return None;
        }
        written.first()
    }

    fn judge<'j>(&'j self, condition: &'j Condition, resource: Option<&'j KindSet>, validity: Validity) -> Satisfiability<'j> {
        Satisfiability::new(self.policy, self.subject, resource, &condition.variables, validity)
    }
}
