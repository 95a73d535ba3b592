//! Rules, implications, obligations, advice and invariants: what is said of them beside their conditions.

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

/// What the elements that hold conditions are resolved against.
pub(super) struct TypeEnv<'a> {
    /// All that has no conditions.
    pub(super) policy: &'a Policy,
    /// The names of actions.
    pub(super) names: &'a ActionNames<'a>,
    /// The kinds that may ask; every kind if the pack says none, which is told.
    pub(super) subject: KindSet,
}

/// `[rule.NAME]`; nothing where it cannot be told whether it opens or bars.
pub(super) fn rule(resolver: &mut Resolver<'_>, typing: &mut TypeChecker<'_>, around: &TypeEnv<'_>, decl: &RuleDecl) -> Option<Rule> {
    let name = &decl.meta.name;
    let texts = decl.allow.iter().chain(&decl.deny).flatten().cloned().collect::<Vec<_>>();
    let expanded = around.names.expand(&texts, &mut resolver.problems);
    let resource = expanded.kinds(&around.policy.actions, &resolver.every_kind);
    let meta = resolver.meta(&decl.meta);
    let conditions = [decl.condition.as_ref(), decl.unless.as_ref()];
    resolver.mention(conditions);
    let condition = typing.rule(&around.subject, &resource, conditions[0], conditions[1]);
    let wrong =
        |what: &str| Diagnostic::new(Code::RuleEffect, format!("the rule `{}` has {what}", name.value), name.span, "opens or bars?");
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
pub(super) fn telling(resolver: &mut Resolver<'_>, typing: &mut TypeChecker<'_>, around: &TypeEnv<'_>, decl: &NoticeDecl) -> Notice {
    let expanded = around.names.expand(&decl.actions, &mut resolver.problems);
    let resource = expanded.kinds(&around.policy.actions, &resolver.every_kind);
    let conditions = [decl.condition.as_ref(), decl.unless.as_ref()];
    resolver.mention(conditions);
    Notice {
        meta: resolver.meta(&decl.meta),
        actions: expanded.ids(),
        condition: typing.rule(&around.subject, &resource, conditions[0], conditions[1]),
        text: decl.text.value.clone(),
        with: decl.with.as_ref().map(|with| with.value),
    }
}

/// `[implication.NAME]`; nothing where its conclusion has a mistake.
pub(super) fn implication(resolver: &mut Resolver<'_>, typing: &mut TypeChecker<'_>, decl: &ImplicationDecl) -> Option<Implication> {
    let conditions = [decl.condition.as_ref(), decl.unless.as_ref()];
    resolver.mention(conditions);
    let meta = resolver.meta(&decl.meta);
    let (condition, then) = typing.implication(conditions[0], conditions[1], &decl.then)?;
    resolver.usage.implications.push(written(conditions));
    Some(Implication { meta, listed: decl.listed, condition, then })
}

/// `[invariant.NAME]`
pub(super) fn invariant(resolver: &mut Resolver<'_>, typing: &mut TypeChecker<'_>, decl: &InvariantDecl) -> Invariant {
    resolver.mention([Some(&decl.never)]);
    resolver.usage.invariants.push(vec![decl.never.span]);
    Invariant { meta: resolver.meta(&decl.meta), never: typing.invariant(&decl.never) }
}

/// Where the conditions that are given stand.
pub(super) fn written<const N: usize>(conditions: [Option<&Expr>; N]) -> Vec<Span> {
    conditions.into_iter().flatten().map(|condition| condition.span).collect()
}

/// Notes which relations the implications are to derive, by the names alone: `was` is checked against it before any is typed.
pub(super) fn announce(resolver: &Resolver<'_>, relations: &mut Arena<RelationId, Relation>, decls: &[ImplicationDecl]) {
    for (index, decl) in decls.iter().enumerate() {
        let ExprNode::Relation { name, .. } = &decl.then.node else { continue };
        if let Some(relation) = resolver.relations.find(&name.value) {
            relations[relation].derived_by.push(ImplicationId::from_index(index));
        }
    }
}

/// Notes which implications derive each relation.
pub(super) fn derive(relations: &mut Arena<RelationId, Relation>, implications: &Arena<ImplicationId, Implication>) {
    for relation in relations.ids() {
        relations[relation].derived_by.clear();
    }
    for (id, implication) in implications.iter() {
        if let Conclusion::Relation { relation, .. } = implication.then {
            relations[relation].derived_by.push(id);
        }
    }
}
