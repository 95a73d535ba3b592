//! Typing of atoms.

use super::terms::Typed;
use super::types::Type;
use super::variables::Variables;
use super::{Scope, TypeChecker, is_wildcard, quantifiers};
use crate::diag::{Code, Diagnostic};
use crate::policy::condition::{AllowedKinds, Atom, AtomKind, Expr, Term, TermNode};
use crate::policy::kind_set::KindSet;
use crate::policy::value_type::ValueType;
use crate::policy::variable::VarId;
use crate::syntax::ast::expr::{Expr as Written, ExprNode, Op, Term as WrittenTerm};
use crate::text::Span;

/// A place of an atom, and what it requires of its term.
pub(super) struct TermPlace<'k> {
    /// The index of the term among those of the atom.
    pub(super) term: usize,
    /// The kinds that the place allows.
    pub(super) kinds: &'k KindSet,
    /// The name of the place in diagnostics: "end 2 of `dap`".
    pub(super) name: String,
}

impl TypeChecker<'_> {
    /// Types an atom. The result is `false` if a mistake was reported.
    pub(super) fn atom(&mut self, scope: Scope<'_>, variables: &mut Variables, written: &Written) -> Expr {
        let mut wildcards = Vec::new();
        self.restricted.clear();
        let kind = self.atom_kind(scope, variables, written, &mut wildcards);
        let allowed = std::mem::take(&mut self.restricted);
        let Some(kind) = kind else { return Expr::False };
        let is_inequality = matches!(&written.node, ExprNode::Compare { op: Op::Ne, .. });
        if matches!(&written.node, ExprNode::Relation { was: true, .. } | ExprNode::Holds { was: true, .. }) {
            variables.reach_back(kind.terms());
        }
        let atom = self.with_members(variables, Atom { span: written.span, kind, allowed });
        let atom = if wildcards.is_empty() { atom } else { Expr::Exists(wildcards, Box::new(atom)) };
        if is_inequality { quantifiers::negate(atom) } else { atom }
    }

    fn atom_kind(
        &mut self,
        scope: Scope<'_>,
        variables: &mut Variables,
        written: &Written,
        wildcards: &mut Vec<VarId>,
    ) -> Option<AtomKind> {
        match &written.node {
            ExprNode::Relation { was, name, terms } => {
                let (relation, terms) = self.relation(scope, variables, name, terms, written.span, false, wildcards)?;
                if *was && !self.policy.relations[relation].derived_by.is_empty() {
                    let headline = format!("`{}` is derived by an implication, so it has no past", name.value);
                    let derived = Diagnostic::new(Code::WasDerived, headline, name.span, "derived");
                    let derived = derived.and(self.policy.relations[relation].meta.span, "declared here");
                    self.report(
                        derived.help("only facts stated in a world have a past: use `was` on a relation from which this one is derived"),
                    );
                    return None;
                }
                Some(AtomKind::Relation { relation, was: *was, terms })
            }
            ExprNode::Holds { was, holder, role, scope: over } => {
                // The past is that of facts, whose scope is of the role's kinds.
                let (holder, role, over) = self.holds(scope, variables, holder, role, over, *was, wildcards)?;
                Some(AtomKind::Holds { was: *was, holder, role, scope: over })
            }
            ExprNode::Is { term, kind } => {
                let typed = self.single(scope, variables, term);
                let known = self.kind(kind);
                let (typed, known) = (typed?, known?);
                if !matches!(&typed.ty, Type::Any) && !typed.kinds().is_some_and(|kinds| kinds.contains(known)) {
                    let what = self.describe(&typed.ty);
                    return self.never(format!("this is never a `{}`", kind.value), written.span, format!("it is {what}"));
                }
                Some(AtomKind::Is(typed.term, known))
            }
            ExprNode::Within { term, scope: outer } => {
                let (inner, outer) = (self.single(scope, variables, term), self.single(scope, variables, outer));
                let (inner, outer) = (self.entity(inner?)?, self.entity(outer?)?);
                if let (Some(low), Some(high)) = (inner.kinds(), outer.kinds())
                    && !self.policy.with_below(high).meets(low)
                {
                    let (low, high) = (self.list_kinds(low), self.list_kinds(high));
                    return self.never("this can never be true".to_owned(), written.span, format!("{low} never lies within {high}"));
                }
                Some(AtomKind::Within(inner.term, outer.term))
            }
            ExprNode::In { term, set } => self.membership(scope, variables, term, set, written.span, wildcards),
            ExprNode::InList { term, list } => self.one_of(scope, variables, term, list, written.span),
            ExprNode::Compare { left, op, right } => self.compare(scope, variables, left, *op, right, written.span),
            ExprNode::Or(_) | ExprNode::And(_) | ExprNode::Not(_) | ExprNode::Toggle(_) | ExprNode::Bool(_) => None,
        }
    }

    /// Reports a comparison or test that no world makes true.
    pub(super) fn never<T>(&mut self, headline: String, span: Span, label: String) -> Option<T> {
        self.report(Diagnostic::new(Code::NeverTrueComparison, headline, span, label));
        None
    }

    /// Types a term that has at most one value.
    pub(super) fn single(&mut self, scope: Scope<'_>, variables: &Variables, written: &WrittenTerm) -> Option<Typed> {
        let typed = self.term(scope, variables, written)?;
        if typed.many {
            let shown = "holds any number of values";
            self.report(
                Diagnostic::new(
                    Code::MisplacedTerm,
                    "a term with many values can only be used to the right of `in`",
                    typed.term.span,
                    shown,
                )
                .help("write `x in …`"),
            );
            return None;
        }
        Some(typed)
    }

    /// The term, if it can be an entity; else it is reported.
    fn entity(&mut self, typed: Typed) -> Option<Typed> {
        if typed.ty.may_be(ValueType::is_entity) {
            return Some(typed);
        }
        let what = self.describe(&typed.ty);
        self.report(Diagnostic::new(Code::MisplacedTerm, "an entity must stand here", typed.term.span, format!("this is {what}")));
        None
    }

    /// Types a term at a place that allows certain kinds. A wildcard there becomes a variable of these kinds.
    pub(super) fn placed_term(
        &mut self,
        scope: Scope<'_>,
        variables: &mut Variables,
        written: &WrittenTerm,
        place: &TermPlace<'_>,
        wildcards: &mut Vec<VarId>,
    ) -> Option<Term> {
        if is_wildcard(written) {
            let variable = variables.wildcard(self, place.kinds.clone(), written.span)?;
            wildcards.push(variable);
            return Some(Term { span: written.span, node: TermNode::Variable(variable) });
        }
        let typed = self.single(scope, variables, written)?;
        let typed = self.entity(typed)?;
        if typed.kinds().is_some_and(|kinds| !kinds.meets(place.kinds)) {
            let (given, wanted) = (self.describe(&typed.ty), self.list_kinds(place.kinds));
            let headline = format!("{} is {wanted}, never {given}", place.name);
            self.report(Diagnostic::new(Code::WrongKind, headline, typed.term.span, format!("this is {given}")));
            return None;
        }
        self.restrict(variables, &typed, place.term, place.kinds);
        Some(typed.term)
    }

    /// Records the kinds that a place allows, if the term there may be of others.
    pub(super) fn restrict(&mut self, variables: &Variables, typed: &Typed, term: usize, kinds: &KindSet) {
        let range = match typed.term.node {
            TermNode::Variable(variable) => Some(variables.range(variable)),
            _ => typed.kinds(),
        };
        if range.is_some_and(|range| !range.is_subset(kinds)) {
            self.restricted.push(AllowedKinds { term, kinds: kinds.clone() });
        }
    }
}
