//! Columns: long lists of plain values, all of one size.

use bytemuck::AnyBitPattern;
use std::ops::Range;

/// A list that does not change once it is made.
#[derive(Clone, Debug)]
pub(super) enum Column<T> {
    /// In memory.
    Here(Vec<T>),
}

impl<T> Default for Column<T> {
    fn default() -> Column<T> {
        Column::Here(Vec::new())
    }
}

impl<T> From<Vec<T>> for Column<T> {
    fn from(mut values: Vec<T>) -> Column<T> {
        values.shrink_to_fit();
        Column::Here(values)
    }
}

impl<T: AnyBitPattern + Default> Column<T> {
    /// How many values it has.
    pub(super) fn len(&self) -> usize {
        match self {
            Column::Here(values) => values.len(),
        }
    }

    /// The value at a place; nothing but zeros beyond the end.
    #[inline]
    pub(super) fn get(&self, at: usize) -> T {
        match self {
            Column::Here(values) => values.get(at).copied().unwrap_or_default(),
        }
    }

    /// The values at these places; none if some lie beyond the end.
    #[inline]
    pub(super) fn slice(&self, places: Range<usize>) -> &[T] {
        match self {
            Column::Here(values) => values.get(places).unwrap_or_default(),
        }
    }
}
