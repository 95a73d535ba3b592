//! The ledger: settled facts in the order of what they say, packed, and for each entity a row: what is known of it at hand, and where the
//! facts that speak of it stand.

use super::column::{CacheLine, Column, id_of, partition};
use super::list_key::{KeyLayout, ListKey};
use super::provenance::Provenance;
use super::row_index::{self, Cell, Location};
use crate::policy::{AttributeId, KindId, RelationId, RoleId};
use crate::text::Span;
use crate::time::Instant;
use crate::time::Interval;
use crate::world::ids::EntityId;
use crate::world::model::{Fact, Inline, Statement, Value};
use rayon::prelude::*;
use std::ops::Range;

/// A fact on its way into the ledger.
#[derive(Clone, Debug)]
pub(crate) struct GatheredFact {
    pub(crate) fact: Fact,
    /// Where it is told; nothing for one that is assumed.
    pub(crate) place: Option<Span>,
}

/// Facts that do not change.
#[derive(Clone, Debug, Default)]
pub(crate) struct FactStore {
    /// What each says, in order: its sort, whether it is for a time only, the sort of its value, and what it names; then up to three
    /// entities, or two and a value. Where the last of them is free it says in which of `intervals` a fact for a time holds.
    pub(crate) statements: Column<[u32; 4]>,
    /// Facts for a time that leave no room for it, in order, each with its spell.
    pub(crate) wide_intervals: Column<[u32; 2]>,
    /// All intervals in which facts hold, each once, in order.
    pub(crate) intervals: Column<[i64; 2]>,
    /// Where each is told.
    pub(crate) places: Provenance,
    /// For each [`ListKey`] and each kind: where in the rows of the kind it stands.
    pub(crate) locations: Column<[u32; 4]>,
    /// The rows of the entities, none across two lines if it is not longer than one.
    pub(crate) rows: Column<CacheLine>,
    /// Lists of facts that do not stand side by side.
    pub(crate) lists: Column<u32>,
    /// What the facts say that stand in `lists`, as far as [`KeyLayout::is_told_in_list`]: the first entity, the head of the packed fact, and
    /// its fourth word.
    pub(crate) inline_tuples: Column<[u32; 3]>,
}

const SORT: u32 = 0b11 << 30;
const RELATION: u32 = 0 << 30;
const HOLDS: u32 = 1 << 30;
const MEMBER: u32 = 2 << 30;
const VALUE: u32 = 3 << 30;
const TIMED: u32 = 1 << 29;
const VALUE_SORT: u32 = 0b11 << 27;
const ENTITY: u32 = 0 << 27;
const TEXT: u32 = 1 << 27;
const NUMBER: u32 = 2 << 27;
const DATE: u32 = 3 << 27;
/// The fourth word is not free.
const FULL: u32 = 1 << 26;
const NAME: u32 = (1 << 26) - 1;

/// At hand is nothing, so nothing is told; or the facts must be asked, since it depends on the time, or several are told.
const NOTHING: u32 = 0;
const LOOK: u32 = u32::MAX;

/// The length up to which a run is gone through from end to end.
pub(crate) const SHORT: usize = 16;

/// A fact packed; `spell` is given if it is for a time.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "halves of a number, put together again in `unpack`")]
fn pack(statement: Statement, spell: Option<u32>) -> [u32; 4] {
    let timed = if spell.is_some() { TIMED } else { 0 };
    let free = spell.unwrap_or_default();
    match statement {
        Statement::Relation(relation, [a, b, EntityId::NONE]) => [RELATION | timed | relation.0, a.0, b.0, free],
        Statement::Relation(relation, [a, b, c]) => [RELATION | FULL | timed | relation.0, a.0, b.0, c.0],
        Statement::Holds { holder, role, scope } => [HOLDS | timed | role.0, holder.0, scope.0, free],
        Statement::Member { member, group } => [MEMBER | timed, member.0, group.0, free],
        Statement::Value { entity, attribute, value } => {
            let head = VALUE | timed | attribute.0;
            let halves = |number: i64| [number as u32, (number >> 32) as u32];
            let (sort, [low, high]) = match value {
                Value::Entity(ent) => (ENTITY, [ent.0, free]),
                Value::Text(sym) => (TEXT, [sym.0, free]),
                Value::Number(number) => (NUMBER | FULL, halves(number)),
                Value::Date(date) => (DATE | FULL, halves(date.microseconds())),
            };
            [head | sort, entity.0, low, high]
        }
    }
}

/// Whether a packed fact says the same as another, be they for a time or not.
#[inline]
fn says(packed: [u32; 4], wanted: [u32; 4]) -> bool {
    (packed[0] | TIMED) == (wanted[0] | TIMED)
        && packed[1] == wanted[1]
        && packed[2] == wanted[2]
        && (packed[0] & FULL == 0 || packed[3] == wanted[3])
}

