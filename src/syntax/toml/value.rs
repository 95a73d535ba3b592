//! A TOML value, with the conversions that readers of elements need.

use super::shown;
use super::source::{Toml, bad_date, cut_date};
use crate::diag::{Code, Diagnostic};
use crate::syntax::grammar::{Embedded, Escapes, StringForm};
use crate::syntax::{GivenValue, Text};
use crate::text::{Span, Spanned};
use crate::time::Instant;
use toml::de::{DeTable, DeValue};

/// A value in a file.
#[derive(Clone, Copy)]
pub(in crate::syntax) struct Value<'t> {
    pub(super) file: Toml<'t>,
    pub(super) toml: &'t toml::Spanned<DeValue<'t>>,
}

/// The entries of a table, in the order of the file.
pub(in crate::syntax) fn entries<'t>(file: Toml<'t>, table: &'t DeTable<'t>) -> Vec<(Text, Value<'t>)> {
    let mut entries: Vec<_> = table.iter().collect();
    entries.sort_by_key(|(key, _)| key.span().start);
    entries.into_iter().map(|(key, toml)| (file.key(key), Value { file, toml })).collect()
}

impl<'t> Value<'t> {
    /// Its place, with quotes and brackets; for a table with a header, the place of the header.
    pub(in crate::syntax) fn span(self) -> Span {
        self.file.span(self.toml.span())
    }

