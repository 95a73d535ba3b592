//! Rules, implications, obligations, advice and invariants: their keys other than conditions.

use super::Resolver;
use super::patterns::ActionNames;
use crate::diag::{Code, Diagnostic};
use crate::policy::ids::{Arena, Id, ImplicationId, RelationId};
use crate::policy::kind_set::KindSet;
use crate::policy::model::Policy;
use crate::policy::rules::{Conclusion, Implication, Invariant, Notice, Rule, RuleEffect};
use crate::policy::schema::Relation;
use crate::policy::typing::TypeChecker;
use crate::syntax::ast::expr::{Expr, ExprNode};
use crate::syntax::{ImplicationDecl, InvariantDecl, NoticeDecl, RuleDecl};
use crate::text::Span;

/// What elements with conditions are resolved against.
pub(super) struct TypeEnv<'a> {
    /// The policy without the elements that have conditions.
    pub(super) policy: &'a Policy,
    /// The names of actions.
    pub(super) names: &'a ActionNames<'a>,
    /// The kinds of subjects; every kind if the pack declares none, which is reported.
    pub(super) subject: KindSet,
}

/// `[rule.NAME]`; `None` if it does not say whether it allows or denies.
pub(super) fn rule(resolver: &mut Resolver<'_>, typing: &mut TypeChecker<'_>, env: &TypeEnv<'_>, decl: &RuleDecl) -> Option<Rule> {
    let name = &decl.meta.name;
    let texts = decl.allow.iter().chain(&decl.deny).flatten().cloned().collect::<Vec<_>>();
    let expanded = env.names.expand(&texts, &mut resolver.problems);
    let resource = expanded.kinds(&env.policy.actions, &resolver.every_kind);
    let meta = resolver.meta(&decl.meta);
    let conditions = [decl.condition.as_ref(), decl.unless.as_ref()];
    resolver.note_usage(conditions);
    let condition = typing.rule(&env.subject, &resource, conditions[0], conditions[1]);
    let wrong =
        |what: &str| Diagnostic::new(Code::RuleEffect, format!("the rule `{}` has {what}", name.value), name.span, "allow or deny?");
    let effect = match (&decl.allow, &decl.deny) {
        (Some(_), None) => RuleEffect::Allow,
        (None, Some(_)) => RuleEffect::Deny,
        (Some(_), Some(_)) => {
            resolver.problems.push(wrong("both `allow` and `deny`").help("make two rules of it"));
            return None;
        }
        (None, None) => {
            resolver.problems.push(wrong("neither `allow` nor `deny`").help("write `allow = [\"ACTION\"]` or `deny = [\"ACTION\"]`"));
            return None;
        }
    };
    resolver.usage.rules.push(written(conditions));
    Some(Rule { meta, effect, actions: expanded.ids(), condition })
}

/// `[obligation.NAME]` or `[advice.NAME]`
pub(super) fn notice(resolver: &mut Resolver<'_>, typing: &mut TypeChecker<'_>, env: &TypeEnv<'_>, decl: &NoticeDecl) -> Notice {
    let expanded = env.names.expand(&decl.actions, &mut resolver.problems);
    let resource = expanded.kinds(&env.policy.actions, &resolver.every_kind);
    let conditions = [decl.condition.as_ref(), decl.unless.as_ref()];
    resolver.note_usage(conditions);
    let (condition, names) = typing.notice(&env.subject, &resource, conditions, &decl.text);
    Notice {
        meta: resolver.meta(&decl.meta),
        actions: expanded.ids(),
        condition,
        text: decl.text.value.clone(),
        names,
        with: decl.with.as_ref().map(|with| with.value),
    }
}

/// `[implication.NAME]`; `None` if its conclusion has a mistake.
pub(super) fn implication(resolver: &mut Resolver<'_>, typing: &mut TypeChecker<'_>, decl: &ImplicationDecl) -> Option<Implication> {
    let conditions = [decl.condition.as_ref(), decl.unless.as_ref()];
    resolver.note_usage(conditions);
    let meta = resolver.meta(&decl.meta);
    let (condition, switched_off, then) = typing.implication(conditions[0], conditions[1], &decl.then)?;
    resolver.usage.implications.push(written(conditions));
    Some(Implication { meta, listed: decl.listed, condition, switched_off, then })
}

/// `[invariant.NAME]`
pub(super) fn invariant(resolver: &mut Resolver<'_>, typing: &mut TypeChecker<'_>, decl: &InvariantDecl) -> Invariant {
    resolver.note_usage([Some(&decl.never)]);
    resolver.usage.invariants.push(vec![decl.never.span]);
    Invariant { meta: resolver.meta(&decl.meta), never: typing.invariant(&decl.never), warn: decl.warn }
}

/// The spans of the conditions that are given.
pub(super) fn written<const N: usize>(conditions: [Option<&Expr>; N]) -> Vec<Span> {
    conditions.into_iter().flatten().map(|condition| condition.span).collect()
}

/// Notes in each relation which implications derive it, by their names only: typing needs it for `was` before any implication is typed.
pub(super) fn announce_derived(resolver: &Resolver<'_>, relations: &mut Arena<RelationId, Relation>, decls: &[ImplicationDecl]) {
    for (index, decl) in decls.iter().enumerate() {
        let ExprNode::Relation { name, .. } = &decl.then.node else { continue };
        if let Some(relation) = resolver.relations.find(&name.value) {
            relations[relation].derived_by.push(ImplicationId::from_index(index));
        }
    }
}

/// Notes in each relation which implications derive it, once those with mistakes are gone.
pub(super) fn set_derived(relations: &mut Arena<RelationId, Relation>, implications: &Arena<ImplicationId, Implication>) {
    for relation in relations.ids() {
        relations[relation].derived_by.clear();
    }
    for (id, implication) in implications.iter() {
        if let Conclusion::Relation { relation, .. } = implication.then {
            relations[relation].derived_by.push(id);
        }
    }
}
