//! Variables of a rule that nothing ties to the subject or the resource.

use crate::diag::{Code, Diagnostic};
use crate::policy::condition::{Condition, Expr, Term, TermNode};
use crate::policy::ids::{Id, RuleId};
use crate::policy::kind_set::KindSet;
use crate::policy::model::Policy;
use crate::policy::rules::Rule;
use crate::policy::variable::Variable;

/// Reports such variables, and those that have the name of an attribute; not of rules whose conditions have mistakes.
pub(super) fn lint(policy: &Policy, diagnostics: &mut Vec<Diagnostic>) {
    let sound = |id: RuleId| !policy.usage.rules.get(id.index()).is_some_and(|spans| spans.iter().any(|&span| policy.usage.mistaken(span)));
    let subjects = policy.subjects();
    for (_, rule) in policy.rules.iter().filter(|&(id, _)| sound(id)) {
        untied(rule, &subjects, diagnostics);
        named_as_attributes(policy, rule, diagnostics);
    }
}

/// A variable that nothing ties to the request, or a variable of the subject's kinds in a rule without `subject`.
fn untied(rule: &Rule, subjects: &KindSet, diagnostics: &mut Vec<Diagnostic>) {
    let name = &rule.meta.name;
    let help = |variable: &Variable| {
        format!("use `subject` or `resource`; if any such `{}` is meant, give the condition a name through an implication", variable.name)
    };
    if let Some(variable) = loose(&rule.condition) {
        let any = if variable.kinds.iter().all(|kind| subjects.contains(kind)) { "anybody" } else { "anything" };
        let headline = format!("`{}` of rule `{name}` can be {any}: nothing ties it to the subject or the resource", variable.name);
        diagnostics.push(Diagnostic::new(Code::LooseVariable, headline, variable.span, "not tied to the request").help(help(variable)));
    } else if let Some(variable) = stand_in(&rule.condition, subjects) {
        let headline = format!("rule `{name}` mentions some `{}`, but never `subject`", variable.name);
        diagnostics.push(Diagnostic::new(Code::LooseVariable, headline, variable.span, "not the subject").help(help(variable)));
    }
}

/// Variables that have the name of an attribute and not of a kind.
fn named_as_attributes(policy: &Policy, rule: &Rule, diagnostics: &mut Vec<Diagnostic>) {
    let is_attribute = |variable: &&Variable| {
        policy.kind_named(&variable.name).is_none() && policy.attributes.values().any(|attribute| attribute.name == variable.name)
    };
    for variable in rule.condition.variables.iter().filter(is_attribute) {
        let headline = format!("`{}` is a variable here, though an attribute has that name", variable.name);
        let named = Diagnostic::new(Code::LooseVariable, headline, variable.span, "whichever there is");
        let help = format!("if the attribute is meant, write `x.{}` of some `x`; else give the variable another name", variable.name);
        diagnostics.push(named.help(help));
    }
}

/// The first variable of a condition whose `Exists` has neither the subject nor the resource in it: whether it has a value does not
/// depend on the request.
fn loose(condition: &Condition) -> Option<&Variable> {
    condition.expr.walk().find_map(|(expr, _)| {
        let Expr::Exists(variables, body) = expr else { return None };
        let named = variables.iter().map(|&variable| condition.variable(variable)).find(|variable| variable.name != "_");
        named.filter(|_| !body.any_term(&|term| matches!(term.root(), TermNode::Subject | TermNode::Resource)))
    })
}

/// The first variable that ranges over subjects, in a condition without `subject`.
fn stand_in<'c>(condition: &'c Condition, subjects: &KindSet) -> Option<&'c Variable> {
    let is_subject = |term: &Term| matches!(term.root(), TermNode::Subject);
    let ranges_over_subjects = |variable: &&Variable| variable.name != "_" && variable.kinds.is_subset(subjects);
    condition.variables.iter().find(ranges_over_subjects).filter(|_| !condition.expr.any_term(&is_subject))
}
