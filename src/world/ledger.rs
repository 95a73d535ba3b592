//! The ledger: settled facts in the order of what they say, packed, and for each entity a row: what is known of it at hand, and where the
//! facts that speak of it stand.

use super::column::{Column, Line, id_of, partition};
use super::model::{AtHand, Body, Ent, Fact, Value};
use super::places::Places;
use super::shelves::{self, Shelf, Spot};
use super::slots::{Slot, Slots};
use crate::policy::{AttributeId, KindId, RelationId, RoleId};
use crate::text::Span;
use crate::time::Instant;
use crate::time::Interval;
use rayon::prelude::*;
use std::ops::Range;

/// A fact on its way into the ledger.
#[derive(Clone, Debug)]
pub(super) struct Gathered {
    pub(super) fact: Fact,
    /// Where it is told; nothing for one that is assumed.
    pub(super) place: Option<Span>,
}

/// Facts that do not change.
#[derive(Clone, Debug, Default)]
pub(super) struct Ledger {
    /// What each says, in order: its sort, whether it is for a time only, the sort of its value, and what it names; then up to three
    /// entities, or two and a value. Where the last of them is free it says in which of `spells` a fact for a time holds.
    pub(super) bodies: Column<[u32; 4]>,
    /// Facts for a time that leave no room for it, in order, each with its spell.
    pub(super) spelled: Column<[u32; 2]>,
    /// All intervals in which facts hold, each once, in order.
    pub(super) spells: Column<[i64; 2]>,
    /// Where each is told.
    pub(super) places: Places,
    /// For each [`Slot`] and each kind: where in the rows of the kind it stands.
    pub(super) shelves: Column<[u32; 4]>,
    /// The rows of the entities, none across two lines if it is not longer than one.
    pub(super) rows: Column<Line>,
    /// Lists of facts that do not stand side by side.
    pub(super) lists: Column<u32>,
    /// What the facts say that stand in `lists`, as far as [`Slots::is_told_in_list`]: the first entity, the head of the packed fact, and
    /// its fourth word.
    pub(super) edges: Column<[u32; 3]>,
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
pub(super) const SHORT: usize = 16;

/// A fact packed; `spell` is given if it is for a time.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "halves of a number, put together again in `unpack`")]
fn pack(body: Body, spell: Option<u32>) -> [u32; 4] {
    let timed = if spell.is_some() { TIMED } else { 0 };
    let free = spell.unwrap_or_default();
    match body {
        Body::Relation(relation, [a, b, Ent::NOBODY]) => [RELATION | timed | relation.0, a.0, b.0, free],
        Body::Relation(relation, [a, b, c]) => [RELATION | FULL | timed | relation.0, a.0, b.0, c.0],
        Body::Holds { holder, role, scope } => [HOLDS | timed | role.0, holder.0, scope.0, free],
        Body::Member { member, group } => [MEMBER | timed, member.0, group.0, free],
        Body::Value { entity, attribute, value } => {
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
fn unpack([head, a, b, c]: [u32; 4]) -> Body {
    let name = head & NAME;
    match head & SORT {
        RELATION if head & FULL == 0 => Body::Relation(RelationId(name), [Ent(a), Ent(b), Ent::NOBODY]),
        RELATION => Body::Relation(RelationId(name), [Ent(a), Ent(b), Ent(c)]),
        HOLDS => Body::Holds { holder: Ent(a), role: RoleId(name), scope: Ent(b) },
        MEMBER => Body::Member { member: Ent(a), group: Ent(b) },
        _ => {
            let number = (u64::from(b) | u64::from(c) << 32).cast_signed();
            let value = match head & VALUE_SORT {
                ENTITY => Value::Entity(Ent(b)),
                TEXT => Value::Text(super::model::Sym(b)),
                NUMBER => Value::Number(number),
                _ => Value::Date(Instant::of_microseconds(number)),
            };
            Body::Value { entity: Ent(a), attribute: AttributeId(name), value }
        }
    }
}

impl Ledger {
    /// Puts facts in the order of what they say, whatever the order in which they came, joins those that say the same of the same time,
    /// and drops those that never hold.
    pub(super) fn of(mut facts: Vec<Gathered>, slots: &Slots, kinds: &Kinds<'_>) -> Ledger {
        facts.retain(|gathered| !gathered.fact.during.is_empty());
        facts.par_sort_unstable_by(|a, b| (a.fact.body, a.fact.during, a.place).cmp(&(b.fact.body, b.fact.during, b.place)));
        let same = |a: &Gathered, b: &Gathered| a.fact.body == b.fact.body && a.fact.during == b.fact.during;
        let places = Places::of(facts.chunk_by(same).map(|twins| twins.iter().filter_map(|one| one.place)));
        facts.dedup_by(|later, first| same(later, first));

        let mut spells: Vec<Interval> = facts.iter().map(|one| one.fact.during).filter(|&during| during != Interval::ALWAYS).collect();
        spells.sort_unstable();
        spells.dedup();
        let spell = |one: &Gathered| match one.fact.during {
            Interval::ALWAYS => None,
            during => spells.binary_search(&during).ok().map(id_of),
        };
        let bodies: Vec<[u32; 4]> = facts.par_iter().map(|one| pack(one.fact.body, spell(one))).collect();
        let full = |(number, packed): (usize, &[u32; 4])| {
            (packed[0] & FULL != 0).then(|| spell(&facts[number])).flatten().map(|spell| [id_of(number), spell])
        };
        let spelled: Vec<[u32; 2]> = bodies.iter().enumerate().filter_map(full).collect();
        drop(facts);
        let mut ledger = Ledger {
            bodies: bodies.into(),
            spelled: spelled.into(),
            spells: spells.iter().map(|spell| spell.words()).collect::<Vec<_>>().into(),
            places,
            ..Ledger::default()
        };
        ledger.index(slots, kinds);
        ledger
    }

    fn index(&mut self, slots: &Slots, kinds: &Kinds<'_>) {
        let count = id_of(self.bodies.len());
        // In which list a fact stands by its first entity follows from the order of facts; the others are gathered, and put in order.
        let mut firsts: Vec<(Slot, Ent)> = Vec::with_capacity(self.bodies.len());
        let mut others: Vec<(Slot, u64)> = Vec::new();
        let mut at_hand: Vec<(Slot, Ent, u32)> = Vec::new();
        for number in 0..count {
            let packed = self.bodies.get(number as usize);
            let body = unpack(packed);
            let mut keys = slots.of(body).into_iter();
            firsts.extend(keys.next());
            others.extend(keys.map(|(slot, ent)| (slot, u64::from(ent.0) << 32 | u64::from(number))));
            let mut know = |slot, entity, told: u32| at_hand.push((slot, entity, if packed[0] & TIMED == 0 { told + 1 } else { LOOK }));
            match body {
                Body::Value { entity, attribute, value } => {
                    if let Some(told) = slots.number(attribute, value) {
                        know(slots.told(attribute), entity, told);
                        if slots.contains(attribute) {
                            know(slots.within(), entity, told);
                        }
                    }
                }
                Body::Member { member, group } => know(slots.lone_group(), member, group.0),
                _ => {}
            }
        }
        others.par_sort_unstable();
        // Stable: of each slot entities stay in order, as the facts are.
        at_hand.sort_by_key(|&(slot, ..)| slot);
        at_hand.dedup_by(|later, first| {
            let same = (later.0, later.1) == (first.0, first.1);
            first.2 = if same { LOOK } else { first.2 };
            same
        });

        let ent = |both: u64| Ent(u32::try_from(both >> 32).expect("half of it"));
        let mut shelves = shelves::starting(firsts.iter().copied(), kinds);
        drop(firsts);
        shelves.extend(shelves::starting(others.iter().map(|&(slot, both)| (slot, ent(both))), kinds));
        shelves.extend(shelves::holding(&at_hand, kinds));
        let (shelves, rows) = shelves::rows(&shelves, slots, kinds);

        #[expect(clippy::cast_possible_truncation, reason = "the lower half of the number")]
        let lists: Vec<u32> = others.iter().map(|&(_, both)| both as u32).collect();
        let told = others.partition_point(|&(slot, _)| slots.is_told_in_list(slot));
        let edge = |&number: &u32| {
            let [head, first, _, fourth] = self.bodies.get(number as usize);
            [first, head, fourth]
        };
        let edges: Vec<[u32; 3]> = lists[..told].iter().map(edge).collect();
        (self.shelves, self.rows, self.lists, self.edges) = (shelves.into(), rows.into(), lists.into(), edges.into());
    }

    /// How many facts there are.
    pub(super) fn len(&self) -> usize {
        self.bodies.len()
    }

    #[inline]
    fn body(&self, number: u32) -> Body {
        unpack(self.bodies.get(number as usize))
    }

    /// A fact.
    #[inline]
    pub(super) fn fact(&self, number: u32) -> Fact {
        let packed = self.bodies.get(number as usize);
        let during = if packed[0] & TIMED == 0 { Interval::ALWAYS } else { self.spell(number, packed[0], packed[3]) };
        Fact { body: unpack(packed), during }
    }

    #[inline]
    pub(super) fn shelf(&self, slot: Slot, kind: KindId, kinds: usize) -> Shelf {
        Shelf::of_words(self.shelves.get(slot.0 as usize * kinds + kind.0 as usize))
    }

    /// The facts that stand side by side because an entity of this kind comes first in them; or where its list stands among `lists`.
    #[inline]
    pub(super) fn run(&self, slot: Slot, ent: Ent, kind: KindId, kinds: usize) -> Range<u32> {
        match self.shelf(slot, kind, kinds) {
            Shelf::InRows(Spot { first, at, width, .. }) => {
                let at = at as usize + ent.0.wrapping_sub(first) as usize * width as usize;
                self.rows.number(at)..self.rows.number(at + width as usize)
            }
            Shelf::Listed { count: 0, .. } => 0..0,
            Shelf::Listed { at, count } => self.listed(at, count, ent),
        }
    }

    /// The same of a shelf that lists its few entities.
    #[inline(never)]
    fn listed(&self, at: u32, count: u32, ent: Ent) -> Range<u32> {
        let (at, count) = (at as usize, count as usize);
        let entities = self.rows.numbers(at..at + count);
        match entities.binary_search(&ent.0) {
            Ok(place) => self.rows.number(at + count + place)..self.rows.number(at + count + place + 1),
            Err(_) => 0..0,
        }
    }

    /// What stands in the row of an entity; [`LOOK`] if it has none.
    #[inline]
    pub(super) fn in_row(&self, spot: Spot, ent: Ent) -> u32 {
        let row = ent.0.wrapping_sub(spot.first);
        if row < spot.count { self.rows.number(spot.at as usize + row as usize * spot.width as usize) } else { LOOK }
    }

    /// What is at hand of an entity.
    #[inline]
    pub(super) fn at_hand(&self, spot: Spot, ent: Ent) -> AtHand<u32> {
        match self.in_row(spot, ent) {
            NOTHING => AtHand::Nothing,
            LOOK => AtHand::Look,
            word => AtHand::Always(word - 1),
        }
    }

    /// The facts that stand in a list, which is that of an entity that does not come first in them.
    #[inline]
    pub(super) fn list(&self, run: Range<u32>) -> &[u32] {
        self.lists.slice(run.start as usize..run.end as usize)
    }

    /// Of those of them that hold at that time, the entity that comes first, and the role or relation. Of [`Slots::is_told_in_list`].
    #[inline]
    pub(super) fn firsts(&self, run: Range<u32>, at: Instant) -> impl Iterator<Item = (u32, Ent, u32)> {
        let edges = self.edges.slice(run.start as usize..run.end as usize);
        let holds = move |place: u32, head: u32, fourth: u32| {
            head & TIMED == 0 || self.spell(if head & FULL == 0 { 0 } else { self.numbered(place) }, head, fourth).contains(at)
        };
        let holding = run.zip(edges).filter(move |&(place, &[_, head, fourth])| holds(place, head, fourth));
        holding.map(|(place, &[first, head, _])| (place, Ent(first), head & NAME))
    }

    /// The fact at a place of the lists.
    #[inline]
    pub(super) fn numbered(&self, place: u32) -> u32 {
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
        Interval::of_words(self.spells.get(spell as usize))
    }

    fn spell_apart(&self, number: u32) -> u32 {
        self.spelled.get(partition(self.spelled.len(), |at| self.spelled.get(at)[0] < number))[1]
    }

    /// The fact in a run that says this and holds at that time.
    #[inline]
    pub(super) fn told(&self, run: Range<u32>, body: Body, at: Instant) -> Option<u32> {
        let wanted = pack(body, None);
        let bodies = self.bodies.slice(run.start as usize..run.end as usize);
        let mut holding = run.zip(bodies).filter(|&(number, &packed)| says(packed, wanted) && self.holds(number, packed, at));
        holding.next().map(|(number, _)| number)
    }

    /// Of each fact of a run that holds at that time, the entity that comes second.
    #[inline]
    pub(super) fn seconds(&self, run: Range<u32>, at: Instant) -> impl Iterator<Item = (u32, Ent)> {
        let bodies = self.bodies.slice(run.start as usize..run.end as usize);
        let holding = run.zip(bodies).filter(move |&(number, &packed)| self.holds(number, packed, at));
        holding.map(|(number, packed)| (number, Ent(packed[2])))
    }

    /// The value of an attribute that holds at that time, in the run of an entity's values.
    #[inline]
    pub(super) fn value(&self, run: Range<u32>, attribute: AttributeId, at: Instant) -> Option<(Value, u32)> {
        let run = if run.len() > SHORT { self.of_attribute(run, attribute) } else { run };
        for number in run {
            let packed = self.bodies.get(number as usize);
            if packed[0] & NAME == attribute.0 && self.holds(number, packed, at) {
                return match unpack(packed) {
                    Body::Value { value, .. } => Some((value, number)),
                    _ => None,
                };
            }
        }
        None
    }

    /// The part of a run in which the facts say this.
    #[inline]
    pub(super) fn saying(&self, run: Range<u32>, body: Body) -> Range<u32> {
        if let Body::Value { .. } = body {
            let start = first_not(run.clone(), |number| self.body(number) < body);
            return start..first_not(start..run.end, |number| self.body(number) <= body);
        }
        // Facts of other sorts stand in the order of their packed form too.
        let key = |[head, _, b, c]: [u32; 4]| (head & NAME, b, if head & FULL == 0 { 0 } else { c });
        let wanted = key(pack(body, None));
        let start = first_not(run.clone(), |number| key(self.bodies.get(number as usize)) < wanted);
        start..first_not(start..run.end, |number| key(self.bodies.get(number as usize)) == wanted)
    }

    /// The part of an entity's values that are of this attribute.
    #[inline]
    pub(super) fn of_attribute(&self, run: Range<u32>, attribute: AttributeId) -> Range<u32> {
        let name = |number: u32| self.bodies.get(number as usize)[0] & NAME;
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
pub(super) struct Kinds<'w> {
    pub(super) of_kind: &'w [Range<u32>],
    /// The kind of each entity.
    pub(super) heads: &'w [KindId],
}
