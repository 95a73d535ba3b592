//! The abstract domain of one term's values: what comparisons, `is` and the attributes that are read leave possible.

use crate::policy::condition::{Hop, Path};
use crate::policy::ids::{AttributeId, Id, KindId, LiteralId, TextId};
use crate::policy::model::Policy;
use crate::syntax::Op;
use crate::time::Instant;
use std::collections::BTreeSet;

/// A constant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Constant {
    /// A text.
    Text(TextId),
    /// A number.
    Number(i64),
    /// A date.
    Date(Instant),
    /// An entity.
    Literal(LiteralId),
}

/// A constraint of one atom on a term.
#[derive(Clone, Debug)]
pub(super) enum Bound<'e> {
    /// This comparison with the constant is true.
    Compare(Op, Constant),
    /// It is one of these.
    OneOf(Vec<Constant>),
    /// It is of the kind.
    Is(KindId),
    /// Its order to another term is one of these: bits of [`LESS`], [`EQUAL`] and [`GREATER`].
    Order(u8),
    /// This hop from it has a value.
    HasValue(&'e Path),
}

/// The first is less.
pub(super) const LESS: u8 = 1;
/// Both are equal.
pub(super) const EQUAL: u8 = 2;
/// The first is greater.
pub(super) const GREATER: u8 = 4;

/// The orders of two terms for which the comparison is true.
pub(super) fn orders(op: Op) -> u8 {
    match op {
        Op::Eq => EQUAL,
        Op::Ne => LESS | GREATER,
        Op::Lt => LESS,
        Op::Le => LESS | EQUAL,
        Op::Gt => GREATER,
        Op::Ge => GREATER | EQUAL,
    }
}

/// The comparison with its sides exchanged.
pub(super) fn flip(op: Op) -> Op {
    match op {
        Op::Lt => Op::Gt,
        Op::Le => Op::Ge,
        Op::Gt => Op::Lt,
        Op::Ge => Op::Le,
        Op::Eq | Op::Ne => op,
    }
}

/// Whether the constraints on a term are unsatisfiable, each with whether it is true. False constraints count only if some true one
/// proves that the term has a value.
pub(super) fn impossible(policy: &Policy, bounds: &[(Bound<'_>, bool)]) -> bool {
    if !bounds.iter().any(|(_, holds)| *holds) {
        return false;
    }
    let mut left = Remaining { orders: LESS | EQUAL | GREATER, ..Remaining::default() };
    for (bound, holds) in bounds {
        left.narrow(bound, *holds);
    }
    left.is_empty(policy) || two_of_exactly_one(policy, bounds)
}

/// The values that remain.
#[derive(Default)]
struct Remaining {
    allowed: Option<BTreeSet<Constant>>,
    excluded: BTreeSet<Constant>,
    /// Lower bounds, and whether each is exclusive.
    lower: Vec<(Constant, bool)>,
    /// Upper bounds, likewise.
    upper: Vec<(Constant, bool)>,
    is: BTreeSet<KindId>,
    is_not: BTreeSet<KindId>,
    orders: u8,
}

impl Remaining {
    fn narrow(&mut self, bound: &Bound<'_>, holds: bool) {
        match bound {
            Bound::Compare(op, constant) => {
                let orders = if holds { orders(*op) } else { !orders(*op) };
                self.compare(orders & (LESS | EQUAL | GREATER), *constant);
            }
            Bound::OneOf(list) if holds => self.allow(list),
            Bound::OneOf(list) => self.excluded.extend(list),
            Bound::Is(kind) => {
                if holds { &mut self.is } else { &mut self.is_not }.insert(*kind);
            }
            Bound::Order(orders) => self.orders &= if holds { *orders } else { !orders },
            Bound::HasValue(_) => {}
        }
    }

    fn allow(&mut self, list: &[Constant]) {
        let list: BTreeSet<Constant> = list.iter().copied().collect();
        self.allowed = Some(match self.allowed.take() {
            Some(allowed) => allowed.intersection(&list).copied().collect(),
            None => list,
        });
    }

    fn compare(&mut self, orders: u8, constant: Constant) {
        match orders {
            EQUAL => self.allow(&[constant]),
            LESS => self.upper.push((constant, true)),
            GREATER => self.lower.push((constant, true)),
            _ if orders == LESS | EQUAL => self.upper.push((constant, false)),
            _ if orders == GREATER | EQUAL => self.lower.push((constant, false)),
            _ => {
                self.excluded.insert(constant);
            }
        }
    }

    fn is_empty(&self, policy: &Policy) -> bool {
        if self.orders == 0 || self.is.len() > 1 || self.is.iter().any(|kind| self.is_not.contains(kind)) {
            return true;
        }
        if let Some(allowed) = &self.allowed {
            return !allowed.iter().any(|&constant| self.may_be(policy, constant));
        }
        let (Some(&lower), Some(&upper)) = (self.lower.iter().max(), self.upper.iter().min()) else { return false };
        match (lower, upper) {
            ((Constant::Number(lower), above), (Constant::Number(upper), below)) => {
                let lower = i128::from(lower) + i128::from(above);
                let upper = i128::from(upper) - i128::from(below);
                lower > upper || (lower == upper && i64::try_from(lower).is_ok_and(|only| self.excluded.contains(&Constant::Number(only))))
            }
            ((Constant::Date(lower), above), (Constant::Date(upper), below)) => {
                lower > upper || (lower == upper && (above || below || self.excluded.contains(&Constant::Date(lower))))
            }
            _ => false,
        }
    }

    fn may_be(&self, policy: &Policy, constant: Constant) -> bool {
        let same_type = |other: Constant| std::mem::discriminant(&other) == std::mem::discriminant(&constant);
        let kind_fits = match constant {
            // The pattern of a world may name entities that the policy does not name; these have further ids.
            Constant::Literal(literal) if literal.index() < policy.literals.len() => {
                self.is.iter().all(|&kind| policy.literals[literal].kind == kind)
            }
            _ => true,
        };
        let above = |&(bound, strict): &(Constant, bool)| !same_type(bound) || constant > bound || (constant == bound && !strict);
        let below = |&(bound, strict): &(Constant, bool)| !same_type(bound) || constant < bound || (constant == bound && !strict);
        kind_fits && !self.excluded.contains(&constant) && self.lower.iter().all(above) && self.upper.iter().all(below)
    }
}

/// Whether, for every kind of the term, it must have values of two attributes exactly one of which has a value.
fn two_of_exactly_one(policy: &Policy, bounds: &[(Bound<'_>, bool)]) -> bool {
    let given: Vec<&Path> = bounds
        .iter()
        .filter_map(|(bound, holds)| match bound {
            Bound::HasValue(steps) if *holds => Some(*steps),
            _ => None,
        })
        .collect();
    let Some((first, rest)) = given.split_first() else { return false };
    let exclusive = |kind: KindId, step: Hop| match step {
        Hop::Attribute(attribute) => policy.kinds[kind].exactly_one.contains(&attribute).then_some(attribute),
        Hop::Above(_) | Hop::System => None,
    };
    let possible = |(kind, step): (KindId, Hop)| {
        let mut read: BTreeSet<AttributeId> = exclusive(kind, step).into_iter().collect();
        for steps in rest {
            // A kind that is not listed has no such hop.
            let Some(step) = steps.of(kind) else { return false };
            read.extend(exclusive(kind, step));
        }
        read.len() < 2
    };
    !first.iter().any(possible)
}
