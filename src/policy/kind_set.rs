//! Sets of kinds.

use super::ids::{Id, KindId};

/// A set of kinds: bit `n` is the kind of index `n`. Kinds are only added, never removed, so equal sets have equal words.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct KindSet {
    /// The first 64 kinds, which are all of most packs.
    first: u64,
    further: Vec<u64>,
}

impl KindSet {
    /// The set of one kind.
    pub fn one(kind: KindId) -> KindSet {
        [kind].into_iter().collect()
    }

    /// Adds a kind.
    pub fn insert(&mut self, kind: KindId) {
        let bit = 1 << (kind.index() % 64);
        match (kind.index() / 64).checked_sub(1) {
            None => self.first |= bit,
            Some(word) => {
                self.further.resize(self.further.len().max(word + 1), 0);
                self.further[word] |= bit;
            }
        }
    }

    /// Whether the kind is in it.
    #[inline]
    pub fn contains(&self, kind: KindId) -> bool {
        let word = if kind.index() < 64 { self.first } else { self.further.get(kind.index() / 64 - 1).copied().unwrap_or_default() };
        word & (1 << (kind.index() % 64)) != 0
    }

    fn words(&self) -> impl Iterator<Item = u64> + '_ {
        std::iter::once(self.first).chain(self.further.iter().copied())
    }

    /// Whether it has no kind.
    pub fn is_empty(&self) -> bool {
        self.words().all(|word| word == 0)
    }

    /// The number of its kinds.
    pub fn len(&self) -> usize {
        self.words().map(|word| word.count_ones() as usize).sum()
    }

    /// The kinds, in order.
    pub fn iter(&self) -> impl Iterator<Item = KindId> + '_ {
        self.words().enumerate().flat_map(|(at, mut word)| {
            std::iter::from_fn(move || {
                let bit = (word != 0).then(|| word.trailing_zeros() as usize)?;
                // Takes the lowest bit away.
                word &= word - 1;
                Some(KindId::from_index(at * 64 + bit))
            })
        })
    }

    /// The kinds in either set.
    pub fn union(&self, other: &KindSet) -> KindSet {
        self.iter().chain(other.iter()).collect()
    }

    /// The kinds in both sets.
    pub fn intersection(&self, other: &KindSet) -> KindSet {
        self.iter().filter(|&kind| other.contains(kind)).collect()
    }

    /// Whether some kind is in both.
    pub fn meets(&self, other: &KindSet) -> bool {
        self.words().zip(other.words()).any(|(a, b)| a & b != 0)
    }

    /// Whether all its kinds are in `other`.
    pub fn is_subset(&self, other: &KindSet) -> bool {
        self.iter().all(|kind| other.contains(kind))
    }
}

impl FromIterator<KindId> for KindSet {
    fn from_iter<I: IntoIterator<Item = KindId>>(kinds: I) -> Self {
        let mut set = KindSet::default();
        kinds.into_iter().for_each(|kind| set.insert(kind));
        set
    }
}
