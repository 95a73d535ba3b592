//! Days and intervals.

use super::chance::Chance;
use std::fmt;

/// A day of a year that has twelve months of 28 days: each is a date of the calendar too, in the same order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Day(pub u32);

const YEAR: u32 = 12 * 28;

/// The date at which questions are asked: some intervals have ended by then, and some begin later.
pub const ASKED_AT: &str = "2024-06-01";

/// [`ASKED_AT`].
pub const TODAY: Day = Day::of(2024, 6);

impl Day {
    /// The first day of a month.
    pub const fn of(year: u32, month: u32) -> Day {
        Day((year - 2010) * YEAR + (month - 1) * 28)
    }

    /// So many days later.
    pub fn plus(self, days: u32) -> Day {
        Day(self.0 + days)
    }

    /// A day from this up to, not including, the other.
    pub fn until(self, other: Day, chance: &mut Chance) -> Day {
        Day(self.0 + chance.below(other.0 - self.0))
    }
}

impl fmt::Display for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{:02}-{:02}", 2010 + self.0 / YEAR, self.0 / 28 % 12 + 1, self.0 % 28 + 1)
    }
}

/// When a fact holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct During {
    /// From this day; nothing: always before.
    pub since: Option<Day>,
    /// Up to, not including, this day; nothing: always after.
    pub until: Option<Day>,
}

impl During {
    /// At all times.
    pub const ALWAYS: During = During { since: None, until: None };

    /// From that day on.
    pub fn since(day: Day) -> During {
        During { since: Some(day), until: None }
    }

    /// From one day up to the other.
    pub fn between(since: Day, until: Day) -> During {
        During { since: Some(since), until: Some(until) }
    }

    /// Whether it holds when questions are asked.
    pub fn is_now(self) -> bool {
        self.since.is_none_or(|since| since <= TODAY) && self.until.is_none_or(|until| TODAY < until)
    }
}

/// Some time in which it began, while partners were being found.
pub fn beginning(chance: &mut Chance) -> Day {
    Day::of(2015, 1).until(Day::of(2021, 1), chance)
}

/// Some time in which it ended, before questions are asked.
pub fn ending(chance: &mut Chance) -> Day {
    Day::of(2021, 1).until(TODAY, chance)
}

/// Some time after questions are asked.
pub fn future(chance: &mut Chance) -> Day {
    TODAY.plus(1).until(Day::of(2025, 6), chance)
}