#[inline]
fn unpack([head, a, b, c]: [u32; 4]) -> Statement {
    let name = head & NAME;
    match head & SORT {
        RELATION if head & FULL == 0 => Statement::Relation(RelationId(name), [EntityId(a), EntityId(b), EntityId::NONE]),
        RELATION => Statement::Relation(RelationId(name), [EntityId(a), EntityId(b), EntityId(c)]),
        HOLDS => Statement::Holds { holder: EntityId(a), role: RoleId(name), scope: EntityId(b) },
        MEMBER => Statement::Member { member: EntityId(a), group: EntityId(b) },
        _ => {
            let number = (u64::from(b) | u64::from(c) << 32).cast_signed();
            let value = match head & VALUE_SORT {
                ENTITY => Value::Entity(EntityId(b)),
                TEXT => Value::Text(crate::world::ids::Symbol(b)),
                NUMBER => Value::Number(number),
                _ => Value::Date(Instant::of_microseconds(number)),
            };
            Statement::Value { entity: EntityId(a), attribute: AttributeId(name), value }
        }
    }
}

impl FactStore {
    /// Puts facts in the order of what they say, whatever the order in which they came, joins those that say the same of the same time,
    /// and drops those that never hold.
    pub(crate) fn of(mut facts: Vec<GatheredFact>, layout: &KeyLayout, kinds: &KindRanges<'_>) -> FactStore {
        facts.retain(|gathered| !gathered.fact.during.is_empty());
        facts.par_sort_unstable_by(|a, b| (a.fact.statement, a.fact.during, a.place).cmp(&(b.fact.statement, b.fact.during, b.place)));
        let same = |a: &GatheredFact, b: &GatheredFact| a.fact.statement == b.fact.statement && a.fact.during == b.fact.during;
        let places = Provenance::of(facts.chunk_by(same).map(|twins| twins.iter().filter_map(|one| one.place)));
        facts.dedup_by(|later, first| same(later, first));

        let mut intervals: Vec<Interval> = facts.iter().map(|one| one.fact.during).filter(|&during| during != Interval::ALWAYS).collect();
        intervals.sort_unstable();
        intervals.dedup();
        let spell = |one: &GatheredFact| match one.fact.during {
            Interval::ALWAYS => None,
            during => intervals.binary_search(&during).ok().map(id_of),
        };
        let statements: Vec<[u32; 4]> = facts.par_iter().map(|one| pack(one.fact.statement, spell(one))).collect();
        let full = |(number, packed): (usize, &[u32; 4])| {
            (packed[0] & FULL != 0).then(|| spell(&facts[number])).flatten().map(|spell| [id_of(number), spell])
        };
        let wide_intervals: Vec<[u32; 2]> = statements.iter().enumerate().filter_map(full).collect();
        drop(facts);
        let mut facts = FactStore {
            statements: statements.into(),
            wide_intervals: wide_intervals.into(),
            intervals: intervals.iter().map(|spell| spell.words()).collect::<Vec<_>>().into(),
            places,
            ..FactStore::default()
        };
        facts.index(layout, kinds);
        facts
    }

    fn index(&mut self, layout: &KeyLayout, kinds: &KindRanges<'_>) {
        let count = id_of(self.statements.len());
        // In which list a fact stands by its first entity follows from the order of facts; the others are gathered, and put in order.
        let mut firsts: Vec<(ListKey, EntityId)> = Vec::with_capacity(self.statements.len());
        let mut others: Vec<(ListKey, u64)> = Vec::new();
        let mut at_hand: Vec<(ListKey, EntityId, u32)> = Vec::new();
        for number in 0..count {
            let packed = self.statements.get(number as usize);
            let statement = unpack(packed);
            let mut keys = layout.of(statement).into_iter();
            firsts.extend(keys.next());
            others.extend(keys.map(|(key, ent)| (key, u64::from(ent.0) << 32 | u64::from(number))));
            let mut know =
                |key, entity, find_holding: u32| at_hand.push((key, entity, if packed[0] & TIMED == 0 { find_holding + 1 } else { LOOK }));
            match statement {
                Statement::Value { entity, attribute, value } => {
                    if let Some(find_holding) = layout.number(attribute, value) {
                        know(layout.find_holding(attribute), entity, find_holding);
                        if layout.contains(attribute) {
                            know(layout.within(), entity, find_holding);
                        }
                    }
                }
                Statement::Member { member, group } => know(layout.single_group(), member, group.0),
                _ => {}
            }
        }
        others.par_sort_unstable();
        // Stable: of each slot entities stay in order, as the facts are.
        at_hand.sort_by_key(|&(key, ..)| key);
        at_hand.dedup_by(|later, first| {
            let same = (later.0, later.1) == (first.0, first.1);
            first.2 = if same { LOOK } else { first.2 };
            same
        });

        let ent = |both: u64| EntityId(u32::try_from(both >> 32).expect("half of it"));
        let mut locations = row_index::starting(firsts.iter().copied(), kinds);
        drop(firsts);
        locations.extend(row_index::starting(others.iter().map(|&(key, both)| (key, ent(both))), kinds));
        locations.extend(row_index::holding(&at_hand, kinds));
        let (locations, rows) = row_index::rows(&locations, layout, kinds);

        #[expect(clippy::cast_possible_truncation, reason = "the lower half of the number")]
        let lists: Vec<u32> = others.iter().map(|&(_, both)| both as u32).collect();
        let find_holding = others.partition_point(|&(key, _)| layout.is_told_in_list(key));
        let edge = |&number: &u32| {
            let [head, first, _, fourth] = self.statements.get(number as usize);
            [first, head, fourth]
        };
        let inline_tuples: Vec<[u32; 3]> = lists[..find_holding].iter().map(edge).collect();
        (self.locations, self.rows, self.lists, self.inline_tuples) = (locations.into(), rows.into(), lists.into(), inline_tuples.into());
    }

