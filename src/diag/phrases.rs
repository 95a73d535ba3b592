//! English made of names and counts: articles, plurals, lists, and a user's text cut to one line.
//!
//! All rooms that write messages use these, so that they read alike.

use std::borrow::Cow;

/// The noun with its indefinite article: `a rule`, `an action`.
pub fn with_article(noun: &str) -> String {
    let article = if noun.starts_with(['a', 'e', 'i', 'o']) { "an" } else { "a" };
    format!("{article} {noun}")
}

/// The plural of a regular noun: `rules`, `entries`.
pub fn plural(noun: &str) -> String {
    match noun.strip_suffix('y').filter(|stem| !stem.ends_with(['a', 'e', 'i', 'o', 'u'])) {
        Some(stem) => format!("{stem}ies"),
        None => format!("{noun}s"),
    }
}

/// A count with its noun: `1 error`, `2 errors`, `0 errors`.
pub fn counted(count: usize, noun: &str) -> String {
    if count == 1 { format!("1 {noun}") } else { format!("{count} {}", plural(noun)) }
}

/// The same for a summary, where zero is `no error`.
pub fn counted_or_no(count: usize, noun: &str) -> String {
    if count == 0 { format!("no {noun}") } else { counted(count, noun) }
}

/// The word that agrees with a count: `one` for 1, else `many`.
pub fn agree<'a>(count: usize, one: &'a str, many: &'a str) -> &'a str {
    if count == 1 { one } else { many }
}

/// How many of `count` items are printed where `most` are enough: one more, if nothing else would be left.
pub fn most_of(count: usize, most: usize) -> usize {
    if count <= most.saturating_add(1) { count } else { most }
}

/// A user's name in backticks.
pub fn code(name: impl AsRef<str>) -> String {
    format!("`{}`", name.as_ref())
}

/// Alternatives: `a`, `a or b`, `a, b or c`; `nothing` if there is none.
pub fn any_of<T: AsRef<str>>(items: impl IntoIterator<Item = T>) -> String {
    list(items, "or")
}

/// All of several: `a`, `a and b`, `a, b and c`; `nothing` if there is none.
pub fn all_of<T: AsRef<str>>(items: impl IntoIterator<Item = T>) -> String {
    list(items, "and")
}

/// [`any_of`] for at most `most` items; of more, all but the first `most - 1` are counted: `a, b or one of 7 others`.
pub fn any_of_at_most<T: AsRef<str>>(items: impl IntoIterator<Item = T>, most: usize) -> String {
    let items: Vec<T> = items.into_iter().collect();
    if items.len() <= most {
        return any_of(items);
    }
    let (first, others) = items.split_at(most - 1);
    format!("{} or one of {} others", commas(first), others.len())
}

/// [`all_of`] for at most `most` items; of more, all but the first `most` are counted: `a, b, c and 7 more`.
pub fn all_of_at_most<T: AsRef<str>>(items: impl IntoIterator<Item = T>, most: usize) -> String {
    let items: Vec<T> = items.into_iter().collect();
    if items.len() <= most {
        return all_of(items);
    }
    let (first, others) = items.split_at(most);
    format!("{} and {} more", commas(first), others.len())
}

fn list<T: AsRef<str>>(items: impl IntoIterator<Item = T>, conjunction: &str) -> String {
    let items: Vec<T> = items.into_iter().collect();
    match items.as_slice() {
        [] => "nothing".to_owned(),
        [only] => only.as_ref().to_owned(),
        [first @ .., last] => format!("{} {conjunction} {}", commas(first), last.as_ref()),
    }
}

fn commas<T: AsRef<str>>(items: &[T]) -> String {
    items.iter().map(AsRef::as_ref).collect::<Vec<_>>().join(", ")
}

/// How much of a user's text a message shows, in characters.
#[derive(Clone, Copy, Debug)]
pub struct Limit {
    /// A longer text is cut.
    longest: usize,
    /// What is kept of a longer text, before the `…`.
    kept: usize,
    /// What replaces a control character.
    control: char,
}

impl Limit {
    /// For a token of an expression; one headline may show several.
    pub const TOKEN: Limit = Limit { longest: 40, kept: 39, control: char::REPLACEMENT_CHARACTER };
    /// For a name or a key.
    pub const NAME: Limit = Limit { longest: 80, kept: 80, control: ' ' };
    /// For a whole headline, label, note or help.
    pub const MESSAGE: Limit = Limit { longest: 400, kept: 400, control: ' ' };
}

/// The text on one line, and cut where it is longer than the limit.
pub fn shorten(text: &str, limit: Limit) -> Cow<'_, str> {
    let cut = text.char_indices().nth(limit.longest).and_then(|_| text.char_indices().nth(limit.kept));
    if cut.is_none() && !text.contains(char::is_control) {
        return Cow::Borrowed(text);
    }
    let kept = cut.map_or(text, |(end, _)| &text[..end]);
    let mut shown = kept.replace(char::is_control, limit.control.encode_utf8(&mut [0; 4]));
    if cut.is_some() {
        shown.push('…');
    }
    Cow::Owned(shown)
}

#[cfg(test)]
mod tests {
    use super::{Limit, all_of, any_of, any_of_at_most, code, counted, counted_or_no, most_of, shorten, with_article};

    #[test]
    fn one_item_alone_is_never_left_out() {
        assert_eq!([0, 2, 3, 4].map(|count| most_of(count, 2)), [0, 2, 3, 2]);
        assert_eq!(most_of(5, usize::MAX), 5);
    }

    #[test]
    fn nouns_get_articles_and_counts() {
        assert_eq!(["rule", "action", "user"].map(with_article), ["a rule", "an action", "a user"]);
        assert_eq!([0, 1, 2].map(|count| counted(count, "error")), ["0 errors", "1 error", "2 errors"]);
        assert_eq!([counted(2, "property"), counted(2, "day")], ["2 properties", "2 days"]);
        assert_eq!([0, 1, 2].map(|count| counted_or_no(count, "error")), ["no error", "1 error", "2 errors"]);
    }

    #[test]
    fn lists_end_in_a_conjunction() {
        let names = ["a", "b", "c", "d"];
        assert_eq!([0, 1, 2, 3].map(|count| any_of(&names[..count])), ["nothing", "a", "a or b", "a, b or c"]);
        assert_eq!(all_of(names.map(code)), "`a`, `b`, `c` and `d`");
        assert_eq!(any_of_at_most(names, 4), "a, b, c or d");
        assert_eq!(any_of_at_most(names, 3), "a, b or one of 2 others");
    }

    #[test]
    fn long_texts_and_control_characters_do_not_reach_a_message() {
        assert_eq!(shorten("a\nb", Limit::NAME), "a b");
        assert_eq!(shorten("a\tb", Limit::TOKEN), "a\u{fffd}b");
        assert_eq!(shorten(&"é".repeat(40), Limit::TOKEN), "é".repeat(40));
        assert_eq!(shorten(&"é".repeat(41), Limit::TOKEN), format!("{}…", "é".repeat(39)));
        assert_eq!(shorten(&"é".repeat(81), Limit::NAME), format!("{}…", "é".repeat(80)));
    }
}
