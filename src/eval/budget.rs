//! The bound on the work of one question.

use crate::text::Span;
use std::cell::Cell;

/// How much work one question may take, in units: a candidate of a search, an implication that is instantiated, or a few facts that are
/// read. A question that needs more has no answer, and its [`Decision`](super::Decision) says so. About two seconds.
pub const BUDGET: u64 = 6_000_000;

/// How many steps one trace may have. This bounds the memory of an explanation.
pub const MAX_STEPS: usize = 250_000;

/// How many facts, groups or members are read for one unit of work.
const READS_PER_UNIT: usize = 8;

/// What is left of the work of one question. Everything that works on the question draws on it: the decision, its explanation, near misses
/// and the search for ways to turn the answer.
#[derive(Clone, Debug)]
pub struct Budget {
    total: Cell<u64>,
    left: Cell<u64>,
    /// The condition that is searched.
    condition: Cell<Option<Span>>,
    exhausted: Cell<Option<Exhausted>>,
}

/// The limit that a question reached, and where.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Exhausted {
    /// The limit.
    pub limit: Limit,
    /// The condition of the policy that was searched then, from its first to its last atom; `None` if none was.
    pub condition: Option<Span>,
}

/// The limits of a question.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Limit {
    /// More than [`BUDGET`] units of work.
    Work,
    /// A trace of more than [`MAX_STEPS`] steps.
    Steps,
}

impl Default for Budget {
    fn default() -> Budget {
        Budget::of(BUDGET)
    }
}

impl Budget {
    /// A budget of this many units.
    pub fn of(units: u64) -> Budget {
        Budget { total: Cell::new(units), left: Cell::new(units), condition: Cell::new(None), exhausted: Cell::new(None) }
    }

    /// A budget without a bound, for a search of all rows of a list, which nothing but `--limit` cuts.
    pub fn unlimited() -> Budget {
        Budget::of(u64::MAX)
    }

    /// Gives so many units again, on top of what was spent, and forgets that a limit was reached.
    pub(crate) fn renew(&self, units: u64) {
        self.total.set(self.spent().saturating_add(units));
        self.left.set(units);
        self.exhausted.set(None);
    }

    /// A budget of half of what is left. Who uses it then takes from this one what it spent.
    pub(crate) fn half(&self) -> Budget {
        Budget::of(self.left.get() / 2)
    }

    /// The limit that was reached. If one was, the truth values found since mean nothing.
    #[inline]
    pub fn exhausted(&self) -> Option<Exhausted> {
        self.exhausted.get()
    }

    /// Whether no limit was reached.
    #[inline]
    pub(crate) fn lasts(&self) -> bool {
        self.exhausted.get().is_none()
    }

    /// How many units were taken.
    #[inline]
    pub fn spent(&self) -> u64 {
        self.total.get() - self.left.get()
    }

    /// Takes units of work; false if there are not enough.
    #[inline]
    pub(crate) fn spend(&self, units: u64) -> bool {
        match self.left.get().checked_sub(units) {
            Some(left) => {
                self.left.set(left);
                true
            }
            None => self.exhaust(Limit::Work),
        }
    }

    /// Takes the work of reading so many facts, groups or members; false if it is too much.
    #[inline]
    pub(crate) fn spend_reads(&self, count: usize) -> bool {
        count < READS_PER_UNIT || self.spend((count / READS_PER_UNIT) as u64)
    }

    /// Notes the condition that is searched from now on.
    #[inline]
    pub(crate) fn search(&self, condition: Option<Span>) {
        self.condition.set(condition);
    }

    /// Notes that a limit was reached; returns false.
    #[cold]
    pub(crate) fn exhaust(&self, limit: Limit) -> bool {
        self.left.set(0);
        if self.exhausted.get().is_none() {
            self.exhausted.set(Some(Exhausted { limit, condition: self.condition.get() }));
        }
        false
    }
}
