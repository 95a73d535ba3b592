//! Dates and times of RFC 3339, as instants.

use std::fmt;

/// A point in time: microseconds since 1970-01-01T00:00:00Z. A date is its midnight UTC.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Instant(i64);

const DAY: i64 = 86_400_000_000;

impl Instant {
    /// Before every date: the start of an interval without `since`.
    pub const MIN: Instant = Instant(i64::MIN);
    /// After every date: the end of an interval without `until`.
    pub const MAX: Instant = Instant(i64::MAX);

    /// Reads `2020-06-19` or `2020-06-19T12:00:00[.123456](Z|+09:00)`.
    ///
    /// # Errors
    ///
    /// If the text is of another form, has no offset, is finer than a microsecond or does not exist. The error is a message for people.
    pub fn parse(text: &str) -> Result<Instant, String> {
        let bytes = text.as_bytes();
        let shape = |pattern: &str, part: &[u8]| {
            part.len() == pattern.len()
                && part.iter().zip(pattern.bytes()).all(|(&byte, want)| if want == b'0' { byte.is_ascii_digit() } else { byte == want })
        };
        let no_date = || format!("`{text}` is not a date of RFC 3339, such as `2020-06-19` or `2020-06-19T12:00:00Z`");
        if bytes.len() < 10 || !shape("0000-00-00", &bytes[..10]) {
            return Err(no_date());
        }
        let date: jiff::civil::Date = text[..10].parse().map_err(|_| format!("the date `{}` does not exist", &text[..10]))?;
        if bytes.len() == 10 {
            let midnight = date.at(0, 0, 0, 0).to_zoned(jiff::tz::TimeZone::UTC).map_err(|_| no_date())?;
            return Ok(Instant(midnight.timestamp().as_microsecond()));
        }
        if !matches!(bytes[10], b'T' | b't') || bytes.len() < 19 || !shape("00:00:00", &bytes[11..19]) {
            return Err(no_date());
        }
        let after = &text[19..];
        let digits = after.strip_prefix('.').map_or(0, |rest| rest.bytes().take_while(u8::is_ascii_digit).count());
        if after.starts_with('.') && digits == 0 {
            return Err(no_date());
        }
        if digits > 6 && after[7..=digits].bytes().any(|digit| digit != b'0') {
            return Err(format!("`{text}` is finer than a microsecond"));
        }
        let offset = if digits > 0 { &after[digits + 1..] } else { after };
        match offset.as_bytes() {
            [] => return Err(format!("`{text}` has no offset: write `{text}Z` for UTC")),
            [b'Z' | b'z'] => {}
            [b'+' | b'-', rest @ ..] if shape("00:00", rest) && rest[..2] < b"24"[..] && rest[3..] < b"60"[..] => {}
            _ => return Err(no_date()),
        }
        let stamp: jiff::Timestamp = text.parse().map_err(|_| format!("the time `{text}` does not exist"))?;
        Ok(Instant(stamp.as_microsecond()))
    }

    /// The present, to the microsecond.
    #[expect(
        clippy::disallowed_methods,
        reason = "the one place that asks the clock; only the command line calls it, and answers show the date"
    )]
    pub fn now() -> Instant {
        Instant(jiff::Timestamp::now().as_microsecond())
    }

    /// Microseconds since 1970-01-01T00:00:00Z.
    pub fn microseconds(self) -> i64 {
        self.0
    }

    /// The inverse of [`Instant::microseconds`].
    pub fn of_microseconds(microseconds: i64) -> Instant {
        Instant(microseconds)
    }

    /// The instant `days` later; `None` on overflow.
    pub fn plus_days(self, days: i64) -> Option<Instant> {
        self.0.checked_add(days.checked_mul(DAY)?).map(Instant)
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
        match jiff::Timestamp::from_microsecond(self.0) {
            Ok(stamp) if self.0.rem_euclid(DAY) == 0 => {
                write!(f, "{}", stamp.to_zoned(jiff::tz::TimeZone::UTC).date())
            }
            Ok(stamp) => write!(f, "{stamp}"),
            Err(_) if self.0 < 0 => f.write_str("always"),
            Err(_) => f.write_str("forever"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Instant;

    fn check(text: &str) -> String {
        Instant::parse(text).map_or_else(|why| why, |instant| instant.to_string())
    }

    #[test]
    fn dates_and_times_are_read_and_printed() {
        assert_eq!(check("2020-06-19"), "2020-06-19");
        assert_eq!(check("2020-06-19T00:00:00Z"), "2020-06-19");
        assert_eq!(check("2020-06-19T12:30:00.25+09:00"), "2020-06-19T03:30:00.25Z");
        assert_eq!(check("2020-06-19t12:30:00z"), "2020-06-19T12:30:00Z");
    }

    #[test]
    fn mistakes_are_reported() {
        assert_eq!(check("2021-02-29"), "the date `2021-02-29` does not exist");
        assert_eq!(check("2021-02-28T25:00:00Z"), "the time `2021-02-28T25:00:00Z` does not exist");
        assert_eq!(check("2021-02-28T12:00:00"), "`2021-02-28T12:00:00` has no offset: write `2021-02-28T12:00:00Z` for UTC");
        assert_eq!(check("2021-02-28T12:00:00.0000001Z"), "`2021-02-28T12:00:00.0000001Z` is finer than a microsecond");
        for text in ["2021", "2021-2-1", "yesterday", "2021-02-28 12:00:00Z", "2021-02-28T12:00:00+0900", "2021-02-28T", "２０２１-02-28"]
        {
            assert!(check(text).contains("is not a date"), "{text}");
        }
    }
}
