//! Choices from a list of numbers, so that generated values shrink as the numbers become smaller.
//!
//! If the numbers are zero or used up, every choice is the first one and no optional part is generated. Each element takes its choices from
//! its own stretch of numbers, so it can shrink without changing the others.

use proptest::prelude::*;
use proptest::strategy::{NewTree, ValueTree};
use proptest::test_runner::TestRunner;

/// A list of numbers, and the number of those that are used.
#[derive(Clone, Debug, Default)]
pub struct Tape {
    numbers: Vec<u16>,
    at: usize,
}

impl Tape {
    /// A tape of these numbers.
    pub fn of(numbers: Vec<u16>) -> Tape {
        Tape { numbers, at: 0 }
    }

    fn next(&mut self) -> usize {
        self.at += 1;
        self.numbers.get(self.at - 1).map_or(0, |&number| usize::from(number))
    }

    /// A number less than `end`.
    pub fn below(&mut self, end: usize) -> usize {
        (self.next() * end) >> 16
    }

    /// True in this percentage of cases.
    pub fn chance(&mut self, percent: usize) -> bool {
        self.below(100) >= 100 - percent
    }

    /// One of the items.
    pub fn pick<'i, T>(&mut self, items: &'i [T]) -> &'i T {
        &items[self.below(items.len())]
    }

    /// The index of one of the weights, chosen in proportion to its weight.
    pub fn weighted(&mut self, weights: &[usize]) -> usize {
        let mut at = self.below(weights.iter().sum());
        weights
            .iter()
            .position(|&weight| {
                let found = at < weight;
                at = at.saturating_sub(weight);
                found
            })
            .unwrap_or(0)
    }

    /// Each item with that chance.
    pub fn some<T: Clone>(&mut self, items: &[T], percent: usize) -> Vec<T> {
        items.iter().filter(|_| self.chance(percent)).cloned().collect()
    }

    /// Each item with that chance, but at least one.
    pub fn at_least_one<T: Clone>(&mut self, items: &[T], percent: usize) -> Vec<T> {
        let found = self.some(items, percent);
        if found.is_empty() { vec![self.pick(items).clone()] } else { found }
    }

    /// The items in another order; in the same order if all numbers are zero.
    pub fn shuffled<T>(&mut self, items: Vec<T>) -> Vec<T> {
        let mut keyed: Vec<(usize, T)> = items.into_iter().map(|item| (self.next(), item)).collect();
        keyed.sort_by_key(|(key, _)| *key);
        keyed.into_iter().map(|(_, item)| item).collect()
    }

    /// The next `length` numbers as a separate tape.
    pub fn part(&mut self, length: usize) -> Tape {
        let start = self.at.min(self.numbers.len());
        let end = (start + length).min(self.numbers.len());
        self.at = end;
        Tape { numbers: self.numbers[start..end].to_vec(), at: 0 }
    }
}

/// Tapes of this length.
pub fn tape(length: usize) -> impl Strategy<Value = Tape> {
    Tapes { length }
}

#[derive(Clone, Debug)]
struct Tapes {
    length: usize,
}

impl Strategy for Tapes {
    type Tree = Shrinking;
    type Value = Tape;

    fn new_tree(&self, runner: &mut TestRunner) -> NewTree<Self> {
        let rng = runner.rng();
        let numbers: Vec<u16> = (0..self.length).map(|_| rng.random()).collect();
        Ok(Shrinking { block: numbers.len().max(1), at: 0, before: None, numbers })
    }
}

/// Sets ever smaller blocks of numbers to zero.
#[derive(Clone, Debug)]
struct Shrinking {
    numbers: Vec<u16>,
    block: usize,
    at: usize,
    /// The numbers of the last block before it was set to zero.
    before: Option<(usize, Vec<u16>)>,
}

impl ValueTree for Shrinking {
    type Value = Tape;

    fn current(&self) -> Tape {
        Tape { numbers: self.numbers.clone(), at: 0 }
    }

    fn simplify(&mut self) -> bool {
        loop {
            if self.at >= self.numbers.len() {
                if self.block == 1 {
                    return false;
                }
                (self.block, self.at) = (self.block.div_ceil(4), 0);
            }
            let end = (self.at + self.block).min(self.numbers.len());
            let block = &mut self.numbers[self.at..end];
            if block.iter().any(|&number| number != 0) {
                self.before = Some((self.at, block.to_vec()));
                block.fill(0);
                self.at = end;
                return true;
            }
            self.at = end;
        }
    }

    fn complicate(&mut self) -> bool {
        let Some((at, block)) = self.before.take() else { return false };
        self.numbers[at..at + block.len()].copy_from_slice(&block);
        true
    }
}
