//! Entities by name: a perfect hash in the manner of CHD and `PTHash`. A lookup reads one pilot and one entry, and the entry has the id text
//! itself if that is short.
//!
//! Names are put into buckets of about four by their hash. Each bucket has a *pilot*: the first number with which the hashes of all names
//! of the bucket are mapped to free places. Buckets with many names choose first. About a tenth of the places stays free. A name whose
//! bucket found no pilot has no place, and is found by binary search in the entity table.

use super::column::Column;
use crate::policy::KindId;
use crate::text::{InlineKey, inline_key};
use crate::world::ids::EntityId;
use bytemuck::{Pod, Zeroable};
use rayon::prelude::*;
use std::ops::Range;
use xxhash_rust::xxh3::xxh3_64_with_seed;

/// Maps the hash of a name to the entity that may have it.
#[derive(Clone, Debug, Default)]
pub(crate) struct NameIndex {
    /// The pilot of each bucket.
    pub(crate) pilots: Column<u16>,
    /// The entry at each place.
    pub(crate) places: Column<IndexEntry>,
}

/// An entry of 32 bytes, so that it is within one cache line:
///
/// | word | holds                                                     |
/// | ---- | --------------------------------------------------------- |
/// | 0    | the entity plus 1; 0 if the place is free                 |
/// | 1–3  | a short id, as [`InlineKey`]; or                          |
/// | 1–3  | start and end of a long id among all ids, and [`LONG`]    |
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Pod, Zeroable)]
#[repr(C, align(32))]
pub(crate) struct IndexEntry([u64; 4]);

/// Word 3 of the entry of a long id: no [`InlineKey`] ends so.
const LONG: u64 = u64::MAX;

/// What an entry keeps of the id of its entity.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum EntryKey {
    /// The id itself.
    InlineKey(InlineKey),
    /// The place of the id among all ids.
    Long(Range<usize>),
    /// The place is free.
    Free,
}

impl IndexEntry {
    /// The entity, and what to compare its id with; [`EntityId::NONE`] if the place is free.
    #[inline]
    #[expect(clippy::cast_possible_truncation, reason = "a half of a number, and places in memory")]
    pub(crate) fn entity(self) -> (EntityId, EntryKey) {
        let IndexEntry([number, a, b, c]) = self;
        let key = match (number, c) {
            (0, _) => EntryKey::Free,
            (_, LONG) => EntryKey::Long(a as usize..b as usize),
            _ => EntryKey::InlineKey(InlineKey([a, b, c])),
        };
        (EntityId((number as u32).wrapping_sub(1)), key)
    }
}

/// The hash of a name.
#[inline]
pub(crate) fn hash(kind: KindId, id: &str, key: Option<InlineKey>) -> u64 {
    match key {
        Some(InlineKey(key)) => xxh3_64_with_seed(bytemuck::bytes_of(&key), u64::from(kind.0)),
        None => xxh3_64_with_seed(id.as_bytes(), u64::from(kind.0)),
    }
}

/// Maps a hash to a number below `count`, by its upper bits.
#[inline]
#[expect(clippy::cast_possible_truncation, reason = "less than `count`")]
fn below(count: usize, hash: u64) -> usize {
    ((u128::from(hash) * count as u128) >> 64) as usize
}

/// The place of a hash under a pilot.
#[inline]
fn place(hash: u64, pilot: u16, places: usize) -> usize {
    let mixed = (hash ^ u64::from(pilot).wrapping_mul(0x9e37_79b9_7f4a_7c15)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    below(places, mixed ^ mixed >> 32)
}

/// How many pilots are tried for a bucket; a few dozen are mostly enough.
const PILOTS: u16 = 1 << 12;

impl NameIndex {
    /// The index of `count` entities; `named` returns the kind and id of each, and the place of the id among all ids.
    pub(crate) fn of<'n>(count: usize, named: impl Fn(usize) -> (KindId, &'n str, Range<u32>) + Sync) -> NameIndex {
        const BUCKET: usize = 4;
        let buckets = count / BUCKET + 1;
        // A tenth of the places stays free, so that the last buckets find some.
        let places = count + count / 9 + 1;
        let mut hashed: Vec<(u64, u32)> = (0..count)
            .into_par_iter()
            .map(|number| {
                let (kind, id, _) = named(number);
                (hash(kind, id, inline_key(id)), u32::try_from(number).expect("fewer than four billion entities"))
            })
            .collect();
        hashed.par_sort_unstable();
        let mut by_size: Vec<&[(u64, u32)]> = hashed.chunk_by(|a, b| below(buckets, a.0) == below(buckets, b.0)).collect();
        by_size.sort_by_key(|bucket| std::cmp::Reverse(bucket.len()));

        let mut pilots = vec![0; buckets];
        let mut taken = vec![false; places];
        let mut entries = vec![IndexEntry::default(); places];
        let mut wanted = Vec::new();
        for bucket in by_size {
            // Names that were chosen to collide are not worth the search.
            if bucket.len() > 16 * BUCKET || bucket.windows(2).any(|pair| pair[0].0 == pair[1].0) {
                continue;
            }
            let pilot = (0..PILOTS).find(|&pilot| {
                wanted.clear();
                bucket.iter().all(|&(hash, _)| {
                    let place = place(hash, pilot, places);
                    let free = !taken[place] && !wanted.contains(&place);
                    wanted.push(place);
                    free
                })
            });
            let Some(pilot) = pilot else { continue };
            pilots[below(buckets, bucket[0].0)] = pilot;
            for (&(_, number), &place) in bucket.iter().zip(&wanted) {
                let (_, id, among) = named(number as usize);
                let [a, b, c] = inline_key(id).map_or([among.start.into(), among.end.into(), LONG], |inline_key| inline_key.0);
                entries[place] = IndexEntry([u64::from(number) + 1, a, b, c]);
                taken[place] = true;
            }
        }
        NameIndex { pilots: pilots.into(), places: entries.into() }
    }

    /// The entry at the place of a hash.
    #[inline]
    pub(crate) fn at(&self, hash: u64) -> IndexEntry {
        let pilot = self.pilots.get(below(self.pilots.len(), hash));
        self.places.get(place(hash, pilot, self.places.len()))
    }
}
