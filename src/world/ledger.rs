//! The ledger: settled facts in the order of what they say, packed, and for each entity where the facts that speak of it stand.

use super::column::Column;
use super::model::{Body, Ent, Fact, Interval, Value};
use super::places::Places;
use super::slots::{Slot, Slots};
use crate::policy::{AttributeId, KindId, RelationId, RoleId};
use crate::syntax::Instant;
use crate::text::Span;
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
    /// entities, or two and a value.
    pub(super) bodies: Column<[u32; 4]>,
    /// Which of `spells` each holds in; of those for a time only.
    pub(super) when: Column<u32>,
    /// All intervals in which facts hold, each once, in order.
    pub(super) spells: Column<[i64; 2]>,
    /// Where each is told.
    pub(super) places: Places,
    /// For each sort of list and each kind: how its lists are found.
    pub(super) shelves: Column<[u32; 4]>,
    /// Where the lists of the entities of a shelf start.
    pub(super) starts: Column<u32>,
    /// Lists of facts that do not stand side by side.
    pub(super) lists: Column<u32>,
    /// What each entity lies within: one more than the container, 0 for nothing, [`LOOK`] where the facts must be asked.
    pub(super) within: Column<u32>,
}

/// In [`Ledger::within`]: it depends on the time, or several are told.
pub(super) const LOOK: u32 = u32::MAX;

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
const NAME: u32 = (1 << 27) - 1;

/// The length up to which a run is gone through from end to end.
pub(super) const SHORT: usize = 16;

/// A shelf whose first number says that its entities are listed, in order, before the starts of their lists.
const SPARSE: u32 = 1 << 31;

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "halves of a number, put together again in `unpack`")]
fn pack(body: Body, timed: bool) -> [u32; 4] {
    let timed = if timed { TIMED } else { 0 };
    match body {
        Body::Relation(relation, [a, b, c]) => [RELATION | timed | relation.0, a.0, b.0, c.0],
        Body::Holds { holder, role, scope } => [HOLDS | timed | role.0, holder.0, scope.0, 0],
        Body::Member { member, group } => [MEMBER | timed, member.0, group.0, 0],
        Body::Value { entity, attribute, value } => {
            let head = VALUE | timed | attribute.0;
            let halves = |number: i64| [number as u32, (number >> 32) as u32];
            let (sort, [low, high]) = match value {
                Value::Entity(ent) => (ENTITY, [ent.0, 0]),
                Value::Text(sym) => (TEXT, [sym.0, 0]),
                Value::Number(number) => (NUMBER, halves(number)),
                Value::Date(date) => (DATE, halves(date.microseconds())),
            };
            [head | sort, entity.0, low, high]
        }
    }
}

