//! Facts and patterns with placeholders, typed against the policy.

use super::build::Builder;
use super::{Form, Kinds, Shape, TermForm, WhereForm};
use crate::diag::phrases::{any_of_at_most, code};
use crate::diag::{Code, Diagnostic};
use crate::policy::{KindId, PatternTyper, Policy};
use crate::syntax::ast::expr::{Expr, ExprNode, FactPattern, Op, Pattern, Term, TermNode};
use crate::syntax::ast::mapping::{KindsDecl, Templated};
use crate::syntax::{Text, is_filled, parts, unfilled};

impl Builder<'_> {
    /// A fact with placeholders; `None` if it has mistakes.
    pub(super) fn fact(&mut self, fact: &Templated<FactPattern>) -> Option<Form> {
        let tree = Pattern { span: fact.tree.span(), fact: fact.tree.clone(), condition: None };
        let Templated { written, holes, kinds, .. } = fact;
        self.form(&Templated { tree, written: written.clone(), holes: holes.clone(), kinds: kinds.clone() })
    }

    /// A pattern with placeholders; `None` if it has mistakes.
    pub(super) fn form(&mut self, pattern: &Templated<Pattern>) -> Option<Form> {
        let kinds: Option<Vec<(String, Kinds)>> =
            pattern.kinds.iter().map(|(stands, decl)| Some((stands.clone(), self.kinds(decl)?))).collect();
        let kinds = kinds?;
        if !self.is_typed(pattern, &kinds) {
            return None;
        }
        let mut reader = FormReader { builder: self, pattern, kinds: &kinds, next: 0 };
        reader.form()
    }

    /// The kinds that a declaration names.
    fn kinds(&mut self, decl: &KindsDecl) -> Option<Kinds> {
        match decl {
            KindsDecl::OneOf(names) => {
                let kinds: Vec<Option<KindId>> = names.iter().map(|name| self.kind_named(name)).collect();
                kinds.into_iter().collect::<Option<Vec<KindId>>>().map(Kinds::Declared)
            }
            KindsDecl::Bound(name) if self.bound_kinds.is_empty() => {
                let diagnostic = Diagnostic::new(Code::UnknownPlaceholder, "nothing binds `{kind}` here", name.span, "unknown name");
                self.report(diagnostic.help("write `kind = { \"/pointer\" = { User = \"user\" } }`"));
                None
            }
            KindsDecl::Bound(_) => Some(Kinds::Bound(self.bound_kinds.clone())),
        }
    }

    /// The kind of that name.
    pub(super) fn kind_named(&mut self, name: &Text) -> Option<KindId> {
        let found = self.policy.kind_called(&name.value);
        if found.is_none() && self.reported.insert(name.value.clone()) {
            let diagnostic = Diagnostic::new(Code::UnknownKind, format!("no kind is named `{}`", name.value), name.span, "unknown kind");
            let known = self.policy.kinds.values().map(|kind| kind.meta.name.as_str());
            let all = any_of_at_most(known.clone().map(code), 20);
            self.report(diagnostic.help(format!("the pack has {all}")).nearest(&name.value, name.span, known));
        }
        found
    }

    /// Types the pattern with each of the kinds that an entity in it may have. Reports the mistakes of the first that does not fit.
    fn is_typed(&mut self, pattern: &Templated<Pattern>, kinds: &[(String, Kinds)]) -> bool {
        let most = kinds.iter().map(|(_, kinds)| kinds.all().len()).max().unwrap_or(1);
        for turn in 0..most {
            let mut tree = pattern.tree.clone();
            tree.rename_kinds(&|name| {
                let (_, kinds) = kinds.iter().find(|(stands, _)| stands == name)?;
                let all = kinds.all();
                Some(self.policy.kinds[all[turn.min(all.len() - 1)]].meta.name.clone())
            });
            let mut typer = PatternTyper::new(self.policy, self.sources);
            let typed = typer.pattern(&tree).is_some();
            let (_, _, diagnostics) = typer.finish();
            if !typed {
                diagnostics.into_iter().for_each(|diagnostic| self.report(unfilled(diagnostic, &pattern.holes)));
                return false;
            }
        }
        true
    }
}

impl Form {
    /// Whether this pattern of a channel is about what another form states: the same of the same kinds, whatever their ids and its `where`.
    pub(in crate::import) fn is_about(&self, policy: &Policy, other: &Form) -> bool {
        self.shape == other.shape && self.terms.iter().zip(&other.terms).all(|(own, other)| own.may_be(policy, other))
    }
}

