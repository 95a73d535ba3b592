//! Why no change turns an answer, in words.

use super::Words;
use crate::explain::Reason;
use crate::policy::RuleId;
use crate::query::how_to::{Blocker, Exemption};
use crate::world::Statement;

impl Words<'_> {
    pub(super) fn blocker(self, blocker: &Blocker) -> String {
        match blocker {
            Blocker::Permits => "no change within reach removes everything on which it rests".to_owned(),
            Blocker::UnknownDeny(rule) => format!("whether {} denies it depends on what the world does not say", self.rule(*rule)),
            Blocker::Unchanging { rule, facts, history } => {
                let has_key =
                    facts.iter().any(|fact| matches!(fact, Statement::Value { attribute, .. } if self.policy.attributes[*attribute].key));
                let facts: Vec<String> = facts.iter().map(|&fact| self.statement(fact)).collect();
                let why = if *history {
                    "That is history, which nobody can change: nothing that is granted changes the answer"
                } else if has_key {
                    "That is a name, which is not offered as a change: nothing that is granted lifts the denial"
                } else {
                    "That is a classification, which is not offered as a change: nothing that is granted lifts the denial"
                };
                format!("{} denies it, because {}. {why}", self.rule(*rule), facts.join(" and "))
            }
            Blocker::Deny { rule, because, exemption } => {
                let because: Vec<String> = because.iter().map(|reason| self.reason(reason)).collect();
                let because = if because.is_empty() { "always".to_owned() } else { because.join("; ") };
                let exemption = exemption.as_ref().map(|exemption| self.exemption(exemption)).unwrap_or_default();
                format!("{} denies it, and no change within reach lifts that: {because}{exemption}", self.rule(*rule))
            }
            Blocker::NotGrantable(action) => format!("nothing in the policy grants {}", self.policy.actions[*action].meta.name),
            Blocker::Unmet(permit) => self.unmet(permit),
            Blocker::Refused(invariant) => {
                let meta = &self.policy.invariants[*invariant].meta;
                format!(
                    "a change that would do it makes a world that is refused, since invariant {} never allows it",
                    self.with_claims(meta)
                )
            }
        }
    }

    /// A permit with its first blocker.
    fn unmet(self, permit: &Reason) -> String {
        let says = self.reason(permit);
        match permit.first_blocker() {
            Some(blocker) => format!("{says}, and no change within reach changes that: {}", self.reason(blocker)),
            None => says,
        }
    }

    fn rule(self, rule: RuleId) -> String {
        self.with_claims(&self.policy.rules[rule].meta)
    }

    /// Whom the exception of a rule exempts, and its text.
    fn exemption(self, exemption: &Exemption) -> String {
        let text = closed(&self.source(exemption.span));
        match self.plain_requirements(&exemption.all) {
            Some(required) => format!(". It would not deny it to {} {required}: `{text}`", self.somebody()),
            None => format!(". It would not apply if `{text}`"),
        }
    }
}

/// The text of a condition, which ends with its last atom, with the parentheses that are open there closed.
fn closed(text: &str) -> String {
    let open = text.matches('(').count().saturating_sub(text.matches(')').count());
    text.to_owned() + &")".repeat(open)
}
