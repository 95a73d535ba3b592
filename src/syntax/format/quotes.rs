//! The quotes of strings that are written anew.

use crate::syntax::print;

/// The text in quotes, on one line: in such as need no escapes, if there are some.
pub(super) fn quoted(text: &str, prefers_double: bool) -> String {
    let is_literal = is_literal(text);
    match text {
        _ if prefers_double && is_literal && !text.contains(['"', '\\']) => format!("\"{text}\""),
        _ if is_literal && !text.contains('\'') => format!("'{text}'"),
        _ if is_literal && !text.ends_with('\'') => format!("'''{text}'''"),
        _ => print::quoted(text).replace('\u{7f}', "\\u007f"),
    }
}

/// Whether a text may be written between three single quotes as it is.
pub(super) fn is_literal(text: &str) -> bool {
    !text.contains("'''") && !text.contains(|c: char| c.is_ascii_control() && !matches!(c, '\n' | '\t'))
}
