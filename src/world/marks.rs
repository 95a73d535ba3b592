//! Marks: what a delta changed, as a filter that a read can ask without a lookup.
//!
//! A mark is a bit whose place is a hash. A bit that is not set says for certain that nothing changed; a bit that is set says that the delta
//! must be asked, and is wrong now and then, which costs time and nothing else. So reads of what no change touched go to the base alone,
//! however many changes there are elsewhere. All marks of an entity are in one word, since a question reads much about few entities.

use super::ids::{EntityId, FactId};
use super::model::Statement;
use super::store::list_key::ListKey;

/// Something that a delta may change. Two things may have the same mark.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Mark {
    /// The entity, or the fact, that it is about.
    about: u32,
    /// What of it.
    part: u32,
}

const ODD: u64 = 0x9e37_79b9_7f4a_7c15;

impl Mark {
    /// The facts in a list of an entity, and the inline cell that is made of them.
    #[inline]
    pub(super) fn list(key: ListKey, ent: EntityId) -> Mark {
        Mark { about: ent.0, part: key.0 }
    }

    /// The facts that state this.
    #[inline]
    pub(super) fn statement(statement: Statement) -> Mark {
        let (name, first, rest) = match statement {
            Statement::Relation(relation, [first, second, third]) => {
                (relation.0 << 2, first, u64::from(second.0) | u64::from(third.0) << 32)
            }
            Statement::Holds { holder, role, scope } => (role.0 << 2 | 1, holder, u64::from(scope.0)),
            Statement::Member { member, group } => (2, member, u64::from(group.0)),
            Statement::Value { entity, attribute, value } => {
                let value = value.pack();
                (attribute.0 << 2 | 3, entity, u64::from(value.low) | u64::from(value.high.unwrap_or_default()) << 32)
            }
        };
        let rest = rest.wrapping_add(1).wrapping_mul(ODD);
        Mark { about: first.0, part: name ^ (rest >> 32) as u32 }
    }

    /// The interval of a fact of the base.
    #[inline]
    pub(super) fn fact(id: FactId) -> Mark {
        Mark { about: id.0, part: u32::MAX }
    }

    /// The entity itself: its life, and whether a file declares it.
    #[inline]
    pub(super) fn entity(ent: EntityId) -> Mark {
        Mark { about: ent.0, part: u32::MAX - 1 }
    }
}

/// The marks of a delta.
#[derive(Clone, Debug, Default)]
pub(super) struct Marks {
    /// No words without marks, else a power of two of them.
    words: Vec<u64>,
    /// How many of the lower bits of a hash are no part of the index of a word.
    shift: u32,
    /// How many bits were set.
    count: usize,
}

/// How many bits there are for each mark, at least: so few of the other bits are set that one read in so many is wrong.
const BITS: usize = 32;

impl Marks {
    /// Whether this may have changed.
    #[inline]
    pub(super) fn has(&self, mark: impl FnOnce() -> Mark) -> bool {
        !self.words.is_empty() && self.is_set(mark())
    }

    #[inline]
    fn is_set(&self, mark: Mark) -> bool {
        let (word, bit) = self.place(mark);
        self.words.get(word).is_some_and(|word| word & bit != 0)
    }

    #[inline]
    fn place(&self, mark: Mark) -> (usize, u64) {
        let word = u64::from(mark.about).wrapping_mul(ODD) >> self.shift;
        let bit = u64::from(mark.part).wrapping_mul(ODD) >> (u64::BITS - 6);
        (usize::try_from(word).unwrap_or_default(), 1 << bit)
    }

    /// Sets a mark; false if there is no room for it, so that [`Marks::grow`] must make some first.
    pub(super) fn set(&mut self, mark: Mark) -> bool {
        let (word, bit) = self.place(mark);
        let room = (self.count + 1) * BITS <= self.words.len() * 64;
        match self.words.get_mut(word) {
            Some(word) if *word & bit != 0 => true,
            Some(word) if room => {
                *word |= bit;
                self.count += 1;
                true
            }
            _ => false,
        }
    }

    /// Makes room for more marks. `all` has those that are set, and may have others.
    pub(super) fn grow(&mut self, all: impl IntoIterator<Item = Mark>) {
        const FIRST: usize = 16;
        let words = (2 * self.words.len()).max(FIRST);
        *self = Marks { words: vec![0; words], shift: u64::BITS - words.trailing_zeros(), count: 0 };
        for mark in all {
            let (word, bit) = self.place(mark);
            self.count += usize::from(self.words[word] & bit == 0);
            self.words[word] |= bit;
        }
    }
}