    /// How many facts there are.
    pub(crate) fn len(&self) -> usize {
        self.statements.len()
    }

    #[inline]
    fn statement(&self, number: u32) -> Statement {
        unpack(self.statements.get(number as usize))
    }

    /// A fact.
    #[inline]
    pub(crate) fn fact(&self, number: u32) -> Fact {
        let packed = self.statements.get(number as usize);
        let during = if packed[0] & TIMED == 0 { Interval::ALWAYS } else { self.spell(number, packed[0], packed[3]) };
        Fact { statement: unpack(packed), during }
    }

    #[inline]
    pub(crate) fn location(&self, key: ListKey, kind: KindId, kinds: usize) -> Location {
        Location::of_words(self.locations.get(key.0 as usize * kinds + kind.0 as usize))
    }

    /// The facts that stand side by side because an entity of this kind comes first in them; or where its list stands among `lists`.
    #[inline]
    pub(crate) fn run(&self, key: ListKey, ent: EntityId, kind: KindId, kinds: usize) -> Range<u32> {
        match self.location(key, kind, kinds) {
            Location::InRows(Cell { first, at, width, .. }) => {
                let at = at as usize + ent.0.wrapping_sub(first) as usize * width as usize;
                self.rows.number(at)..self.rows.number(at + width as usize)
            }
            Location::Postings { count: 0, .. } => 0..0,
            Location::Postings { at, count } => self.listed(at, count, ent),
        }
    }

    /// The same of a shelf that lists its few entities.
    #[inline(never)]
    fn listed(&self, at: u32, count: u32, ent: EntityId) -> Range<u32> {
        let (at, count) = (at as usize, count as usize);
        let entities = self.rows.numbers(at..at + count);
        match entities.binary_search(&ent.0) {
            Ok(place) => self.rows.number(at + count + place)..self.rows.number(at + count + place + 1),
            Err(_) => 0..0,
        }
    }

    /// What stands in the row of an entity; [`LOOK`] if it has none.
    #[inline]
    pub(crate) fn in_row(&self, cell: Cell, ent: EntityId) -> u32 {
        let row = ent.0.wrapping_sub(cell.first);
        if row < cell.count { self.rows.number(cell.at as usize + row as usize * cell.width as usize) } else { LOOK }
    }

    /// What is at hand of an entity.
    #[inline]
    pub(crate) fn at_hand(&self, cell: Cell, ent: EntityId) -> Inline<u32> {
        match self.in_row(cell, ent) {
            NOTHING => Inline::Nothing,
            LOOK => Inline::Look,
            word => Inline::Always(word - 1),
        }
    }

    /// The facts that stand in a list, which is that of an entity that does not come first in them.
    #[inline]
    pub(crate) fn list(&self, run: Range<u32>) -> &[u32] {
        self.lists.slice(run.start as usize..run.end as usize)
    }

    /// Of those of them that hold at that time, the entity that comes first, and the role or relation. Of [`KeyLayout::is_told_in_list`].
    #[inline]
    pub(crate) fn firsts(&self, run: Range<u32>, at: Instant) -> impl Iterator<Item = (u32, EntityId, u32)> {
        let inline_tuples = self.inline_tuples.slice(run.start as usize..run.end as usize);
        let holds = move |place: u32, head: u32, fourth: u32| {
            head & TIMED == 0 || self.spell(if head & FULL == 0 { 0 } else { self.numbered(place) }, head, fourth).contains(at)
        };
        let holding = run.zip(inline_tuples).filter(move |&(place, &[_, head, fourth])| holds(place, head, fourth));
        holding.map(|(place, &[first, head, _])| (place, EntityId(first), head & NAME))
    }