#[inline]
fn unpack([head, a, b, c]: [u32; 4]) -> Body {
    let name = head & NAME;
    match head & SORT {
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
        let when =
            |one: &Gathered| spells.binary_search(&one.fact.during).map_or(0, |at| u32::try_from(at).expect("fewer than there are facts"));
        let timed = |one: &Gathered| one.fact.during != Interval::ALWAYS;
        let mut ledger = Ledger {
            bodies: facts.par_iter().map(|one| pack(one.fact.body, timed(one))).collect::<Vec<_>>().into(),
            when: facts.par_iter().map(when).collect::<Vec<_>>().into(),
            spells: spells.iter().map(|spell| spell.words()).collect::<Vec<_>>().into(),
            places,
            ..Ledger::default()
        };
        drop(facts);
        ledger.index(slots, kinds);
        ledger
    }

    fn index(&mut self, slots: &Slots, kinds: &Kinds<'_>) {
        let count = u32::try_from(self.bodies.len()).expect("fewer than four billion facts");
        // Which lists a fact stands in but for the one of its first entity, by which the facts are in order.
        let numbers: Vec<u32> = (0..count).collect();
        let mut firsts: Vec<(Slot, Ent)> = Vec::with_capacity(numbers.len());
        let mut others: Vec<(Slot, u64)> = Vec::new();
        for &number in &numbers {
            let body = self.body(number);
            let mut keys = slots.of(body).into_iter();
            firsts.extend(keys.next());
            others.extend(keys.map(|(slot, ent)| (slot, u64::from(ent.0) << 32 | u64::from(number))));
        }
        others.par_sort_unstable();

        let mut starts = Vec::new();
        let mut shelves = vec![[0; 4]; slots.count() * kinds.of_kind.len()];
        let firsts = firsts.iter().map(|&(slot, ent)| (slot, ent));
        shelve(firsts, kinds, &mut shelves, &mut starts);
        let ent = |&(slot, both): &(Slot, u64)| (slot, Ent((both >> 32) as u32));
        shelve(others.iter().map(ent), kinds, &mut shelves, &mut starts);
        #[expect(clippy::cast_possible_truncation, reason = "the lower half of the number")]
        let lists: Vec<u32> = others.iter().map(|&(_, both)| both as u32).collect();

        let mut within = vec![0; kinds.heads.len()];
        for &number in &numbers {
            let [head, entity, outer, _] = self.bodies.get(number as usize);
            if head & SORT == VALUE && slots.contains(AttributeId(head & NAME)) {
                let place = &mut within[entity as usize];
                *place = if *place == 0 && head & TIMED == 0 { outer + 1 } else { LOOK };
            }
        }
        (self.shelves, self.starts, self.lists, self.within) = (shelves.into(), starts.into(), lists.into(), within.into());
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
        let during = if packed[0] & TIMED == 0 { Interval::ALWAYS } else { self.spell(number) };
        Fact { body: unpack(packed), during }
    }

    /// The facts that stand side by side because an entity of this kind comes first in them.
    #[inline]
    pub(super) fn run(&self, slot: Slot, ent: Ent, kind: KindId, kinds: usize) -> Range<u32> {
        let [first, base, count, _] = self.shelves.get(slot.0 as usize * kinds + kind.0 as usize);
        if first & SPARSE != 0 {
            return self.sparse(base, count, ent);
        }
        let place = ent.0.wrapping_sub(first);
        if place >= count {
            return 0..0;
        }
        let at = (base + place) as usize;
        self.starts.get(at)..self.starts.get(at + 1)
    }

    /// The same of a shelf that lists its entities.
    fn sparse(&self, base: u32, count: u32, ent: Ent) -> Range<u32> {
        let entities = self.starts.slice(base as usize..(base + count) as usize);
        match entities.binary_search(&ent.0) {
            Ok(place) => {
                let at = base as usize + count as usize + place;
                self.starts.get(at)..self.starts.get(at + 1)
            }
            Err(_) => 0..0,
        }
    }

    /// The facts that stand in the list of an entity which does not come first in them.
    #[inline]
    pub(super) fn list(&self, slot: Slot, ent: Ent, kind: KindId, kinds: usize) -> &[u32] {
        let run = self.run(slot, ent, kind, kinds);
        self.lists.slice(run.start as usize..run.end as usize)
    }

    /// Whether a fact, packed so, holds at that time.
    #[inline]
    fn holds(&self, number: u32, packed: [u32; 4], at: Instant) -> bool {
        packed[0] & TIMED == 0 || self.spell(number).contains(at)
    }

    fn spell(&self, number: u32) -> Interval {
        Interval::of_words(self.spells.get(self.when.get(number as usize) as usize))
    }

    /// The fact among these that says this and holds at that time.
    #[inline]
    pub(super) fn told(&self, among: impl IntoIterator<Item = u32>, body: Body, at: Instant) -> Option<u32> {
        let wanted = pack(body, true);
        among.into_iter().find(|&number| {
            let packed = self.bodies.get(number as usize);
            [packed[0] | TIMED, packed[1], packed[2], packed[3]] == wanted && self.holds(number, packed, at)
        })
    }

    /// Of each fact of a run that holds at that time, the entity that comes second.
    #[inline]
    pub(super) fn seconds(&self, run: Range<u32>, at: Instant, mut take: impl FnMut(u32, Ent)) {
        for number in run {
            let packed = self.bodies.get(number as usize);
            if self.holds(number, packed, at) {
                take(number, Ent(packed[2]));
            }
        }
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
        let key = |[head, _, b, c]: [u32; 4]| (head & NAME, b, c);
        let wanted = key(pack(body, false));
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

/// Notes where the list of each entity starts, the keys of all lists being given in order: for each sort of list and each kind, either a
/// start for every entity of the kind, or, where few have a list, the entities that have one and their starts.
fn shelve(keys: impl Iterator<Item = (Slot, Ent)>, kinds: &Kinds<'_>, shelves: &mut [[u32; 4]], starts: &mut Vec<u32>) {
    let mut lists: Vec<(Ent, u32)> = Vec::new();
    let mut open: Option<(Slot, KindId)> = None;
    let mut last = None;
    let mut end = 0;
    let mut close = |open: Option<(Slot, KindId)>, lists: &mut Vec<(Ent, u32)>, end: u32| {
        let Some((slot, kind)) = open else { return };
        let shelf = &mut shelves[slot.0 as usize * kinds.of_kind.len() + kind.0 as usize];
        let all = &kinds.of_kind[kind.0 as usize];
        let base = u32::try_from(starts.len()).expect("fewer than four billion starts");
        let count = u32::try_from(lists.len()).expect("fewer than four billion lists");
        if count < all.end.saturating_sub(all.start) / 64 {
            starts.extend(lists.iter().map(|(ent, _)| ent.0));
            starts.extend(lists.iter().map(|&(_, start)| start));
            *shelf = [SPARSE, base, count, 0];
        } else {
            let mut next = lists.iter().peekable();
            let mut start = lists.first().map_or(end, |&(_, start)| start);
            for ent in all.clone() {
                // One without a list of its own ends where it starts, which is where the next one starts.
                while let Some(&&(listed, at)) = next.peek() {
                    start = at;
                    if listed.0 >= ent {
                        break;
                    }
                    next.next();
                    start = next.peek().map_or(end, |&&(_, at)| at);
                }
                if next.peek().is_none() {
                    start = end;
                }
                starts.push(start);
            }
            *shelf = [all.start, base, all.end - all.start, 0];
        }
        starts.push(end);
        lists.clear();
    };
    for (slot, ent) in keys {
        let kind = kinds.heads[ent.0 as usize];
        if open != Some((slot, kind)) {
            close(open, &mut lists, end);
            open = Some((slot, kind));
            last = None;
        }
        if last != Some(ent) {
            lists.push((ent, end));
            last = Some(ent);
        }
        end += 1;
    }
    close(open, &mut lists, end);
}
