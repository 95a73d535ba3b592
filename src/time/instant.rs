//! Dates and times of RFC 3339, as instants.

use super::other_order;
use jiff::SignedDuration;
use jiff::civil::{Date, DateTime};
use std::fmt;

/// A point in time: microseconds since 1970-01-01T00:00:00Z. A date is its midnight UTC.
///
/// Texts give instants of the years 0000 to 9999, the years of RFC 3339. That is more than the time stamps of jiff, which end with
/// 9999-12-30T22:00:00Z, while exports write 9999-12-31 for an end that never comes. So the calendar alone is jiff's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Instant(i64);

const SECOND: i64 = 1_000_000;
const HOUR: i64 = 3_600 * SECOND;
const DAY: i64 = 24 * HOUR;

/// The most digits of a second that are kept.
const DIGITS: usize = 6;

/// 1970-01-01T00:00:00.
const EPOCH: DateTime = DateTime::constant(1970, 1, 1, 0, 0, 0, 0);

/// The days whose last minute had a leap second, all there have been: year and month; the day is the last of its month.
const LEAP_SECONDS: [(i16, i8); 27] = [
    (1972, 6),
    (1972, 12),
    (1973, 12),
    (1974, 12),
    (1975, 12),
    (1976, 12),
    (1977, 12),
    (1978, 12),
    (1979, 12),
    (1981, 6),
    (1982, 6),
    (1983, 6),
    (1985, 6),
    (1987, 12),
    (1989, 12),
    (1990, 12),
    (1992, 6),
    (1993, 6),
    (1994, 6),
    (1995, 12),
    (1997, 6),
    (1998, 12),
    (2005, 12),
    (2008, 12),
    (2012, 6),
    (2015, 6),
    (2016, 12),
];

/// A unit in which a duration is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TimeUnit {
    /// 24 hours.
    Days,
    /// 60 minutes.
    Hours,
}

impl TimeUnit {
    /// Its name in the language.
    pub fn name(self) -> &'static str {
        match self {
            TimeUnit::Days => "days",
            TimeUnit::Hours => "hours",
        }
    }

    fn microseconds(self) -> i64 {
        match self {
            TimeUnit::Days => DAY,
            TimeUnit::Hours => HOUR,
        }
    }
}

impl Instant {
    /// Before every date: the start of an interval without `since`.
    pub const MIN: Instant = Instant(i64::MIN);
    /// After every date: the end of an interval without `until`.
    pub const MAX: Instant = Instant(i64::MAX);

    /// Reads `2020-06-19` or `2020-06-19T12:00:00[.123456](Z|+09:00)`.
    ///
    /// More than six digits of a second are cut to microseconds; [`Instant::is_cut`] says whether that lost anything. Second 60 is read
    /// as second 59, as jiff does, since no clock of ours has it.
    ///
    /// # Errors
    ///
    /// If the text is of another form, has no offset, does not exist, has a second 60 where there was no leap second, or is not in the
    /// years 0000 to 9999 in UTC. The error is a message for people.
    pub fn parse(text: &str) -> Result<Instant, String> {
        let bytes = text.as_bytes();
        let no_date = || match other_order::meant(text) {
            Some(meant) => format!("`{text}` is not a date of RFC 3339: write {meant}"),
            None => format!("`{text}` is not a date of RFC 3339, such as `2020-06-19` or `2020-06-19T12:00:00Z`"),
        };
        if bytes.len() < 10 || !has_shape("0000-00-00", &bytes[..10]) {
            return Err(no_date());
        }
        let date: Date = text[..10].parse().map_err(|_| format!("the date `{}` does not exist", &text[..10]))?;
        if bytes.len() == 10 {
            return Ok(Instant::of_utc(date.at(0, 0, 0, 0)));
        }
        if !matches!(bytes[10], b'T' | b't') || bytes.len() < 19 || !has_shape("00:00:00", &bytes[11..19]) {
            return Err(no_date());
        }
        let after = &text[19..];
        let digits = fraction(after);
        if after.starts_with('.') && digits.is_empty() {
            return Err(no_date());
        }
        let kept = &digits[..digits.len().min(DIGITS)];
        let microseconds =
            kept.bytes().chain(std::iter::repeat(b'0')).take(DIGITS).fold(0, |sum, digit| 10 * sum + i64::from(digit - b'0'));
        let offset = if digits.is_empty() { after } else { &after[1 + digits.len()..] };
        let minutes_ahead = match offset.as_bytes() {
            [] => return Err(format!("`{text}` has no offset: write `{text}Z` for UTC")),
            [b'Z' | b'z'] => 0,
            [sign @ (b'+' | b'-'), rest @ ..] if has_shape("00:00", rest) && rest[..2] < b"24"[..] && rest[3..] < b"60"[..] => {
                let minutes = 60 * two_digits(rest, 0) + two_digits(rest, 3);
                if *sign == b'-' { -minutes } else { minutes }
            }
            _ => return Err(no_date()),
        };
        let [hour, minute, second] = [11, 14, 17].map(|at| two_digits(bytes, at));
        if hour > 23 || minute > 59 || second > 60 {
            return Err(format!("the time `{text}` does not exist"));
        }
        let of_day = 3600 * hour + 60 * (minute - minutes_ahead) + second.min(59);
        let instant = Instant(Instant::of_utc(date.at(0, 0, 0, 0)).0 + SECOND * of_day + microseconds);
        let Some(utc) = instant.utc() else {
            let bound = if instant.0 < 0 { "before the year 0000" } else { "after the year 9999" };
            return Err(format!("`{text}` is {bound} in UTC"));
        };
        if second == 60 && !is_before_leap_second(utc) {
            return Err(format!("the time `{text}` does not exist: that minute had no leap second"));
        }
        Ok(instant)
    }

