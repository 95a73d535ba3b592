//! The bound on the work of one question.

/// How many searched candidates and instantiated implications one question may take. A question that needs more has no answer, and its
/// [`Decision`](super::Decision) says so.
pub const BUDGET: u64 = 50_000_000;

/// What is left of a question's [`BUDGET`].
#[derive(Clone, Copy, Debug)]
pub(crate) struct Budget(u64);

impl Budget {
    pub(crate) fn full() -> Budget {
        Budget(BUDGET)
    }

    /// Takes one unit; false if that was the last.
    #[inline]
    pub(crate) fn spend(&mut self) -> bool {
        self.0 = self.0.saturating_sub(1);
        self.0 > 0
    }

    /// Whether none is left: the truth values found so far mean nothing.
    pub(crate) fn exhausted(self) -> bool {
        self.0 == 0
    }
}
