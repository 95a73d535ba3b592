//! Which texts, numbers and dates an attribute may have, so that no condition can tell other values from these.
//!
//! A text is compared for equality only: the texts that conditions name, and others. Numbers and dates are ordered: those that conditions
//! name, and values below, between and above them. If attributes are compared with each other, there are as many values in each gap as there
//! are attributes to have them; otherwise each is compared with constants alone, and one value in each gap is enough.

use super::fact::Value;
use crate::policy::{Atom, AtomKind, Condition, Policy, TermNode, TextId, ValueType};
use crate::time::Instant;
use std::collections::BTreeSet;

/// The texts, numbers and dates of conditions, and how many others are needed.
#[derive(Clone, Debug, Default)]
pub(super) struct Domain {
    texts: BTreeSet<TextId>,
    numbers: BTreeSet<i64>,
    dates: BTreeSet<i64>,
    /// Some condition compares the value of an attribute with that of another.
    compares_values: bool,
}

/// The least distance of dates that are for readers.
const DAY: i64 = 86_400_000_000;

impl Domain {
    /// What the conditions of the policy, and these, compare attributes with.
    pub(super) fn of<'c>(policy: &'c Policy, further: impl IntoIterator<Item = &'c Condition>) -> Domain {
        let mut domain = Domain { compares_values: policy.attributes.values().any(|attribute| attribute.key), ..Domain::default() };
        for condition in policy.conditions().chain(further) {
            condition.expr.atoms().for_each(|atom| domain.note(atom));
        }
        domain
    }

    fn note(&mut self, atom: &Atom) {
        if let AtomKind::Compare(left, _, right) | AtomKind::Among(left, right) = &atom.kind {
            self.compares_values |= left.takes_hop() && right.takes_hop();
        }
        let listed = if let AtomKind::OneOf(_, list) = &atom.kind { list.as_slice() } else { &[] };
        for term in atom.kind.terms().into_iter().chain(listed) {
            match &term.node {
                TermNode::Text(text) => _ = self.texts.insert(*text),
                TermNode::Number(number) => _ = self.numbers.insert(*number),
                TermNode::Date(date) => _ = self.dates.insert(date.microseconds()),
                _ => {}
            }
        }
    }

    /// The values of a type that has no entities, where so many attributes may have them.
    pub(super) fn values(&self, value: &ValueType, bearers: usize) -> Vec<Value> {
        let others = if self.compares_values { bearers.max(1) } else { 1 };
        match value {
            ValueType::Entity(_) => Vec::new(),
            ValueType::OneOf(texts) => texts.iter().map(|text| Value::Text(*text)).collect(),
            ValueType::Text => self.texts.iter().map(|text| Value::Text(*text)).chain((0..others).map(Value::OtherText)).collect(),
            ValueType::Number => spread(&self.numbers, others, 1).into_iter().map(Value::Number).collect(),
            ValueType::Date => {
                let dates = spread(&self.dates, others, DAY).into_iter().map(Instant::of_microseconds);
                dates.filter(|date| Instant::parse(&date.to_string()).as_ref() == Ok(date)).map(Value::Date).collect()
            }
        }
    }
}

/// The constants, and so many values in each gap between them, below and above: `step` apart if there is room.
fn spread(constants: &BTreeSet<i64>, others: usize, step: i64) -> Vec<i64> {
    let mut found: BTreeSet<i64> = constants.clone();
    let count = i64::try_from(others).unwrap_or(i64::MAX);
    let ends = constants.iter().copied().map(Some).chain([None]);
    let mut below: Option<i64> = None;
    for above in ends {
        let step = match (below, above) {
            (Some(below), Some(above)) if above.saturating_sub(below) / step <= count => 1,
            _ => step,
        };
        for at in 1..=count {
            let far = at.saturating_mul(step);
            let value = match (below, above) {
                (Some(below), _) => below.checked_add(far),
                (None, Some(above)) => above.checked_sub(far),
                (None, None) => Some(far),
            };
            found.extend(value.filter(|value| above.is_none_or(|above| *value < above)));
        }
        below = above;
    }
    found.into_iter().collect()
}

#[cfg(test)]
mod tests {
    use super::spread;
    use std::collections::BTreeSet;

    #[test]
    fn every_gap_has_as_many_values_as_there_is_room_for() {
        let constants = BTreeSet::from([3, 5, 40]);
        assert_eq!(spread(&constants, 2, 1), [1, 2, 3, 4, 5, 6, 7, 40, 41, 42]);
        assert_eq!(spread(&constants, 2, 10), [-17, -7, 3, 4, 5, 15, 25, 40, 50, 60]);
        assert_eq!(spread(&BTreeSet::new(), 1, 1), [1]);
        assert_eq!(spread(&BTreeSet::from([i64::MAX, i64::MIN]), 1, 1), [i64::MIN, i64::MIN + 1, i64::MAX]);
    }
}
