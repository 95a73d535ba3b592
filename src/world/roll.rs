//! The roll of entities: their kinds, ids and lives, by number and by name.

use super::by_name::{self, ByName, Called, Key};
use super::column::{Column, partition};
use super::model::Ent;
use crate::policy::{Id, KindId};
use crate::text::{InlineKey, Span, inline_key};
use crate::time::Instant;
use crate::time::Interval;
use std::ops::Range;

/// An entity as it is declared.
#[derive(Clone, Debug)]
pub(super) struct Declared {
    /// Its kind.
    pub(super) kind: KindId,
    /// Its id, without the kind.
    pub(super) id: Box<str>,
    /// When it lives; empty for one that only the policy names.
    pub(super) life: Interval,
    /// Where it is declared; nothing for roles and for what only the policy names.
    pub(super) place: Option<Span>,
}

/// Entities in the order of kinds, then of ids.
#[derive(Clone, Debug, Default)]
pub(super) struct Roll {
    /// The entities of each kind, by the kind's index.
    pub(super) of_kind: Vec<Range<u32>>,
    /// Where the entities of each kind end, or would.
    pub(super) bounds: Vec<u32>,
    /// Of each block of `1 << shift` entities the kind of the first.
    pub(super) blocks: Vec<u16>,
    pub(super) shift: u32,
    /// Of each, whether a file of the world declares it.
    pub(super) declared: Column<u8>,
    /// Of each, whether it does not live always: one bit.
    pub(super) mortal: Column<u64>,
    /// Where in `ids` the id of each ends; one more than there are entities, the first being 0.
    pub(super) ends: Column<u32>,
    /// The ids, one after the other.
    pub(super) ids: Column<u8>,
    /// Those that do not live always, in order, each with the words of `since` and `until`.
    pub(super) mortals: Column<u32>,
    pub(super) lives: Column<[i64; 2]>,
    /// Entities by their names.
    pub(super) by_name: ByName,
    /// Where each is declared; empty once the texts of the world's files are let go.
    pub(super) spans: Vec<Option<Span>>,
    /// Then: on which line, counted through all files.
    pub(super) lines: Column<u32>,
}

/// An entity that is looked for by its name.
#[derive(Clone, Copy, Debug)]
pub(super) struct LookUp<'n> {
    kind: KindId,
    id: &'n str,
    key: Option<InlineKey>,
    /// What stands at its place.
    there: Called,
}

impl Roll {
    /// Takes entities in any order. Of two with one name the first stays; the loader has told the mistake.
    pub(super) fn of(mut entities: Vec<Declared>, kinds: usize) -> Roll {
        // Stable: what the world or the policy declares stands before what is only named.
        entities.sort_by(|a, b| (a.kind, &a.id).cmp(&(b.kind, &b.id)));
        entities.dedup_by(|later, first| (later.kind, &later.id) == (first.kind, &first.id));

        let mut of_kind = vec![0..0; kinds];
        let mut declared = Vec::with_capacity(entities.len());
        let mut mortal = vec![0; entities.len().div_ceil(64)];
        let mut ends = Vec::with_capacity(entities.len() + 1);
        let mut ids = Vec::with_capacity(entities.iter().map(|entity| entity.id.len()).sum());
        let (mut mortals, mut lives) = (Vec::new(), Vec::new());
        ends.push(0);
        for (number, entity) in (0..).zip(&entities) {
            if entity.life != Interval::ALWAYS {
                mortals.push(number);
                lives.push(entity.life.words());
                mortal[number as usize / 64] |= 1 << (number % 64);
            }
            declared.push(u8::from(entity.place.is_some()));
            ids.extend_from_slice(entity.id.as_bytes());
            ends.push(u32::try_from(ids.len()).expect("ids of fewer than four billion bytes"));
            let range: &mut Range<u32> = &mut of_kind[entity.kind.0 as usize];
            *range = if range.start == range.end { number..number + 1 } else { range.start..number + 1 };
        }
        let mut roll = Roll {
            declared: declared.into(),
            mortal: mortal.into(),
            ends: ends.into(),
            ids: ids.into(),
            mortals: mortals.into(),
            lives: lives.into(),
            by_name: ByName::default(),
            spans: entities.iter().map(|entity| entity.place).collect(),
            lines: Column::default(),
            ..Roll::default()
        };
        roll.set_kinds(of_kind);
        let named = |number: usize| {
            let ent = Ent(u32::try_from(number).expect("fewer than four billion entities"));
            (roll.kind(ent), roll.id(ent), roll.ends.get(number)..roll.ends.get(number + 1))
        };
        roll.by_name = ByName::of(roll.len(), named);
        roll
    }

