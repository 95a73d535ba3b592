//! What conditions require, in words: clauses after a noun, such as `who holds owner on subscription:nw`.

use super::Words;
use crate::diag::phrases::{any_of, with_article};
use crate::policy::{Hop, Policy};
use crate::query::how_to::{ActionRequirement, Operand, Requirement};
use crate::text::Span;
use crate::world::Value;

impl Words<'_> {
    /// An unnamed actor: `a user`, or `somebody` if there are several kinds of subjects.
    pub(super) fn somebody(self) -> String {
        let subjects = self.policy.subjects();
        let mut kinds = subjects.iter();
        match (kinds.next(), kinds.next()) {
            (Some(only), None) => with_article(&self.policy.kinds[only].meta.name),
            _ => "somebody".to_owned(),
        }
    }

    /// Requirements that must all be met: `whose partner is partner:contoso and who holds owner on subscription:nw`.
    pub(super) fn requirements(self, all: &[Requirement]) -> String {
        joined(&self.clauses(all))
    }

    /// The clause of each requirement. A clause that repeats the one before it is dropped.
    fn clauses(self, all: &[Requirement]) -> Vec<String> {
        let mut clauses: Vec<String> = all.iter().map(|requirement| self.requirement(requirement)).collect();
        clauses.dedup();
        clauses
    }

    /// The exception of a rule as clauses about the subject; `None` if a clause would quote the text of the rule.
    pub(super) fn plain_requirements(self, all: &[Requirement]) -> Option<String> {
        let clauses = self.clauses(all);
        (!clauses.is_empty() && !clauses.iter().any(|clause| clause.contains('`'))).then(|| joined(&clauses))
    }

    fn requirement(self, requirement: &Requirement) -> String {
        let each = |parts: &[Requirement]| parts.iter().map(|part| self.requirement(part)).collect::<Vec<String>>();
        match requirement {
            Requirement::Any(parts) => each(parts).join(" or "),
            Requirement::All(parts) => each(parts).join(" and "),
            Requirement::Relation { relation, ends } => {
                let says = self.relation_of(*relation, &self.operands(ends));
                let begins_with_first_end = self.policy.relations[*relation].says.as_ref().is_some_and(|says| says.starts_with("{1} "));
                if begins_with_first_end && ends.first() == Some(&Operand::Actor) {
                    format!("who {}", says.strip_prefix("they ").unwrap_or(&says))
                } else if let Some(of_actor) = says.strip_prefix("their ").filter(|_| begins_with_first_end) {
                    format!("whose {of_actor}")
                } else {
                    format!("for whom {says}")
                }
            }
            Requirement::Holds { role, scope } => format!("who holds {} on {}", self.operand(role), self.operand(scope)),
            Requirement::Member(group) => format!("who is in {}", self.operand(group)),
            Requirement::Is(other) => format!("who is {}", self.operand(other)),
            Requirement::Hop(hop, value) => format!("whose {} is {}", hop_name(self.policy, *hop), self.operand(value)),
            Requirement::Text { span: None, .. } => "who meets its condition".to_owned(),
            Requirement::Text { span: Some(span), negated: true } => format!("for whom `{}` does not hold", self.source(*span)),
            Requirement::Text { span: Some(span), negated: false } => format!("for whom `{}` holds", self.source(*span)),
        }
    }

    /// What an action requires: the roles first, then each rule, then the denies that must not apply.
    pub(super) fn action_requirement(self, action: &ActionRequirement) -> String {
        let roles: Vec<&str> = action.roles.iter().map(|&role| self.policy.roles[role].meta.name.as_str()).collect();
        let by_role = (!roles.is_empty()).then(|| format!("who holds {} on {}", any_of(&roles), self.operand(&action.on)));
        let by_rule = action.rules.iter().map(|all| self.requirements(all));
        let ways: Vec<String> = by_role.into_iter().chain(by_rule).collect();
        let denies: Vec<&str> = action.denies.iter().map(|&rule| self.policy.rules[rule].meta.name.as_str()).collect();
        let undenied = if denies.is_empty() { String::new() } else { format!(", not denied by {}", any_of(denies)) };
        format!("{}{undenied}", ways.join("; or "))
    }

    pub(super) fn operands(self, operands: &[Operand]) -> Vec<String> {
        operands.iter().map(|operand| self.operand(operand)).collect()
    }

    pub(super) fn operand(self, operand: &Operand) -> String {
        match operand {
            Operand::Value(Value::Entity(entity)) => self.name(*entity),
            Operand::Value(value) => self.world.value_text(self.policy, *value),
            Operand::Role(role) => self.policy.roles[*role].meta.name.clone(),
            Operand::Actor => "they".to_owned(),
            Operand::Some(Some(kind)) => with_article(&self.policy.kinds[*kind].meta.name),
            Operand::Some(None) => "something".to_owned(),
            Operand::Path(of, hop) if **of == Operand::Actor => format!("their {}", hop_name(self.policy, *hop)),
            Operand::Path(of, hop) => format!("the {} of {}", hop_name(self.policy, *hop), self.operand(of)),
            Operand::Text(span) => self.written(*span),
        }
    }

    /// A term as the policy writes it.
    fn written(self, span: Span) -> String {
        self.world.sources.slice(span).to_owned()
    }
}

/// The name of the target of a hop.
fn hop_name(policy: &Policy, hop: Option<Hop>) -> &str {
    match hop {
        Some(Hop::Attribute(attribute)) => &policy.attributes[attribute].name,
        Some(Hop::Above(kind)) => &policy.kinds[kind].meta.name,
        Some(Hop::System) => "system",
        None => "value",
    }
}

/// Clauses that must all hold. Where a clause has alternatives, a comma keeps them together.
fn joined(clauses: &[String]) -> String {
    let and = if clauses.iter().any(|clause| clause.contains(" or ")) { ", and " } else { " and " };
    clauses.join(and)
}

#[cfg(test)]
mod tests {
    use super::joined;

    #[test]
    fn a_comma_keeps_alternatives_together() {
        let joined = |clauses: [&str; 2]| joined(&clauses.map(str::to_owned));
        assert_eq!(joined(["who is a", "who is b"]), "who is a and who is b");
        assert_eq!(joined(["who is a or who is c", "who is b"]), "who is a or who is c, and who is b");
    }
}
