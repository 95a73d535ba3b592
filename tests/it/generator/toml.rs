//! Texts and lists as TOML writes them.

use std::fmt::Display;

/// A text: in single quotes where it can be, so that conditions stand as they are.
pub fn text(text: &str) -> String {
    if text.contains('\'') || text.chars().any(char::is_control) { delegraph::syntax::quoted(text) } else { format!("'{text}'") }
}

/// What [`text`] wrote.
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

/// A lone text without brackets.
pub fn one_or_list(texts: &[String]) -> String {
    match texts {
        [one] => text(one),
        texts => list(texts),
    }
}

/// A key, in quotes where it needs them.
pub fn key(key: &str) -> String {
    let bare = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
    if !key.is_empty() && key.chars().all(bare) { key.to_owned() } else { delegraph::syntax::quoted(key) }
}