    /// Sets which entities are of which kind.
    pub(super) fn set_kinds(&mut self, of_kind: Vec<Range<u32>>) {
        // So many blocks stay in the nearest memory.
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
        self.blocks = (0..=end >> self.shift).map(|block| u16::try_from(kind(block)).unwrap_or(u16::MAX)).collect();
    }

    /// The entities of each kind, by the kind's index.
    pub(super) fn of_kind(&self) -> &[Range<u32>] {
        &self.of_kind
    }

    /// How many there are.
    pub(super) fn len(&self) -> usize {
        self.declared.len()
    }

    /// Begins to look for the entity of this kind and id.
    #[inline]
    pub(super) fn look_up<'n>(&self, kind: KindId, id: &'n str) -> LookUp<'n> {
        let key = inline_key(id);
        LookUp { kind, id, key, there: self.by_name.at(by_name::hash(kind, id, key)) }
    }

    /// The entity that was looked for.
    #[inline]
    pub(super) fn find_at(&self, lookup: &LookUp<'_>) -> Option<Ent> {
        let (ent, found) = lookup.there.entity();
        let same = match (lookup.key, found) {
            (Some(key), Key::InlineKey(found)) => found == key,
            (None, Key::Long(place)) => self.ids.slice(place) == lookup.id.as_bytes(),
            _ => false,
        };
        if same && self.kind(ent) == lookup.kind { Some(ent) } else { self.search(lookup.kind, lookup.id) }
    }

    /// The same by halving, for those that have no place of their own in the table: what is not there, and hardly ever one that is.
    #[inline(never)]
    fn search(&self, kind: KindId, id: &str) -> Option<Ent> {
        let Range { start: mut low, end: mut high } = self.of_kind.get(kind.0 as usize)?.clone();
        while low < high {
            let middle = low.midpoint(high);
            match self.id(Ent(middle)).cmp(id) {
                std::cmp::Ordering::Less => low = middle + 1,
                std::cmp::Ordering::Equal => return Some(Ent(middle)),
                std::cmp::Ordering::Greater => high = middle,
            }
        }
        None
    }

    /// The kind of an entity: looked for from the kind of the first entity of its block on, touching less memory than a column would.
    #[inline]
    pub(super) fn kind(&self, ent: Ent) -> KindId {
        let first = self.blocks.get((ent.0 >> self.shift) as usize).copied().unwrap_or_default();
        let below = |kind: u16| self.bounds.get(usize::from(kind)).is_some_and(|&end| ent.0 < end);
        if below(first) {
            return KindId(u32::from(first));
        }
        // Blocks in which one kind ends and another begins are asked often: kinds of few entities are those that many others name.
        let second = first.saturating_add(1);
        if below(second) { KindId(u32::from(second)) } else { self.kind_by_bounds(ent) }
    }

    #[inline(never)]
    fn kind_by_bounds(&self, ent: Ent) -> KindId {
        // Nobody's number is beyond all kinds.
        KindId::from_index(self.bounds.partition_point(|&end| end <= ent.0).min(self.bounds.len().saturating_sub(1)))
    }

    /// Its id.
    pub(super) fn id(&self, ent: Ent) -> &str {
        std::str::from_utf8(self.bytes(ent)).unwrap_or_default()
    }

    fn bytes(&self, ent: Ent) -> &[u8] {
        let at = ent.0 as usize;
        self.ids.slice(self.ends.get(at) as usize..self.ends.get(at + 1) as usize)
    }

    /// When it lives.
    #[inline]
    pub(super) fn life(&self, ent: Ent) -> Interval {
        if self.mortals.len() == 0 {
            return Interval::ALWAYS;
        }
        let bits = self.mortal.get(ent.0 as usize / 64);
        if bits & (1 << (ent.0 % 64)) == 0 { Interval::ALWAYS } else { self.mortal_life(ent) }
    }

    fn mortal_life(&self, ent: Ent) -> Interval {
        let count = self.mortals.len();
        let at = partition(count, |at| self.mortals.get(at) < ent.0);
        if at < count && self.mortals.get(at) == ent.0 { Interval::of_words(self.lives.get(at)) } else { Interval::ALWAYS }
    }

    /// Whether a file of the world declares it.
    pub(super) fn is_declared(&self, ent: Ent) -> bool {
        self.declared.get(ent.0 as usize) != 0
    }

    /// Takes lives that have changed.
    pub(super) fn set_lives(&mut self, changed: impl IntoIterator<Item = (Ent, Interval)>) {
        let lives = (0..self.mortals.len()).map(|at| (self.mortals.get(at), Interval::of_words(self.lives.get(at))));
        let mut lives: std::collections::BTreeMap<u32, Interval> = lives.collect();
        let mut mortal = self.mortal.slice(0..self.mortal.len()).to_vec();
        for (ent, life) in changed {
            lives.insert(ent.0, life);
            mortal[ent.0 as usize / 64] |= 1 << (ent.0 % 64);
        }
        self.mortal = mortal.into();
        self.mortals = lives.keys().copied().collect::<Vec<_>>().into();
        self.lives = lives.values().map(|life| life.words()).collect::<Vec<_>>().into();
    }
}

