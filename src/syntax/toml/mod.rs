//! TOML files with spans: syntax errors as diagnostics, and a table whose keys are asked for one by one.
//!
//! Invariant: `toml` is named in this folder alone, and nothing here knows what an element is.

mod fields;
mod parse;
mod value;

#[cfg(test)]
pub(super) mod tests;

pub(super) use fields::{Fields, empty_interval};
pub(super) use parse::{Toml, dismantle, parse};
pub(super) use value::{Value, bad_date, entries};

/// A user's text as a headline shows it: in one line and not too long.
pub(super) fn shown(text: &str) -> String {
    const MOST: usize = 80;
    let line = |text: &str| text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect::<String>();
    match text.char_indices().nth(MOST) {
        Some((end, _)) => format!("{}…", line(&text[..end])),
        None => line(text),
    }
}

/// `a rule`, `an action`.
pub(super) fn with_article(noun: &str) -> String {
    let article = if noun.starts_with(['a', 'e', 'i', 'o']) { "an" } else { "a" };
    format!("{article} {noun}")
}
