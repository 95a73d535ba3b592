//! Shelves: what is kept for the entities of a kind. What is kept for many of them stands in the kind's rows, a row an entity, so that all
//! that is asked of one entity lies together; what is kept for few is listed.

use super::column::{CACHE_LINE, CacheLine, id_of};
use super::facts::KindRanges;
use super::list_key::{KeyLayout, ListKey};
use crate::policy::{Id, KindId};
use crate::world::ids::EntityId;
use std::ops::Range;

/// Where something that is kept for the entities of a kind is found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Location {
    /// In the rows of the kind.
    InRows(Cell),
    /// Those entities for which there is something, in order; then where the list of each starts, and where the last one ends.
    Postings {
        /// Where they begin.
        at: u32,
        /// How many there are.
        count: u32,
    },
}

/// A place in the rows of a kind.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Cell {
    /// The first entity of the kind.
    pub(crate) first: u32,
    /// Where it is in the first row.
    pub(crate) at: u32,
    /// How long a row is.
    pub(crate) width: u32,
    /// How many entities there are; one row more says where the last lists end.
    pub(crate) count: u32,
}

impl Location {
    #[inline]
    pub(crate) fn of_words([first, at, width, count]: [u32; 4]) -> Location {
        if width == 0 { Location::Postings { at, count } } else { Location::InRows(Cell { first, at, width, count }) }
    }

    fn words(self) -> [u32; 4] {
        match self {
            Location::InRows(Cell { first, at, width, count }) => [first, at, width, count],
            Location::Postings { at, count } => [0, at, 0, count],
        }
    }
}

/// What is to be put on a shelf, the entities in order.
#[derive(Debug)]
pub(crate) struct ColumnBuild {
    key: ListKey,
    kind: KindId,
    numbers: Vec<(EntityId, u32)>,
    /// Where the last list ends; nothing where the numbers are no starts of lists.
    end: Option<u32>,
}

/// Where the list of each entity starts, the keys of all lists being given in order.
pub(crate) fn starting(keys: impl Iterator<Item = (ListKey, EntityId)>, kinds: &KindRanges<'_>) -> Vec<ColumnBuild> {
    let mut builds: Vec<ColumnBuild> = Vec::new();
    let mut place = 0;
    for (key, ent) in keys {
        let kind = kinds.heads[ent.0 as usize];
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

/// Numbers to be kept at hand, given in the order of slots, then of entities.
pub(crate) fn holding(at_hand: &[(ListKey, EntityId, u32)], kinds: &KindRanges<'_>) -> Vec<ColumnBuild> {
    let kind = |ent: EntityId| kinds.heads[ent.0 as usize];
    let builds = at_hand.chunk_by(|a, b| (a.0, kind(a.1)) == (b.0, kind(b.1))).map(|chunk| ColumnBuild {
        key: chunk[0].0,
        kind: kind(chunk[0].1),
        numbers: chunk.iter().map(|&(_, ent, number)| (ent, number)).collect(),
        end: None,
    });
    builds.collect()
}

/// All shelves, by slot and kind, and what stands on them.
pub(crate) fn rows(builds: &[ColumnBuild], layout: &KeyLayout, kinds: &KindRanges<'_>) -> (Vec<[u32; 4]>, Vec<CacheLine>) {
    let mut locations = vec![Location::Postings { at: 0, count: 0 }.words(); layout.count() * kinds.of_kind.len()];
    let mut lines: Vec<CacheLine> = Vec::new();
    for (kind, all) in (0..).map(KindId::from_index).zip(kinds.of_kind) {
        let of_kind = builds.iter().filter(|build| build.kind == kind);
        let (common, rare): (Vec<&ColumnBuild>, Vec<&ColumnBuild>) = of_kind.partition(|build| build.numbers.len() >= all.len() / 64);
        for build in rare {
            // What is at hand of few is not kept: the facts are asked.
            let Some(end) = build.end else { continue };
            let from = lines.len() * CACHE_LINE;
            locations[place(build, kinds)] = Location::Postings { at: id_of(from), count: id_of(build.numbers.len()) }.words();
            let (ents, starts) = (build.numbers.iter().map(|(ent, _)| ent.0), build.numbers.iter().map(|&(_, start)| start));
            let numbers: Vec<u32> = ents.chain(starts).chain([end]).collect();
            lines.resize(lines.len() + numbers.len().div_ceil(CACHE_LINE), CacheLine::default());
            bytemuck::cast_slice_mut(&mut lines)[from..from + numbers.len()].copy_from_slice(&numbers);
        }
        let (near, far): (Vec<&ColumnBuild>, Vec<&ColumnBuild>) = common.into_iter().partition(|build| layout.is_near(build.key));
        for columns in [near, far] {
            fill(&columns, all, &mut lines, |build, cell| locations[place(build, kinds)] = Location::InRows(cell).words());
        }
    }
    (locations, lines)
}

/// Adds rows for the entities of a kind, and tells where each column stands.
fn fill(columns: &[&ColumnBuild], all: &Range<u32>, lines: &mut Vec<CacheLine>, mut tell: impl FnMut(&ColumnBuild, Cell)) {
    if columns.is_empty() {
        return;
    }
    let width = if columns.len() <= CACHE_LINE { columns.len().next_power_of_two() } else { columns.len().next_multiple_of(CACHE_LINE) };
    let base = lines.len() * CACHE_LINE;
    lines.resize(lines.len() + ((all.len() + 1) * width).div_ceil(CACHE_LINE), CacheLine::default());
    let rows: &mut [u32] = bytemuck::cast_slice_mut(lines);
    for (column, build) in columns.iter().enumerate() {
        tell(build, Cell { first: all.start, at: id_of(base + column), width: id_of(width), count: id_of(all.len()) });
        let mut numbers = build.numbers.iter().rev().peekable();
        let mut next = build.end.unwrap_or_default();
        for row in (0..=all.len()).rev() {
            match numbers.next_if(|(ent, _)| (ent.0 - all.start) as usize == row) {
                Some(&(_, number)) => next = number,
                None if build.end.is_none() => next = 0,
                // One without a list of its own ends where it starts, which is where the next one starts.
                None => {}
            }
            rows[base + row * width + column] = next;
        }
    }
}

fn place(build: &ColumnBuild, kinds: &KindRanges<'_>) -> usize {
    build.key.0 as usize * kinds.of_kind.len() + build.kind.index()
}
