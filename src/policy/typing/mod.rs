//! Typing of conditions: from names as written to ids, variables and checked kinds.
//!
//! A condition is read twice. The first reading (`kind_inference`, `bindings`) finds every variable, the places that bind it, and the kinds
//! that these places leave to it; `variables` reports what is wrong with them. The second reading builds the condition: `terms` types each
//! term, `atoms` each atom, with `relations` (and `through`), `membership` and `comparison`, and `quantifiers` puts each `Exists` around the
//! smallest part that has its variable. `events` types the effects of events, `patterns` the patterns of a world.

mod atoms;
mod bindings;
mod comparison;
mod events;
mod kind_inference;
mod membership;
mod patterns;
mod quantifiers;
mod relations;
mod terms;
mod text_names;
mod through;
mod types;
mod variables;

use super::condition::{AllowedKinds, Condition, Expr, Literal};
use super::events::Parameter;
use super::ids::{Id, KindId, LiteralId, TextId};
use super::kind_set::KindSet;
use super::model::Policy;
use super::name_table::aka_help;
use super::rules::{Conclusion, TextName};
use crate::diag::{Code, Diagnostic};
use crate::syntax::Text;
use crate::syntax::ast::expr::{Expr as Written, ExprNode, TermNode as WrittenTerm};
use crate::text::{Sources, Span, Spanned};
use std::collections::HashMap;
use variables::Variables;

/// Types the conditions of one policy whose kinds, attributes, relations, roles and toggles are known.
pub(super) struct TypeChecker<'a> {
    policy: &'a Policy,
    /// See [`Policy::holders`].
    holders: KindSet,
    all_kinds: KindSet,
    texts: Vec<String>,
    text_ids: HashMap<String, TextId>,
    literals: Vec<Literal>,
    literal_ids: HashMap<(KindId, String), LiteralId>,
    /// The number of literals that are known already and not among `literals`.
    known_literals: usize,
    /// The files that the texts of conditions are in.
    sources: &'a Sources,
    diagnostics: Vec<Diagnostic>,
    /// Of the atom that is being typed: its places that do not allow every kind that their term may be.
    restricted: Vec<AllowedKinds>,
    /// The first place at which a condition reads the system of a role.
    reads_system: Option<Span>,
    /// It types the patterns of a world, in which roles may stand that the policy does not name.
    of_world: bool,
}

/// What the terms of a condition may start from, besides its variables and constants.
#[derive(Clone, Copy)]
struct Scope<'a> {
    /// The kinds of `subject`; `None` if the condition has none.
    subject: Option<&'a KindSet>,
    /// The kinds of `resource`; `None` if the condition has none.
    resource: Option<&'a KindSet>,
    parameters: &'a [Parameter],
    /// The help for a `subject` or `resource` that the condition does not have.
    place: &'static str,
}

/// A condition, and the conclusion of an implication, typed.
struct TypedCondition {
    /// `if and not unless`.
    condition: Condition,
    /// `if and unless`, if there is an `unless`.
    switched_off: Option<Condition>,
    /// The conclusion; `None` if there is none, or it has a mistake.
    then: Option<Conclusion>,
}

/// `if` and `unless`, typed. Their variables are not bound yet.
struct IfAndUnless {
    condition: Expr,
    unless: Option<Expr>,
}

impl IfAndUnless {
    fn if_and_not_unless(&self) -> Expr {
        let unless = self.unless.clone().map(quantifiers::negate);
        quantifiers::all([self.condition.clone()].into_iter().chain(unless).collect())
    }

    /// `None` if there is no `unless`.
    fn if_and_unless(&self) -> Option<Expr> {
        let unless = self.unless.clone()?;
        Some(quantifiers::all(vec![self.condition.clone(), unless]))
    }
}

impl<'a> TypeChecker<'a> {
    /// For a policy that has no conditions yet. Its texts keep their ids.
    pub(super) fn new(policy: &'a Policy) -> TypeChecker<'a> {
        let texts: Vec<String> = policy.texts.values().cloned().collect();
        let text_ids = texts.iter().enumerate().map(|(at, text)| (text.clone(), TextId::from_index(at))).collect();
        TypeChecker {
            policy,
            holders: policy.holders(),
            all_kinds: policy.kinds.ids().collect(),
            texts,
            text_ids,
            literals: Vec::new(),
            literal_ids: HashMap::new(),
            known_literals: 0,
            sources: &policy.sources,
            diagnostics: Vec::new(),
            restricted: Vec::new(),
            reads_system: None,
            of_world: false,
        }
    }

    /// For the patterns of a world: the policy has its conditions, and `sources` has the world's files too. What the patterns name gets ids
    /// after those of the policy.
    pub(super) fn of_world(policy: &'a Policy, sources: &'a Sources) -> TypeChecker<'a> {
        TypeChecker { known_literals: policy.literals.len(), sources, of_world: true, ..TypeChecker::new(policy) }
    }

