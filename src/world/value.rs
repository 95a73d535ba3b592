//! Values of attributes, and every operation that depends on the type of a value.
//!
//! A new type of value is added here, to [`ValueType`], and where values are read from files (`load/values.rs`, `load/facts.rs`). The rest of
//! the room uses the functions below.

use super::ids::{EntityId, Symbol};
use crate::policy::{KindId, Op, TextId, ValueClass, ValueType};
use crate::time::Instant;

/// A value of an attribute. The order is that of the variants, then of the values themselves; facts in the base are sorted by it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Value {
    /// An entity.
    Entity(EntityId),
    /// A text.
    Text(Symbol),
    /// A whole number.
    Number(i64),
    /// A date or time.
    Date(Instant),
}

/// A value in the form that a packed fact has. A tag has two bits, and all four tags are in use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct PackedValue {
    pub(super) tag: u32,
    pub(super) low: u32,
    /// The upper half of a value of 64 bits; `None` if the value fits into `low`.
    pub(super) high: Option<u32>,
}

/// How the number in an inline cell is read: only types whose values fit into 32 bits have inline cells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum CellType {
    Entity,
    Text,
}

const ENTITY: u32 = 0;
const TEXT: u32 = 1;
const NUMBER: u32 = 2;
const DATE: u32 = 3;

impl Value {
    /// The entity, if the value is one.
    #[inline]
    pub fn entity(self) -> Option<EntityId> {
        match self {
            Value::Entity(ent) => Some(ent),
            _ => None,
        }
    }

    /// Whether `self op other` is true. Numbers and dates are ordered. For other values, and for values of two types, only `==` can be true:
    /// the policy has no `!=` between them, since typing makes a negated `==` of it.
    #[inline]
    pub fn compare(self, op: Op, other: Value) -> bool {
        let order = match (self, other) {
            (Value::Number(left), Value::Number(right)) => left.cmp(&right),
            (Value::Date(left), Value::Date(right)) => left.cmp(&right),
            _ => return op == Op::Eq && self == other,
        };
        match op {
            Op::Eq => order.is_eq(),
            Op::Ne => order.is_ne(),
            Op::Lt => order.is_lt(),
            Op::Le => order.is_le(),
            Op::Gt => order.is_gt(),
            Op::Ge => order.is_ge(),
        }
    }

    /// The value as text. The caller decides how entities and texts are written.
    pub fn print(self, entity: impl FnOnce(EntityId) -> String, text: impl FnOnce(Symbol) -> String) -> String {
        match self {
            Value::Entity(ent) => entity(ent),
            Value::Text(symbol) => text(symbol),
            Value::Number(number) => number.to_string(),
            Value::Date(date) => date.to_string(),
        }
    }

    /// The class of the value, by which a declared type accepts it or not.
    pub(super) fn class(self, kind: impl FnOnce(EntityId) -> KindId, text: impl FnOnce(Symbol) -> Option<TextId>) -> ValueClass {
        match self {
            Value::Entity(ent) => ValueClass::Entity(kind(ent)),
            Value::Text(symbol) => ValueClass::Text(text(symbol)),
            Value::Number(_) => ValueClass::Number,
            Value::Date(_) => ValueClass::Date,
        }
    }

    /// Replaces the symbol of a text, after the texts were renumbered.
    pub(super) fn renumber(&mut self, new: impl FnOnce(Symbol) -> Symbol) {
        if let Value::Text(symbol) = self {
            *symbol = new(*symbol);
        }
    }

    #[inline]
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "halves of a number, joined again in `unpack`")]
    pub(super) fn pack(self) -> PackedValue {
        let wide = |tag, number: i64| PackedValue { tag, low: number as u32, high: Some((number >> 32) as u32) };
        match self {
            Value::Entity(ent) => PackedValue { tag: ENTITY, low: ent.0, high: None },
            Value::Text(symbol) => PackedValue { tag: TEXT, low: symbol.0, high: None },
            Value::Number(number) => wide(NUMBER, number),
            Value::Date(date) => wide(DATE, date.microseconds()),
        }
    }

    /// The value that [`Value::pack`] made into these words; `high` is ignored if the value has only `low`.
    #[inline]
    pub(super) fn unpack(tag: u32, low: u32, high: u32) -> Value {
        let number = (u64::from(low) | u64::from(high) << 32).cast_signed();
        match tag {
            ENTITY => Value::Entity(EntityId(low)),
            TEXT => Value::Text(Symbol(low)),
            NUMBER => Value::Number(number),
            _ => Value::Date(Instant::of_microseconds(number)),
        }
    }
}

impl CellType {
    /// How values of the type are kept in inline cells; `None` if they are not.
    pub(super) fn of(value: &ValueType) -> Option<CellType> {
        match value {
            ValueType::Entity(_) => Some(CellType::Entity),
            ValueType::Text | ValueType::OneOf(_) => Some(CellType::Text),
            ValueType::Number | ValueType::Date => None,
        }
    }

    /// The number for a value of the type.
    pub(super) fn number(self, value: Value) -> Option<u32> {
        match (self, value) {
            (CellType::Entity, Value::Entity(ent)) => Some(ent.0),
            (CellType::Text, Value::Text(symbol)) => Some(symbol.0),
            _ => None,
        }
    }

    /// The value for which [`CellType::number`] returned this number.
    #[inline]
    pub(super) fn value(self, number: u32) -> Value {
        match self {
            CellType::Text => Value::Text(Symbol(number)),
            CellType::Entity => Value::Entity(EntityId(number)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{CellType, EntityId, Instant, Symbol, Value};

    #[test]
    fn a_packed_value_is_unpacked_as_it_was() {
        let numbers = [0, 1, -1, i64::MAX, i64::MIN].map(Value::Number);
        let dates = [Instant::MIN, Instant::MAX].map(Value::Date);
        for value in numbers.into_iter().chain(dates).chain([Value::Entity(EntityId(7)), Value::Text(Symbol(u32::MAX - 1))]) {
            let packed = value.pack();
            assert_eq!(Value::unpack(packed.tag, packed.low, packed.high.unwrap_or(99)), value);
        }
    }

    #[test]
    fn an_inline_number_is_read_as_the_value_that_gave_it() {
        for (cell, value) in [(CellType::Entity, Value::Entity(EntityId(3))), (CellType::Text, Value::Text(Symbol(3)))] {
            assert_eq!(cell.number(value).map(|number| cell.value(number)), Some(value));
            assert_eq!(cell.number(Value::Number(3)), None);
        }
    }
}
