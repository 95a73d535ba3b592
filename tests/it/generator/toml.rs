//! Texts and lists as TOML.

use std::fmt::Display;

/// A text, in single quotes if possible, so that conditions need no escapes.
pub fn text(text: &str) -> String {
    if text.contains('\'') || text.chars().any(char::is_control) { delegraph::syntax::quoted(text) } else { format!("'{text}'") }
}

/// Reads what [`text`] wrote.
pub fn read(written: &str) -> String {
    match written.strip_prefix('\'').and_then(|text| text.strip_suffix('\'')) {
        Some(text) => text.to_owned(),
        None => serde_json::from_str(written).expect("a quoted text"),
    }
}

pub fn list(texts: &[impl Display]) -> String {
    let texts: Vec<String> = texts.iter().map(|item| text(&item.to_string())).collect();
    format!("[{}]", texts.join(", "))
}

/// A list; a single text is written without brackets.
pub fn one_or_list(texts: &[String]) -> String {
    match texts {
        [one] => text(one),
        texts => list(texts),
    }
}

/// A key, in quotes if it needs them.
pub fn key(key: &str) -> String {
    let bare = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
    if !key.is_empty() && key.chars().all(bare) { key.to_owned() } else { delegraph::syntax::quoted(key) }
}
