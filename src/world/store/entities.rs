//! The entity table: kinds, ids and lives by entity, and entities by name.
//!
//! Entities are sorted by kind, then by id text, and numbered in that order. So the entities of a kind are a range in the order of their
//! names, and the roles of a policy, which are sorted by name too, have consecutive numbers.

use super::column::{Column, partition};
use super::perfect_hash::{self, EntryKey, IndexEntry, NameIndex};
use crate::policy::{Id, KindId};
use crate::text::{InlineKey, Span, inline_key};
use crate::time::{Instant, Interval};
use crate::world::ids::EntityId;
use std::ops::Range;

/// An entity as it is declared.
#[derive(Clone, Debug)]
pub(crate) struct EntityRecord {
    /// Its kind.
    pub(crate) kind: KindId,
    /// Its id, without the kind.
    pub(crate) id: Box<str>,
    /// When it lives; empty if only the policy names it.
    pub(crate) life: Interval,
    /// Whether a file of the world declares it; false if it is a role or if only the policy names it.
    pub(crate) declared: bool,
    /// Where it is declared; `None` if it is not, or if the text was dropped.
    pub(crate) place: Option<Span>,
}

/// The entities of a world. Columns have one value for each entity unless their comment says otherwise.
#[derive(Clone, Debug, Default)]
pub(crate) struct EntityTable {
    /// The entities of each kind, by the kind's index.
    pub(crate) of_kind: Vec<Range<u32>>,
    /// The end of each kind's range; for a kind without entities, where it would be.
    pub(crate) bounds: Vec<u32>,
    /// For each block of `1 << shift` entities: where the entities of the kind of its first one end, and that kind.
    pub(crate) blocks: Vec<(u32, u16)>,
    pub(crate) shift: u32,
    /// Whether a file of the world declares it.
    pub(crate) declared: Column<u8>,
    /// One bit an entity: whether it does not live always.
    pub(crate) limited_life: Column<u64>,
    /// The id of entity `n` is at `ends[n]..ends[n + 1]` of `ids`.
    pub(crate) ends: Column<u32>,
    /// The id texts, one after the other.
    pub(crate) ids: Column<u8>,
    /// The entities that do not live always, in order.
    pub(crate) limited_lives: Column<u32>,
    /// For each of these, since and until in microseconds.
    pub(crate) lives: Column<[i64; 2]>,
    /// Entities by name.
    pub(crate) by_name: NameIndex,
    /// Where it is declared; empty once the texts of the world's files were dropped.
    pub(crate) spans: Vec<Option<Span>>,
    /// Once the texts were dropped: the line where it is declared, counted through all files; 0 for none.
    pub(crate) lines: Column<u32>,
}

/// A lookup by name that was begun by [`EntityTable::look_up`]: the entry is being fetched from memory.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Probe<'n> {
    pub(crate) kind: KindId,
    pub(crate) id: &'n str,
    key: Option<InlineKey>,
    /// The entry at the place of the name.
    entry: IndexEntry,
}

impl EntityTable {
    /// Makes a table of entities, given in any order. If two have the same name, the first is kept; the loader reports the other.
    pub(crate) fn of(mut entities: Vec<EntityRecord>, kinds: usize) -> EntityTable {
        // The sort is stable: an entity that is declared comes before the same one that the policy names.
        entities.sort_by(|a, b| (a.kind, &a.id).cmp(&(b.kind, &b.id)));
        entities.dedup_by(|later, first| (later.kind, &later.id) == (first.kind, &first.id));

        let mut of_kind = vec![0..0; kinds];
        let mut declared = Vec::with_capacity(entities.len());
        let mut limited_life = vec![0; entities.len().div_ceil(64)];
        let mut ends = Vec::with_capacity(entities.len() + 1);
        let mut ids = Vec::with_capacity(entities.iter().map(|entity| entity.id.len()).sum());
        let (mut limited_lives, mut lives) = (Vec::new(), Vec::new());
        ends.push(0);
        for (number, entity) in (0..).zip(&entities) {
            if entity.life != Interval::ALWAYS {
                limited_lives.push(number);
                lives.push(entity.life.words());
                limited_life[number as usize / 64] |= 1 << (number % 64);
            }
            declared.push(u8::from(entity.declared));
            ids.extend_from_slice(entity.id.as_bytes());
            ends.push(u32::try_from(ids.len()).expect("ids of fewer than four billion bytes"));
            let range: &mut Range<u32> = &mut of_kind[entity.kind.0 as usize];
            *range = if range.start == range.end { number..number + 1 } else { range.start..number + 1 };
        }
        let mut entities = EntityTable {
            declared: declared.into(),
            limited_life: limited_life.into(),
            ends: ends.into(),
            ids: ids.into(),
            limited_lives: limited_lives.into(),
            lives: lives.into(),
            by_name: NameIndex::default(),
            spans: entities.iter().map(|entity| entity.place).collect(),
            lines: Column::default(),
            ..EntityTable::default()
        };
        entities.set_kinds(of_kind);
        let named = |number: usize| {
            let ent = EntityId(u32::try_from(number).expect("fewer than four billion entities"));
            (entities.slow_kind(ent), entities.id(ent), entities.ends.get(number)..entities.ends.get(number + 1))
        };
        entities.by_name = NameIndex::of(entities.len(), named);
        entities
    }

