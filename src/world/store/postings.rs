//! Lists of facts that speak of an entity.

use crate::world::ids::FactId;
use std::ops::Range;
use std::slice;

/// Facts that speak of an entity: the settled ones in order, then those that were added since.
#[derive(Clone, Debug)]
pub struct Postings<'w> {
    settled: PostingSource<'w>,
    added: slice::Iter<'w, FactId>,
}

#[derive(Clone, Debug)]
enum PostingSource<'w> {
    /// Side by side.
    Run(Range<u32>),
    /// Listed.
    List(slice::Iter<'w, u32>),
}

impl<'w> Postings<'w> {
    #[inline]
    pub(crate) fn run(run: Range<u32>, added: &'w [FactId]) -> Postings<'w> {
        Postings { settled: PostingSource::Run(run), added: added.iter() }
    }

    #[inline]
    pub(crate) fn list(list: &'w [u32], added: &'w [FactId]) -> Postings<'w> {
        Postings { settled: PostingSource::List(list.iter()), added: added.iter() }
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

impl Iterator for Postings<'_> {
    type Item = FactId;

    #[inline]
    fn next(&mut self) -> Option<FactId> {
        let settled = match &mut self.settled {
            PostingSource::Run(run) => run.next(),
            PostingSource::List(list) => list.next().copied(),
        };
        settled.map(FactId).or_else(|| self.added.next().copied())
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        let settled = match &self.settled {
            PostingSource::Run(run) => run.len(),
            PostingSource::List(list) => list.len(),
        };
        let len = settled + self.added.len();
        (len, Some(len))
    }
}

impl ExactSizeIterator for Postings<'_> {}
