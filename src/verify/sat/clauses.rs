//! Clauses one after the other in one piece of memory.

use super::ClauseLit;

/// A list of clauses. Worlds of some size have millions of literals in them, so that a vector for each would need several times as much.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Clauses {
    lits: Vec<ClauseLit>,
    /// By clause: where it ends among the literals.
    ends: Vec<usize>,
}

impl Clauses {
    /// Adds a clause.
    pub fn push(&mut self, clause: &[ClauseLit]) {
        self.lits.extend_from_slice(clause);
        self.ends.push(self.lits.len());
    }

    /// The number of clauses.
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    fn start(&self, index: usize) -> usize {
        index.checked_sub(1).map_or(0, |before| self.ends[before])
    }

    /// The clause of this index.
    pub fn get(&self, index: usize) -> &[ClauseLit] {
        &self.lits[self.start(index)..self.ends[index]]
    }

    /// The clause of this index, of which the literals may change places.
    pub(super) fn get_mut(&mut self, index: usize) -> &mut [ClauseLit] {
        let start = self.start(index);
        &mut self.lits[start..self.ends[index]]
    }

    /// The clauses in order.
    pub fn iter(&self) -> impl Iterator<Item = &[ClauseLit]> {
        (0..self.len()).map(|index| self.get(index))
    }
}

impl<C: AsRef<[ClauseLit]>> FromIterator<C> for Clauses {
    fn from_iter<I: IntoIterator<Item = C>>(all: I) -> Clauses {
        let mut clauses = Clauses::default();
        all.into_iter().for_each(|clause| clauses.push(clause.as_ref()));
        clauses
    }
}
