//! The value of a term in a world that is not known.

use super::fact::{EntityIndex, Value};
use crate::policy::AttributeId;
use crate::verify::sat::Lit;

/// Why a value is unknown: the attribute that would say it. `None` if it may be any.
pub(super) type Missing = Option<(EntityIndex, AttributeId)>;

/// What a term may have as its value. Exactly one of the literals is true.
#[derive(Clone, Debug, Default)]
pub struct TermValue {
    pub(super) values: Vec<(Value, Lit)>,
    /// It has no value.
    pub(super) none: Option<Lit>,
    /// The value is unknown.
    pub(super) unknown: Vec<(Missing, Lit)>,
}

impl TermValue {
    pub(super) fn known(value: Value) -> TermValue {
        TermValue { values: vec![(value, Lit::TRUE)], ..TermValue::default() }
    }

    /// Whether it has no value.
    pub(super) fn none(&self) -> Lit {
        self.none.unwrap_or(Lit::FALSE)
    }
}
