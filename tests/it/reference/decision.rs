//! The decision: permits, denies, outcome, claims, obligations and advice.

use super::condition::{Binding, Env, Evaluator, with_unless};
use super::judgement::Judgement;
use super::kinds::Types;
use super::pack::{Pack, matches};
use super::truth::Truth;
use super::world::Entity;
use delegraph::syntax::ast::expr::{Expr, ExprNode};
use delegraph::syntax::{ImplicationDecl, MetadataDecl, NoticeDecl, RuleDecl, Text, With};
use std::collections::BTreeSet;

/// Whether a subject may do an action on a resource.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Question {
    pub subject: Entity,
    pub action: String,
    pub resource: Entity,
}

/// The parts of an answer that the language defines; the claims are a set, since their order is not defined.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// `allowed`, `barred`, `not-granted` or `unknown`.
    pub outcome: &'static str,
    pub claims: BTreeSet<String>,
    pub obligations: Vec<String>,
    pub advice: Vec<String>,
    /// Whether a missing datum would decide.
    pub is_missing_data: bool,
}

/// A permit or a deny.
struct Ground<'a> {
    element: Element<'a>,
    /// The claims that it cites itself.
    claims: BTreeSet<String>,
    /// The result of its evaluation.
    judgement: Judgement,
}

enum Element<'a> {
    Role(&'a str),
    Rule(&'a RuleDecl),
}

/// What an implication would have to derive for a permit: a role that is a permit, or a part of a condition outside `not` and `unless`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Goal {
    Relation(String),
    /// The role, or one that includes it.
    Role(String),
    /// The role without those that include it.
    RoleItself(String),
    AnyRole,
}

/// The outcome that permits and denies have together.
fn outcome(permits: &[Ground<'_>], denies: &[Ground<'_>]) -> &'static str {
    let one_of = |grounds: &[Ground<'_>]| grounds.iter().map(|ground| ground.judgement.truth).max().unwrap_or(Truth::False);
    match (one_of(permits), one_of(denies)) {
        (_, Truth::True) => "barred",
        (Truth::False, _) => "not-granted",
        (Truth::True, Truth::False) => "allowed",
        _ => "unknown",
    }
}

