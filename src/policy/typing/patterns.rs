//! Typing of patterns of facts.

use super::types::Type;
use super::variables::Variables;
use super::{Scope, TypeChecker};
use crate::diag::{Code, Diagnostic};
use crate::policy::condition::{AtomKind, Condition, Expr, RoleTerm, Term, TermNode as TypedNode};
use crate::policy::events::FactTerm;
use crate::policy::ids::{AttributeId, KindId};
use crate::policy::kind_set::KindSet;
use crate::policy::pattern::{Pattern, PatternFact};
use crate::policy::variable::VarId;
use crate::syntax::ast::expr::{
    Effect as ParsedEffect, Expr as Written, ExprNode, FactPattern, Op, Pattern as ParsedPattern, Term as WrittenTerm, TermNode,
};
use crate::text::{Span, Spanned};

const PLACE: &str = "name a variable: a pattern is about the world, and nobody asks";

impl TypeChecker<'_> {
    /// Types a pattern. `None` if a mistake was reported.
    pub(in crate::policy) fn pattern(&mut self, pattern: &ParsedPattern) -> Option<Pattern> {
        let reported = self.diagnostics.len();
        let scope = Scope { subject: None, resource: None, parameters: &[], place: PLACE };
        let fact = fact_of(&pattern.fact);
        if let Some(condition) = &pattern.condition {
            self.check_where(&fact, condition);
        }
        let effect = ParsedEffect { span: pattern.span, fact, lasts: None, condition: pattern.condition.clone() };
        let mut variables = Variables::of_effect(self, scope, &effect, true);
        let condition = match &effect.condition {
            Some(condition) => self.expr(scope, &mut variables, condition),
            None => Expr::True,
        };
        let mut wildcards = Vec::new();
        let fact = self.pattern_fact(scope, &mut variables, &effect.fact, &mut wildcards);
        self.restricted.clear();
        if let Some(atom) = condition.atoms().find(|atom| matches!(atom.kind, AtomKind::Member(..))) {
            self.not_in_where(atom.span, "groups");
        }
        let fact = fact.filter(|_| self.diagnostics.len() == reported)?;
        Some(Pattern { fact, condition: Condition { expr: condition, variables: variables.into_variables() } })
    }

    fn pattern_fact(
        &mut self,
        scope: Scope<'_>,
        variables: &mut Variables,
        fact: &Written,
        wildcards: &mut Vec<VarId>,
    ) -> Option<PatternFact> {
        let term = match &fact.node {
            ExprNode::Relation { was: false, name, terms } => {
                let (relation, terms) = self.relation(scope, variables, name, terms, fact.span, true, wildcards)?;
                FactTerm::Relation(relation, terms)
            }
            ExprNode::Holds { was: false, holder, role, scope: over } => {
                let (holder, role, over) = self.holds(scope, variables, holder, role, over, true, wildcards)?;
                match role {
                    RoleTerm::Term(role) if matches!(role.node, TypedNode::Literal(_)) => {
                        FactTerm::Relation(self.policy.unknown_roles, vec![holder, role, over])
                    }
                    role => FactTerm::Holds(holder, role, over),
                }
            }
            ExprNode::In { term, set } => match self.membership(scope, variables, term, set, fact.span, wildcards)? {
                AtomKind::Member(member, group) => {
                    self.direct_membership(variables, &member, &group, fact.span)?;
                    FactTerm::Member(member, group)
                }
                _ => return self.no_pattern(fact.span),
            },
            ExprNode::Compare { left, op: Op::Eq, right } => {
                let TermNode::Attribute(of, name) = &left.node else { return self.no_pattern(fact.span) };
                let (of, attributes) = self.bearer(scope, variables, of, name)?;
                if matches!(right.node, TermNode::Any) {
                    return Some(PatternFact::Attribute(of, attributes));
                }
                let right = self.single(scope, variables, right)?;
                let fits = |attribute: AttributeId| right.ty.meets(&Type::from(&self.policy.attributes[attribute].value));
                let fitting: Vec<_> = attributes.iter().copied().filter(|&(_, attribute)| fits(attribute)).collect();
                if let (true, Some(&(_, attribute))) = (fitting.is_empty(), attributes.first()) {
                    let declared = &self.policy.attributes[attribute];
                    self.misfit(&declared.name, &right.ty, &declared.value, right.term.span);
                    return None;
                }
                FactTerm::Value(of, fitting, right.term)
            }
            _ => return self.no_pattern(fact.span),
        };
        Some(PatternFact::Fact(term))
    }

    /// Types `of.name` on the left of a fact, where also the attribute that names a container is meant.
    fn bearer(
        &mut self,
        scope: Scope<'_>,
        variables: &Variables,
        of: &WrittenTerm,
        name: &Spanned<String>,
    ) -> Option<(Term, Vec<(KindId, AttributeId)>)> {
        if !matches!(of.node, TermNode::Name(_) | TermNode::Entity { .. }) {
            return self.no_pattern(of.span);
        }
        let of = self.single(scope, variables, of)?;
        let kinds = of.kinds().cloned().unwrap_or_default();
        let attribute = |kind| self.policy.attribute_named(kind, &name.value).map(|attribute| (kind, attribute));
        let attributes: Vec<_> = kinds.iter().filter_map(attribute).collect();
        if attributes.is_empty() {
            let headline = format!("{} has no attribute `{}`", self.list_kinds(&kinds), name.value);
            let unknown = Diagnostic::new(Code::UnknownAttribute, headline, name.span, "unknown");
            let known = kinds.iter().flat_map(|kind| &self.policy.kinds[kind].attributes);
            let known: Vec<&str> = known.map(|&attribute| self.policy.attributes[attribute].name.as_str()).collect();
            self.report(unknown.nearest(&name.value, name.span, known));
            return None;
        }
        Some((of.term, attributes))
    }

    /// Checks that some member may be directly in some group: a fact states no membership through another group.
    fn direct_membership(&mut self, variables: &Variables, member: &Term, group: &Term, span: Span) -> Option<()> {
        let (members, groups) = (self.kinds_of_term(variables, member), self.kinds_of_term(variables, group));
        let in_some = |member: KindId| {
            let mut attributes = self.policy.kinds[member].attributes.iter().map(|&attribute| &self.policy.attributes[attribute]);
            attributes.any(|attribute| groups.iter().any(|group| attribute.is_membership_in(group)))
        };
        if members.iter().any(in_some) {
            return Some(());
        }
        let (members, groups) = (self.list_kinds(&members), self.list_kinds(&groups));
        let headline = format!("no fact can fit the pattern: {members} is never a direct member of {groups}");
        self.report(Diagnostic::new(Code::BadPattern, headline, span, "fits no fact"));
        None
    }

    fn kinds_of_term(&self, variables: &Variables, term: &Term) -> KindSet {
        use crate::policy::condition::TermNode as Typed;
        match &term.node {
            Typed::Variable(variable) => variables.range(*variable).clone(),
            Typed::Literal(literal) => KindSet::one(self.literal_kind(*literal)),
            _ => KindSet::default(),
        }
    }

    /// Reports a part of `where` that is not about attributes and containment, and variables that the fact does not have.
    fn check_where(&mut self, fact: &Written, condition: &Written) {
        let of_fact = names_in(fact);
        for name in names_in(condition) {
            if !of_fact.iter().any(|(known, _)| *known == name.0) {
                let headline = format!("the fact of the pattern has no variable `{}`", name.0);
                let diagnostic = Diagnostic::new(Code::BadPattern, headline, name.1, "not in the fact");
                let known = of_fact.iter().map(|(known, _)| known.as_str());
                self.report(diagnostic.nearest(&name.0, name.1, known));
            }
        }
        let mut rest = vec![condition];
        while let Some(part) = rest.pop() {
            match &part.node {
                ExprNode::And(parts) | ExprNode::Or(parts) => rest.extend(parts),
                ExprNode::Not(part) => rest.push(part),
                ExprNode::Relation { .. } => self.not_in_where(part.span, "relations"),
                ExprNode::Holds { .. } => self.not_in_where(part.span, "roles"),
                ExprNode::Toggle(_) => self.not_in_where(part.span, "toggles"),
                _ => {}
            }
        }
    }

    fn not_in_where(&mut self, span: Span, what: &str) {
        let headline = format!("`where` cannot ask about {what}");
        let diagnostic = Diagnostic::new(Code::BadPattern, headline, span, "not an attribute");
        self.report(diagnostic.help("`where` narrows a pattern with attributes, `is`, `within`, and `in` a list or a set"));
    }

    fn no_pattern<T>(&mut self, span: Span) -> Option<T> {
        let diagnostic = Diagnostic::new(Code::BadPattern, "the pattern is not a fact", span, "not a fact");
        self.report(diagnostic.help(
            "write `relation(term, …)`, `term holds ROLE on term`, `term in GROUP`, `term.attribute` or `term.attribute == value`; a term is an entity, a variable or `_`",
        ));
        None
    }
}

/// The fact of a pattern as one expression: an attribute alone is compared with `_`.
fn fact_of(fact: &FactPattern) -> Written {
    match fact {
        FactPattern::Fact(fact) => fact.clone(),
        FactPattern::Attribute(term) => {
            let any = WrittenTerm { span: term.span, node: TermNode::Any };
            Written { span: term.span, node: ExprNode::Compare { left: term.clone(), op: Op::Eq, right: any } }
        }
    }
}

/// The names of variables in an expression, each with its first place.
fn names_in(expr: &Written) -> Vec<(String, Span)> {
    let mut found: Vec<(String, Span)> = Vec::new();
    for root in expr.atoms().into_iter().flat_map(Written::terms).map(WrittenTerm::root) {
        if let Some(name) = root.name()
            && !found.iter().any(|(known, _)| known == name)
        {
            found.push((name.to_owned(), root.span));
        }
    }
    found
}
