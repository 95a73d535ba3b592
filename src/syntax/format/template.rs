//! Expressions with placeholders. Each placeholder is read as an id that nobody writes, and each kind that one stands for as such a name.

use crate::syntax::placeholders::placeholders;
use std::borrow::Cow;

/// Before and behind the number of a placeholder in an id: a letter that no mapping has.
const MARK: char = '\u{A960}';

/// Before the number of a placeholder that is a kind.
const KIND: &str = "placeholder-of-a-kind-";

/// An expression with fillers in place of its placeholders.
pub(super) struct Template<'t> {
    text: Cow<'t, str>,
    /// What each filler stands for, by its number.
    fillers: Vec<&'t str>,
}

impl<'t> Template<'t> {
    /// A text without placeholders.
    pub(super) fn plain(text: &'t str) -> Template<'t> {
        Template { text: Cow::Borrowed(text), fillers: Vec::new() }
    }

    /// A text that may have placeholders; `None` if it has a filler already.
    pub(super) fn of(text: &'t str) -> Option<Template<'t>> {
        if text.contains(MARK) || text.contains(KIND) {
            return None;
        }
        let mut template = Template { text: Cow::Borrowed(""), fillers: Vec::new() };
        let (mut filled, mut end) = (String::new(), 0);
        for found in placeholders(text) {
            filled.push_str(&text[end..found.at]);
            end = found.at + found.text.len();
            let number = template.fillers.len();
            let filler = if text[end..].starts_with(':') { format!("{KIND}{number}x") } else { format!("{MARK}{number}{MARK}") };
            filled.push_str(&filler);
            template.fillers.push(found.text);
        }
        filled.push_str(&text[end..]);
        template.text = Cow::Owned(filled);
        template.fill_alternatives(text);
        Some(template)
    }

    /// Puts one name in place of several kinds: `user|group:…`.
    fn fill_alternatives(&mut self, written: &'t str) {
        let is_name = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-' || c == '|';
        // Each once, the longest first: another one may be its end.
        let mut all: Vec<&str> = written.split(|c| !is_name(c)).filter(|names| names.contains('|')).collect();
        all.sort_by_key(|names| (std::cmp::Reverse(names.len()), *names));
        all.dedup();
        for names in all.into_iter().filter(|names| written.contains(&format!("{names}:"))) {
            self.text = Cow::Owned(self.text.replace(&format!("{names}:"), &format!("{KIND}{}x:", self.fillers.len())));
            self.fillers.push(names);
        }
    }

    /// The text with its fillers.
    pub(super) fn text(&self) -> &str {
        &self.text
    }

    /// A part of the text with what its fillers stand for.
    pub(super) fn restored(&self, part: &str) -> String {
        if self.fillers.is_empty() {
            return part.to_owned();
        }
        let (mut restored, mut rest) = (String::with_capacity(part.len()), part);
        while let Some(at) = [rest.find(MARK), rest.find(KIND)].into_iter().flatten().min() {
            restored.push_str(&rest[..at]);
            let inside = rest[at..].strip_prefix(MARK).or_else(|| rest[at..].strip_prefix(KIND)).unwrap_or_default();
            let digits = inside.find(|c: char| !c.is_ascii_digit()).unwrap_or(inside.len());
            let written = inside[..digits].parse().ok().and_then(|number: usize| self.fillers.get(number));
            restored.push_str(written.copied().unwrap_or_default());
            // One character is behind the number.
            rest = &inside[digits..];
            rest = &rest[rest.chars().next().map_or(0, char::len_utf8)..];
        }
        restored + rest
    }
}

#[cfg(test)]
mod tests {
    use super::Template;

    /// The text that is read, and what becomes of it.
    fn check(text: &str) -> (String, String) {
        let template = Template::of(text).unwrap();
        (template.text().to_owned(), template.restored(template.text()))
    }

    #[test]
    fn placeholders_are_put_back() {
        for text in [
            "a:{x|y} in b:{x}",
            "{kind}:{/id|guid} holds role:{r} on _",
            "user|group:{id} in user|group|app:{id}",
            "no one is here",
            "{",
            "a}b",
        ] {
            let (filled, restored) = check(text);
            assert_eq!(restored, text, "{filled}");
            assert!(!filled.contains('|'), "{filled}");
        }
    }
}
