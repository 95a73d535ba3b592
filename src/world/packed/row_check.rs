//! Checks of the index of facts by entity: each run has all facts of its entity and no other, each inline cell has what the facts state, and
//! the containers of an entity come to an end.

use super::bounds::{Bounds, Raw};
use super::fact_check::{attribute, run_key, stated};
use super::section::Section;
use crate::policy::{AttributeId, Id, KindId, RelationId};
use crate::time::Interval;
use crate::world::ids::EntityId;
use crate::world::load::{ContainmentSpan, is_circular};
use crate::world::model::Statement;
use crate::world::store::column::partition;
use crate::world::store::encoding::PackedFact;
use crate::world::store::facts::{NO_FACT, READ_FACTS};
use crate::world::store::list_key::{Kept, ListKey};
use crate::world::store::row_index::{Cell, Location, location_index};
use crate::world::value::Value;
use std::ops::Range;
use std::sync::OnceLock;

/// Entities that lie deeper than this are checked all at once.
const DEEP: usize = 64;

/// The columns of the index.
#[derive(Debug)]
pub(super) struct RowCheck {
    columns: Vec<IndexColumn>,
    /// Whether some entity is within itself, once that was asked of all.
    circular: OnceLock<bool>,
}

#[derive(Debug)]
struct IndexColumn {
    kept: Kept,
    kind: KindId,
    entities: Range<u32>,
    location: Location,
}

impl RowCheck {
    /// The columns of a packed world; `None` if one of them is not within the rows.
    pub(super) fn of(bounds: &Bounds, raw: Raw<'_>) -> Option<RowCheck> {
        let (keys, kinds) = (bounds.layout.count(), bounds.of_kind.len());
        if raw.count(Section::Locations) != location_index(keys, 0, kinds) {
            return None;
        }
        let mut columns = Vec::new();
        let mut owned = 0;
        let locations = raw.bytes(Section::Locations, 0..raw.count(Section::Locations) * Section::Locations.size())?;
        for (index, words) in locations.chunks_exact(Section::Locations.size()).enumerate() {
            if words.iter().all(|&byte| byte == 0) {
                continue;
            }
            let location = Location::of_words(bytemuck::pod_read_unaligned(words));
            let (key, kind) = (index / location_index(1, 0, kinds), index % location_index(1, 0, kinds));
            let kept = bounds.layout.kept(ListKey(u32::try_from(key).ok()?));
            let end = match location {
                Location::Sparse { count: 0, .. } => continue,
                Location::Sparse { at, count } if kept.is_list() => at as usize + 2 * count as usize + 1,
                Location::Sparse { .. } => return None,
                Location::InRows(Cell { first, at, width, count }) => {
                    if bounds.of_kind.get(kind) != Some(&(first..first.checked_add(count)?)) {
                        return None;
                    }
                    at as usize + count as usize * width as usize + 1
                }
            };
            // Each column has numbers of its own, so that checking all takes no longer than reading all.
            owned += match location {
                Location::InRows(cell) => cell.count as usize + 1,
                Location::Sparse { count, .. } => 2 * count as usize + 1,
            };
            let entities = bounds.of_kind.get(kind)?.clone();
            if end > raw.row_numbers() || owned > raw.row_numbers() {
                return None;
            }
            columns.push(IndexColumn { kept, kind: KindId::from_index(kind), entities, location });
        }
        Some(RowCheck { columns, circular: OnceLock::new() })
    }

    /// Whether the numbers at these places in the rows are sound.
    pub(super) fn are_rows_sound(&self, bounds: &Bounds, raw: Raw<'_>, numbers: &Range<usize>) -> bool {
        self.columns.iter().all(|column| match column.location {
            Location::InRows(Cell { at, width, count, .. }) => {
                let (at, width) = (at as usize, width as usize);
                let first = numbers.start.saturating_sub(at).div_ceil(width);
                let after = numbers.end.saturating_sub(at).div_ceil(width).min(count as usize + 1);
                (first..after).all(|row| self.is_row_sound(bounds, raw, column, row, [at + row * width, at + (row + 1) * width]))
            }
            Location::Sparse { at, count } => {
                let (at, count) = (at as usize, count as usize);
                let among = |first: usize, length: usize| {
                    numbers.start.saturating_sub(first).min(length)..numbers.end.saturating_sub(first).min(length)
                };
                let (ents, starts) = (among(at, count), among(at + count, count + 1));
                // A start is the end of the list before it.
                let lists = starts.start.saturating_sub(1)..starts.end.min(count);
                ents.chain(lists).all(|place| self.is_sparse_sound(bounds, raw, column, [at, count], place))
            }
        })
    }