    /// Sets which entities are of which kind.
    pub(crate) fn set_kinds(&mut self, of_kind: Vec<Range<u32>>) {
        // The most blocks: few enough to stay in the first-level cache.
        const BLOCKS: u32 = 2_048;
        let mut end = 0;
        self.bounds = of_kind
            .iter()
            .map(|range| {
                end = range.end.max(end);
                end
            })
            .collect();
        self.of_kind = of_kind;
        self.shift = (0..u32::BITS).find(|&shift| end >> shift < BLOCKS).unwrap_or_default();
        let kind = |block: u32| self.bounds.partition_point(|&bound| bound <= block << self.shift);
        let block = |first: u32| {
            // A kind beyond these is looked up by `slow_kind`.
            let kind = u16::try_from(kind(first)).unwrap_or(u16::MAX);
            (self.bounds.get(usize::from(kind)).copied().unwrap_or_default(), kind)
        };
        self.blocks = (0..=end >> self.shift).map(block).collect();
    }

    /// The entities of each kind, by the kind's index.
    pub(crate) fn of_kind(&self) -> &[Range<u32>] {
        &self.of_kind
    }

    /// How many entities there are.
    pub(crate) fn len(&self) -> usize {
        self.declared.len()
    }

    /// Begins to look up the entity of this kind and id. Between this and [`EntityTable::indexed`] another lookup may begin, so that the
    /// cache misses of both overlap.
    #[inline]
    pub(crate) fn look_up<'n>(&self, kind: KindId, id: &'n str) -> Probe<'n> {
        let key = inline_key(id);
        Probe { kind, id, key, entry: self.by_name.at(perfect_hash::hash(kind, id, key)) }
    }

    /// The entity that was looked up, if its name has a place in the index.
    #[inline]
    pub(crate) fn indexed(&self, lookup: &Probe<'_>) -> Option<EntityId> {
        let (ent, found) = lookup.entry.entity();
        let same = match (lookup.key, found) {
            (Some(key), EntryKey::InlineKey(found)) => found == key,
            (None, EntryKey::Long(place)) => self.ids.slice(place) == lookup.id.as_bytes(),
            _ => false,
        };
        (same && self.quick_kind(ent).unwrap_or_else(|| self.slow_kind(ent)) == lookup.kind).then_some(ent)
    }

    /// Binary search, for names without a place in the index: names of no entity, and the few whose bucket found no pilot.
    #[inline(never)]
    pub(crate) fn search(&self, kind: KindId, id: &str) -> Option<EntityId> {
        let place = self.position(kind, id);
        (place < self.range(kind).end && self.id(EntityId(place)) == id).then_some(EntityId(place))
    }

    /// The first entity of the kind whose id is not before this one; where such an entity would be, if there is none.
    pub(crate) fn position(&self, kind: KindId, id: &str) -> u32 {
        let Range { start: mut low, end: mut high } = self.range(kind);
        while low < high {
            let middle = low.midpoint(high);
            if self.id(EntityId(middle)) < id { low = middle + 1 } else { high = middle }
        }
        low
    }

    /// The entities of a kind. For a kind without entities, the empty range is where they would be.
    fn range(&self, kind: KindId) -> Range<u32> {
        let bound = |kind: usize| self.bounds.get(kind).copied().unwrap_or_default();
        let start = kind.index().checked_sub(1).map_or(0, bound);
        start..bound(kind.index()).max(start)
    }

    /// The kind of an entity, for most of them: that of the first entity of its block, or the one after that. This touches less memory than a
    /// column of kinds.
    #[inline]
    pub(crate) fn quick_kind(&self, ent: EntityId) -> Option<KindId> {
        let &(end, first) = self.blocks.get((ent.0 >> self.shift) as usize)?;
        if ent.0 < end {
            return Some(KindId(u32::from(first)));
        }
        // Blocks in which one kind ends and another begins are read often: entities of small kinds are named by many others.
        let second = u32::from(first) + 1;
        self.bounds.get(second as usize).is_some_and(|&end| ent.0 < end).then_some(KindId(second))
    }

    /// The kind of an entity; one more than the last kind if the table does not have the entity. The index has no facts about that kind.
    #[inline(never)]
    pub(crate) fn slow_kind(&self, ent: EntityId) -> KindId {
        KindId::from_index(self.bounds.partition_point(|&end| end <= ent.0))
    }

    /// The id text of an entity.
    pub(crate) fn id(&self, ent: EntityId) -> &str {
        std::str::from_utf8(self.bytes(ent)).unwrap_or_default()
    }

    fn bytes(&self, ent: EntityId) -> &[u8] {
        let at = ent.0 as usize;
        self.ids.slice(self.ends.get(at) as usize..self.ends.get(at + 1) as usize)
    }

    /// When an entity lives.
    #[inline]
    pub(crate) fn life(&self, ent: EntityId) -> Interval {
        if self.limited_lives.len() == 0 {
            return Interval::ALWAYS;
        }
        let bits = self.limited_life.get(ent.0 as usize / 64);
        if bits & (1 << (ent.0 % 64)) == 0 { Interval::ALWAYS } else { self.limited_life_of(ent) }
    }

    fn limited_life_of(&self, ent: EntityId) -> Interval {
        let count = self.limited_lives.len();
        let at = partition(count, |at| self.limited_lives.get(at) < ent.0);
        if at < count && self.limited_lives.get(at) == ent.0 { Interval::of_words(self.lives.get(at)) } else { Interval::ALWAYS }
    }

    /// Whether a file of the world declares an entity.
    pub(crate) fn is_declared(&self, ent: EntityId) -> bool {
        self.declared.get(ent.0 as usize) != 0
    }

    /// Whether some entity ends at some time.
    pub(crate) fn some_end(&self) -> bool {
        (0..self.lives.len()).any(|at| {
            let life = Interval::of_words(self.lives.get(at));
            life.until != Instant::MAX && !life.is_empty()
        })
    }

    /// Sets the lives of some entities.
    pub(crate) fn set_lives(&mut self, changed: impl IntoIterator<Item = (EntityId, Interval)>) {
        let lives = (0..self.limited_lives.len()).map(|at| (self.limited_lives.get(at), Interval::of_words(self.lives.get(at))));
        let mut lives: std::collections::BTreeMap<u32, Interval> = lives.collect();
        let mut limited_life = self.limited_life.slice(0..self.limited_life.len()).to_vec();
        for (ent, life) in changed {
            lives.insert(ent.0, life);
            limited_life[ent.0 as usize / 64] |= 1 << (ent.0 % 64);
        }
        self.limited_life = limited_life.into();
        self.limited_lives = lives.keys().copied().collect::<Vec<_>>().into();
        self.lives = lives.values().map(|life| life.words()).collect::<Vec<_>>().into();
    }
}