    /// Its file.
    pub(in crate::syntax) fn file(self) -> Toml<'t> {
        self.file
    }

    /// Its type with an article: `a text`.
    pub(in crate::syntax) fn type_name(self) -> &'static str {
        match self.toml.get_ref() {
            DeValue::String(_) => "a string",
            DeValue::Integer(_) => "a number",
            DeValue::Float(_) => "a float",
            DeValue::Boolean(_) => "a boolean",
            DeValue::Datetime(_) => "a date",
            DeValue::Array(_) => "a list",
            DeValue::Table(_) => "a table",
        }
    }

    /// Whether it is a table with a header such as `[rule.a]`, not an inline table or one of dotted keys.
    pub(in crate::syntax) fn has_header(self) -> bool {
        matches!(self.toml.get_ref(), DeValue::Table(_)) && self.file.text[self.toml.span()].starts_with('[')
    }

    /// The diagnostic for a value of the wrong type. `what` is what the value is called, `wanted` the right type.
    pub(in crate::syntax) fn wrong_type(self, what: &str, wanted: &str) -> Diagnostic {
        let headline = format!("{what} is {}, not {wanted}", self.type_name());
        let diagnostic = Diagnostic::new(Code::WrongType, headline, self.span(), format!("expected {wanted}"));
        let toml = &self.file.text[self.toml.span()];
        match (wanted, self.toml.get_ref()) {
            ("a list of strings", DeValue::String(_)) => diagnostic.help("put it in brackets").patch(self.span(), format!("[{toml}]")),
            ("a string", DeValue::Integer(_) | DeValue::Float(_) | DeValue::Boolean(_) | DeValue::Datetime(_)) => {
                diagnostic.help("put it in quotes").patch(self.span(), format!("\"{toml}\""))
            }
            ("a boolean", DeValue::String(text)) if matches!(&**text, "true" | "false") => {
                diagnostic.help("leave the quotes out").patch(self.span(), text.to_string())
            }
            ("a boolean", _) => diagnostic.help("write `true` or `false`"),
            _ => diagnostic,
        }
    }

    /// Whether it is a date that does not exist; parsing has reported it.
    pub(in crate::syntax) fn is_broken_date(self) -> bool {
        matches!(self.toml.get_ref(), DeValue::Datetime(date) if date.date.is_none() && date.time.is_none())
    }

    /// The table, if it is one.
    pub(in crate::syntax) fn table(self) -> Option<&'t DeTable<'t>> {
        self.toml.get_ref().as_table()
    }

    /// The list's items, if it is one.
    pub(in crate::syntax) fn items(self) -> Option<impl ExactSizeIterator<Item = Value<'t>>> {
        let file = self.file;
        self.toml.get_ref().as_array().map(|items| items.iter().map(move |toml| Value { file, toml }))
    }

    /// The boolean, if it is one.
    pub(in crate::syntax) fn boolean(self) -> Option<bool> {
        self.toml.get_ref().as_bool()
    }

    /// The whole number, if it is one.
    pub(in crate::syntax) fn integer(self) -> Option<i64> {
        let number = self.toml.get_ref().as_integer()?;
        i64::from_str_radix(number.as_str(), number.radix()).ok()
    }

    /// The text, if it is one. Its span is inside the quotes, so that an edit may replace it.
    pub(in crate::syntax) fn text(self) -> Option<Text> {
        self.embedded().map(|embedded| Text::new(embedded.text.to_owned(), embedded.span))
    }

    /// The text, if it is one, to be parsed by a grammar. A text without escapes is borrowed from the file, which gives its place.
    pub(in crate::syntax) fn embedded(self) -> Option<Embedded<'t>> {
        let DeValue::String(text) = self.toml.get_ref() else { return None };
        let whole = self.toml.span();
        let start = text.as_ptr().addr().wrapping_sub(self.file.text.as_ptr().addr());
        if whole.contains(&start) && start + text.len() < whole.end {
            return Some(Embedded { text, span: self.file.span(start..start + text.len()), writing: StringForm::Plain });
        }
        let span = self.file.between_quotes(whole);
        let raw = &self.file.text[span.start as usize..span.end as usize];
        // A line break right after the quotes of a multi-line text is not part of it.
        let begin = ["\r\n", "\n"].into_iter().find(|line_break| raw.starts_with(line_break)).map_or(0, str::len);
        let (span, raw) = (Span::new(span.file, span.start as usize + begin, span.end as usize), &raw[begin..]);
        Some(Embedded { text, span, writing: Escapes::of(raw, text).map_or(StringForm::Unknown, StringForm::Escaped) })
    }

    /// The date, if it is one, or a text that is one.
    pub(in crate::syntax) fn date(self, what: &str, diagnostics: &mut Vec<Diagnostic>) -> Option<Spanned<Instant>> {
        let (parsed, written) = match self.toml.get_ref() {
            _ if self.is_broken_date() => return None,
            // Written anew, because TOML also has dates with a space in the middle. That keeps nine digits of a second.
            DeValue::Datetime(date) => (Instant::parse(&date.to_string()), &self.file.text[self.toml.span()]),
            DeValue::String(text) => (Instant::parse(text), &**text),
            _ => {
                diagnostics.push(self.wrong_type(what, "a date"));
                return None;
            }
        };
        let instant = parsed.map_err(|why| diagnostics.push(bad_date(&why, self.span()))).ok()?;
        diagnostics.extend(cut_date(written, self.span()));
        Some(Spanned::new(instant, self.span()))
    }

    /// The value as one of a world; `None` if it has a mistake, which is reported.
    pub(in crate::syntax) fn given(self, diagnostics: &mut Vec<Diagnostic>) -> Option<Spanned<GivenValue>> {
        let given = match self.toml.get_ref() {
            DeValue::Array(items) => {
                let items = items.iter().map(|toml| Value { file: self.file, toml });
                // A list in a list is always a mistake, so one level is enough.
                let item = |value: Value<'t>| match value.toml.get_ref() {
                    DeValue::Array(_) => Some(Spanned::new(GivenValue::Other("list"), value.span())),
                    _ => value.scalar(diagnostics),
                };
                GivenValue::List(items.filter_map(item).collect())
            }
            _ => return self.scalar(diagnostics),
        };
        Some(Spanned::new(given, self.span()))
    }

    fn scalar(self, diagnostics: &mut Vec<Diagnostic>) -> Option<Spanned<GivenValue>> {
        let given = match self.toml.get_ref() {
            DeValue::String(_) => return self.text().map(|text| Spanned::new(GivenValue::Text(text.value), text.span)),
            DeValue::Integer(number) => {
                let Ok(number) = i64::from_str_radix(number.as_str(), number.radix()) else {
                    let headline = format!("the number `{}` is too large", shown(&number.to_string()));
                    diagnostics.push(Diagnostic::new(Code::NumberSize, headline, self.span(), "at most 9223372036854775807"));
                    return None;
                };
                GivenValue::Number(number)
            }
            DeValue::Datetime(_) => GivenValue::Date(self.date("the value", diagnostics)?.value),
            DeValue::Boolean(_) => GivenValue::Other("boolean"),
            DeValue::Float(_) => GivenValue::Other("float"),
            DeValue::Array(_) => GivenValue::Other("list"),
            DeValue::Table(_) => GivenValue::Other("table"),
        };
        Some(Spanned::new(given, self.span()))
    }
}
