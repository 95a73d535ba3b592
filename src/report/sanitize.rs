//! Makes a user's text safe to print: no control character reaches a terminal, and no text is printed at any length.

use std::borrow::Cow;
use std::fmt::Write as _;

/// The text with a visible character in the place of every one that a terminal would act on, or that would hide or reorder others. Line
/// breaks and tabs are replaced too, so that one line stays one line.
pub fn visible(text: &str) -> Cow<'_, str> {
    if !text.contains(unsafe_to_print) {
        return Cow::Borrowed(text);
    }
    let mut shown = String::with_capacity(text.len() + 16);
    shown.extend(text.chars().map(visible_char));
    Cow::Owned(shown)
}

/// The same; a long text is cut after `limit` characters, and its length in bytes is added.
pub fn brief(text: &str, limit: usize) -> String {
    let Some((cut, _)) = text.char_indices().nth(limit) else { return visible(text).into_owned() };
    let mut shown = visible(&text[..cut]).into_owned();
    _ = write!(shown, "… ({} bytes in all)", text.len());
    shown
}

/// Whether a character cannot be seen, or changes how others are seen: controls, marks of direction, and spaces without width.
pub(super) fn unsafe_to_print(character: char) -> bool {
    character.is_control()
        || matches!(character, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}')
}

/// The character, or if it is unsafe to print a visible one: its picture if Unicode has one.
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