    /// The same where so many entities are literals already.
    pub(super) fn after(self, literals: usize) -> TypeChecker<'a> {
        TypeChecker { known_literals: literals, ..self }
    }

    /// How many texts the policy has.
    pub(super) fn policy_texts(&self) -> usize {
        self.policy.texts.len()
    }

    /// The condition of a rule: `if and not unless`.
    pub(super) fn rule(
        &mut self,
        subject: &KindSet,
        resource: &KindSet,
        condition: Option<&Written>,
        unless: Option<&Written>,
    ) -> Condition {
        let scope = Scope { subject: Some(subject), resource: Some(resource), parameters: &[], place: "" };
        self.condition(scope, condition, unless, None).condition
    }

    /// The condition of an obligation or advice, `if and not unless`, and the names in braces in its text.
    pub(super) fn notice(
        &mut self,
        subject: &KindSet,
        resource: &KindSet,
        [condition, unless]: [Option<&Written>; 2],
        text: &Text,
    ) -> (Condition, Vec<TextName>) {
        let scope = Scope { subject: Some(subject), resource: Some(resource), parameters: &[], place: "" };
        let mut variables = Variables::find(self, scope, condition, unless, None, Some(text));
        let names = text_names::resolve(self, scope, &variables, text);
        let parts = self.if_and_unless(scope, &mut variables, condition, unless);
        let expr = quantifiers::bind(parts.if_and_not_unless(), variables.concluded());
        (Condition { expr, variables: variables.into_variables() }, names)
    }

    /// The condition of an implication, when its `unless` switches it off, and its conclusion.
    pub(super) fn implication(
        &mut self,
        condition: Option<&Written>,
        unless: Option<&Written>,
        then: &Written,
    ) -> Option<(Condition, Option<Condition>, Conclusion)> {
        let holders = self.holders.clone();
        let subject = matches!(then.node, ExprNode::Holds { .. }).then_some(&holders);
        let place = "name a variable: `subject` stands in an implication only where `then` is a role held";
        let scope = Scope { subject, resource: None, parameters: &[], place };
        let typed = self.condition(scope, condition, unless, Some(then));
        typed.then.map(|then| (typed.condition, typed.switched_off, then))
    }

    /// The statement of an invariant.
    pub(super) fn invariant(&mut self, never: &Written) -> Condition {
        let scope = Scope {
            subject: None,
            resource: None,
            parameters: &[],
            place: "name a variable: an invariant is about the world, and nobody asks",
        };
        self.condition(scope, Some(never), None, None).condition
    }

    /// The condition of a property about worlds.
    pub(super) fn world_property(&mut self, never: &Written) -> Condition {
        let place = "write `for = [\"ACTION\"]`, or name a variable: a property without actions is about the world, and nobody asks";
        let scope = Scope { subject: None, resource: None, parameters: &[], place };
        self.condition(scope, Some(never), None, None).condition
    }

    /// The id of a text; a new text gets the next id.
    pub(super) fn text(&mut self, text: &str) -> TextId {
        if let Some(&id) = self.text_ids.get(text) {
            return id;
        }
        let id = TextId::from_index(self.texts.len());
        self.texts.push(text.to_owned());
        self.text_ids.insert(text.to_owned(), id);
        id
    }

    /// All texts and entities that conditions name, and all mistakes.
    pub(super) fn finish(self) -> (Vec<String>, Vec<Literal>, Vec<Diagnostic>) {
        (self.texts, self.literals, self.diagnostics)
    }

    /// The first place at which a condition reads the system of a role.
    pub(super) fn reads_system(&self) -> Option<Span> {
        self.reads_system
    }

    pub(super) fn report(&mut self, diagnostic: Diagnostic) {
        self.diagnostics.push(diagnostic);
    }

    fn literal(&mut self, kind: KindId, id: &str, span: Span) -> LiteralId {
        if let Some(&literal) = self.literal_ids.get(&(kind, id.to_owned())) {
            return literal;
        }
        let literal = LiteralId::from_index(self.known_literals + self.literals.len());
        self.literals.push(Literal { kind, id: id.to_owned(), span });
        self.literal_ids.insert((kind, id.to_owned()), literal);
        literal
    }

    /// The kind of an entity that a condition names.
    fn literal_kind(&self, literal: LiteralId) -> KindId {
        match literal.index().checked_sub(self.known_literals) {
            Some(own) => self.literals[own].kind,
            None => self.policy.literals[literal].kind,
        }
    }

    /// The names of all kinds, in order.
    fn kind_names(&self) -> impl Iterator<Item = &'a str> + use<'a> {
        self.policy.kinds.values().map(|kind| kind.meta.name.as_str())
    }

    /// The kind of that name; an unknown name is reported.
    fn kind(&mut self, name: &Spanned<String>) -> Option<KindId> {
        let kind = self.policy.kind_named(&name.value);
        if kind.is_none() {
            let unknown = Diagnostic::new(Code::UnknownKind, format!("no kind is named `{}`", name.value), name.span, "not declared");
            let own = self.policy.kind_called(&name.value).map(|kind| &self.policy.kinds[kind].meta.name);
            self.report(match own {
                Some(own) => unknown.help(aka_help(own)).patch(name.span, own),
                None => unknown.nearest(&name.value, name.span, self.kind_names()),
            });
        }
        kind
    }

    /// Types `if` and `unless`, and the conclusion.
    fn condition(
        &mut self,
        scope: Scope<'_>,
        condition: Option<&Written>,
        unless: Option<&Written>,
        then: Option<&Written>,
    ) -> TypedCondition {
        let mut variables = Variables::find(self, scope, condition, unless, then, None);
        let parts = self.if_and_unless(scope, &mut variables, condition, unless);
        let then = then.and_then(|then| self.conclusion(scope, &mut variables, then));
        let given = variables.concluded();
        let variables = variables.into_variables();
        let switched_off =
            parts.if_and_unless().map(|expr| Condition { expr: quantifiers::bind(expr, given), variables: variables.clone() });
        let condition = Condition { expr: quantifiers::bind(parts.if_and_not_unless(), given), variables };
        TypedCondition { condition, switched_off, then }
    }

    /// Types `if` and `unless`. Their variables are not bound yet.
    fn if_and_unless(
        &mut self,
        scope: Scope<'_>,
        variables: &mut Variables,
        condition: Option<&Written>,
        unless: Option<&Written>,
    ) -> IfAndUnless {
        let condition = condition.map(|condition| self.expr(scope, variables, condition)).unwrap_or_default();
        IfAndUnless { condition, unless: unless.map(|unless| self.under_negation(scope, variables, unless)) }
    }

    /// Types a part under `not` or `unless`.
    fn under_negation(&mut self, scope: Scope<'_>, variables: &mut Variables, part: &Written) -> Expr {
        variables.negate(true);
        let typed = self.expr(scope, variables, part);
        variables.negate(false);
        typed
    }

    fn expr(&mut self, scope: Scope<'_>, variables: &mut Variables, written: &Written) -> Expr {
        match &written.node {
            ExprNode::Or(parts) => {
                let branch = |part: &Written| {
                    let before = variables.narrow(self, scope, part);
                    let typed = self.expr(scope, variables, part);
                    variables.widen(before);
                    typed
                };
                quantifiers::any(parts.iter().map(branch).collect())
            }
            ExprNode::And(parts) => quantifiers::all(parts.iter().map(|part| self.expr(scope, variables, part)).collect()),
            ExprNode::Not(part) => quantifiers::negate(self.under_negation(scope, variables, part)),
            ExprNode::Bool(true) => Expr::True,
            ExprNode::Bool(false) => Expr::False,
            ExprNode::Toggle(name) => {
                if let Some(toggle) = self.policy.toggle_named(&name.value) {
                    Expr::Toggle(toggle, written.span)
                } else {
                    let unknown =
                        Diagnostic::new(Code::UnknownToggle, format!("no toggle is named `{}`", name.value), name.span, "not declared");
                    let known: Vec<&str> = self.policy.toggles.values().map(|toggle| toggle.meta.name.as_str()).collect();
                    self.report(unknown.nearest(&name.value, name.span, known));
                    Expr::False
                }
            }
            _ => self.atom(scope, variables, written),
        }
    }
}

/// Whether the written term is the wildcard.
fn is_wildcard(term: &crate::syntax::ast::expr::Term) -> bool {
    matches!(term.node, WrittenTerm::Any)
}
