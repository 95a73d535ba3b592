//! Typing of `in`: membership in a group, or among the values of a term with many values.

use super::atoms::TermPlace;
use super::terms::Typed;
use super::variables::Variables;
use super::{Scope, TypeChecker, is_wildcard};
use crate::diag::{Code, Diagnostic};
use crate::policy::condition::{AtomKind, Term, TermNode};
use crate::policy::kind_set::KindSet;
use crate::policy::variable::VarId;
use crate::syntax::ast::expr::{Term as WrittenTerm, TermNode as WrittenNode};
use crate::text::Span;

impl TypeChecker<'_> {
    /// Types `term in set`.
    pub(super) fn membership(
        &mut self,
        scope: Scope<'_>,
        variables: &mut Variables,
        term: &WrittenTerm,
        set: &WrittenTerm,
        span: Span,
        wildcards: &mut Vec<VarId>,
    ) -> Option<AtomKind> {
        if is_wildcard(set) {
            let groups = self.policy.groups();
            let place = TermPlace { term: 1, kinds: &groups, name: "what stands right of `in`".to_owned() };
            let group = self.placed_term(scope, variables, set, &place, wildcards)?;
            let members = self.member_kinds();
            let member =
                self.placed_term(scope, variables, term, &TermPlace { term: 0, kinds: &members, name: "a member".to_owned() }, wildcards)?;
            return Some(AtomKind::Member(member, group));
        }
        let set = self.term(scope, variables, set)?;
        if set.many {
            return self.among(scope, variables, term, set, span, wildcards);
        }
        let Some(groups) = set.kinds().cloned() else {
            let what = self.describe(&set.ty);
            let misplaced = Diagnostic::new(
                Code::MisplacedTerm,
                "right of `in` stands a group, a many-valued attribute or a list",
                set.term.span,
                format!("this is {what}"),
            );
            self.report(misplaced.help("to compare with one value write `==`; a list stands in brackets"));
            return None;
        };
        let members: KindSet = self.policy.kinds.ids().filter(|&kind| self.policy.groups_of(kind).meets(&groups)).collect();
        if members.is_empty() {
            let what = self.list_kinds(&groups);
            let never = Diagnostic::new(Code::NeverTrueComparison, format!("nothing is ever a member of {what}"), span, "never true");
            self.report(never.help("an attribute with `member-of` makes a kind a member of groups"));
            return None;
        }
        let member = self.placed_term(
            scope,
            variables,
            term,
            &TermPlace { term: 0, kinds: &members, name: "a member of that group".to_owned() },
            wildcards,
        )?;
        let groups = self.groups_of_named(scope, term);
        self.restrict(variables, &set, 1, &groups);
        Some(AtomKind::Member(member, set.term))
    }

    /// Types `term in set` for a set of values, as opposed to a group.
    fn among(
        &mut self,
        scope: Scope<'_>,
        variables: &mut Variables,
        term: &WrittenTerm,
        set: Typed,
        span: Span,
        wildcards: &mut Vec<VarId>,
    ) -> Option<AtomKind> {
        let kinds = set.kinds().cloned();
        if let (true, Some(kinds)) = (is_wildcard(term), &kinds) {
            let variable = variables.wildcard(self, kinds.clone(), term.span)?;
            wildcards.push(variable);
            return Some(AtomKind::Among(Term { span: term.span, node: TermNode::Variable(variable) }, set.term));
        }
        let typed = self.single(scope, variables, term)?;
        self.comparable(&typed, &set, span)?;
        if let Some(kinds) = &kinds {
            self.restrict(variables, &typed, 0, kinds);
        }
        Some(AtomKind::Among(typed.term, set.term))
    }

    /// The kinds of groups that a member may be in, if its text names its kind; else all kinds of groups.
    pub(super) fn groups_of_named(&self, scope: Scope<'_>, member: &WrittenTerm) -> KindSet {
        let is_parameter = |name: &str| scope.parameters.iter().any(|parameter| parameter.name == name);
        let kind = match &member.node {
            WrittenNode::Name(name) if !is_parameter(name) => self.policy.kind_named(name),
            WrittenNode::Entity { kind, .. } => self.policy.kind_named(&kind.value),
            _ => None,
        };
        kind.map_or_else(|| self.policy.groups(), |kind| self.policy.groups_of(kind))
    }

    /// The kinds whose entities may be members of groups.
    fn member_kinds(&self) -> KindSet {
        self.policy.members()
    }
}
