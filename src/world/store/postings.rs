//! Lists of facts about an entity.

use crate::world::ids::FactId;
use std::ops::Range;
use std::slice;

/// The facts in one list of an entity in the order of their statements: those of the base, with those that were added since among them. An
/// iterator over their ids.
#[derive(Clone, Debug)]
pub struct Postings<'w> {
    base: PostingSource<'w>,
    added: &'w [Added],
}

/// An added fact in a list.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Added {
    /// The fact of the base that comes after it.
    pub(crate) before: FactId,
    pub(crate) id: FactId,
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
    pub(crate) fn run(run: Range<u32>, added: &'w [Added]) -> Postings<'w> {
        Postings { base: PostingSource::Run(run), added }
    }

    #[inline]
    pub(crate) fn list(list: &'w [u32], added: &'w [Added]) -> Postings<'w> {
        Postings { base: PostingSource::List(list.iter()), added }
    }

    /// Whether the list is empty.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The next fact, if facts were added that are not past.
    #[inline(never)]
    fn next_of_both(&mut self) -> Option<FactId> {
        let base = match &self.base {
            PostingSource::Run(run) => (!run.is_empty()).then_some(run.start),
            PostingSource::List(list) => list.as_slice().first().copied(),
        };
        match self.added {
            [first, rest @ ..] if base.is_none_or(|number| first.before.0 <= number) => {
                self.added = rest;
                Some(first.id)
            }
            _ => self.base.next(),
        }
    }
}

impl PostingSource<'_> {
    #[inline]
    fn next(&mut self) -> Option<FactId> {
        match self {
            PostingSource::Run(run) => run.next().map(FactId),
            PostingSource::List(list) => list.next().map(|&number| FactId(number)),
        }
    }
}

impl Iterator for Postings<'_> {
    type Item = FactId;

    #[inline]
    fn next(&mut self) -> Option<FactId> {
        if self.added.is_empty() { self.base.next() } else { self.next_of_both() }
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
