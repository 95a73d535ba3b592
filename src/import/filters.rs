//! What values pass through: `guid`, `instant`, `days` and the like.

use super::mapping::{Filter, Mappings, Missing};
use crate::policy::Policy;
use crate::time::Instant;
use std::borrow::Cow;

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
        Filter::Last => or(value.rsplit('/').next().filter(|last| !last.is_empty()).map(str::to_owned), "no path"),
        Filter::Days => or(days(value).map(|days| days.to_string()), "no whole number of days"),
        Filter::Instant => or(instant(value).map(Instant::with_time), "no time with a zone"),
        Filter::Date => or((value.len() == 10).then(|| Instant::parse(value).ok()).flatten().map(|day| day.to_string()), "no day"),
        Filter::NotAfterCapture => match Instant::parse(value) {
            Ok(at) if captured.is_none_or(|captured| at <= captured) => Filtered::Value(value.to_owned()),
            Ok(_) => Filtered::Not("before the day of the export".to_owned()),
            Err(_) => Filtered::Not("no time".to_owned()),
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

/// Whether the text is one GUID.
pub(super) fn is_guid(text: &str) -> bool {
    text.len() == GUID && starts_with_guid(text.as_bytes())
}

/// Whether the text is two GUIDs joined by `-`.
pub(super) fn is_two_guids(text: &str) -> bool {
    let bytes = text.as_bytes();
    bytes.len() == 2 * GUID + 1 && bytes[GUID] == b'-' && starts_with_guid(bytes) && starts_with_guid(&bytes[GUID + 1..])
}

/// The length of a GUID.
const GUID: usize = 36;

fn starts_with_guid(bytes: &[u8]) -> bool {
    let is_part = |(at, byte): (usize, &u8)| if matches!(at, 8 | 13 | 18 | 23) { *byte == b'-' } else { byte.is_ascii_hexdigit() };
    bytes.len() >= GUID && bytes[..GUID].iter().enumerate().all(is_part)
}

/// The text with each GUID in it in small letters.
pub(super) fn small_guids(text: &str) -> Cow<'_, str> {
    let has_capital = || text.bytes().any(|byte| (b'A'..=b'F').contains(&byte));
    if text.len() < GUID || !has_capital() {
        return Cow::Borrowed(text);
    }
    let mut bytes = text.as_bytes().to_vec();
    let mut at = 0;
    while at + GUID <= bytes.len() {
        let begins = at == 0 || !bytes[at - 1].is_ascii_alphanumeric();
        let ends = bytes.get(at + GUID).is_none_or(|after| !after.is_ascii_alphanumeric());
        if begins && ends && starts_with_guid(&bytes[at..]) {
            bytes[at..at + GUID].make_ascii_lowercase();
            at += GUID;
        } else {
            at += 1;
        }
    }
    String::from_utf8(bytes).map_or(Cow::Borrowed(text), Cow::Owned)
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
    use super::{days, instant, is_guid, is_two_guids, small_guids};

    const ONE: &str = "52EAAD04-13a2-4a2f-9ce8-93a294fadf36";

    #[test]
    fn guids_are_whole() {
        assert!(is_guid(ONE));
        for cut in ["", &ONE[1..], &ONE[..35], "52eaad04-13a2-4a2f-9ce8-93a294fadf3g", "{52eaad04-13a2-4a2f-9ce8-93a294fadf36}"] {
            assert!(!is_guid(cut), "{cut}");
        }
        assert!(is_two_guids(&format!("{ONE}-{ONE}")));
        assert!(!is_two_guids(&format!("{ONE}-{}", &ONE[..35])));
    }

    #[test]
    fn guids_are_written_in_small_letters_wherever_they_are() {
        let small = ONE.to_lowercase();
        assert_eq!(small_guids(&format!("/SUBS/{ONE}/X")), format!("/SUBS/{small}/X"));
        assert_eq!(small_guids(&format!("{ONE}-{ONE}")), format!("{small}-{small}"));
        assert_eq!(small_guids("ABC"), "ABC");
        assert_eq!(small_guids(&format!("A{ONE}")), format!("A{ONE}"));
    }

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
