//! Lists of facts that speak of an entity.

use super::model::FactId;
use std::ops::Range;
use std::slice;

/// Facts that speak of an entity: the settled ones in order, then those that were added since.
#[derive(Clone, Debug)]
pub struct Listed<'w> {
    settled: Settled<'w>,
    added: slice::Iter<'w, FactId>,
}

#[derive(Clone, Debug)]
enum Settled<'w> {
    /// Side by side.
    Run(Range<u32>),
    /// Listed.
    List(slice::Iter<'w, u32>),
}

impl<'w> Listed<'w> {
    #[inline]
    pub(super) fn run(run: Range<u32>, added: &'w [FactId]) -> Listed<'w> {
        Listed { settled: Settled::Run(run), added: added.iter() }
    }

    #[inline]
    pub(super) fn list(list: &'w [u32], added: &'w [FactId]) -> Listed<'w> {
        Listed { settled: Settled::List(list.iter()), added: added.iter() }
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

impl Iterator for Listed<'_> {
    type Item = FactId;

    #[inline]
    fn next(&mut self) -> Option<FactId> {
        let settled = match &mut self.settled {
            Settled::Run(run) => run.next(),
            Settled::List(list) => list.next().copied(),
        };
        settled.map(FactId).or_else(|| self.added.next().copied())
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        let settled = match &self.settled {
            Settled::Run(run) => run.len(),
            Settled::List(list) => list.len(),
        };
        let len = settled + self.added.len();
        (len, Some(len))
    }
}

impl ExactSizeIterator for Listed<'_> {}
