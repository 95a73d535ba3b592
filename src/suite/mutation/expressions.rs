//! What is changed inside a condition: numbers that comparisons name, and parts of which all must be true.

use crate::policy::{Atom, AtomKind, Condition, EventId, Expr, ImplicationId, InvariantId, Metadata, Op, Policy, RuleId, Term, TermNode};
use crate::text::Span;

/// The element of which a condition is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Owner {
    Rule(RuleId),
    Implication(ImplicationId),
    Event(EventId),
    Invariant(InvariantId),
}

impl Owner {
    /// The elements whose conditions bear on outcomes or on worlds, with these.
    pub(super) fn all(policy: &Policy) -> impl Iterator<Item = (Owner, &Metadata, &Condition)> {
        let rules = policy.rules.iter().map(|(id, rule)| (Owner::Rule(id), &rule.meta, &rule.condition));
        let implications = policy.implications.iter();
        let implications = implications.map(|(id, implication)| (Owner::Implication(id), &implication.meta, &implication.condition));
        let events = policy.events.iter().map(|(id, event)| (Owner::Event(id), &event.meta, &event.condition));
        let invariants = policy.invariants.iter().map(|(id, invariant)| (Owner::Invariant(id), &invariant.meta, &invariant.never));
        rules.chain(implications).chain(events).chain(invariants)
    }

    pub(super) fn word(self) -> &'static str {
        match self {
            Owner::Rule(_) => "rule",
            Owner::Implication(_) => "implication",
            Owner::Event(_) => "event",
            Owner::Invariant(_) => "invariant",
        }
    }

    pub(super) fn condition(self, policy: &mut Policy) -> &mut Expr {
        match self {
            Owner::Rule(id) => &mut policy.rules[id].condition.expr,
            Owner::Implication(id) => &mut policy.implications[id].condition.expr,
            Owner::Event(id) => &mut policy.events[id].condition.expr,
            Owner::Invariant(id) => &mut policy.invariants[id].never.expr,
        }
    }

    /// Whether a suite may notice that the condition is true of more, and that it is true of less. The events of a world may happen, so one
    /// that may happen more often changes nothing; and the worlds of suites break no invariant that refuses.
    fn notices(self) -> (bool, bool) {
        match self {
            Owner::Rule(_) | Owner::Implication(_) => (true, true),
            Owner::Event(_) => (false, true),
            Owner::Invariant(_) => (true, false),
        }
    }
}

/// A number that a comparison names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Number {
    /// The place of the comparison.
    pub(super) comparison: Span,
    /// The place of the number.
    at: Span,
}

impl Number {
    /// Makes it one more, or one less.
    pub(super) fn shift(self, expr: &mut Expr, more: bool) {
        expr.each_term(&mut |term| {
            if let Term { span, node: TermNode::Number(value) } = term
                && *span == self.at
            {
                *value = if more { value.saturating_add(1) } else { value.saturating_sub(1) };
            }
        });
    }
}

/// The numbers that comparisons name, each with the changes that a suite may notice: `true` is one more.
pub(super) fn numbers(expr: &Expr, owner: Owner) -> Vec<(Number, Vec<bool>)> {
    let mut found = Vec::new();
    collect_numbers(expr, true, owner.notices(), &mut found);
    found
}

fn collect_numbers(expr: &Expr, upright: bool, notices: (bool, bool), found: &mut Vec<(Number, Vec<bool>)>) {
    let upright = upright != matches!(expr, Expr::Not(_));
    if let Expr::Atom(Atom { span, kind: AtomKind::Compare(left, op, right), .. }) = expr {
        for (term, is_left) in [(left, true), (right, false)] {
            if matches!(term.node, TermNode::Number(_)) {
                let noticed = |more: &bool| match widens(*op, is_left, *more) {
                    None => true,
                    Some(widens) if widens == upright => notices.0,
                    Some(_) => notices.1,
                };
                let noticeable = [true, false].into_iter().filter(noticed).collect();
                found.push((Number { comparison: *span, at: term.span }, noticeable));
            }
        }
    }
    expr.parts().iter().for_each(|part| collect_numbers(part, upright, notices, found));
}

/// Whether a comparison is true of more where its number is one more, or one less; `None` if it is true of other things.
fn widens(op: Op, is_left: bool, more: bool) -> Option<bool> {
    match op {
        Op::Lt | Op::Le => Some(is_left != more),
        Op::Gt | Op::Ge => Some(is_left == more),
        _ => None,
    }
}

/// The parts of which all must be true, wherever an `and` is not inside a `not`, from left to right.
pub(super) fn parts(expr: &Expr) -> Vec<&Expr> {
    match expr {
        Expr::And(all) => all.iter().flat_map(|part| std::iter::once(part).chain(parts(part))).collect(),
        Expr::Or(_) | Expr::Exists(..) => expr.parts().iter().flat_map(parts).collect(),
        _ => Vec::new(),
    }
}

/// Leaves out the part of this number.
pub(super) fn drop_part(expr: &mut Expr, number: usize) {
    let mut left = number;
    drop_counted(expr, &mut left);
}

/// Whether the part was found; each that was not counts down.
fn drop_counted(expr: &mut Expr, left: &mut usize) -> bool {
    match expr {
        Expr::And(all) => {
            for at in 0..all.len() {
                if *left == 0 {
                    all.remove(at);
                    if let [_] = all.as_slice() {
                        *expr = all.remove(0);
                    }
                    return true;
                }
                *left -= 1;
                if drop_counted(&mut all[at], left) {
                    return true;
                }
            }
            false
        }
        Expr::Or(any) => any.iter_mut().any(|part| drop_counted(part, left)),
        Expr::Exists(_, part) => drop_counted(part, left),
        _ => false,
    }
}
