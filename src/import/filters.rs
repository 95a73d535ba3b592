//! What values pass through: `guid`, `instant`, `days` and the like.

use super::guid::{is_guid, is_two_guids};
use super::mapping::{Filter, Mappings, Missing};
use crate::policy::Policy;
use crate::time::{Instant, TimeUnit};

/// What a filter makes of a value.
pub(super) enum Filtered {
    /// A value.
    Value(String),
    /// The value is none of its form: what it is not, such as `no GUID`.
    Not(String),
    /// A table of names does not have it, and what it would say is left out.
    Drop,
    /// A table of names does not have it, and the mapping says that it has all: the name of the table.
    Error(String),
}

/// The value after a filter.
pub(super) fn filtered(policy: &Policy, mappings: &Mappings, filter: Filter, value: &str, captured: Option<Instant>) -> Filtered {
    let checked = |is: bool, what: &str| if is { Filtered::Value(value.to_owned()) } else { Filtered::Not(what.to_owned()) };
    let or = |made: Option<String>, what: &str| made.map_or_else(|| Filtered::Not(what.to_owned()), Filtered::Value);
    match filter {
        Filter::Guid => checked(is_guid(value), "no GUID"),
        Filter::GuidGuid => checked(is_two_guids(value), "not two GUIDs"),
        Filter::Lower => Filtered::Value(value.to_lowercase()),
        Filter::Last => or(value.rsplit('/').next().filter(|last| !last.is_empty()).map(str::to_owned), "not a path"),
        Filter::Days => or(days(value).map(|days| days.to_string()), "not a whole number of days"),
        Filter::Instant => or(instant(value).map(Instant::with_time), "not a time with a time zone"),
        Filter::Date => or(day(value).map(|day| day.to_string()), "not a day"),
        Filter::Day(form) => {
            let form = &mappings.day_forms[form];
            match form.day(value) {
                Some(day) if Instant::parse(&day).is_ok() => Filtered::Value(day),
                Some(_) => Filtered::Not(format!("a day that does not exist, read as {}", form.text)),
                None => Filtered::Not(format!("not a day of the form {}", form.text)),
            }
        }
        // What holds on the last day that there is has no end that could be written.
        Filter::NextDay => or(day(value).map(|day| day.plus(1, TimeUnit::Days).unwrap_or(day).to_string()), "not a day"),
        Filter::NotAfterCapture => match Instant::parse(value) {
            Ok(at) if captured.is_none_or(|captured| at <= captured) => Filtered::Value(value.to_owned()),
            Ok(_) => Filtered::Not("before the day of the export".to_owned()),
            Err(_) => Filtered::Not("no time".to_owned()),
        },
        Filter::BeforeCapture => match (Instant::parse(value), captured) {
            (Ok(at), Some(captured)) if at < captured => Filtered::Value(value.to_owned()),
            (Ok(_), _) => Filtered::Drop,
            (Err(_), _) => Filtered::Not("no time".to_owned()),
        },
        Filter::Role => {
            let role = policy.role_called(value).map(|role| policy.roles[role].meta.name.clone());
            Filtered::Value(role.unwrap_or_else(|| value.to_lowercase()))
        }
        Filter::Names(table) => {
            let table = &mappings.tables[table];
            match (table.get(value), table.missing) {
                (Some(found), _) => Filtered::Value(found.to_owned()),
                (None, Missing::Unknown) => Filtered::Not(format!("not in the table `{}`", table.name)),
                (None, Missing::Drop) => Filtered::Drop,
                (None, Missing::Error) => Filtered::Error(table.name.clone()),
            }
        }
    }
}

/// A day alone.
fn day(text: &str) -> Option<Instant> {
    (text.len() == 10).then(|| Instant::parse(text).ok()).flatten()
}

/// A time of RFC 3339 with a zone, or `/Date(milliseconds)/`.
fn instant(text: &str) -> Option<Instant> {
    if let Some(inside) = text.strip_prefix("/Date(").and_then(|rest| rest.strip_suffix(")/")) {
        return Instant::of_milliseconds(inside.parse().ok()?);
    }
    Instant::parse(text).ok().filter(|_| text.len() > 10)
}

/// The whole days of `P365D` or `365.00:00:00`.
fn days(text: &str) -> Option<u32> {
    let digits = text.strip_prefix('P').and_then(|rest| rest.strip_suffix('D')).or_else(|| text.strip_suffix(".00:00:00"))?;
    digits.bytes().all(|byte| byte.is_ascii_digit()).then(|| digits.parse().ok()).flatten()
}

#[cfg(test)]
mod tests {
    use super::{days, instant};

    #[test]
    fn durations_are_whole_days() {
        assert_eq!(
            ["P365D", "365.00:00:00", "P1Y", "PT0S", "P1DT1H", "P-1D", "1.5"].map(days),
            [Some(365), Some(365), None, None, None, None, None]
        );
    }

    #[test]
    fn times_have_a_zone() {
        let shown = |text| instant(text).map(crate::time::Instant::with_time);
        assert_eq!(shown("2025-12-01T09:30:00.1234567Z").unwrap(), "2025-12-01T09:30:00.123456Z");
        assert_eq!(shown("2025-12-01T10:30:00+01:00").unwrap(), "2025-12-01T09:30:00Z");
        assert_eq!(shown("/Date(1764581400123)/").unwrap(), "2025-12-01T09:30:00.123Z");
        for text in ["2025-12-01", "2025-12-01T09:30:00", "01.12.2025 09:30:00", "2015-11-25T06: 41: 12Z", "/Date(x)/"] {
            assert!(shown(text).is_none(), "{text}");
        }
    }
}
