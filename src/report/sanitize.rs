//! Makes texts from users safe to print: no control character reaches a terminal, and long texts are cut.

use std::borrow::Cow;
use std::fmt::Write as _;

/// The text with a visible character for every character that a terminal would act on, or that would hide or reorder others. Line breaks
/// and tabs are replaced too, so the result is one line.
pub fn visible(text: &str) -> Cow<'_, str> {
    if !text.contains(unsafe_to_print) {
        return Cow::Borrowed(text);
    }
    let mut shown = String::with_capacity(text.len() + 16);
    shown.extend(text.chars().map(visible_char));
    Cow::Owned(shown)
}

/// The text as [`visible`] returns it. A text of more than `limit` characters is cut, and its length in bytes is added.
pub fn brief(text: &str, limit: usize) -> String {
    let Some((cut, _)) = text.char_indices().nth(limit) else { return visible(text).into_owned() };
    let mut shown = visible(&text[..cut]).into_owned();
    _ = write!(shown, "… ({} bytes in all)", text.len());
    shown
}

/// Whether a character is invisible or changes how others are shown: control characters, direction marks, and spaces without width.
pub(super) fn unsafe_to_print(character: char) -> bool {
    character.is_control()
        || matches!(character, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}')
}

/// The character; for one that is unsafe to print a visible replacement, which is its control picture if Unicode has one.
pub(super) fn visible_char(character: char) -> char {
    match character {
        _ if !unsafe_to_print(character) => character,
        '\0'..='\u{1f}' => char::from_u32(0x2400 + u32::from(character)).unwrap_or('\u{fffd}'),
        '\u{7f}' => '\u{2421}',
        _ => '\u{fffd}',
    }
}

/// The same JSON with escapes for characters that a terminal acts on, or that change the order of what it shows. Line breaks outside strings
/// are those of the JSON itself and stay.
pub(super) fn safe_json(json: String) -> String {
    let is_unsafe = |character: char| character != '\n' && unsafe_to_print(character);
    if !json.contains(is_unsafe) {
        return json;
    }
    let mut text = String::with_capacity(json.len() + 16);
    for character in json.chars() {
        if is_unsafe(character) {
            _ = write!(text, "\\u{:04x}", u32::from(character));
        } else {
            text.push(character);
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::{brief, safe_json, visible};

    #[test]
    fn characters_that_a_terminal_acts_on_are_replaced() {
        assert_eq!(visible("site-lead ✔"), "site-lead ✔");
        assert_eq!(visible("a\u{1b}[31mb\u{7}\u{9b}2J"), "a␛[31mb␇\u{fffd}2J");
        assert_eq!(visible("a\nb\tc"), "a␊b␉c");
        assert_eq!(visible("\u{202e}gnp.exe"), "\u{fffd}gnp.exe");
    }

    #[test]
    fn json_has_escapes_for_marks_of_direction() {
        let marks = ('\u{202a}'..='\u{202e}').chain('\u{2066}'..='\u{2069}');
        for mark in marks {
            let json = format!("{{\"id\":\"a{mark}b\"}}");
            let safe = safe_json(json.clone());
            assert_eq!(safe, format!("{{\"id\":\"a\\u{:04x}b\"}}", u32::from(mark)));
            let read = |json: &str| serde_json::from_str::<serde_json::Value>(json).unwrap();
            assert_eq!(read(&safe), read(&json));
        }
    }

    #[test]
    fn long_texts_are_cut() {
        assert_eq!(brief("short", 10), "short");
        assert_eq!(brief("ééééé", 3), "ééé… (10 bytes in all)");
    }
}
