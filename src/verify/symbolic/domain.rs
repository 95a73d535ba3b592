//! Which texts, numbers and dates an attribute may have, so that no condition can tell other values from these.
//!
//! A text is compared for equality only: the texts that conditions name, and others. Numbers and dates are ordered: those that conditions
//! name, and values below, between and above them. Attributes that are compared with each other, and keys, which differ, have as many values in
//! each gap as there are entities to have them, and each text that one of them may have. Any other attribute is compared with constants
//! alone, and one value in each gap is enough.

use super::fact::Value;
use crate::policy::{Atom, AtomKind, AttributeId, Condition, Event, FactTerm, Hop, Policy, Term, TermNode, TextId, ValueType};
use crate::time::Instant;
use std::collections::BTreeSet;

/// The texts, numbers and dates of conditions, and the attributes that are compared with each other.
#[derive(Clone, Debug, Default)]
pub(super) struct Domain {
    texts: BTreeSet<TextId>,
    numbers: BTreeSet<i64>,
    dates: BTreeSet<i64>,
    compared: BTreeSet<AttributeId>,
    /// The number of parameters of an event that have such values.
    parameters: usize,
}

/// The least distance of dates that are for readers.
const DAY: i64 = 86_400_000_000;

impl Domain {
    /// What the conditions of the policy, and these, compare attributes with, and what the event gives them as values.
    pub(super) fn of<'c>(policy: &'c Policy, further: impl IntoIterator<Item = &'c Condition>, event: Option<&Event>) -> Domain {
        let keys = policy.attributes.iter().filter(|(_, attribute)| attribute.key).map(|(id, _)| id);
        let mut domain = Domain { compared: keys.collect(), ..Domain::default() };
        for condition in policy.conditions().chain(further) {
            condition.expr.atoms().for_each(|atom| domain.note(policy, atom));
        }
        event.into_iter().for_each(|event| domain.note_event(policy, event));
        domain
    }

    /// Notes the values that an event gives, and takes every attribute that it reads or gives as one that is compared with the others.
    fn note_event(&mut self, policy: &Policy, event: &Event) {
        let given = event.creates.iter().flat_map(|creation| &creation.attributes);
        for (attribute, term) in given {
            self.compared.insert(*attribute);
            self.note_term(term);
            self.note_compared(policy, term);
        }
        for (_, effect) in event.effects() {
            if let FactTerm::Value(_, attributes, value) = &effect.fact {
                self.compared.extend(attributes.iter().map(|(_, attribute)| *attribute));
                self.note_compared(policy, value);
            }
            effect.fact.terms().into_iter().for_each(|term| self.note_term(term));
            if let Some(lasting) = &effect.lasts {
                // For how long something holds is compared with zero.
                self.numbers.insert(0);
                self.note_term(&lasting.count);
                self.note_compared(policy, &lasting.count);
            }
        }
        self.compared.retain(|attribute| !policy.attributes[*attribute].value.is_entity());
        self.parameters = event.parameters.iter().filter(|parameter| !parameter.value.is_entity()).count();
    }

    fn note(&mut self, policy: &Policy, atom: &Atom) {
        if let AtomKind::Compare(left, _, right) | AtomKind::Among(left, right) = &atom.kind
            && left.takes_hop()
            && right.takes_hop()
        {
            [left, right].into_iter().for_each(|side| self.note_compared(policy, side));
        }
        let listed = if let AtomKind::OneOf(_, list) = &atom.kind { list.as_slice() } else { &[] };
        for term in atom.kind.terms().into_iter().chain(listed) {
            self.note_term(term);
        }
    }

    fn note_term(&mut self, term: &Term) {
        match &term.node {
            TermNode::Text(text) => _ = self.texts.insert(*text),
            TermNode::Number(number) => _ = self.numbers.insert(*number),
            TermNode::Date(date) => _ = self.dates.insert(date.microseconds()),
            _ => {}
        }
    }

    /// Notes a term whose value is compared with that of another: the attributes that it reads, and the texts that these may have.
    fn note_compared(&mut self, policy: &Policy, term: &Term) {
        let TermNode::Path(_, path) = &term.node else { return };
        for (_, hop) in path.iter() {
            match hop {
                Hop::Attribute(attribute) => {
                    self.compared.insert(attribute);
                    if let ValueType::OneOf(texts) = &policy.attributes[attribute].value {
                        self.texts.extend(texts);
                    }
                }
                Hop::System => self.texts.extend(&policy.systems),
                Hop::Above(_) => {}
            }
        }
    }

    /// The attributes that are compared with each other, and keys.
    pub(super) fn compared(&self) -> impl Iterator<Item = AttributeId> + '_ {
        self.compared.iter().copied()
    }

    /// Whether the attribute is compared with another one, or is a key.
    pub(super) fn is_compared(&self, attribute: AttributeId) -> bool {
        self.compared.contains(&attribute)
    }

    /// The values of an attribute that names no entities, where so many entities have one that is compared, as this one is or not.
    pub(super) fn values(&self, compared: bool, value: &ValueType, bearers: usize) -> Vec<Value> {
        let others = if compared { (bearers + self.parameters).max(1) } else { 1 };
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
