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

#[cfg(test)]
mod tests {
    use super::{brief, visible};

    #[test]
    fn characters_that_a_terminal_acts_on_are_replaced() {
        assert_eq!(visible("site-lead ✔"), "site-lead ✔");
        assert_eq!(visible("a\u{1b}[31mb\u{7}\u{9b}2J"), "a␛[31mb␇\u{fffd}2J");
        assert_eq!(visible("a\nb\tc"), "a␊b␉c");
        assert_eq!(visible("\u{202e}gnp.exe"), "\u{fffd}gnp.exe");
    }

    #[test]
    fn long_texts_are_cut() {
        assert_eq!(brief("short", 10), "short");
        assert_eq!(brief("ééééé", 3), "ééé… (10 bytes in all)");
    }
}