    /// Whether the number of a row, and the one in the next row, are right for the entity of the row. The row after the last has no entity.
    fn is_row_sound(&self, bounds: &Bounds, raw: Raw<'_>, column: &IndexColumn, row: usize, [at, next]: [usize; 2]) -> bool {
        let number = raw.row(at);
        if row == column.entities.len() {
            return if column.kept.is_list() { is_within(raw, column.kept, number) } else { number == NO_FACT };
        }
        let Ok(row) = u32::try_from(row) else { return false };
        let ent = EntityId(column.entities.start + row);
        if column.kept.is_list() {
            self.is_list_sound(bounds, raw, column, ent, number..raw.row(next))
        } else {
            number == cell(bounds, raw, column, ent)
        }
    }

    /// Whether the entity at a place of a sparse column is after the one before it, and has its list. `at` is where the column begins, and
    /// `count` how many entities it has.
    fn is_sparse_sound(&self, bounds: &Bounds, raw: Raw<'_>, column: &IndexColumn, [at, count]: [usize; 2], place: usize) -> bool {
        let ent = |place: usize| EntityId(raw.row(at + place));
        let start = |place: usize| raw.row(at + count + place);
        let is_in_order = column.entities.contains(&ent(place).0) && (place == 0 || ent(place - 1) < ent(place));
        let list = start(place)..start(place + 1);
        is_in_order
            && (place > 0 || is_first(raw, column, list.start))
            && (place + 1 < count || is_last(raw, column, list.end))
            && self.is_list_sound(bounds, raw, column, ent(place), list)
    }

    /// Whether a list of an entity is within all lists and, if it is a run, has all facts of the entity and no other.
    fn is_list_sound(&self, bounds: &Bounds, raw: Raw<'_>, column: &IndexColumn, ent: EntityId, list: Range<u32>) -> bool {
        if list.start > list.end || !is_within(raw, column.kept, list.end) {
            return false;
        }
        let Kept::Run { form, relation } = column.kept else { return true };
        let key = (form, relation, ent);
        let (start, end) = (list.start as usize, list.end as usize);
        let is_run = start == end || run_key(stated(raw, start)) == key && run_key(stated(raw, end - 1)) == key;
        is_run
            && (start == 0 || run_key(stated(raw, start - 1)) < key)
            && (end == raw.count(Section::Statements) || run_key(stated(raw, end)) > key)
            && (form != VALUES || !bounds.nests(ent) || self.ends_outside(bounds, raw, ent))
    }

    /// Whether an entity is not within itself.
    fn ends_outside(&self, bounds: &Bounds, raw: Raw<'_>, ent: EntityId) -> bool {
        let mut here = ent;
        for _ in 0..DEEP {
            let attributes = bounds.containers(here).iter();
            let containers: Vec<(u32, bool)> = attributes.flat_map(|&attribute| values(bounds, raw, here, attribute)).take(2).collect();
            match containers[..] {
                [] => return true,
                [(outer, false)] if !bounds.nests(EntityId(outer)) => return true,
                [(outer, false)] if outer != ent.0 => here = EntityId(outer),
                _ => break,
            }
        }
        !self.circular.get_or_init(|| is_circular(edges(bounds, raw)))
    }
}

/// Whether no fact before the first of a column is one of its kind.
fn is_first(raw: Raw<'_>, column: &IndexColumn, start: u32) -> bool {
    let Kept::Run { form, relation } = column.kept else { return true };
    start == 0 || run_key(stated(raw, start as usize - 1)) < (form, relation, EntityId(column.entities.start))
}

/// Whether no fact after the last of a column is one of its kind.
fn is_last(raw: Raw<'_>, column: &IndexColumn, end: u32) -> bool {
    let Kept::Run { form, relation } = column.kept else { return true };
    let is_behind = || run_key(stated(raw, end as usize)) >= (form, relation, EntityId(column.entities.end));
    end as usize >= raw.count(Section::Statements) || is_behind()
}

fn is_within(raw: Raw<'_>, kept: Kept, number: u32) -> bool {
    let section = if matches!(kept, Kept::Run { .. }) { Section::Statements } else { Section::Lists };
    number as usize <= raw.count(section)
}

/// The form of a statement that is the value of an attribute: see [`run_key`].
const VALUES: u8 = 3;

