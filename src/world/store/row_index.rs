//! The index of facts by entity.
//!
//! A [`ListKey`] and a kind make a *column*: one number for each entity of the kind, which is either the start of its list or the content of
//! its inline cell. How a column is kept depends on how many entities of the kind have an entry:
//!
//! * at least 1 in 64: in the rows of the kind. Each entity of the kind has a row of `width` numbers, one for each column, so that what a
//!   decision reads about one entity is in one cache line. Rows do not straddle lines unless they are longer than one (`width` is a power
//!   of two up to 16, else a multiple of 16). The list of an entity ends where that of the next row starts, so an entity without a list
//!   repeats the next start, and there is one row more than there are entities. Hot and cold columns have separate rows
//!   ([`KeyLayout::is_hot`]).
//! * fewer: as `count` entity ids in ascending order, then `count + 1` starts. Inline cells of so few entities are not kept: the facts are
//!   read.

use super::column::id_of;
use super::line::{CACHE_LINE, CacheLine};
use super::list_key::{KeyLayout, ListKey};
use crate::policy::{Id, KindId};
use crate::world::ids::EntityId;
use std::ops::Range;

/// The entities that are indexed.
pub(crate) struct KindRanges<'w> {
    /// The entities of each kind, by the kind's index.
    pub(crate) of_kind: &'w [Range<u32>],
    /// The kind of each entity.
    pub(crate) kinds: &'w [KindId],
}

/// Where a column is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Location {
    /// In the rows of the kind.
    InRows(Cell),
    /// Outside the rows: entity ids, then starts.
    Sparse {
        /// Where they begin.
        at: u32,
        /// How many entities there are.
        count: u32,
    },
}

/// The place of a column in the rows of its kind. The default is a column without rows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Cell {
    /// The first entity of the kind.
    pub(crate) first: u32,
    /// Where the column is in the first row, counted in numbers from the beginning of all rows.
    pub(crate) at: u32,
    /// How many numbers a row has.
    pub(crate) width: u32,
    /// How many entities the kind has.
    pub(crate) count: u32,
}

impl Location {
    #[inline]
    pub(crate) fn of_words([first, at, width, count]: [u32; 4]) -> Location {
        if width == 0 { Location::Sparse { at, count } } else { Location::InRows(Cell { first, at, width, count }) }
    }

    fn words(self) -> [u32; 4] {
        match self {
            Location::InRows(Cell { first, at, width, count }) => [first, at, width, count],
            Location::Sparse { at, count } => [0, at, 0, count],
        }
    }
}

/// A column to be put into the index.
#[derive(Debug)]
pub(crate) struct ColumnBuild {
    key: ListKey,
    kind: KindId,
    /// Entities in order, each with the start of its list or the content of its cell.
    numbers: Vec<(EntityId, u32)>,
    /// Where the last list ends; `None` if the column is one of inline cells.
    end: Option<u32>,
}

/// The columns of lists. `entries` has the key and entity of each entry of the lists, in order; starts are counted in entries.
pub(crate) fn list_columns(entries: impl Iterator<Item = (ListKey, EntityId)>, kinds: &KindRanges<'_>) -> Vec<ColumnBuild> {
    let mut builds: Vec<ColumnBuild> = Vec::new();
    let mut place = 0;
    for (key, ent) in entries {
        let kind = kinds.kinds[ent.0 as usize];
        let build = match builds.last_mut() {
            Some(build) if (build.key, build.kind) == (key, kind) => build,
            _ => {
                builds.push(ColumnBuild { key, kind, numbers: Vec::new(), end: None });
                builds.last_mut().expect("just put there")
            }
        };
        if build.numbers.last().is_none_or(|&(last, _)| last != ent) {
            build.numbers.push((ent, place));
        }
        place += 1;
        build.end = Some(place);
    }
    builds
}

