//! The base of a world's facts: packed, sorted by what they state, and indexed by entity.
//!
//! The number of a fact is its index in that order. The facts in which an entity comes first are therefore a *run* of consecutive numbers.
//! The facts in which it comes later are in a *posting list*, which is a slice of `lists`. [`row_index`] keeps where the run or list of each
//! entity is, and the inline cells.

use super::column::{Column, id_of, partition};
use super::encoding::{Head, PackedFact};
use super::line::CacheLine;
use super::list_key::{KeyLayout, ListKey};
use super::provenance::{LineNumbers, Provenance, StatedAt};
use super::row_index::{self, Cell, KindRanges, Location, location_index};
use crate::policy::{AttributeId, KindId};
use crate::time::{Instant, Interval};
use crate::world::ids::EntityId;
use crate::world::model::{Fact, Inline, Statement};
use crate::world::value::Value;
use bytemuck::{Pod, Zeroable};
use rayon::prelude::*;
use std::ops::Range;

/// A fact that is not in the base yet.
#[derive(Clone, Debug)]
pub(crate) struct GatheredFact {
    pub(crate) fact: Fact,
    /// Where it is stated; `None` if it is assumed.
    pub(crate) place: Option<StatedAt>,
}

/// The base: facts that do not change, and their index.
#[derive(Clone, Debug, Default)]
pub(crate) struct FactStore {
    /// The facts in order, each packed.
    pub(crate) statements: Column<PackedFact>,
    /// Timed facts that are wide, in order: the number of the fact, and the index of its interval.
    pub(crate) wide_intervals: Column<[u32; 2]>,
    /// All intervals of timed facts, each once, in order: since and until in microseconds.
    pub(crate) intervals: Column<[i64; 2]>,
    /// Where each fact is stated.
    pub(crate) places: Provenance,
    /// The [`Location`] of each [`ListKey`] and kind, at their [`location_index`].
    pub(crate) locations: Column<[u32; 4]>,
    /// The numbers that locations point into.
    pub(crate) rows: Column<CacheLine>,
    /// Numbers of facts: the posting lists, one after the other, by key and then by entity.
    pub(crate) lists: Column<u32>,
    /// For the lists with [`KeyLayout::has_inline_tuples`], which come first in `lists`: the facts themselves.
    pub(crate) inline_tuples: Column<InlineTuple>,
}

/// A fact in a posting list, without the entity whose list it is. A search reads it instead of following the number of the fact.
#[derive(Clone, Copy, Debug, Default, Pod, Zeroable)]
#[repr(C)]
pub(crate) struct InlineTuple {
    first: u32,
    head: Head,
    third: u32,
}

impl InlineTuple {
    /// The packed fact, whose second entity is not kept: it is that of the list.
    pub(crate) fn packed(self) -> PackedFact {
        let InlineTuple { first, head, third } = self;
        PackedFact { head, first, second: 0, third }
    }
}

/// Inline cell: no fact, at any time.
pub(crate) const NO_FACT: u32 = 0;
/// Inline cell: the facts must be read, since there are several, or one that is timed. Any other number is one more than the value's.
pub(crate) const READ_FACTS: u32 = u32::MAX;

/// Runs up to this length are scanned from end to end; in longer ones the range of a statement or attribute is searched first.
pub(crate) const SHORT_RUN: usize = 16;

