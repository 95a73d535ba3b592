//! The decision: ways, denies, outcome, claims, and what is told beside.

use super::condition::{Around, Binding, Evaluator, whole};
use super::judged::Judged;
use super::kinds::Types;
use super::pack::{Pack, matches};
use super::truth::Truth;
use super::world::Entity;
use delegraph::syntax::ast::expr::{Expr, ExprNode};
use delegraph::syntax::{ImplicationDecl, MetadataDecl, NoticeDecl, RuleDecl, Text, With};
use std::collections::BTreeSet;

/// May this subject do this to this resource?
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Question {
    pub subject: Entity,
    pub action: String,
    pub resource: Entity,
}

/// An answer, as far as it is laid down: texts, sorted where order means nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// `allowed`, `barred`, `not-granted` or `unknown`.
    pub outcome: &'static str,
    pub claims: BTreeSet<String>,
    pub obligations: Vec<String>,
    pub advice: Vec<String>,
    /// Whether some datum is missing that would decide.
    pub lacks_data: bool,
}

/// A way to an allow, or a deny: the claims that it cites itself, and what it came to.
struct Bearing<'a> {
    what: What<'a>,
    claims: BTreeSet<String>,
    judged: Judged,
}

enum What<'a> {
    Role(&'a str),
    Rule(&'a RuleDecl),
}

/// What a condition asks for outside `not` and `unless`, or a way by itself.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum ResolvedRequest {
    Relation(String),
    /// The role, or one that includes it.
    Role(String),
    /// This very role.
    RoleItself(String),
    AnyRole,
}

