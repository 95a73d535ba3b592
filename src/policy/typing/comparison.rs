//! Comparisons of values: operators and lists of constants.

use super::terms::Typed;
use super::types::Type;
use super::variables::Variables;
use super::{Scope, TypeChecker};
use crate::diag::{Code, Diagnostic};
use crate::policy::condition::AtomKind;
use crate::policy::ids::{Id, TextId};
use crate::policy::value_type::ValueType;
use crate::syntax::ast::expr::{Op, Term as WrittenTerm, TermNode};
use crate::text::Span;

impl TypeChecker<'_> {
    /// Types `term in [constant, …]`.
    pub(super) fn one_of(
        &mut self,
        scope: Scope<'_>,
        variables: &Variables,
        term: &WrittenTerm,
        list: &[WrittenTerm],
        span: Span,
    ) -> Option<AtomKind> {
        let typed = match self.term(scope, variables, term) {
            Some(typed) if typed.many => return self.many_listed(&typed, list, span),
            typed => typed,
        };
        let mut values = Vec::with_capacity(list.len());
        for item in list {
            if let TermNode::Name(name) = &item.node
                && variables.variable(name).is_none()
            {
                let unbound =
                    Diagnostic::new(Code::UnboundVariable, format!("`{name}` in a list is not a constant"), item.span, "not bound");
                self.report(unbound.help(format!("strings need quotes: `\"{name}\"`")).patch(item.span, format!("\"{name}\"")));
                continue;
            }
            let Some(value) = self.single(scope, variables, item) else { continue };
            if !value.constant {
                self.report(
                    Diagnostic::new(Code::MisplacedTerm, "a list holds constants alone", item.span, "no constant")
                        .help("compare with `==` and `or`"),
                );
                continue;
            }
            if let Some(typed) = &typed
                && self.comparable(typed, &value, span).is_none()
            {
                continue;
            }
            values.push(value.term);
        }
        (values.len() == list.len()).then_some(())?;
        Some(AtomKind::OneOf(typed?.term, values))
    }

    /// Reports that a term with many values is sought in a list.
    fn many_listed<T>(&mut self, set: &Typed, list: &[WrittenTerm], span: Span) -> Option<T> {
        let (headline, label) = ("a term with many values can only be used to the right of `in`", "holds any number of values");
        let misplaced = Diagnostic::new(Code::MisplacedTerm, headline, set.term.span, label);
        let text = |span: Span| self.sources.slice(span).to_owned();
        let each: Vec<String> = list.iter().map(|item| format!("{} in {}", text(item.span), text(set.term.span))).collect();
        self.report(match each.as_slice() {
            [one] if set.term.span != span => misplaced.help(format!("write `{one}`")).patch(span, one.clone()),
            [] => misplaced.help("write `x in …`"),
            all => misplaced.help(format!("write `{}`", all.join(" or "))),
        });
        None
    }

    /// Types `left op right`.
    pub(super) fn compare(
        &mut self,
        scope: Scope<'_>,
        variables: &Variables,
        left: &WrittenTerm,
        op: Op,
        right: &WrittenTerm,
        span: Span,
    ) -> Option<AtomKind> {
        let (left, right) = (self.term(scope, variables, left), self.term(scope, variables, right));
        let (left, right) = (left?, right?);
        if left.many || right.many {
            return self.many_compared(&left, op, &right, span);
        }
        self.comparable(&left, &right, span)?;
        let equality = matches!(op, Op::Eq | Op::Ne);
        if !equality && let Some(bad) = [&left, &right].into_iter().find(|typed| !typed.ty.may_be(ValueType::is_ordered)) {
            let what = self.describe(&bad.ty);
            self.report(Diagnostic::new(
                Code::NeverTrueComparison,
                "only numbers and dates have an order",
                span,
                format!("one side is {what}"),
            ));
            return None;
        }
        if left.constant && right.constant {
            let constants = Diagnostic::new(Code::MisplacedTerm, "both sides are constants", span, "the same in every world");
            self.report(constants.help("compare with an attribute, or leave it out"));
            return None;
        }
        Some(AtomKind::Compare(left.term, if op == Op::Ne { Op::Eq } else { op }, right.term))
    }

    /// Reports that a term with many values is compared with `==` or the like.
    fn many_compared<T>(&mut self, left: &Typed, op: Op, right: &Typed, span: Span) -> Option<T> {
        let (set, single) = if right.many { (right, left) } else { (left, right) };
        let misplaced = Diagnostic::new(
            Code::MisplacedTerm,
            "a term with many values can only be used to the right of `in`",
            set.term.span,
            "holds any number of values",
        );
        let text = |typed: &Typed| self.sources.slice(typed.term.span);
        let meant = format!("{} in {}", text(single), text(set));
        self.report(match op {
            Op::Eq if !single.many && set.term.span != span => misplaced.help(format!("write `{meant}`")).patch(span, meant),
            Op::Ne if !single.many && set.term.span != span => {
                misplaced.help(format!("write `not {meant}`")).patch(span, format!("not {meant}"))
            }
            _ => misplaced.help("write `x in …`"),
        });
        None
    }

    /// Reports two terms that are never equal.
    pub(super) fn comparable(&mut self, left: &Typed, right: &Typed, span: Span) -> Option<()> {
        if left.ty.meets(&right.ty) {
            return Some(());
        }
        if let (Type::Of(ValueType::OneOf(one)), Type::Of(ValueType::OneOf(other))) = (&left.ty, &right.ty) {
            return self.no_such_text(left, one, right, other, span);
        }
        let label = format!("{} on one side, {} on the other", self.describe(&left.ty), self.describe(&right.ty));
        let never = Diagnostic::new(Code::NeverTrueComparison, "this can never be true", span, label);
        let meant = self.container_meant(left, right).or_else(|| self.container_meant(right, left));
        self.report(match meant {
            Some((at, meant)) => never.help(format!("did you mean `{meant}`?")).patch(at, meant),
            None => never,
        });
        None
    }

    /// The path from `inner` to its container, if that was probably meant: entities of the kind of `outer` can contain `inner`.
    fn container_meant(&self, inner: &Typed, outer: &Typed) -> Option<(Span, String)> {
        let (inside, outside) = (inner.kinds()?, outer.kinds()?);
        let kind = outside.iter().next().filter(|_| outside.len() == 1)?;
        let is_inside = !inside.is_empty() && inside.iter().all(|inside| self.policy.kinds[inside].above.contains(kind));
        let text = self.sources.slice(inner.term.span);
        let is_path = !text.is_empty() && text.chars().all(|c| c.is_ascii_alphanumeric() || ".-".contains(c));
        (is_inside && is_path).then(|| (inner.term.span, format!("{text}.{}", self.policy.kinds[kind].meta.name)))
    }

    /// Reports a text that the other term never has as its value, or two terms without a common value.
    fn no_such_text(&mut self, left: &Typed, a: &[TextId], right: &Typed, b: &[TextId], span: Span) -> Option<()> {
        let (typed, known, given) = match (left.constant, right.constant) {
            (false, true) => (right, a, b),
            (true, false) => (left, b, a),
            _ => return self.never("these are never equal".to_owned(), span, "no value is common to both".to_owned()),
        };
        self.unknown_value(given[0], known, typed.term.span);
        None
    }

    /// Reports a text that is none of the values of an attribute.
    pub(super) fn unknown_value(&mut self, text: TextId, known: &[TextId], span: Span) {
        let text = self.texts[text.index()].clone();
        let values: Vec<String> = known.iter().map(|text| self.texts[text.index()].clone()).collect();
        let unknown = Diagnostic::new(Code::UnknownValue, format!("the attribute is never \"{text}\""), span, "no such value");
        let values_in_quotes: Vec<String> = values.iter().map(|value| format!("\"{value}\"")).collect();
        let shown: Vec<String> = values.iter().take(8).map(|value| format!("\"{value}\"")).collect();
        let unknown = unknown.note(format!("it is one of {}{}", shown.join(", "), if values.len() > 8 { ", …" } else { "" }));
        self.report(unknown.nearest(&format!("\"{text}\""), span, values_in_quotes.iter().map(String::as_str)));
    }
}