impl FactStore {
    /// Makes a base of facts, given in any order, each stated on one of `lines`, or at a span if there are none. Joins those with the same
    /// statement and interval, and drops those with an empty interval.
    pub(crate) fn of(mut facts: Vec<GatheredFact>, lines: Option<LineNumbers>, layout: &KeyLayout, kinds: &KindRanges<'_>) -> FactStore {
        facts.retain(|gathered| !gathered.fact.during.is_empty());
        facts.par_sort_unstable_by(|a, b| (a.fact.statement, a.fact.during, a.place).cmp(&(b.fact.statement, b.fact.during, b.place)));
        let same = |a: &GatheredFact, b: &GatheredFact| a.fact.statement == b.fact.statement && a.fact.during == b.fact.during;
        let places = Provenance::of(facts.chunk_by(same).map(|twins| twins.iter().filter_map(|one| one.place)), lines);
        facts.dedup_by(|later, first| same(later, first));

        let mut intervals: Vec<Interval> = facts.iter().map(|one| one.fact.during).filter(|&during| during != Interval::ALWAYS).collect();
        intervals.sort_unstable();
        intervals.dedup();
        let interval = |one: &GatheredFact| match one.fact.during {
            Interval::ALWAYS => None,
            during => intervals.binary_search(&during).ok().map(id_of),
        };
        let statements: Vec<PackedFact> = facts.par_iter().map(|one| PackedFact::pack(one.fact.statement, interval(one))).collect();
        let wide = |(number, packed): (usize, &PackedFact)| {
            packed.head.is_wide().then(|| interval(&facts[number])).flatten().map(|interval| [id_of(number), interval])
        };
        let wide_intervals: Vec<[u32; 2]> = statements.iter().enumerate().filter_map(wide).collect();
        drop(facts);
        let mut store = FactStore {
            statements: statements.into(),
            wide_intervals: wide_intervals.into(),
            intervals: intervals.iter().map(|interval| interval.words()).collect::<Vec<_>>().into(),
            places,
            ..FactStore::default()
        };
        store.index(layout, kinds);
        store
    }

    fn index(&mut self, layout: &KeyLayout, kinds: &KindRanges<'_>) {
        let count = id_of(self.statements.len());
        // The order of facts gives the runs. Posting lists are gathered and sorted: in `others`, a number has the entity in its upper half
        // and the fact in its lower half.
        let mut firsts: Vec<(ListKey, EntityId)> = Vec::with_capacity(self.statements.len());
        let mut others: Vec<(ListKey, u64)> = Vec::new();
        let mut cells: Vec<(ListKey, EntityId, u32)> = Vec::new();
        for number in 0..count {
            let packed = self.statements.get(number as usize);
            let statement = packed.unpack();
            let mut keys = layout.of(statement).into_iter();
            firsts.extend(keys.next());
            others.extend(keys.map(|(key, ent)| (key, u64::from(ent.0) << 32 | u64::from(number))));
            let mut cell = |key, entity, value: u32| cells.push((key, entity, if packed.head.is_timed() { READ_FACTS } else { value + 1 }));
            match statement {
                Statement::Value { entity, attribute, value } => {
                    if let Some(value) = layout.cell_number(attribute, value) {
                        cell(layout.value_cell(attribute), entity, value);
                        if layout.is_alternative_container(attribute) {
                            cell(layout.container_cell(), entity, value);
                        }
                    }
                }
                Statement::Member { member, group } => cell(layout.group_cell(), member, group.0),
                _ => {}
            }
        }
        others.par_sort_unstable();
        // The sort is stable: within a key, entities stay in the order of the facts.
        cells.sort_by_key(|&(key, ..)| key);
        cells.dedup_by(|later, first| {
            let same = (later.0, later.1) == (first.0, first.1);
            first.2 = if same { READ_FACTS } else { first.2 };
            same
        });

        let ent = |both: u64| EntityId(u32::try_from(both >> 32).expect("half of it"));
        let mut columns = row_index::list_columns(firsts.iter().copied(), kinds);
        drop(firsts);
        columns.extend(row_index::list_columns(others.iter().map(|&(key, both)| (key, ent(both))), kinds));
        columns.extend(row_index::cell_columns(&cells, kinds));
        let (locations, rows) = row_index::build(&columns, layout, kinds);

        #[expect(clippy::cast_possible_truncation, reason = "the lower half of the number")]
        let lists: Vec<u32> = others.iter().map(|&(_, both)| both as u32).collect();
        let with_tuples = others.partition_point(|&(key, _)| layout.has_inline_tuples(key));
        let tuple = |&number: &u32| {
            let PackedFact { head, first, third, .. } = self.statements.get(number as usize);
            InlineTuple { first, head, third }
        };
        let inline_tuples: Vec<InlineTuple> = lists[..with_tuples].iter().map(tuple).collect();
        (self.locations, self.rows, self.lists, self.inline_tuples) = (locations.into(), rows.into(), lists.into(), inline_tuples.into());
    }

