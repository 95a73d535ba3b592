//! Typing of atoms.

use super::terms::Typed;
use super::types::Type;
use super::variables::Variables;
use super::{Scope, TypeChecker, is_any, quantifiers};
use crate::diag::{Code, Diagnostic};
use crate::policy::condition::{AllowedKinds, Atom, AtomKind, Expr, RoleTerm, Term, TermNode};
use crate::policy::ids::RelationId;
use crate::policy::kind_set::KindSet;
use crate::policy::rules::Conclusion;
use crate::policy::swapped_ends::swapped_ends;
use crate::policy::value_type::ValueType;
use crate::policy::variable::VarId;
use crate::syntax::ast::expr::{Expr as Written, ExprNode, Op, Term as WrittenTerm};
use crate::text::{Span, Spanned};

/// What a place asks of the term that stands there.
struct Seat<'k> {
    /// Which of the atom's terms it is.
    term: usize,
    /// The kinds that may stand there.
    kinds: &'k KindSet,
    /// What the place is called: "the 2nd end of `dap`".
    name: String,
}

impl TypeChecker<'_> {
    /// An atom; false if a mistake was reported.
    pub(super) fn atom(&mut self, scope: Scope<'_>, variables: &mut Variables, written: &Written) -> Expr {
        let mut wild = Vec::new();
        self.restricted.clear();
        let test = self.test(scope, variables, written, &mut wild);
        let allowed = std::mem::take(&mut self.restricted);
        let Some(test) = test else { return Expr::False };
        let compare = matches!(&written.node, ExprNode::Compare { op: Op::Ne, .. });
        let atom = Expr::Atom(Atom { span: written.span, kind: test, allowed });
        let atom = if wild.is_empty() { atom } else { Expr::Exists(wild, Box::new(atom)) };
        if compare { quantifiers::negate(atom) } else { atom }
    }

    fn test(&mut self, scope: Scope<'_>, variables: &mut Variables, written: &Written, wild: &mut Vec<VarId>) -> Option<AtomKind> {
        match &written.node {
            ExprNode::Relation { was, name, terms } => {
                let (relation, terms) = self.relation(scope, variables, name, terms, written.span, false, wild)?;
                if *was && !self.policy.relations[relation].derived_by.is_empty() {
                    let headline = format!("`{}` is derived by an implication, so it has no past", name.value);
                    let derived = Diagnostic::new(Code::WasDerived, headline, name.span, "derived");
                    let derived = derived.and(self.policy.relations[relation].meta.span, "declared here");
                    self.report(derived.help("only what a world tells has a past: ask `was` of a relation from which this one follows"));
                    return None;
                }
                Some(AtomKind::Relation { relation, was: *was, terms })
            }
            ExprNode::Holds { holder, role, scope: over } => {
                let (holder, role, over) = self.holds(scope, variables, holder, role, over, false, wild)?;
                Some(AtomKind::Holds { holder, role, scope: over })
            }
            ExprNode::Is { term, kind } => {
                let typed = self.single(scope, variables, term);
                let known = self.kinds.get(kind.value.as_str()).copied();
                if known.is_none() {
                    let unknown =
                        Diagnostic::new(Code::UnknownKind, format!("no kind is named `{}`", kind.value), kind.span, "not declared");
                    let names: Vec<&str> = self.policy.kinds.values().map(|kind| kind.meta.name.as_str()).collect();
                    self.report(unknown.nearest(&kind.value, kind.span, names));
                }
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
                    let (low, high) = (self.kind_names(low), self.kind_names(high));
                    return self.never("this can never be true".to_owned(), written.span, format!("{low} never lies within {high}"));
                }
                Some(AtomKind::Within(inner.term, outer.term))
            }
            ExprNode::In { term, set } => self.membership(scope, variables, term, set, written.span, wild),
            ExprNode::InList { term, list } => self.one_of(scope, variables, term, list, written.span),
            ExprNode::Compare { left, op, right } => self.compare(scope, variables, left, *op, right, written.span),
            ExprNode::Or(_) | ExprNode::And(_) | ExprNode::Not(_) | ExprNode::Toggle(_) | ExprNode::Bool(_) => None,
        }
    }

    pub(super) fn never<T>(&mut self, headline: String, span: Span, label: String) -> Option<T> {
        self.report(Diagnostic::new(Code::NeverTrueComparison, headline, span, label));
        None
    }

    /// A term that holds one value.
    pub(super) fn single(&mut self, scope: Scope<'_>, variables: &Variables, written: &WrittenTerm) -> Option<Typed> {
        let typed = self.term(scope, variables, written)?;
        if typed.many {
            let shown = "holds any number of values";
            self.report(
                Diagnostic::new(Code::MisplacedTerm, "a term of many values stands only right of `in`", typed.term.span, shown)
                    .help("write `x in …`"),
            );
            return None;
        }
        Some(typed)
    }

    fn entity(&mut self, typed: Typed) -> Option<Typed> {
        if typed.ty.may_be(ValueType::is_entity) {
            return Some(typed);
        }
        let what = self.describe(&typed.ty);
        self.report(Diagnostic::new(Code::MisplacedTerm, "an entity must stand here", typed.term.span, format!("this is {what}")));
        None
    }

    /// A term at a place that names kinds; a wildcard gets a slot of them.
    fn placed(
        &mut self,
        scope: Scope<'_>,
        variables: &mut Variables,
        written: &WrittenTerm,
        seat: &Seat<'_>,
        wild: &mut Vec<VarId>,
    ) -> Option<Term> {
        if is_any(written) {
            let variable = variables.wildcard(self, seat.kinds.clone(), written.span)?;
            wild.push(variable);
            return Some(Term { span: written.span, node: TermNode::Variable(variable) });
        }
        let typed = self.single(scope, variables, written)?;
        let typed = self.entity(typed)?;
        if typed.kinds().is_some_and(|kinds| !kinds.meets(seat.kinds)) {
            let (given, wanted) = (self.describe(&typed.ty), self.kind_names(seat.kinds));
            let headline = format!("{} is {wanted}, never {given}", seat.name);
            self.report(Diagnostic::new(Code::WrongKind, headline, typed.term.span, format!("this is {given}")));
            return None;
        }
        self.seated(variables, &typed, seat.term, seat.kinds);
        Some(typed.term)
    }

    /// Notes a term that may be of kinds that cannot stand at its place.
    fn seated(&mut self, variables: &Variables, typed: &Typed, term: usize, kinds: &KindSet) {
        let range = match typed.term.node {
            TermNode::Variable(variable) => Some(variables.range(variable)),
            _ => typed.kinds(),
        };
        if range.is_some_and(|range| !range.is_subset(kinds)) {
            self.restricted.push(AllowedKinds { term, kinds: kinds.clone() });
        }
    }

    /// `exact`: a fact, whose ends are of the relation's own kinds; else what lies within the last of one that covers may stand there too.
    #[expect(clippy::too_many_arguments, reason = "a name and its terms, and what every term needs")]
    pub(super) fn relation(
        &mut self,
        scope: Scope<'_>,
        variables: &mut Variables,
        name: &Spanned<String>,
        terms: &[WrittenTerm],
        span: Span,
        exact: bool,
        wild: &mut Vec<VarId>,
    ) -> Option<(RelationId, Vec<Term>)> {
        let Some(&id) = self.relations.get(name.value.as_str()) else {
            let unknown =
                Diagnostic::new(Code::UnknownRelation, format!("no relation is named `{}`", name.value), name.span, "not declared");
            let names: Vec<&str> = self.policy.relations.values().map(|relation| relation.meta.name.as_str()).collect();
            self.report(unknown.nearest(&name.value, name.span, names));
            return None;
        };
        let relation = &self.policy.relations[id];
        if relation.ends.len() != terms.len() {
            let (wants, has) = (relation.ends.len(), terms.len());
            let headline = format!("`{}` has {wants} end{}, not {has}", name.value, if wants == 1 { "" } else { "s" });
            let ends: Vec<String> = relation.ends.iter().map(|end| self.kind_names(end).replace('`', "")).collect();
            let told = Diagnostic::new(Code::WrongEnds, headline, span, format!("{has} given")).and(relation.meta.span, "declared here");
            self.report(told.help(format!("write `{}({})`", name.value, ends.join(", "))));
            return None;
        }
        let last = terms.len() - 1;
        let told = self.diagnostics.len();
        let mut typed = Vec::with_capacity(terms.len());
        let mut allowed = Vec::with_capacity(terms.len());
        for (at, (term, end)) in terms.iter().zip(&relation.ends).enumerate() {
            // A wildcard ranges over what the end names: what lies within it is covered anyway.
            let covers = relation.covers && at == last && !exact && !is_any(term);
            allowed.push(if covers { self.policy.with_below(end) } else { end.clone() });
            let seat = Seat { term: at, kinds: &allowed[at], name: format!("end {} of `{}`", at + 1, name.value) };
            typed.push(self.placed(scope, variables, term, &seat, wild));
        }
        if self.diagnostics[told..].iter().filter(|mistake| mistake.code == Code::WrongKind).count() > 1
            && let Some(swapped) = self.swapped(scope, variables, name, terms, &allowed)
        {
            self.diagnostics.truncate(told);
            self.report(swapped.and(relation.meta.span, "declared here"));
        }
        let typed: Option<Vec<Term>> = typed.into_iter().collect();
        Some((id, typed?))
    }

    /// The mistake that two ends are swapped, which replaces those of the single ends.
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
        swapped_ends(&self.policy.sources, &name.value, &spans, |term, end| kinds[term].meets(&allowed[end]))
    }

    /// `exact`: a fact, whose scope is of the role's own kinds; else what lies within them may stand there too.
    #[expect(clippy::too_many_arguments, reason = "three terms, and what every term needs")]
    pub(super) fn holds(
        &mut self,
        scope: Scope<'_>,
        variables: &mut Variables,
        holder: &WrittenTerm,
        role: &Spanned<String>,
        over: &WrittenTerm,
        exact: bool,
        wild: &mut Vec<VarId>,
    ) -> Option<(Term, RoleTerm, Term)> {
        let named = self.role(scope, variables, role);
        let holders = self.holders.clone();
        let holder = self.placed(scope, variables, holder, &Seat { term: 0, kinds: &holders, name: "who holds a role".to_owned() }, wild);
        let on = match &named {
            Some(RoleTerm::Named(id)) => self.policy.roles[*id].on.clone(),
            _ => self.policy.roles.values().fold(KindSet::default(), |all, role| all.union(&role.on)),
        };
        let kinds = if exact || is_any(over) { on } else { self.policy.with_below(&on) };
        let over = self.placed(
            scope,
            variables,
            over,
            &Seat { term: 2, kinds: &kinds, name: format!("what `{}` is held over", role.value) },
            wild,
        );
        Some((holder?, named?, over?))
    }

    fn role(&mut self, scope: Scope<'_>, variables: &Variables, role: &Spanned<String>) -> Option<RoleTerm> {
        if let Some(&id) = self.roles.get(role.value.as_str()) {
            return Some(RoleTerm::Named(id));
        }
        let is_parameter = scope.parameters.iter().any(|parameter| parameter.name == role.value);
        if !is_parameter && !variables.knows(&role.value) {
            let unknown = Diagnostic::new(Code::UnknownRole, format!("no role is named `{}`", role.value), role.span, "not declared");
            let names: Vec<&str> = self.policy.roles.values().map(|role| role.meta.name.as_str()).collect();
            self.report(unknown.nearest(&role.value, role.span, names));
            return None;
        }
        let written = WrittenTerm { span: role.span, node: crate::syntax::ast::expr::TermNode::Name(role.value.clone()) };
        let typed = self.single(scope, variables, &written)?;
        let kind = self.policy.role_kind;
        if !typed.kinds().is_some_and(|kinds| kinds.contains(kind)) {
            let what = self.describe(&typed.ty);
            let told = Diagnostic::new(Code::UnknownRole, format!("`{}` is no role", role.value), role.span, format!("this is {what}"));
            self.report(told.help("after `holds` stands a role's name, or a variable of kind `role`"));
            return None;
        }
        self.seated(variables, &typed, 1, &KindSet::one(kind));
        Some(RoleTerm::Term(typed.term))
    }

    pub(super) fn membership(
        &mut self,
        scope: Scope<'_>,
        variables: &mut Variables,
        term: &WrittenTerm,
        set: &WrittenTerm,
        span: Span,
        wild: &mut Vec<VarId>,
    ) -> Option<AtomKind> {
        if is_any(set) {
            let groups = self.policy.groups();
            let seat = Seat { term: 1, kinds: &groups, name: "what stands right of `in`".to_owned() };
            let group = self.placed(scope, variables, set, &seat, wild)?;
            let members = self.holders_of_groups();
            let member = self.placed(scope, variables, term, &Seat { term: 0, kinds: &members, name: "a member".to_owned() }, wild)?;
            return Some(AtomKind::Member(member, group));
        }
        let set = self.term(scope, variables, set)?;
        if set.many {
            let kinds = set.kinds().cloned();
            if let (true, Some(kinds)) = (is_any(term), &kinds) {
                let variable = variables.wildcard(self, kinds.clone(), term.span)?;
                wild.push(variable);
                return Some(AtomKind::Among(Term { span: term.span, node: TermNode::Variable(variable) }, set.term));
            }
            let typed = self.single(scope, variables, term)?;
            self.comparable(&typed, &set, span)?;
            if let Some(kinds) = &kinds {
                self.seated(variables, &typed, 0, kinds);
            }
            return Some(AtomKind::Among(typed.term, set.term));
        }
        let Some(groups) = set.kinds().cloned() else {
            let what = self.describe(&set.ty);
            let told = Diagnostic::new(
                Code::MisplacedTerm,
                "right of `in` stands a group, a many-valued attribute or a list",
                set.term.span,
                format!("this is {what}"),
            );
            self.report(told.help("to compare with one value write `==`; a list stands in brackets"));
            return None;
        };
        let members: KindSet = self.policy.kinds.ids().filter(|&kind| self.policy.groups_of(kind).meets(&groups)).collect();
        if members.is_empty() {
            let what = self.kind_names(&groups);
            let told = Diagnostic::new(Code::NeverTrueComparison, format!("nothing is ever a member of {what}"), span, "never true");
            self.report(told.help("an attribute with `member-of` makes a kind a member of groups"));
            return None;
        }
        let member =
            self.placed(scope, variables, term, &Seat { term: 0, kinds: &members, name: "a member of that group".to_owned() }, wild)?;
        let groups = self.groups_of_named(scope, term);
        self.seated(variables, &set, 1, &groups);
        Some(AtomKind::Member(member, set.term))
    }

    /// What whoever stands left of `in` may be a member of; any group, where its kind does not stand there.
    pub(super) fn groups_of_named(&self, scope: Scope<'_>, member: &WrittenTerm) -> KindSet {
        use crate::syntax::ast::expr::TermNode;
        let is_parameter = |name: &str| scope.parameters.iter().any(|parameter| parameter.name == name);
        let kind = match &member.node {
            TermNode::Name(name) if !is_parameter(name) => self.kinds.get(name.as_str()).copied(),
            TermNode::Entity { kind, .. } => self.kinds.get(kind.value.as_str()).copied(),
            _ => None,
        };
        kind.map_or_else(|| self.policy.groups(), |kind| self.policy.groups_of(kind))
    }

    fn holders_of_groups(&self) -> KindSet {
        self.policy.kinds.ids().filter(|&kind| !self.policy.groups_of(kind).is_empty()).collect()
    }

    /// What an implication gives.
    pub(super) fn conclusion(&mut self, scope: Scope<'_>, variables: &mut Variables, then: &Written) -> Option<Conclusion> {
        let mut wild = Vec::new();
        let conclusion = match &then.node {
            ExprNode::Relation { was: false, name, terms } => {
                let (relation, terms) = self.relation(scope, variables, name, terms, then.span, true, &mut wild)?;
                Conclusion::Relation { relation, terms }
            }
            ExprNode::Holds { holder, role, scope: over } => {
                let (holder, role, over) = self.holds(scope, variables, holder, role, over, true, &mut wild)?;
                Conclusion::Holds { holder, role, scope: over }
            }
            _ => {
                let told = Diagnostic::new(Code::BadConclusion, "`then` is neither a role held nor a relation", then.span, "cannot follow");
                self.report(told.help("write `relation(term, …)` or `term holds role on term`"));
                return None;
            }
        };
        if !wild.is_empty() {
            let told = Diagnostic::new(Code::BadConclusion, "`then` names nobody in particular", then.span, "`_` cannot follow");
            self.report(told.help("bind a variable in `if`"));
            return None;
        }
        // What may not stand in it follows for nobody.
        self.restricted.clear();
        Some(conclusion)
    }
}
