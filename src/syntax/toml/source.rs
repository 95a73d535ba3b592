//! The text of a TOML file, and spans in it.

use super::shown;
use crate::diag::{Code, Diagnostic};
use crate::syntax::Text;
use crate::text::{FileId, Sources, Span};
use crate::time::Instant;
use std::ops::Range;
use toml::de::DeString;

/// A TOML file, parsed or to be parsed.
#[derive(Clone, Copy)]
pub(in crate::syntax) struct Toml<'t> {
    /// The text of the file.
    pub(super) text: &'t str,
    id: FileId,
}

impl<'t> Toml<'t> {
    /// A file of `sources`.
    pub(in crate::syntax) fn new(sources: &'t Sources, id: FileId) -> Toml<'t> {
        Toml { text: sources.text(id), id }
    }

    /// The text of the file.
    pub(in crate::syntax) fn text(self) -> &'t str {
        self.text
    }

    /// The start of the file, as an empty span.
    pub(in crate::syntax) fn start(self) -> Span {
        self.span(0..0)
    }

    /// The span of these bytes.
    pub(super) fn span(self, range: Range<usize>) -> Span {
        Span::new(self.id, range.start, range.end)
    }

    /// A key; its span is inside the quotes.
    pub(super) fn key(self, key: &toml::Spanned<DeString<'_>>) -> Text {
        Text::new(key.get_ref().to_string(), self.between_quotes(key.span()))
    }

    /// The part of a key or text that is inside its quotes, if it has any.
    pub(super) fn between_quotes(self, whole: Range<usize>) -> Span {
        let toml = &self.text[whole.clone()];
        let quotes = ["'''", "\"\"\"", "'", "\""];
        let quote = quotes.iter().find(|&&quote| toml.len() >= 2 * quote.len() && toml.starts_with(quote) && toml.ends_with(quote));
        let width = quote.map_or(0, |quote| quote.len());
        self.span(whole.start + width..whole.end - width)
    }

    /// The span of `name` in the header `[name.id]` at `header`; `elsewhere` if the header is of another form.
    pub(in crate::syntax) fn in_header(self, header: Span, name: &str, elsewhere: Span) -> Span {
        let start = header.start as usize;
        let skipped = self.text[start..].find(|c: char| !matches!(c, '[' | ' ' | '\t' | '"' | '\'')).map_or(start, |skip| start + skip);
        if self.text[start..].starts_with('[') && self.text[skipped..].starts_with(name) {
            return self.span(skipped..skipped + name.len());
        }
        elsewhere
    }
}

/// The warning of a date at `span` whose text has more digits than an instant has room for.
pub fn cut_date(text: &str, span: Span) -> Option<Diagnostic> {
    let headline = || format!("`{}` is finer than a microsecond", shown(text));
    let warning = || Diagnostic::new(Code::DatePrecision, headline(), span, "cut to six digits of a second");
    Instant::is_cut(text).then(|| warning().note("reported once per file"))
}

/// The diagnostic of a bad date. `why` is the error of [`Instant::parse`], which may end in advice.
pub(in crate::syntax) fn bad_date(why: &str, span: Span) -> Diagnostic {
    if let Some((headline, advice)) = why.split_once(": write ") {
        return Diagnostic::new(Code::BadDate, shown(headline), span, "").help(format!("write {}", shown(advice)));
    }
    if why.ends_with("does not exist") {
        let help = if why.starts_with("the time") {
            "check the hour, the minute and the second"
        } else {
            "the calendar has no such day: check month and day"
        };
        return Diagnostic::new(Code::BadDate, shown(why), span, "").help(help);
    }
    let headline = why.split_once(", such as ").map_or(why, |(headline, _)| headline);
    Diagnostic::new(Code::BadDate, shown(headline), span, "").help("write `2020-06-19` or `2020-06-19T12:00:00Z`")
}
