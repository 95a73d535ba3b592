//! Columns: long lists of plain values of one size, in memory or in a packed world.
//!
//! Reads never panic. Beyond the end, and where a packed world is damaged, a column reads as zeros or as empty.

use super::line::{CACHE_LINE, CacheLine};
use crate::world::packed::container::Archive;
use bytemuck::{AnyBitPattern, NoUninit};
use std::ops::Range;
use std::sync::Arc;

/// A list of plain values.
#[derive(Clone, Debug)]
pub(crate) enum Column<T> {
    /// In memory.
    InMemory(Vec<T>),
    /// In a packed world.
    Packed {
        /// The packed world.
        archive: Arc<Archive>,
        /// The offset of its first byte there.
        start: usize,
        /// How many values it has.
        count: usize,
    },
}

/// The first number of `0..count` for which `before` is false, or `count`. `before` must be true up to a number and false from there on.
pub(crate) fn partition(count: usize, before: impl Fn(usize) -> bool) -> usize {
    let (mut low, mut high) = (0, count);
    while low < high {
        let middle = low.midpoint(high);
        if before(middle) { low = middle + 1 } else { high = middle }
    }
    low
}

/// An index or a length as a number of 32 bits.
pub(crate) fn id_of(index: usize) -> u32 {
    u32::try_from(index).expect("fewer than four billion of a sort")
}

impl<T> Default for Column<T> {
    fn default() -> Column<T> {
        Column::InMemory(Vec::new())
    }
}

impl<T> From<Vec<T>> for Column<T> {
    fn from(mut values: Vec<T>) -> Column<T> {
        values.shrink_to_fit();
        Column::InMemory(values)
    }
}

impl<T: AnyBitPattern + NoUninit + Default> Column<T> {
    /// A section of a packed world, by its number.
    pub(crate) fn packed(archive: &Arc<Archive>, section: usize) -> Column<T> {
        let place = archive.section(section);
        Column::Packed { archive: archive.clone(), start: place.start, count: place.len() / size_of::<T>() }
    }

    /// How many values it has.
    pub(crate) fn len(&self) -> usize {
        match self {
            Column::InMemory(values) => values.len(),
            Column::Packed { count, .. } => *count,
        }
    }

    /// The value at a place.
    #[inline]
    pub(crate) fn get(&self, at: usize) -> T {
        match self {
            Column::InMemory(values) => values.get(at).copied().unwrap_or_default(),
            Column::Packed { archive, start, count } => Column::unpacked(archive, *start, *count, at).copied().unwrap_or_default(),
        }
    }

    /// Reads a packed column. Not inlined, so that the read of a column in memory is short enough to be inlined everywhere.
    #[inline(never)]
    fn unpacked(archive: &Archive, start: usize, count: usize, at: usize) -> Option<&T> {
        if at >= count {
            return None;
        }
        let from = start + at * size_of::<T>();
        bytemuck::try_from_bytes(archive.read(from..from + size_of::<T>())).ok()
    }

    /// The values at these places; none if some of them are beyond the end.
    #[inline]
    pub(crate) fn slice(&self, places: Range<usize>) -> &[T] {
        match self {
            Column::InMemory(values) => values.get(places).unwrap_or_default(),
            Column::Packed { archive, start, count } if places.start <= places.end && places.end <= *count => {
                let bytes = start + places.start * size_of::<T>()..start + places.end * size_of::<T>();
                bytemuck::try_cast_slice(archive.read(bytes)).unwrap_or_default()
            }
            Column::Packed { .. } => &[],
        }
    }

    /// The values, to be changed; a packed column is copied into memory first.
    pub(crate) fn make_mut(&mut self) -> &mut Vec<T> {
        if let Column::Packed { .. } = self {
            *self = Column::InMemory(self.slice(0..self.len()).to_vec());
        }
        match self {
            Column::InMemory(values) => values,
            Column::Packed { .. } => unreachable!("it was taken into memory"),
        }
    }

    /// All of it as bytes.
    pub(crate) fn bytes(&self) -> &[u8] {
        bytemuck::cast_slice(self.slice(0..self.len()))
    }
}

impl Column<CacheLine> {
    /// The number at a place, counted through all lines.
    #[inline]
    pub(crate) fn number(&self, at: usize) -> u32 {
        match self {
            Column::InMemory(lines) => bytemuck::cast_slice(lines).get(at).copied().unwrap_or_default(),
            Column::Packed { archive, start, count } => {
                Column::<CacheLine>::unpacked(archive, *start, *count, at / CACHE_LINE).map_or(0, |line| line.0[at % CACHE_LINE])
            }
        }
    }

    /// The numbers at these places; none if some of them are beyond the end.
    pub(crate) fn numbers(&self, places: Range<usize>) -> &[u32] {
        let lines = places.start / CACHE_LINE..places.end.div_ceil(CACHE_LINE);
        let before = lines.start * CACHE_LINE;
        let numbers: &[u32] = bytemuck::cast_slice(self.slice(lines));
        numbers.get(places.start - before..places.end - before).unwrap_or_default()
    }
}
