//! Lists of facts about an entity.

use crate::world::ids::FactId;
use std::ops::Range;
use std::slice;

/// The facts in one list of an entity: those of the base in order, then those that were added since. An iterator over their ids.
#[derive(Clone, Debug)]
pub struct Postings<'w> {
    base: PostingSource<'w>,
    added: slice::Iter<'w, FactId>,
}

#[derive(Clone, Debug)]
enum PostingSource<'w> {
    /// Consecutive facts.
    Run(Range<u32>),
    /// Numbers of facts.
    List(slice::Iter<'w, u32>),
}

impl<'w> Postings<'w> {
    #[inline]
    pub(crate) fn run(run: Range<u32>, added: &'w [FactId]) -> Postings<'w> {
        Postings { base: PostingSource::Run(run), added: added.iter() }
    }

    #[inline]
    pub(crate) fn list(list: &'w [u32], added: &'w [FactId]) -> Postings<'w> {
        Postings { base: PostingSource::List(list.iter()), added: added.iter() }
    }

    /// Whether the list is empty.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

impl Iterator for Postings<'_> {
    type Item = FactId;

    #[inline]
    fn next(&mut self) -> Option<FactId> {
        let base = match &mut self.base {
            PostingSource::Run(run) => run.next(),
            PostingSource::List(list) => list.next().copied(),
        };
        base.map(FactId).or_else(|| self.added.next().copied())
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        let base = match &self.base {
            PostingSource::Run(run) => run.len(),
            PostingSource::List(list) => list.len(),
        };
        let len = base + self.added.len();
        (len, Some(len))
    }
}

impl ExactSizeIterator for Postings<'_> {}
