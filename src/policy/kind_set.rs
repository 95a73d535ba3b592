//! Sets of kinds.

use super::ids::{Id, KindId};

/// A set of kinds: bit `n` is the kind of index `n`. Kinds are only added, never removed, so equal sets have equal words.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct KindSet {
    bits: smallvec::SmallVec<[u64; 2]>,
}

impl KindSet {
    /// The set of one kind.
    pub fn one(kind: KindId) -> KindSet {
        [kind].into_iter().collect()
    }

    /// Adds a kind.
    pub fn insert(&mut self, kind: KindId) {
        let word = kind.index() / 64;
        if self.bits.len() <= word {
            self.bits.resize(word + 1, 0);
        }
        self.bits[word] |= 1 << (kind.index() % 64);
    }

    /// Whether the kind is in it.
    pub fn contains(&self, kind: KindId) -> bool {
        self.bits.get(kind.index() / 64).is_some_and(|word| word & (1 << (kind.index() % 64)) != 0)
    }

    /// Whether it has no kind.
    pub fn is_empty(&self) -> bool {
        self.bits.iter().all(|&word| word == 0)
    }

    /// The number of its kinds.
    pub fn len(&self) -> usize {
        self.bits.iter().map(|word| word.count_ones() as usize).sum()
    }

    /// The kinds, in order.
    pub fn iter(&self) -> impl Iterator<Item = KindId> + '_ {
        (0..self.bits.len() * 64).map(KindId::from_index).filter(|&kind| self.contains(kind))
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
        self.bits.iter().zip(&other.bits).any(|(a, b)| a & b != 0)
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
