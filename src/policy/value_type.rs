//! Types of values and what they accept: the only file of this room that knows what each type means.

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

/// What a declaration must know of a value to accept it.
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
    pub fn accepts_kind(&self, kind: KindId) -> bool {
        self.accepts(ValueClass::Entity(kind))
    }

    /// The kinds of its entities, if it is a type of entities.
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
}