impl TermForm {
    /// Whether it may stand for what another term stands for.
    fn may_be(&self, policy: &Policy, other: &TermForm) -> bool {
        match (self, other) {
            // A variable that is called like a kind is of that kind.
            (TermForm::Variable(name), TermForm::Entity(kinds, _)) => {
                policy.kind_named(name).is_none_or(|kind| kinds.all().contains(&kind))
            }
            (TermForm::Entity(own, _), TermForm::Entity(kinds, _)) => own.all().iter().any(|kind| kinds.all().contains(kind)),
            (TermForm::Role(own), TermForm::Role(role)) => own == role,
            (TermForm::Constant(own), TermForm::Constant(other)) => own == other,
            (TermForm::Any | TermForm::Variable(_), _) | (TermForm::Text(_), TermForm::Text(_)) => true,
            _ => false,
        }
    }
}

impl Kinds {
    /// The kinds that it may be.
    pub(in crate::import) fn all(&self) -> &[KindId] {
        match self {
            Kinds::One(kind) => std::slice::from_ref(kind),
            Kinds::Declared(kinds) | Kinds::Bound(kinds) => kinds,
        }
    }
}

/// Reads a typed pattern from left to right.
struct FormReader<'b, 'p> {
    builder: &'b mut Builder<'p>,
    pattern: &'b Templated<Pattern>,
    kinds: &'b [(String, Kinds)],
    /// The number of the next placeholder.
    next: usize,
}

impl FormReader<'_, '_> {
    fn form(&mut self) -> Option<Form> {
        let pattern = self.pattern;
        let (shape, terms) = match &pattern.tree.fact {
            FactPattern::Attribute(term) => {
                let TermNode::Attribute(of, name) = &term.node else { return None };
                (Shape::Attribute(self.builder.attribute(&name.value)), vec![self.term(of)])
            }
            FactPattern::Fact(fact) => self.fact(fact)?,
        };
        let condition = pattern.tree.condition.as_ref().map(|condition| self.condition(condition));
        Some(Form { shape, terms, condition })
    }

    fn fact(&mut self, fact: &Expr) -> Option<(Shape, Vec<TermForm>)> {
        Some(match &fact.node {
            ExprNode::Relation { name, terms, .. } => {
                let relation = self.builder.policy.relation_named(&name.value)?;
                (Shape::Relation(relation), terms.iter().map(|term| self.term(term)).collect())
            }
            ExprNode::Holds { holder, role, scope, .. } => {
                let holder = self.term(holder);
                let role = match role.name() {
                    Some(name) if self.builder.policy.role_named(name).is_some() => TermForm::Role(name.to_owned()),
                    _ => self.term(role),
                };
                (Shape::Holds, vec![holder, role, self.term(scope)])
            }
            ExprNode::In { term, set } => (Shape::Member, vec![self.term(term), self.term(set)]),
            ExprNode::Compare { left, op: Op::Eq, right } => {
                let TermNode::Attribute(of, name) = &left.node else { return None };
                let shape = Shape::Value(self.builder.attribute(&name.value));
                (shape, vec![self.term(of), self.term(right)])
            }
            _ => return None,
        })
    }

    fn term(&mut self, term: &Term) -> TermForm {
        match &term.node {
            TermNode::Entity { kind, id } => {
                let kinds = self.kinds.iter().find(|(stands, _)| *stands == kind.value).map(|(_, kinds)| kinds.clone());
                let kinds = kinds.or_else(|| self.builder.policy.kind_called(&kind.value).map(Kinds::One));
                let id = self.template(id);
                if kinds == Some(Kinds::One(self.builder.policy.role_kind)) {
                    self.builder.note_role_table(&id);
                }
                kinds.map_or(TermForm::Any, |kinds| TermForm::Entity(kinds, id))
            }
            TermNode::Text(text) => TermForm::Text(self.template(text)),
            TermNode::Number(_) | TermNode::Date(_) => TermForm::Constant(term.to_string()),
            TermNode::Name(name) => TermForm::Variable(name.clone()),
            TermNode::Any | TermNode::Subject | TermNode::Resource | TermNode::Attribute(..) => TermForm::Any,
        }
    }

    fn template(&mut self, filled: &str) -> super::Template {
        let pieces = parts(filled, &self.pattern.holes, &mut self.next);
        self.builder.template(&pieces)
    }

    fn condition(&mut self, condition: &Expr) -> WhereForm {
        let mut filled = Vec::new();
        for term in condition.atoms().into_iter().flat_map(Expr::terms) {
            if let TermNode::Entity { id: text, .. } | TermNode::Text(text) = &term.root().node
                && is_filled(text)
            {
                filled.push((text.clone(), self.template(text)));
            }
        }
        WhereForm { tree: condition.clone(), filled }
    }
}