/// The columns of inline cells. `cells` has the key, entity and content of each cell, sorted by key and then by entity.
pub(crate) fn cell_columns(cells: &[(ListKey, EntityId, u32)], kinds: &KindRanges<'_>) -> Vec<ColumnBuild> {
    let kind = |ent: EntityId| kinds.kinds[ent.0 as usize];
    let builds = cells.chunk_by(|a, b| (a.0, kind(a.1)) == (b.0, kind(b.1))).map(|chunk| ColumnBuild {
        key: chunk[0].0,
        kind: kind(chunk[0].1),
        numbers: chunk.iter().map(|&(_, ent, number)| (ent, number)).collect(),
        end: None,
    });
    builds.collect()
}

/// Builds the index: the words of the [`Location`] of each key and kind, and the lines that they point into.
pub(crate) fn build(columns: &[ColumnBuild], layout: &KeyLayout, kinds: &KindRanges<'_>) -> (Vec<[u32; 4]>, Vec<CacheLine>) {
    let mut locations = vec![Location::Sparse { at: 0, count: 0 }.words(); location_index(layout.count(), 0, kinds.of_kind.len())];
    let index = |column: &ColumnBuild| location_index(column.key.0 as usize, column.kind.index(), kinds.of_kind.len());
    let mut lines: Vec<CacheLine> = Vec::new();
    for (kind, entities) in (0..).map(KindId::from_index).zip(kinds.of_kind) {
        let of_kind = columns.iter().filter(|column| column.kind == kind);
        let (common, rare): (Vec<&ColumnBuild>, Vec<&ColumnBuild>) =
            of_kind.partition(|column| column.numbers.len() >= entities.len() / 64);
        for column in rare {
            let Some(end) = column.end else { continue };
            let from = lines.len() * CACHE_LINE;
            locations[index(column)] = Location::Sparse { at: id_of(from), count: id_of(column.numbers.len()) }.words();
            let (ents, starts) = (column.numbers.iter().map(|(ent, _)| ent.0), column.numbers.iter().map(|&(_, start)| start));
            let numbers: Vec<u32> = ents.chain(starts).chain([end]).collect();
            lines.resize(lines.len() + numbers.len().div_ceil(CACHE_LINE), CacheLine::default());
            bytemuck::cast_slice_mut(&mut lines)[from..from + numbers.len()].copy_from_slice(&numbers);
        }
        let (hot, cold): (Vec<&ColumnBuild>, Vec<&ColumnBuild>) = common.into_iter().partition(|column| layout.is_hot(column.key));
        for columns in [hot, cold] {
            append_rows(&columns, entities, &mut lines, |column, cell| {
                locations[index(column)] = Location::InRows(cell).words();
            });
        }
    }
    (locations, lines)
}

/// Appends rows for the entities of a kind, and calls `placed` with each column and its place in them.
fn append_rows(columns: &[&ColumnBuild], entities: &Range<u32>, lines: &mut Vec<CacheLine>, mut placed: impl FnMut(&ColumnBuild, Cell)) {
    if columns.is_empty() {
        return;
    }
    let width = if columns.len() <= CACHE_LINE { columns.len().next_power_of_two() } else { columns.len().next_multiple_of(CACHE_LINE) };
    let base = lines.len() * CACHE_LINE;
    lines.resize(lines.len() + ((entities.len() + 1) * width).div_ceil(CACHE_LINE), CacheLine::default());
    let rows: &mut [u32] = bytemuck::cast_slice_mut(lines);
    for (at, column) in columns.iter().enumerate() {
        placed(column, Cell { first: entities.start, at: id_of(base + at), width: id_of(width), count: id_of(entities.len()) });
        // Backwards, since an entity without a list repeats the start of the next entity that has one.
        let mut numbers = column.numbers.iter().rev().peekable();
        let mut next = column.end.unwrap_or_default();
        for row in (0..=entities.len()).rev() {
            match numbers.next_if(|(ent, _)| (ent.0 - entities.start) as usize == row) {
                Some(&(_, number)) => next = number,
                None if column.end.is_none() => next = 0,
                None => {}
            }
            rows[base + row * width + at] = next;
        }
    }
}

/// The index of the location of a key and kind, among `kinds` kinds. After the kinds comes one more that no entity has: its columns are empty.
#[inline]
pub(crate) fn location_index(key: usize, kind: usize, kinds: usize) -> usize {
    key * (kinds + 1) + kind
}