    /// How many facts there are.
    pub(crate) fn len(&self) -> usize {
        self.statements.len()
    }

    /// A fact by its number.
    #[inline]
    pub(crate) fn fact(&self, number: u32) -> Fact {
        let packed = self.statements.get(number as usize);
        let during = if packed.head.is_timed() { self.interval(number, packed.head, packed.third) } else { Interval::ALWAYS };
        Fact { statement: packed.unpack(), during }
    }

    /// Where the column of a key and kind is, among `kinds` kinds. An entity that is not in the base has the kind `kinds`.
    #[inline]
    pub(crate) fn location(&self, key: ListKey, kind: KindId, kinds: usize) -> Location {
        Location::of_words(self.locations.get(location_index(key.0 as usize, kind.0 as usize, kinds)))
    }

    /// The run or posting list of an entity of this kind: numbers of facts if the key is one of runs, otherwise places in `lists`.
    #[inline]
    pub(crate) fn run(&self, key: ListKey, ent: EntityId, kind: KindId, kinds: usize) -> Range<u32> {
        match self.location(key, kind, kinds) {
            Location::InRows(Cell { first, at, width, .. }) => {
                let at = at as usize + ent.0.wrapping_sub(first) as usize * width as usize;
                self.rows.number(at)..self.rows.number(at + width as usize)
            }
            Location::Sparse { count: 0, .. } => 0..0,
            Location::Sparse { at, count } => self.sparse_run(at, count, ent),
        }
    }

    #[inline(never)]
    fn sparse_run(&self, at: u32, count: u32, ent: EntityId) -> Range<u32> {
        let (at, count) = (at as usize, count as usize);
        let entities = self.rows.numbers(at..at + count);
        match entities.binary_search(&ent.0) {
            Ok(place) => self.rows.number(at + count + place)..self.rows.number(at + count + place + 1),
            Err(_) => 0..0,
        }
    }

    /// The number in the cell of an entity; [`READ_FACTS`] if the entity has no row.
    #[inline]
    pub(crate) fn in_row(&self, cell: Cell, ent: EntityId) -> u32 {
        let row = ent.0.wrapping_sub(cell.first);
        if row < cell.count { self.rows.number(cell.at as usize + row as usize * cell.width as usize) } else { READ_FACTS }
    }

    /// The content of an entity's inline cell.
    #[inline]
    pub(crate) fn inline(&self, cell: Cell, ent: EntityId) -> Inline<u32> {
        match self.in_row(cell, ent) {
            NO_FACT => Inline::NoFact,
            READ_FACTS => Inline::ReadFacts,
            number => Inline::Always(number - 1),
        }
    }

    /// The numbers of the facts in a posting list.
    #[inline]
    pub(crate) fn list(&self, list: Range<u32>) -> &[u32] {
        self.lists.slice(list.start as usize..list.end as usize)
    }

    /// The facts of a posting list that hold at `at`: for each its place in `lists`, its first entity, and its role or relation. Only of
    /// lists with [`KeyLayout::has_inline_tuples`].
    #[inline]
    pub(crate) fn firsts(&self, list: Range<u32>, at: Instant) -> impl Iterator<Item = (u32, EntityId, u32)> {
        let tuples = self.inline_tuples.slice(list.start as usize..list.end as usize);
        let holds = move |place: u32, head: Head, third: u32| {
            !head.is_timed() || self.interval(if head.is_wide() { self.numbered(place) } else { 0 }, head, third).contains(at)
        };
        let holding = list.zip(tuples).filter(move |&(place, &InlineTuple { head, third, .. })| holds(place, head, third));
        holding.map(|(place, &InlineTuple { first, head, .. })| (place, EntityId(first), head.name()))
    }

    /// The number of the fact at a place in `lists`.
    #[inline]
    pub(crate) fn numbered(&self, place: u32) -> u32 {
        self.lists.get(place as usize)
    }

