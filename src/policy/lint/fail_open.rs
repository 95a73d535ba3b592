//! Parts of rules that missing data or a kind switches off, so that a deny does not apply, or an allow does.

use crate::diag::phrases::{any_of, with_article};
use crate::diag::{Code, Diagnostic};
use crate::policy::condition::{Atom, AtomKind, Expr, Hop, Term, TermNode};
use crate::policy::model::Policy;
use crate::policy::rules::{Rule, RuleEffect};
use crate::syntax::Op;

/// Reports order comparisons that an absent value switches off in a deny, or in the `unless` of an allow; and atoms under `not` or
/// `unless` of a deny that are false for some kind of their variable.
pub(super) fn lint(policy: &Policy, diagnostics: &mut Vec<Diagnostic>) {
    for (rule, written) in policy.rules.values().zip(&policy.usage.rules) {
        if written.iter().any(|&span| policy.usage.mistaken(span)) {
            continue;
        }
        let deny = rule.effect == RuleEffect::Deny;
        for (expr, negated) in rule.condition.expr.walk() {
            let Expr::Atom(atom) = expr else { continue };
            if deny != negated {
                diagnostics.extend(absent_operand(policy, rule, atom));
            }
            if deny && negated {
                diagnostics.extend(misplaced_kind(policy, rule, atom));
            }
        }
    }
}

/// A comparison that is false where an operand is absent, while only its truth closes the door.
fn absent_operand(policy: &Policy, rule: &Rule, atom: &Atom) -> Option<Diagnostic> {
    let AtomKind::Compare(left, op, right) = &atom.kind else { return None };
    let opposite = opposite(*op)?;
    let absent = [left, right].into_iter().find(|term| may_be_absent(policy, term))?;
    let text = |term: &Term| policy.sources.slice(term.span);
    let name = &rule.meta.name;
    let closing = format!("{} {opposite} {}", text(left), text(right));
    let (headline, help) = match rule.effect {
        RuleEffect::Deny => {
            let whole = matches!(&rule.condition.expr, Expr::Atom(whole) if whole == atom);
            let form = if whole { format!("`unless = '{closing}'`") } else { format!("`not ({closing})`") };
            (
                format!("rule `{name}` does not deny where `{}` has no value", text(absent)),
                format!("to deny there too, write {form} instead"),
            )
        }
        RuleEffect::Allow => {
            let headline = format!("rule `{name}` also allows where `{}` has no value", text(absent));
            (headline, format!("to allow only where it has one, use `{closing}` in `if` instead"))
        }
    };
    Some(Diagnostic::new(Code::AbsentOperand, headline, atom.span, "false where a value is absent").help(help))
}

/// An atom that is false for some kind of its variable, because its place does not allow that kind.
fn misplaced_kind(policy: &Policy, rule: &Rule, atom: &Atom) -> Option<Diagnostic> {
    let terms = atom.kind.terms();
    atom.allowed.iter().find_map(|place| {
        let TermNode::Variable(variable) = terms.get(place.term)?.node else { return None };
        let variable = rule.condition.variable(variable);
        let others: Vec<&str> =
            variable.kinds.iter().filter(|&kind| !place.kinds.contains(kind)).map(|kind| policy.kinds[kind].meta.name.as_str()).collect();
        if others.is_empty() || variable.name == "_" {
            return None;
        }
        let text = policy.sources.slice(atom.span);
        let headline = format!(
            "`{}` can be {}, for which `{text}` is always false",
            variable.name,
            any_of(others.iter().map(|kind| with_article(kind)))
        );
        let help = format!(
            "rule `{}` denies in that case; if it should not, narrow `{}` with `is`, or with a place outside `not`",
            rule.meta.name, variable.name
        );
        Some(Diagnostic::new(Code::MisplacedKind, headline, atom.span, "false for that kind").help(help))
    })
}

/// The comparison that is true of two values exactly when this one is false; `None` if values need no order for it.
fn opposite(op: Op) -> Option<Op> {
    match op {
        Op::Lt => Some(Op::Ge),
        Op::Le => Some(Op::Gt),
        Op::Gt => Some(Op::Le),
        Op::Ge => Some(Op::Lt),
        Op::Eq | Op::Ne => None,
    }
}

/// Whether the term reads an attribute that a world may say to have no value.
fn may_be_absent(policy: &Policy, term: &Term) -> bool {
    let TermNode::Path(of, path) = &term.node else { return false };
    let optional = |hop: Hop| match hop {
        Hop::Attribute(attribute) => {
            let declared = &policy.attributes[attribute];
            declared.optional || policy.kinds[declared.kind].exactly_one.contains(&attribute)
        }
        Hop::Above(_) | Hop::System => false,
    };
    path.iter().any(|(_, hop)| optional(hop)) || may_be_absent(policy, of)
}