impl Interval {
    /// Since and until in microseconds.
    pub(crate) fn words(self) -> [i64; 2] {
        [self.since.microseconds(), self.until.microseconds()]
    }

    /// The interval of which [`Interval::words`] returned these numbers.
    pub(crate) fn of_words([since, until]: [i64; 2]) -> Interval {
        Interval { since: Instant::of_microseconds(since), until: Instant::of_microseconds(until) }
    }
}

#[cfg(test)]
mod tests {
    use super::{EntityRecord, EntityTable};
    use crate::policy::{Id, KindId};
    use crate::time::Interval;
    use crate::world::ids::EntityId;

    #[test]
    fn every_entity_is_found_by_its_name_and_has_its_kind() {
        let sizes = [3, 0, 5_000, 1, 1, 0, 2, 4_000, 0];
        let named = |kind: usize, number: usize| {
            format!("{number}{}", if number.is_multiple_of(2) { "" } else { " of a kind whose number is " }) + &kind.to_string()
        };
        let declared = sizes.iter().enumerate().flat_map(|(kind, &size)| {
            (0..size).map(move |number| EntityRecord {
                kind: KindId::from_index(kind),
                id: named(kind, number).into(),
                life: Interval::ALWAYS,
                declared: true,
                place: None,
            })
        });
        let entities = EntityTable::of(declared.collect(), sizes.len());
        for (kind, &size) in sizes.iter().enumerate() {
            let kind = KindId::from_index(kind);
            let all = entities.of_kind()[kind.index()].clone();
            assert_eq!(all.len(), size);
            for ent in all.map(EntityId) {
                assert_eq!(entities.slow_kind(ent), kind);
                assert!(entities.quick_kind(ent).is_none_or(|quick| quick == kind));
                let lookup = entities.look_up(kind, entities.id(ent));
                assert_eq!(lookup.entry.entity().0, ent, "it has a place of its own");
                assert_eq!(entities.indexed(&lookup), Some(ent));
                assert_eq!(entities.search(kind, entities.id(ent)), Some(ent));
                let other = KindId::from_index((kind.index() + 1) % sizes.len());
                assert_eq!(entities.indexed(&entities.look_up(other, entities.id(ent))), None);
                assert_eq!(entities.search(other, entities.id(ent)), None);
            }
        }
        assert_eq!((entities.quick_kind(EntityId::NONE), entities.slow_kind(EntityId::NONE).index()), (None, sizes.len()));
    }
}