impl Evaluator<'_> {
    pub fn answer(&self, question: &Question) -> Answer {
        let permits = self.permits(question);
        let denies = self.denies(question);
        let outcome = outcome(&permits, &denies);
        let claims = match outcome {
            "allowed" => self.claims_of_true(&permits),
            "barred" => self.claims_of_true(&denies),
            "unknown" => self.claims_of_not_false(permits.iter().chain(&denies)),
            _ => self.claims_of_all(&permits),
        };
        let decision = if outcome == "allowed" { With::Allow } else { With::Deny };
        Answer {
            outcome,
            claims,
            obligations: self.notices(&self.pack.all.obligations, question, decision),
            advice: self.notices(&self.pack.all.advice, question, decision),
            is_missing_data: outcome == "unknown",
        }
    }

    /// The outcome alone.
    pub fn outcome(&self, question: &Question) -> &'static str {
        outcome(&self.permits(question), &self.denies(question))
    }

    /// The permits in force: roles that grant the action, by themselves or by roles that they include, and allow rules.
    fn permits(&self, question: &Question) -> Vec<Ground<'_>> {
        let mut permits = Vec::new();
        for role in self.pack.roles(self.context) {
            let name = role.meta.name.value.as_str();
            let mut claims = BTreeSet::new();
            let mut grants = false;
            for path in self.pack.inclusions(name, self.context) {
                let Some(last) = path.last() else { continue };
                for table in self.pack.grants(last, &question.action, self.context) {
                    grants = true;
                    path.iter().for_each(|role| claims.extend(sources(&role.meta)));
                    claims.extend(table.map(|table| sources(&table.meta)).unwrap_or_default());
                }
            }
            if grants {
                let judgement = self.holds_itself(&question.subject, name, &question.resource);
                permits.push(Ground { element: Element::Role(name), claims, judgement });
            }
        }
        permits.extend(self.rules(question, |rule| rule.allow.as_deref()));
        permits
    }

    fn denies(&self, question: &Question) -> Vec<Ground<'_>> {
        self.rules(question, |rule| rule.deny.as_deref())
    }

    fn rules(&self, question: &Question, actions: fn(&RuleDecl) -> Option<&[Text]>) -> Vec<Ground<'_>> {
        let mut found = Vec::new();
        for rule in &self.pack.all.rules {
            let Some(patterns) = actions(rule) else { continue };
            if Pack::in_force(&rule.meta, self.context) && patterns.iter().any(|pattern| matches(&pattern.value, &question.action)) {
                let judgement = self.evaluate(rule.condition.as_ref(), rule.unless.as_ref(), patterns, question);
                found.push(Ground { element: Element::Rule(rule), claims: sources(&rule.meta), judgement });
            }
        }
        found
    }

    /// Evaluates a condition about subject and resource.
    fn evaluate(&self, condition: Option<&Expr>, unless: Option<&Expr>, actions: &[Text], question: &Question) -> Judgement {
        self.with_exception(condition, unless, &self.env(condition, unless, actions, question), &Binding::new())
    }

    /// What a condition about subject and resource is evaluated with.
    fn env(&self, condition: Option<&Expr>, unless: Option<&Expr>, actions: &[Text], question: &Question) -> Env {
        let types = || Types { subject: self.pack.subjects(), resource: self.pack.resource_kinds(actions), ..Types::default() };
        Env {
            types: match condition.or(unless) {
                None => types(),
                Some(first) => self.types(first, || types().find(self.pack, &with_unless(condition, unless, first), None, &[])),
            },
            subject: Some(question.subject.clone()),
            resource: Some(question.resource.clone()),
            arguments: Vec::new(),
            negated: false,
        }
    }

    /// The texts of the obligations or advice that are issued with a decision.
    fn notices(&self, notices: &[NoticeDecl], question: &Question, decision: With) -> Vec<String> {
        let mut texts = Vec::new();
        for notice in notices {
            let about = notice.actions.iter().any(|pattern| matches(&pattern.value, &question.action));
            let with = notice.with.as_ref().is_none_or(|with| with.value == decision);
            if !about || !with || !Pack::in_force(&notice.meta, self.context) {
                continue;
            }
            let judgement = self.evaluate(notice.condition.as_ref(), notice.unless.as_ref(), &notice.actions, question);
            if judgement.truth == Truth::True {
                texts.extend(self.texts(notice, question));
            }
        }
        texts
    }

    /// The text of a notice, once for each choice of entities for the variables in braces in it for which the condition is true. The texts
    /// are in the order of the names in braces.
    fn texts(&self, notice: &NoticeDecl, question: &Question) -> Vec<String> {
        let mut names: Vec<&str> = Vec::new();
        for part in notice.text.value.split('{').skip(1) {
            let name = part.split('}').next().unwrap_or_default();
            if !names.contains(&name) {
                names.push(name);
            }
        }
        let env = self.env(notice.condition.as_ref(), notice.unless.as_ref(), &notice.actions, question);
        let given: Binding = [("subject", &question.subject), ("resource", &question.resource)]
            .into_iter()
            .map(|(word, entity)| (word.to_owned(), entity.clone()))
            .collect();
        let mut choices = vec![given];
        for &name in names.iter().filter(|name| !["subject", "resource"].contains(name)) {
            let living = self.world.living(self.pack, &env.types.variables[name], self.context.at);
            let with = |choice: &Binding, entity: &Entity| choice.clone().into_iter().chain([(name.to_owned(), entity.clone())]).collect();
            choices = choices.iter().flat_map(|choice| living.iter().map(move |entity| with(choice, entity))).collect();
        }
        choices.retain(|choice| {
            let binding = choice.iter().filter(|(name, _)| !["subject", "resource"].contains(&name.as_str()));
            let binding: Binding = binding.map(|(name, entity)| (name.clone(), entity.clone())).collect();
            self.with_exception(notice.condition.as_ref(), notice.unless.as_ref(), &env, &binding).truth == Truth::True
        });
        choices.sort_by_key(|choice| names.iter().map(|&name| choice[name].clone()).collect::<Vec<Entity>>());
        let filled = |choice: &Binding| {
            names.iter().fold(notice.text.value.clone(), |text, &name| {
                text.replace(&format!("{{{name}}}"), &format!("{}:{}", choice[name].kind, choice[name].id))
            })
        };
        choices.iter().map(filled).collect()
    }

    fn claims_of_true(&self, grounds: &[Ground<'_>]) -> BTreeSet<String> {
        let counting = grounds.iter().filter(|ground| ground.judgement.truth == Truth::True);
        counting.flat_map(|ground| ground.claims.iter().cloned().chain(self.cited(&ground.judgement.if_true))).collect()
    }

    fn claims_of_not_false<'b>(&self, grounds: impl Iterator<Item = &'b Ground<'b>>) -> BTreeSet<String> {
        let counting = grounds.filter(|ground| ground.judgement.truth != Truth::False);
        counting.flat_map(|ground| ground.claims.iter().cloned().chain(self.cited(&ground.judgement.if_not_false))).collect()
    }

    /// The claims of all permits, and of the implications that could derive them.
    fn claims_of_all(&self, permits: &[Ground<'_>]) -> BTreeSet<String> {
        permits.iter().flat_map(|permit| permit.claims.iter().cloned().chain(self.cited(&self.may_derive(permit)))).collect()
    }

    fn cited(&self, implications: &BTreeSet<String>) -> BTreeSet<String> {
        let cited = self.pack.all.implications.iter().filter(|implication| implications.contains(&implication.meta.name.value));
        cited.flat_map(|implication| sources(&implication.meta)).collect()
    }

    /// The implications in force that derive a goal of the permit, and in turn those that derive a goal of these implications.
    fn may_derive(&self, permit: &Ground<'_>) -> BTreeSet<String> {
        let mut wanted: Vec<Goal> = match permit.element {
            Element::Role(role) => vec![Goal::RoleItself(role.to_owned())],
            Element::Rule(rule) => rule.condition.iter().flat_map(|condition| self.goals(condition)).collect(),
        };
        let mut found = BTreeSet::new();
        while let Some(asked) = wanted.pop() {
            for implication in self.pack.implications(self.context) {
                if self.derives(implication, &asked) && found.insert(implication.meta.name.value.clone()) {
                    wanted.extend(implication.condition.iter().flat_map(|condition| self.goals(condition)));
                }
            }
        }
        found
    }

    /// The goals of a condition: its relations and roles outside `not`.
    fn goals(&self, condition: &Expr) -> Vec<Goal> {
        match &condition.node {
            ExprNode::Or(parts) | ExprNode::And(parts) => parts.iter().flat_map(|part| self.goals(part)).collect(),
            ExprNode::Relation { name, was: false, .. } => vec![Goal::Relation(name.value.clone())],
            ExprNode::Holds { was: false, role, .. } => {
                vec![self.pack.named_role(role).map_or(Goal::AnyRole, |role| Goal::Role(role.meta.name.value.clone()))]
            }
            _ => Vec::new(),
        }
    }

    fn derives(&self, implication: &ImplicationDecl, asked: &Goal) -> bool {
        match (&implication.then.node, asked) {
            (ExprNode::Relation { name, .. }, Goal::Relation(relation)) => name.value == *relation,
            (ExprNode::Holds { role, .. }, asked) => {
                // The role of a conclusion is named, or it is a variable that may be any role.
                let given: Vec<&str> = match self.pack.named_role(role) {
                    Some(role) => vec![&role.meta.name.value],
                    None => self.pack.all.roles.iter().map(|role| role.meta.name.value.as_str()).collect(),
                };
                let wanted: Vec<String> = match asked {
                    Goal::Relation(_) => Vec::new(),
                    Goal::RoleItself(role) => vec![role.clone()],
                    Goal::Role(role) => self.pack.includers(role, self.context),
                    Goal::AnyRole => self.pack.roles(self.context).iter().map(|role| role.meta.name.value.clone()).collect(),
                };
                given.iter().any(|role| wanted.iter().any(|wanted| wanted == role))
            }
            _ => false,
        }
    }
}

/// The claims of an element.
fn sources(meta: &MetadataDecl) -> BTreeSet<String> {
    meta.source.iter().map(|claim| claim.value.clone()).collect()
}