impl Evaluator<'_> {
    pub fn answer(&self, question: &Question) -> Answer {
        let ways = self.ways(question);
        let denies = self.denies(question);
        let one_of = |bearings: &[Bearing<'_>]| bearings.iter().map(|bearing| bearing.judged.truth).max().unwrap_or(Truth::False);
        let (way, deny) = (one_of(&ways), one_of(&denies));
        let outcome = match (way, deny) {
            (_, Truth::True) => "barred",
            (Truth::False, _) => "not-granted",
            (Truth::True, Truth::False) => "allowed",
            _ => "unknown",
        };
        let claims = match outcome {
            "allowed" => self.of_true(&ways),
            "barred" => self.of_true(&denies),
            "unknown" => self.of_open(ways.iter().chain(&denies)),
            _ => self.of_all(&ways),
        };
        let decision = if outcome == "allowed" { With::Allow } else { With::Deny };
        Answer {
            outcome,
            claims,
            obligations: self.told_with(&self.pack.all.obligations, question, decision),
            advice: self.told_with(&self.pack.all.advice, question, decision),
            lacks_data: outcome == "unknown",
        }
    }

    /// Ways in force: held roles that grant the action, by themselves or by what they include, and allow rules.
    fn ways(&self, question: &Question) -> Vec<Bearing<'_>> {
        let mut ways = Vec::new();
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
                let judged = self.holds_itself(&question.subject, name, &question.resource);
                ways.push(Bearing { what: What::Role(name), claims, judged });
            }
        }
        ways.extend(self.rules(question, |rule| rule.allow.as_deref()));
        ways
    }

    fn denies(&self, question: &Question) -> Vec<Bearing<'_>> {
        self.rules(question, |rule| rule.deny.as_deref())
    }

    fn rules(&self, question: &Question, actions: fn(&RuleDecl) -> Option<&[Text]>) -> Vec<Bearing<'_>> {
        let mut found = Vec::new();
        for rule in &self.pack.all.rules {
            let Some(patterns) = actions(rule) else { continue };
            if Pack::in_force(&rule.meta, self.context) && patterns.iter().any(|pattern| matches(&pattern.value, &question.action)) {
                let judged = self.asked(rule.condition.as_ref(), rule.unless.as_ref(), patterns, question);
                found.push(Bearing { what: What::Rule(rule), claims: sources(&rule.meta), judged });
            }
        }
        found
    }

    /// A condition about who asks and the resource.
    fn asked(&self, condition: Option<&Expr>, unless: Option<&Expr>, actions: &[Text], question: &Question) -> Judged {
        let types = Types { subject: self.pack.subjects(), resource: self.pack.stand_on(actions), ..Types::default() };
        let around = Around {
            types: match condition.or(unless) {
                None => types,
                Some(first) => types.find(self.pack, &whole(condition, unless, first), None, &[]),
            },
            subject: Some(question.subject.clone()),
            resource: Some(question.resource.clone()),
            arguments: Vec::new(),
            negated: false,
        };
        self.with_exception(condition, unless, &around, &Binding::new())
    }

    /// Obligations or advice about the action, where their condition is true.
    fn told_with(&self, tellings: &[NoticeDecl], question: &Question, decision: With) -> Vec<String> {
        let mut told = Vec::new();
        for telling in tellings {
            let about = telling.actions.iter().any(|pattern| matches(&pattern.value, &question.action));
            let with = telling.with.as_ref().is_none_or(|with| with.value == decision);
            if !about || !with || !Pack::in_force(&telling.meta, self.context) {
                continue;
            }
            let judged = self.asked(telling.condition.as_ref(), telling.unless.as_ref(), &telling.actions, question);
            if judged.truth == Truth::True {
                told.push(telling.text.value.clone());
            }
        }
        told
    }

    fn of_true(&self, bearings: &[Bearing<'_>]) -> BTreeSet<String> {
        let counting = bearings.iter().filter(|bearing| bearing.judged.truth == Truth::True);
        counting.flat_map(|bearing| bearing.claims.iter().cloned().chain(self.cited(&bearing.judged.if_true))).collect()
    }

    fn of_open<'b>(&self, bearings: impl Iterator<Item = &'b Bearing<'b>>) -> BTreeSet<String> {
        let counting = bearings.filter(|bearing| bearing.judged.truth != Truth::False);
        counting.flat_map(|bearing| bearing.claims.iter().cloned().chain(self.cited(&bearing.judged.if_open))).collect()
    }

    /// The claims of every way, with those of the implications that could give it.
    fn of_all(&self, ways: &[Bearing<'_>]) -> BTreeSet<String> {
        ways.iter().flat_map(|way| way.claims.iter().cloned().chain(self.cited(&self.may_derive(way)))).collect()
    }

    fn cited(&self, implications: &BTreeSet<String>) -> BTreeSet<String> {
        let cited = self.pack.all.implications.iter().filter(|implication| implications.contains(&implication.meta.name.value));
        cited.flat_map(|implication| sources(&implication.meta)).collect()
    }

    /// The implications in force whose conclusion is what the way asks for, and in turn those whose conclusion these ask for.
    fn may_derive(&self, way: &Bearing<'_>) -> BTreeSet<String> {
        let mut wanted: Vec<ResolvedRequest> = match way.what {
            What::Role(role) => vec![ResolvedRequest::RoleItself(role.to_owned())],
            What::Rule(rule) => rule.condition.iter().flat_map(|condition| self.asks(condition)).collect(),
        };
        let mut found = BTreeSet::new();
        while let Some(asked) = wanted.pop() {
            for implication in self.pack.implications(self.context) {
                if self.gives(implication, &asked) && found.insert(implication.meta.name.value.clone()) {
                    wanted.extend(implication.condition.iter().flat_map(|condition| self.asks(condition)));
                }
            }
        }
        found
    }

    /// What a condition asks for outside `not`.
    fn asks(&self, condition: &Expr) -> Vec<ResolvedRequest> {
        match &condition.node {
            ExprNode::Or(parts) | ExprNode::And(parts) => parts.iter().flat_map(|part| self.asks(part)).collect(),
            ExprNode::Relation { name, was: false, .. } => vec![ResolvedRequest::Relation(name.value.clone())],
            ExprNode::Holds { role, .. } if self.pack.role(&role.value).is_some() => vec![ResolvedRequest::Role(role.value.clone())],
            ExprNode::Holds { .. } => vec![ResolvedRequest::AnyRole],
            _ => Vec::new(),
        }
    }

    fn gives(&self, implication: &ImplicationDecl, asked: &ResolvedRequest) -> bool {
        match (&implication.then.node, asked) {
            (ExprNode::Relation { name, .. }, ResolvedRequest::Relation(relation)) => name.value == *relation,
            (ExprNode::Holds { role, .. }, asked) => {
                // A conclusion may name a role, or a variable that stands for any in force.
                let given: Vec<&str> = match self.pack.role(&role.value) {
                    Some(role) => vec![&role.meta.name.value],
                    None => self.pack.all.roles.iter().map(|role| role.meta.name.value.as_str()).collect(),
                };
                let wanted: Vec<String> = match asked {
                    ResolvedRequest::Relation(_) => Vec::new(),
                    ResolvedRequest::RoleItself(role) => vec![role.clone()],
                    ResolvedRequest::Role(role) => self.pack.includers(role, self.context),
                    ResolvedRequest::AnyRole => self.pack.roles(self.context).iter().map(|role| role.meta.name.value.clone()).collect(),
                };
                given.iter().any(|role| wanted.iter().any(|wanted| wanted == role))
            }
            _ => false,
        }
    }
}

/// The claims of an element.
fn sources(head: &MetadataDecl) -> BTreeSet<String> {
    head.source.iter().map(|claim| claim.value.clone()).collect()
}