    /// Whether the text of a date has digits of a second, other than zeros, that [`Instant::parse`] leaves out.
    pub fn is_cut(text: &str) -> bool {
        fraction(text.get(19..).unwrap_or_default()).bytes().skip(DIGITS).any(|digit| digit != b'0')
    }

    fn of_utc(utc: DateTime) -> Instant {
        let since = utc.duration_since(EPOCH);
        Instant(since.as_secs() * SECOND + i64::from(since.subsec_micros()))
    }

    /// The date and time in UTC; `None` outside the years 0000 to 9999.
    fn utc(self) -> Option<DateTime> {
        let utc = EPOCH.checked_add(SignedDuration::from_micros(self.0)).ok()?;
        (utc.year() >= 0).then_some(utc)
    }

    /// The present, to the second: people read the date in answers.
    #[expect(
        clippy::disallowed_methods,
        reason = "the one place that asks the clock; only the command line calls it, and answers show the date"
    )]
    pub fn now() -> Instant {
        Instant(jiff::Timestamp::now().as_second() * SECOND)
    }

    /// Microseconds since 1970-01-01T00:00:00Z.
    pub fn microseconds(self) -> i64 {
        self.0
    }

    /// The inverse of [`Instant::microseconds`].
    pub fn of_microseconds(microseconds: i64) -> Instant {
        Instant(microseconds)
    }

    /// The instant so many milliseconds after 1970-01-01T00:00:00Z; `None` outside the years 0000 to 9999.
    pub fn of_milliseconds(milliseconds: i64) -> Option<Instant> {
        milliseconds.checked_mul(SECOND / 1000).map(Instant).filter(|instant| instant.utc().is_some())
    }

    /// Its text with the time, which a midnight has too.
    pub fn with_time(self) -> String {
        self.utc().map_or_else(|| self.to_string(), |utc| format!("{utc}Z"))
    }

    /// The instant so many days or hours later; `None` outside the years 0000 to 9999.
    pub fn plus(self, count: i64, unit: TimeUnit) -> Option<Instant> {
        self.0.checked_add(count.checked_mul(unit.microseconds())?).map(Instant).filter(|instant| instant.utc().is_some())
    }

    /// The instant just after, to the microsecond.
    pub fn after(self) -> Instant {
        Instant(self.0.saturating_add(1))
    }

    /// The instant just before, to the microsecond.
    pub fn before(self) -> Instant {
        Instant(self.0.saturating_sub(1))
    }
}

impl fmt::Display for Instant {
    /// A midnight UTC as a date, anything else with its time.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.utc() {
            Some(utc) if self.0.rem_euclid(DAY) == 0 => write!(f, "{}", utc.date()),
            Some(utc) => write!(f, "{utc}Z"),
            None if self.0 < 0 => f.write_str("always"),
            None => f.write_str("forever"),
        }
    }
}

/// Whether the text has the digits of the pattern at its zeros, and the same bytes elsewhere.
fn has_shape(pattern: &str, text: &[u8]) -> bool {
    let fits = |(&byte, want)| if want == b'0' { u8::is_ascii_digit(&byte) } else { byte == want };
    text.len() == pattern.len() && text.iter().zip(pattern.bytes()).all(fits)
}

/// The number of two digits.
fn two_digits(text: &[u8], at: usize) -> i64 {
    i64::from(text[at] - b'0') * 10 + i64::from(text[at + 1] - b'0')
}

/// The digits after the point at the start of the text; empty without a point.
fn fraction(after: &str) -> &str {
    let digits = after.strip_prefix('.').unwrap_or_default();
    &digits[..digits.bytes().take_while(u8::is_ascii_digit).count()]
}

/// Whether a leap second follows this second of UTC.
fn is_before_leap_second(utc: DateTime) -> bool {
    let is_last = utc.day() == utc.days_in_month() && (utc.hour(), utc.minute(), utc.second()) == (23, 59, 59);
    is_last && LEAP_SECONDS.contains(&(utc.year(), utc.month()))
}

#[cfg(test)]
mod tests {
    use super::{Instant, TimeUnit};

    fn check(text: &str) -> String {
        Instant::parse(text).map_or_else(|why| why, |instant| instant.to_string())
    }

