//! Makes user's text safe to print: no control character reaches a terminal, and nothing is printed at any length.

use std::borrow::Cow;
use std::fmt::Write as _;

/// The text with every character that a terminal would act on, or that would hide or reorder others, replaced by a visible one. Line
/// breaks and tabs too: what is printed on one line stays on one.
pub fn visible(text: &str) -> Cow<'_, str> {
    if !text.contains(unsafe_to_print) {
        return Cow::Borrowed(text);
    }
    let mut shown = String::with_capacity(text.len() + 16);
    for character in text.chars() {
        shown.push(if unsafe_to_print(character) { stand_in(character) } else { character });
    }
    Cow::Owned(shown)
}

/// The same, and of a long text only the first `limit` characters.
pub fn brief(text: &str, limit: usize) -> String {
    let Some((cut, _)) = text.char_indices().nth(limit) else { return visible(text).into_owned() };
    let mut shown = visible(&text[..cut]).into_owned();
    _ = write!(shown, "… ({} bytes in all)", text.len());
    shown
}

/// Whether a character is none to be seen: controls, marks of direction, and spaces without width.
pub(super) fn unsafe_to_print(character: char) -> bool {
    character.is_control()
        || matches!(character, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}')
}

/// One visible character for one that is not: its picture if Unicode has one.
pub(super) fn stand_in(character: char) -> char {
    match character {
        '\0'..='\u{1f}' => char::from_u32(0x2400 + u32::from(character)).unwrap_or('\u{fffd}'),
        '\u{7f}' => '\u{2421}',
        _ => '\u{fffd}',
    }
}

#[cfg(test)]
mod tests {
    use super::{brief, visible};

    #[test]
    fn what_a_terminal_would_act_on_is_replaced() {
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