    /// The fact at a place of the lists.
    #[inline]
    pub(crate) fn numbered(&self, place: u32) -> u32 {
        self.lists.get(place as usize)
    }

    /// Whether a fact, packed so, holds at that time.
    #[inline]
    fn holds(&self, number: u32, packed: [u32; 4], at: Instant) -> bool {
        packed[0] & TIMED == 0 || self.spell(number, packed[0], packed[3]).contains(at)
    }

    /// When a fact for a time holds.
    #[inline]
    fn spell(&self, number: u32, head: u32, fourth: u32) -> Interval {
        let spell = if head & FULL == 0 { fourth } else { self.spell_apart(number) };
        Interval::of_words(self.intervals.get(spell as usize))
    }

    fn spell_apart(&self, number: u32) -> u32 {
        self.wide_intervals.get(partition(self.wide_intervals.len(), |at| self.wide_intervals.get(at)[0] < number))[1]
    }

    /// The fact in a run that says this and holds at that time.
    #[inline]
    pub(crate) fn find_holding(&self, run: Range<u32>, statement: Statement, at: Instant) -> Option<u32> {
        let wanted = pack(statement, None);
        let statements = self.statements.slice(run.start as usize..run.end as usize);
        let mut holding = run.zip(statements).filter(|&(number, &packed)| says(packed, wanted) && self.holds(number, packed, at));
        holding.next().map(|(number, _)| number)
    }

    /// Of each fact of a run that holds at that time, the entity that comes second.
    #[inline]
    pub(crate) fn seconds(&self, run: Range<u32>, at: Instant) -> impl Iterator<Item = (u32, EntityId)> {
        let statements = self.statements.slice(run.start as usize..run.end as usize);
        let holding = run.zip(statements).filter(move |&(number, &packed)| self.holds(number, packed, at));
        holding.map(|(number, packed)| (number, EntityId(packed[2])))
    }

    /// The value of an attribute that holds at that time, in the run of an entity's values.
    #[inline]
    pub(crate) fn value(&self, run: Range<u32>, attribute: AttributeId, at: Instant) -> Option<(Value, u32)> {
        let run = if run.len() > SHORT { self.of_attribute(run, attribute) } else { run };
        for number in run {
            let packed = self.statements.get(number as usize);
            if packed[0] & NAME == attribute.0 && self.holds(number, packed, at) {
                return match unpack(packed) {
                    Statement::Value { value, .. } => Some((value, number)),
                    _ => None,
                };
            }
        }
        None
    }

    /// The part of a run in which the facts say this.
    #[inline]
    pub(crate) fn facts_stating(&self, run: Range<u32>, statement: Statement) -> Range<u32> {
        if let Statement::Value { .. } = statement {
            let start = first_not(run.clone(), |number| self.statement(number) < statement);
            return start..first_not(start..run.end, |number| self.statement(number) <= statement);
        }
        // Facts of other sorts stand in the order of their packed form too.
        let key = |[head, _, b, c]: [u32; 4]| (head & NAME, b, if head & FULL == 0 { 0 } else { c });
        let wanted = key(pack(statement, None));
        let start = first_not(run.clone(), |number| key(self.statements.get(number as usize)) < wanted);
        start..first_not(start..run.end, |number| key(self.statements.get(number as usize)) == wanted)
    }

    /// The part of an entity's values that are of this attribute.
    #[inline]
    pub(crate) fn of_attribute(&self, run: Range<u32>, attribute: AttributeId) -> Range<u32> {
        let name = |number: u32| self.statements.get(number as usize)[0] & NAME;
        let start = first_not(run.clone(), |number| name(number) < attribute.0);
        start..first_not(start..run.end, |number| name(number) == attribute.0)
    }
}

/// The first of a run for which `before` no longer holds; short runs are gone through.
#[inline]
fn first_not(run: Range<u32>, before: impl Fn(u32) -> bool) -> u32 {
    const SHORT: u32 = 8;
    let (mut low, mut high) = (run.start, run.end);
    while high.saturating_sub(low) > SHORT {
        let middle = low.midpoint(high);
        if before(middle) { low = middle + 1 } else { high = middle }
    }
    while low < high && before(low) {
        low += 1;
    }
    low
}

/// The entities among which lists are shelved.
pub(crate) struct KindRanges<'w> {
    pub(crate) of_kind: &'w [Range<u32>],
    /// The kind of each entity.
    pub(crate) heads: &'w [KindId],
}