    #[inline]
    fn holds(&self, number: u32, packed: PackedFact, at: Instant) -> bool {
        !packed.head.is_timed() || self.interval(number, packed.head, packed.third).contains(at)
    }

    /// The interval of a timed fact.
    #[inline]
    fn interval(&self, number: u32, head: Head, third: u32) -> Interval {
        let interval = if head.is_wide() { self.wide_interval(number) } else { third };
        Interval::of_words(self.intervals.get(interval as usize))
    }

    fn wide_interval(&self, number: u32) -> u32 {
        self.wide_intervals.get(partition(self.wide_intervals.len(), |at| self.wide_intervals.get(at)[0] < number))[1]
    }

    /// The fact in a run that states this and holds at `at`.
    #[inline]
    pub(crate) fn find_holding(&self, run: Range<u32>, statement: Statement, at: Instant) -> Option<u32> {
        let wanted = PackedFact::pack(statement, None);
        let statements = self.statements.slice(run.start as usize..run.end as usize);
        let mut holding = run.zip(statements).filter(|&(number, &packed)| packed.states_same(wanted) && self.holds(number, packed, at));
        holding.next().map(|(number, _)| number)
    }

    /// The facts of a run that hold at `at`, each with the entity that comes second in it.
    #[inline]
    pub(crate) fn seconds(&self, run: Range<u32>, at: Instant) -> impl Iterator<Item = (u32, EntityId)> {
        let statements = self.statements.slice(run.start as usize..run.end as usize);
        let holding = run.zip(statements).filter(move |&(number, &packed)| self.holds(number, packed, at));
        holding.map(|(number, packed)| (number, EntityId(packed.second)))
    }

    /// The value of an attribute at `at`, in the run of an entity's values, and the number of the fact.
    #[inline]
    pub(crate) fn value(&self, run: Range<u32>, attribute: AttributeId, at: Instant) -> Option<(Value, u32)> {
        let run = if run.len() > SHORT_RUN { self.of_attribute(run, attribute) } else { run };
        for number in run {
            let packed = self.statements.get(number as usize);
            if packed.head.name() == attribute.0 && self.holds(number, packed, at) {
                return match packed.unpack() {
                    Statement::Value { value, .. } => Some((value, number)),
                    _ => None,
                };
            }
        }
        None
    }

    /// The part of a run in which the facts state this.
    #[inline]
    pub(crate) fn facts_stating(&self, run: Range<u32>, statement: Statement) -> Range<u32> {
        if let Statement::Value { .. } = statement {
            let stated = |number: u32| self.statements.get(number as usize).unpack();
            let start = first_not(run.clone(), |number| stated(number) < statement);
            return start..first_not(start..run.end, |number| stated(number) <= statement);
        }
        let key = |number: u32| self.statements.get(number as usize).key_after_first();
        let wanted = PackedFact::pack(statement, None).key_after_first();
        let start = first_not(run.clone(), |number| key(number) < wanted);
        start..first_not(start..run.end, |number| key(number) == wanted)
    }

    /// The part of the run of an entity's values that are values of this attribute.
    #[inline]
    pub(crate) fn of_attribute(&self, run: Range<u32>, attribute: AttributeId) -> Range<u32> {
        let name = |number: u32| self.statements.get(number as usize).head.name();
        let start = first_not(run.clone(), |number| name(number) < attribute.0);
        start..first_not(start..run.end, |number| name(number) == attribute.0)
    }
}

/// The first number of a run for which `before` is false, or the end of the run. `before` must be true up to a number and false from there
/// on.
#[inline]
fn first_not(run: Range<u32>, before: impl Fn(u32) -> bool) -> u32 {
    const SCANNED: u32 = 8;
    let (mut low, mut high) = (run.start, run.end);
    while high.saturating_sub(low) > SCANNED {
        let middle = low.midpoint(high);
        if before(middle) { low = middle + 1 } else { high = middle }
    }
    while low < high && before(low) {
        low += 1;
    }
    low
}
