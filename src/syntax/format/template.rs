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
    /// Each filler, and what it stands for.
    fillers: Vec<(String, &'t str)>,
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
            template.fillers.push((filler, found.text));
        }
        filled.push_str(&text[end..]);
        template.text = Cow::Owned(filled);
        template.fill_alternatives(text);
        Some(template)
    }

    /// Puts one name in place of several kinds: `user|group:…`.
    fn fill_alternatives(&mut self, written: &'t str) {
        let is_name = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-' || c == '|';
        let texts = written.split(|c| !is_name(c)).filter(|part| part.contains('|'));
        for names in texts.filter(|names| written.contains(&format!("{names}:"))) {
            let filler = format!("{KIND}{}x", self.fillers.len());
            self.text = Cow::Owned(self.text.replace(&format!("{names}:"), &format!("{filler}:")));
            self.fillers.push((filler, names));
        }
    }

    /// The text with its fillers.
    pub(super) fn text(&self) -> &str {
        &self.text
    }

    /// A part of the text with what its fillers stand for.
    pub(super) fn restored(&self, part: &str) -> String {
        self.fillers.iter().fold(part.to_owned(), |part, (filler, written)| part.replace(filler.as_str(), written))
    }
}
