//! Typing of relations and of `holds`, in conditions, facts and conclusions.

use super::atoms::TermPlace;
use super::variables::Variables;
use super::{Scope, TypeChecker, is_wildcard};
use crate::diag::{Code, Diagnostic};
use crate::policy::condition::{RoleTerm, Term};
use crate::policy::ids::RelationId;
use crate::policy::kind_set::KindSet;
use crate::policy::roles_over::suggest_role;
use crate::policy::rules::Conclusion;
use crate::policy::swapped_ends::swapped_ends;
use crate::policy::variable::VarId;
use crate::syntax::ast::expr::{Expr as Written, ExprNode, Term as WrittenTerm, TermNode as WrittenNode};
use crate::text::{Span, Spanned};

impl TypeChecker<'_> {
    /// Types `name(term, …)`. If the relation covers, its last end also allows entities within those of the declared kinds, except in a
    /// fact or a conclusion (`exact`).
    #[expect(clippy::too_many_arguments, reason = "a name and its terms, and what every term needs")]
    pub(super) fn relation(
        &mut self,
        scope: Scope<'_>,
        variables: &mut Variables,
        name: &Spanned<String>,
        terms: &[WrittenTerm],
        span: Span,
        exact: bool,
        wildcards: &mut Vec<VarId>,
    ) -> Option<(RelationId, Vec<Term>)> {
        let Some(id) = self.policy.relation_named(&name.value) else {
            let unknown =
                Diagnostic::new(Code::UnknownRelation, format!("no relation is named `{}`", name.value), name.span, "not declared");
            let names: Vec<&str> = self.policy.relation_names().collect();
            let unknown = match self.policy.role_named(&name.value) {
                Some(_) => unknown.help(format!("`{0}` is a role: write `x holds {0} on y`", name.value)),
                None => unknown.nearest(&name.value, name.span, names),
            };
            let declare = || format!("declare it: `[relation.{}]`, with `ends`", name.value);
            let help = unknown.help.clone().unwrap_or_else(declare);
            self.report(unknown.help(help));
            return None;
        };
        let relation = &self.policy.relations[id];
        if relation.ends.len() != terms.len() {
            let (wants, has) = (relation.ends.len(), terms.len());
            let headline = format!("`{}` has {wants} end{}, not {has}", name.value, if wants == 1 { "" } else { "s" });
            let ends: Vec<String> = relation.ends.iter().map(|end| self.list_kinds(end).replace('`', "")).collect();
            let wrong = Diagnostic::new(Code::WrongEnds, headline, span, format!("{has} given")).and(relation.meta.span, "declared here");
            self.report(wrong.help(format!("write `{}({})`", name.value, ends.join(", "))));
            return None;
        }
        let last = terms.len() - 1;
        let reported = self.diagnostics.len();
        let mut typed = Vec::with_capacity(terms.len());
        let mut allowed = Vec::with_capacity(terms.len());
        for (at, (term, end)) in terms.iter().zip(&relation.ends).enumerate() {
            // A wildcard ranges over the declared kinds only: a fact about one of those covers what is within it.
            let covers = relation.covers && at == last && !exact && !is_wildcard(term);
            allowed.push(if covers { self.policy.with_below(end) } else { end.clone() });
            let place = TermPlace { term: at, kinds: &allowed[at], name: format!("end {} of `{}`", at + 1, name.value) };
            typed.push(self.placed_term(scope, variables, term, &place, wildcards));
        }
        if self.diagnostics[reported..].iter().filter(|mistake| mistake.code == Code::WrongKind).count() > 1
            && let Some(swapped) = self.swapped(scope, variables, name, terms, &allowed)
        {
            self.diagnostics.truncate(reported);
            self.report(swapped.and(relation.meta.span, "declared here"));
        }
        let typed: Option<Vec<Term>> = typed.into_iter().collect();
        Some((id, typed?))
    }

    /// The mistake that two ends are swapped. It replaces the mistakes of the single ends.
    fn swapped(
        &mut self,
        scope: Scope<'_>,
        variables: &Variables,
        name: &Spanned<String>,
        terms: &[WrittenTerm],
        allowed: &[KindSet],
    ) -> Option<Diagnostic> {
        let mut kinds = Vec::with_capacity(terms.len());
        for term in terms {
            kinds.push(self.single(scope, variables, term)?.kinds()?.clone());
        }
        let spans: Vec<Span> = terms.iter().map(|term| term.span).collect();
        swapped_ends(self.sources, &name.value, &spans, |term, end| kinds[term].meets(&allowed[end]))
    }

    /// Types `holder holds role on scope`. The scope may also lie within an entity of the role's kinds, except in a fact or a conclusion
    /// (`exact`).
    #[expect(clippy::too_many_arguments, reason = "three terms, and what every term needs")]
    pub(super) fn holds(
        &mut self,
        scope: Scope<'_>,
        variables: &mut Variables,
        holder: &WrittenTerm,
        role: &WrittenTerm,
        over: &WrittenTerm,
        exact: bool,
        wildcards: &mut Vec<VarId>,
    ) -> Option<(Term, RoleTerm, Term)> {
        let named = self.role(scope, variables, role, over, wildcards);
        let holders = self.holders.clone();
        let holder = self.placed_term(
            scope,
            variables,
            holder,
            &TermPlace { term: 0, kinds: &holders, name: "who holds a role".to_owned() },
            wildcards,
        );
        let on = match &named {
            Some(RoleTerm::Named(id)) => self.policy.roles[*id].on.clone(),
            _ => self.policy.scopes(),
        };
        let kinds = if exact || is_wildcard(over) { on } else { self.policy.with_below(&on) };
        let over = self.placed_term(
            scope,
            variables,
            over,
            &TermPlace { term: 2, kinds: &kinds, name: format!("what `{role}` is held over") },
            wildcards,
        );
        Some((holder?, named?, over?))
    }

    /// The kinds of a written term, without reporting its mistakes: all over which roles may be held, if they are not clear.
    fn named_kinds(&self, scope: Scope<'_>, variables: &Variables, term: &WrittenTerm) -> KindSet {
        let kinds = match (&term.node, term.name()) {
            (_, Some("resource")) => scope.resource.cloned(),
            (_, Some(name)) => variables.variable(name).map(|(_, kinds)| kinds.clone()),
            (WrittenNode::Entity { kind, .. }, _) => self.policy.kind_named(&kind.value).map(KindSet::one),
            _ => None,
        };
        kinds.unwrap_or_else(|| self.policy.scopes())
    }

    /// Types the role after `holds`: the name of a role, a variable or parameter of kind `role`, `role:ID` or `_`.
    fn role(
        &mut self,
        scope: Scope<'_>,
        variables: &mut Variables,
        role: &WrittenTerm,
        over: &WrittenTerm,
        wildcards: &mut Vec<VarId>,
    ) -> Option<RoleTerm> {
        if let Some(id) = self.policy.written_role(role) {
            return Some(RoleTerm::Named(id));
        }
        let kinds = KindSet::one(self.policy.role_kind);
        if is_wildcard(role) {
            let place = TermPlace { term: 1, kinds: &kinds, name: "the role that is held".to_owned() };
            return self.placed_term(scope, variables, role, &place, wildcards).map(RoleTerm::Term);
        }
        if let Some(name) = role.name()
            && !scope.parameters.iter().any(|parameter| parameter.name == name)
            && !variables.knows(name)
        {
            let unknown = Diagnostic::new(Code::UnknownRole, format!("no role is named `{name}`"), role.span, "not declared");
            let kinds = self.policy.with_above(&self.named_kinds(scope, variables, over));
            self.report(suggest_role(self.policy, unknown, name, role.span, &kinds));
            return None;
        }
        let typed = self.single(scope, variables, role)?;
        if !typed.kinds().is_some_and(|given| given.meets(&kinds)) {
            let what = self.describe(&typed.ty);
            let unknown = Diagnostic::new(Code::UnknownRole, format!("`{role}` is not a role"), role.span, format!("this is {what}"));
            self.report(unknown.help("after `holds` stands a role's name, `role:ID`, `_`, or a variable of kind `role`"));
            return None;
        }
        self.restrict(variables, &typed, 1, &kinds);
        Some(RoleTerm::Term(typed.term))
    }

    /// Types the conclusion of an implication.
    pub(super) fn conclusion(&mut self, scope: Scope<'_>, variables: &mut Variables, then: &Written) -> Option<Conclusion> {
        let mut wildcards = Vec::new();
        let conclusion = match &then.node {
            ExprNode::Relation { was: false, name, terms } => {
                let (relation, terms) = self.relation(scope, variables, name, terms, then.span, true, &mut wildcards)?;
                Conclusion::Relation { relation, terms }
            }
            ExprNode::Holds { was: false, holder, role, scope: over } => {
                let (holder, role, over) = self.holds(scope, variables, holder, role, over, true, &mut wildcards)?;
                Conclusion::Holds { holder, role, scope: over }
            }
            _ => {
                let bad = Diagnostic::new(Code::BadConclusion, "`then` is neither a role held nor a relation", then.span, "cannot follow");
                self.report(bad.help("write `relation(term, …)` or `term holds role on term`"));
                return None;
            }
        };
        if !wildcards.is_empty() {
            let bad = Diagnostic::new(Code::BadConclusion, "`then` names nobody in particular", then.span, "`_` cannot follow");
            self.report(bad.help("bind a variable in `if`"));
            return None;
        }
        // A conclusion is not an atom and keeps no restrictions: it derives no fact about an entity of a kind that its place does not allow.
        self.restricted.clear();
        Some(conclusion)
    }
}
