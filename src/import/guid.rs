//! GUIDs in texts.

use std::borrow::Cow;

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

#[cfg(test)]
mod tests {
    use super::{is_guid, is_two_guids, small_guids};

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
}
