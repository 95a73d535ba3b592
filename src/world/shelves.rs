//! Shelves: what is kept for the entities of a kind. What is kept for many of them stands in the kind's rows, a row an entity, so that all
//! that is asked of one entity lies together; what is kept for few is listed.

use super::column::{LINE, Line, id_of};
use super::ledger::Kinds;
use super::model::Ent;
use super::slots::{Slot, Slots};
use crate::policy::{Id, KindId};
use std::ops::Range;

/// Where something that is kept for the entities of a kind is found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Shelf {
    /// In the rows of the kind.
    InRows(Spot),
    /// Those entities for which there is something, in order; then where the list of each starts, and where the last one ends.
    Listed {
        /// Where they begin.
        at: u32,
        /// How many there are.
        count: u32,
    },
}

/// A place in the rows of a kind.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Spot {
    /// The first entity of the kind.
    pub(super) first: u32,
    /// Where it is in the first row.
    pub(super) at: u32,
    /// How long a row is.
    pub(super) width: u32,
    /// How many entities there are; one row more says where the last lists end.
    pub(super) count: u32,
}

impl Shelf {
    #[inline]
    pub(super) fn of_words([first, at, width, count]: [u32; 4]) -> Shelf {
        if width == 0 { Shelf::Listed { at, count } } else { Shelf::InRows(Spot { first, at, width, count }) }
    }

    fn words(self) -> [u32; 4] {
        match self {
            Shelf::InRows(Spot { first, at, width, count }) => [first, at, width, count],
            Shelf::Listed { at, count } => [0, at, 0, count],
        }
    }
}

/// What is to be put on a shelf, the entities in order.
#[derive(Debug)]
pub(super) struct Load {
    slot: Slot,
    kind: KindId,
    numbers: Vec<(Ent, u32)>,
    /// Where the last list ends; nothing where the numbers are no starts of lists.
    end: Option<u32>,
}

/// Where the list of each entity starts, the keys of all lists being given in order.
pub(super) fn starting(keys: impl Iterator<Item = (Slot, Ent)>, kinds: &Kinds<'_>) -> Vec<Load> {
    let mut loads: Vec<Load> = Vec::new();
    let mut place = 0;
    for (slot, ent) in keys {
        let kind = kinds.heads[ent.0 as usize];
        let load = match loads.last_mut() {
            Some(load) if (load.slot, load.kind) == (slot, kind) => load,
            _ => {
                loads.push(Load { slot, kind, numbers: Vec::new(), end: None });
                loads.last_mut().expect("just put there")
            }
        };
        if load.numbers.last().is_none_or(|&(last, _)| last != ent) {
            load.numbers.push((ent, place));
        }
        place += 1;
        load.end = Some(place);
    }
    loads
}

/// Numbers to be kept at hand, given in the order of slots, then of entities.
pub(super) fn holding(at_hand: &[(Slot, Ent, u32)], kinds: &Kinds<'_>) -> Vec<Load> {
    let kind = |ent: Ent| kinds.heads[ent.0 as usize];
    let loads = at_hand.chunk_by(|a, b| (a.0, kind(a.1)) == (b.0, kind(b.1))).map(|chunk| Load {
        slot: chunk[0].0,
        kind: kind(chunk[0].1),
        numbers: chunk.iter().map(|&(_, ent, number)| (ent, number)).collect(),
        end: None,
    });
    loads.collect()
}

/// All shelves, by slot and kind, and what stands on them.
pub(super) fn rows(loads: &[Load], slots: &Slots, kinds: &Kinds<'_>) -> (Vec<[u32; 4]>, Vec<Line>) {
    let mut shelves = vec![Shelf::Listed { at: 0, count: 0 }.words(); slots.count() * kinds.of_kind.len()];
    let mut lines: Vec<Line> = Vec::new();
    for (kind, all) in (0..).map(KindId::from_index).zip(kinds.of_kind) {
        let of_kind = loads.iter().filter(|load| load.kind == kind);
        let (common, rare): (Vec<&Load>, Vec<&Load>) = of_kind.partition(|load| load.numbers.len() >= all.len() / 64);
        for load in rare {
            // What is at hand of few is not kept: the facts are asked.
            let Some(end) = load.end else { continue };
            let from = lines.len() * LINE;
            shelves[place(load, kinds)] = Shelf::Listed { at: id_of(from), count: id_of(load.numbers.len()) }.words();
            let (ents, starts) = (load.numbers.iter().map(|(ent, _)| ent.0), load.numbers.iter().map(|&(_, start)| start));
            let numbers: Vec<u32> = ents.chain(starts).chain([end]).collect();
            lines.resize(lines.len() + numbers.len().div_ceil(LINE), Line::default());
            bytemuck::cast_slice_mut(&mut lines)[from..from + numbers.len()].copy_from_slice(&numbers);
        }
        let (near, far): (Vec<&Load>, Vec<&Load>) = common.into_iter().partition(|load| slots.is_near(load.slot));
        for columns in [near, far] {
            fill(&columns, all, &mut lines, |load, spot| shelves[place(load, kinds)] = Shelf::InRows(spot).words());
        }
    }
    (shelves, lines)
}

/// Adds rows for the entities of a kind, and tells where each column stands.
fn fill(columns: &[&Load], all: &Range<u32>, lines: &mut Vec<Line>, mut tell: impl FnMut(&Load, Spot)) {
    if columns.is_empty() {
        return;
    }
    let width = if columns.len() <= LINE { columns.len().next_power_of_two() } else { columns.len().next_multiple_of(LINE) };
    let base = lines.len() * LINE;
    lines.resize(lines.len() + ((all.len() + 1) * width).div_ceil(LINE), Line::default());
    let rows: &mut [u32] = bytemuck::cast_slice_mut(lines);
    for (column, load) in columns.iter().enumerate() {
        tell(load, Spot { first: all.start, at: id_of(base + column), width: id_of(width), count: id_of(all.len()) });
        let mut numbers = load.numbers.iter().rev().peekable();
        let mut next = load.end.unwrap_or_default();
        for row in (0..=all.len()).rev() {
            match numbers.next_if(|(ent, _)| (ent.0 - all.start) as usize == row) {
                Some(&(_, number)) => next = number,
                None if load.end.is_none() => next = 0,
                // One without a list of its own ends where it starts, which is where the next one starts.
                None => {}
            }
            rows[base + row * width + column] = next;
        }
    }
}

fn place(load: &Load, kinds: &Kinds<'_>) -> usize {
    load.slot.0 as usize * kinds.of_kind.len() + load.kind.index()
}