    #[test]
    fn dates_and_times_are_read_and_printed() {
        assert_eq!(check("2020-06-19"), "2020-06-19");
        assert_eq!(check("2020-06-19T00:00:00Z"), "2020-06-19");
        assert_eq!(check("2020-06-19T12:30:00.25+09:00"), "2020-06-19T03:30:00.25Z");
        assert_eq!(check("2020-06-19t12:30:00z"), "2020-06-19T12:30:00Z");
        assert_eq!(check("1969-12-31T23:59:59.999999Z"), "1969-12-31T23:59:59.999999Z");
        assert_eq!(check("0000-01-01"), "0000-01-01");
    }

    #[test]
    fn the_last_day_of_the_calendar_is_a_day() {
        assert_eq!(check("9999-12-31"), "9999-12-31");
        assert_eq!(check("9999-12-31T23:59:59.9999999Z"), "9999-12-31T23:59:59.999999Z");
        assert_eq!(check("9999-12-31T12:00:00+12:00"), "9999-12-31");
        assert_eq!(check("9999-12-31T12:00:00-12:00"), "`9999-12-31T12:00:00-12:00` is after the year 9999 in UTC");
        assert_eq!(check("0000-01-01T00:00:00+00:01"), "`0000-01-01T00:00:00+00:01` is before the year 0000 in UTC");
        let last = Instant::parse("9999-12-31").unwrap();
        assert_eq!(Instant::parse("9999-12-30").unwrap().plus(1, TimeUnit::Days), Some(last));
        assert_eq!(last.plus(1, TimeUnit::Days), None);
        assert_eq!(last.plus(i64::MAX, TimeUnit::Hours), None);
        assert!(last < last.after() && last.after() < Instant::MAX);
        assert_eq!(Instant::MAX.to_string(), "forever");
        assert_eq!(Instant::MIN.to_string(), "always");
    }

    #[test]
    fn digits_finer_than_a_microsecond_are_cut() {
        for (text, kept, cut) in [
            ("2023-11-06T08:21:09.1234567Z", "2023-11-06T08:21:09.123456Z", true),
            ("2023-11-06T08:21:09.1234567891Z", "2023-11-06T08:21:09.123456Z", true),
            ("1969-11-06T08:21:09.1234569+00:00", "1969-11-06T08:21:09.123456Z", true),
            ("2023-11-06T08:21:09.0000000Z", "2023-11-06T08:21:09Z", false),
            ("2023-11-06T08:21:09.1234560000Z", "2023-11-06T08:21:09.123456Z", false),
            ("2023-11-06T08:21:09.123456Z", "2023-11-06T08:21:09.123456Z", false),
            ("2023-11-06", "2023-11-06", false),
        ] {
            assert_eq!((check(text).as_str(), Instant::is_cut(text)), (kept, cut), "{text}");
        }
        assert_eq!(check(&format!("2023-11-06T08:21:09.{}Z", "9".repeat(5000))), "2023-11-06T08:21:09.999999Z");
    }

    #[test]
    fn a_second_60_is_read_only_where_there_was_one() {
        assert_eq!(check("2016-12-31T23:59:60Z"), "2016-12-31T23:59:59Z");
        assert_eq!(check("2016-12-31T23:59:60.5Z"), "2016-12-31T23:59:59.5Z");
        assert_eq!(check("2017-01-01T08:59:60+09:00"), "2016-12-31T23:59:59Z");
        assert_eq!(check("2015-06-30T23:59:60Z"), "2015-06-30T23:59:59Z");
        for text in ["2016-12-31T23:58:60Z", "2016-06-30T23:59:60Z", "2016-12-31T23:59:60+01:00", "2020-06-19T12:00:60Z"] {
            assert_eq!(check(text), format!("the time `{text}` does not exist: that minute had no leap second"));
        }
        assert_eq!(check("2016-12-31T23:59:61Z"), "the time `2016-12-31T23:59:61Z` does not exist");
    }

    #[test]
    fn mistakes_are_reported() {
        assert_eq!(check("2021-02-29"), "the date `2021-02-29` does not exist");
        assert_eq!(check("2021-02-28T25:00:00Z"), "the time `2021-02-28T25:00:00Z` does not exist");
        assert_eq!(check("2021-02-28T12:00:00"), "`2021-02-28T12:00:00` has no offset: write `2021-02-28T12:00:00Z` for UTC");
        assert_eq!(
            check("2021-02-28T12:00:00."),
            "`2021-02-28T12:00:00.` is not a date of RFC 3339, such as `2020-06-19` or `2020-06-19T12:00:00Z`"
        );
        assert_eq!(check("2021-2-1"), "`2021-2-1` is not a date of RFC 3339: write `2021-02-01`");
        for text in ["2021", "yesterday", "2021-02-28 12:00:00Z", "2021-02-28T12:00:00+0900", "2021-02-28T", "２０２１-02-28"] {
            assert!(check(text).contains("is not a date"), "{text}");
        }
    }
}