/// Which entities lie in which others, of the kinds that may be within one another.
fn edges(bounds: &Bounds, raw: Raw<'_>) -> Vec<ContainmentSpan> {
    let mut found = Vec::new();
    let facts = raw.count(Section::Statements);
    for kind in bounds.nesting() {
        let entities = &bounds.of_kind[kind.index()];
        let key = |ent: u32| (VALUES, RelationId(0), EntityId(ent));
        let first = |ent: u32| partition(facts, |fact| run_key(stated(raw, fact)) < key(ent));
        for fact in first(entities.start)..first(entities.end) {
            if let Statement::Value { entity, attribute, value: Value::Entity(outer) } = stated(raw, fact)
                && bounds.containers(entity).contains(&attribute)
                && bounds.nests(outer)
            {
                found.push(ContainmentSpan { inner: entity, outer, during: during(raw, fact), place: None });
            }
        }
    }
    found
}

/// When a fact holds. It has an interval of its own only if it is timed; that of a container is in its third word.
fn during(raw: Raw<'_>, fact: usize) -> Interval {
    let packed: PackedFact = raw.get(Section::Statements, fact);
    if packed.head.is_timed() { Interval::of_words(raw.get(Section::Intervals, packed.third as usize)) } else { Interval::ALWAYS }
}

/// The run of an entity; an empty one if it has none.
fn raw_run(bounds: &Bounds, raw: Raw<'_>, key: ListKey, ent: EntityId) -> Range<u32> {
    let Some(kind) = bounds.kind(ent) else { return 0..0 };
    let index = location_index(key.0 as usize, kind.index(), bounds.of_kind.len());
    let run = match Location::of_words(raw.get(Section::Locations, index)) {
        Location::InRows(Cell { first, at, width, .. }) => {
            let at = at as usize + ent.0.saturating_sub(first) as usize * width as usize;
            raw.row(at)..raw.row(at + width as usize)
        }
        Location::Sparse { at, count } => {
            let (at, count) = (at as usize, count as usize);
            let place = partition(count, |place| raw.row(at + place) < ent.0);
            let is_there = place < count && raw.row(at + place) == ent.0;
            if is_there { raw.row(at + count + place)..raw.row(at + count + place + 1) } else { 0..0 }
        }
    };
    if run.start <= run.end && run.end as usize <= raw.count(Section::Statements) { run } else { 0..0 }
}

/// What the inline cell of an entity must have, by the facts.
fn cell(bounds: &Bounds, raw: Raw<'_>, column: &IndexColumn, ent: EntityId) -> u32 {
    let only = |facts: &[(u32, bool)]| match facts {
        [] => NO_FACT,
        [(number, false)] => number.saturating_add(1),
        _ => READ_FACTS,
    };
    match column.kept {
        Kept::GroupCell => {
            let run = raw_run(bounds, raw, bounds.layout.memberships(), ent);
            let groups = run.take(2).map(|fact| raw.get::<PackedFact>(Section::Statements, fact as usize));
            only(&groups.map(|packed| (packed.second, packed.head.is_timed())).collect::<Vec<_>>())
        }
        Kept::ValueCell(attribute) => only(&values(bounds, raw, ent, attribute).collect::<Vec<_>>()),
        Kept::ContainerCell => {
            let alternatives = bounds.layout.alternative_containers(column.kind);
            only(&alternatives.flat_map(|attribute| values(bounds, raw, ent, attribute)).collect::<Vec<_>>())
        }
        Kept::Run { .. } | Kept::Postings => READ_FACTS,
    }
}

/// The numbers that the values of an attribute have in an inline cell, two at most, each with whether that is for a time only.
fn values<'a>(bounds: &'a Bounds, raw: Raw<'a>, ent: EntityId, of: AttributeId) -> impl Iterator<Item = (u32, bool)> + 'a {
    let run = raw_run(bounds, raw, bounds.layout.values(), ent);
    let start = run.start as usize;
    let first = start + partition(run.len(), |at| attribute(raw, start + at) < of);
    let own = (first..run.end as usize).take(2).take_while(move |&fact| attribute(raw, fact) == of);
    own.filter_map(move |fact| match stated(raw, fact) {
        Statement::Value { value, .. } => {
            let timed = raw.get::<PackedFact>(Section::Statements, fact).head.is_timed();
            bounds.layout.cell_number(of, value).map(|number| (number, timed))
        }
        _ => None,
    })
}