impl Interval {
    /// As two numbers.
    pub(super) fn words(self) -> [i64; 2] {
        [self.since.microseconds(), self.until.microseconds()]
    }

    /// What [`Interval::words`] gave.
    pub(super) fn of_words([since, until]: [i64; 2]) -> Interval {
        Interval { since: Instant::of_microseconds(since), until: Instant::of_microseconds(until) }
    }
}

#[cfg(test)]
mod tests {
    use super::{Declared, Roll};
    use crate::policy::{Id, KindId};
    use crate::time::Interval;
    use crate::world::model::Ent;

    #[test]
    fn kinds_and_names_of_many_and_of_few() {
        let sizes = [3, 0, 5_000, 1, 1, 0, 2, 4_000, 0];
        let named = |kind: usize, number: usize| {
            format!("{number}{}", if number.is_multiple_of(2) { "" } else { " of a kind whose number is " }) + &kind.to_string()
        };
        let declared = sizes.iter().enumerate().flat_map(|(kind, &size)| {
            (0..size).map(move |number| Declared {
                kind: KindId::from_index(kind),
                id: named(kind, number).into(),
                life: Interval::ALWAYS,
                place: None,
            })
        });
        let roll = Roll::of(declared.collect(), sizes.len());
        for (kind, &size) in sizes.iter().enumerate() {
            let kind = KindId::from_index(kind);
            let all = roll.of_kind()[kind.index()].clone();
            assert_eq!(all.len(), size);
            for ent in all.map(Ent) {
                assert_eq!(roll.kind(ent), kind);
                let lookup = roll.look_up(kind, roll.id(ent));
                assert_eq!(lookup.there.entity().0, ent, "it has a place of its own");
                assert_eq!(roll.find_at(&lookup), Some(ent));
                let other = KindId::from_index((kind.index() + 1) % sizes.len());
                assert_eq!(roll.find_at(&roll.look_up(other, roll.id(ent))), None);
            }
        }
        assert!(roll.kind(Ent::NOBODY).index() < sizes.len());
    }
}
