//! Half-open intervals of time.

use super::Instant;

/// The time from `since` up to, not including, `until`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Interval {
    /// The first instant in it.
    pub since: Instant,
    /// The first instant after it.
    pub until: Instant,
}

impl Interval {
    /// All time.
    pub const ALWAYS: Interval = Interval { since: Instant::MIN, until: Instant::MAX };

    /// Whether it contains the instant.
    pub fn contains(self, at: Instant) -> bool {
        self.since <= at && at < self.until
    }

    /// Whether it contains instants, all of them before this one.
    pub fn has_ended(self, at: Instant) -> bool {
        self.until <= at && !self.is_empty()
    }

    /// Whether it contains no instant.
    pub fn is_empty(self) -> bool {
        self.until <= self.since
    }

    /// The instants that are in both.
    #[must_use]
    pub fn intersection(self, other: Interval) -> Interval {
        Interval { since: self.since.max(other.since), until: self.until.min(other.until) }
    }
}
