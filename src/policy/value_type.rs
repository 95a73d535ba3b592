//! Types of values, and which values they accept. No other file of this room depends on what a type means.

use super::ids::{KindId, TextId};
use super::kind_set::KindSet;

/// The type of a value, as an attribute or a parameter declares it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ValueType {
    /// An entity of one of these kinds.
    Entity(KindSet),
    /// One of these texts, in the order of the declaration.
    OneOf(Vec<TextId>),
    /// Any text.
    Text,
    /// A whole number.
    Number,
    /// A date or time.
    Date,
}

/// The part of a value that decides whether a type accepts it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ValueClass {
    /// An entity of this kind.
    Entity(KindId),
    /// A text: its id if the policy names it.
    Text(Option<TextId>),
    /// A whole number.
    Number,
    /// A date or time.
    Date,
}

impl ValueType {
    /// Whether a value of this class is one of the type.
    pub fn accepts(&self, value: ValueClass) -> bool {
        match (self, value) {
            (ValueType::Entity(kinds), ValueClass::Entity(kind)) => kinds.contains(kind),
            (ValueType::OneOf(texts), ValueClass::Text(text)) => text.is_some_and(|text| texts.contains(&text)),
            (ValueType::Text, ValueClass::Text(_)) | (ValueType::Number, ValueClass::Number) | (ValueType::Date, ValueClass::Date) => true,
            _ => false,
        }
    }

    /// Whether entities of this kind are values of the type.
    #[inline]
    pub fn accepts_kind(&self, kind: KindId) -> bool {
        self.entity_kinds().is_some_and(|kinds| kinds.contains(kind))
    }

    /// The kinds of its entities, if it is a type of entities.
    #[inline]
    pub fn entity_kinds(&self) -> Option<&KindSet> {
        match self {
            ValueType::Entity(kinds) => Some(kinds),
            _ => None,
        }
    }

    /// Whether its values are entities.
    pub fn is_entity(&self) -> bool {
        self.entity_kinds().is_some()
    }

    /// Whether its values are texts.
    pub fn is_text(&self) -> bool {
        matches!(self, ValueType::OneOf(_) | ValueType::Text)
    }

    /// Whether its values are ordered, so that `<` and the like compare them.
    pub fn is_ordered(&self) -> bool {
        matches!(self, ValueType::Number | ValueType::Date)
    }

    /// Whether some value belongs to both types.
    pub fn meets(&self, other: &ValueType) -> bool {
        match (self, other) {
            (ValueType::Entity(one), ValueType::Entity(other)) => one.meets(other),
            (ValueType::OneOf(one), ValueType::OneOf(other)) => one.iter().any(|text| other.contains(text)),
            (one, other) => one.same_sort(other),
        }
    }

    /// The type of the values of both types; `None` if no type has both.
    pub fn union(self, other: ValueType) -> Option<ValueType> {
        match (self, other) {
            (ValueType::Entity(one), ValueType::Entity(other)) => Some(ValueType::Entity(one.union(&other))),
            (ValueType::OneOf(mut one), ValueType::OneOf(other)) => {
                one.extend(other);
                one.sort_unstable();
                one.dedup();
                Some(ValueType::OneOf(one))
            }
            (one, other) if one.same_sort(&other) => Some(if one.is_text() { ValueType::Text } else { one }),
            _ => None,
        }
    }

    /// The name of a value of the type, for people.
    pub fn noun(&self) -> &'static str {
        match self {
            ValueType::Entity(_) => "an entity",
            ValueType::OneOf(_) | ValueType::Text => "a string",
            ValueType::Number => "a number",
            ValueType::Date => "a date",
        }
    }

    /// Whether both are types of entities, of texts, of numbers or of dates.
    fn same_sort(&self, other: &ValueType) -> bool {
        (self.is_text() && other.is_text()) || std::mem::discriminant(self) == std::mem::discriminant(other)
    }
}
