//! A line of JSON, with the places of its texts.

use crate::syntax::grammar::{Embedded, Escapes, StringForm};
use crate::syntax::toml::shown;
use crate::syntax::{GivenValue, JsonKey, Text};
use crate::text::{FileId, Span, Spanned};
use serde::de::{Deserialize, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};
use std::borrow::Cow;
use std::collections::HashSet;
use std::fmt;

/// In a longer line, texts with escapes are not searched for.
const LONGEST_SEARCHED: usize = 1 << 16;

/// A line of a file.
#[derive(Clone, Copy)]
pub(super) struct JsonLine<'t> {
    /// The file.
    pub(super) file: FileId,
    /// The line's offset in the file.
    pub(super) start: usize,
    /// The line without its end.
    pub(super) text: &'t str,
}

impl<'t> JsonLine<'t> {
    /// The whole line.
    pub(super) fn span(self) -> Span {
        Span::new(self.file, self.start, self.start + self.text.len())
    }

    /// The end of the line, as an empty span.
    pub(super) fn end(self) -> Span {
        Span { start: self.span().end, ..self.span() }
    }

    /// The character at this column, from 1; the end of the line if it is shorter.
    pub(super) fn column(self, column: usize) -> Span {
        let mut from = column.saturating_sub(1).min(self.text.len());
        while !self.text.is_char_boundary(from) {
            from -= 1;
        }
        let width = self.text[from..].chars().next().map_or(0, char::len_utf8);
        Span::new(self.file, self.start + from, self.start + from + width)
    }

    /// A text of the line, to be parsed by a grammar.
    #[expect(clippy::ptr_arg, reason = "a text that is borrowed from the line has its place in it")]
    pub(super) fn embedded<'a>(self, text: &'a Cow<'t, str>) -> Embedded<'a> {
        match text {
            Cow::Borrowed(borrowed) => {
                let start = self.start + borrowed.as_ptr().addr() - self.text.as_ptr().addr();
                Embedded { text, span: Span::new(self.file, start, start + borrowed.len()), writing: StringForm::Plain }
            }
            Cow::Owned(owned) => self.escaped(owned).unwrap_or(Embedded { text, span: self.span(), writing: StringForm::Unknown }),
        }
    }

    /// A text with escapes. Its place is not known, so it is taken to be the first string of the line that means the same.
    fn escaped(self, text: &str) -> Option<Embedded<'_>> {
        if self.text.len() > LONGEST_SEARCHED {
            return None;
        }
        let mut from = 0;
        while let Some(quote) = self.text[from..].find('"') {
            let start = from + quote + 1;
            let end = start + closing_quote(&self.text[start..])?;
            if let Some(escapes) = Escapes::of(&self.text[start..end], text) {
                let span = Span::new(self.file, self.start + start, self.start + end);
                return Some(Embedded { text, span, writing: StringForm::Escaped(escapes) });
            }
            from = end + 1;
        }
        None
    }

    /// A text of the line with its span; that of the whole line if its place is not known.
    #[expect(clippy::ptr_arg, reason = "as above")]
    pub(super) fn spanned(self, text: &Cow<'t, str>) -> Text {
        Text::new(text.to_string(), self.embedded(text).span)
    }

    /// A value as one of a world.
    pub(super) fn given(self, value: &Json<'t>) -> Spanned<GivenValue> {
        let given = match value {
            Json::Text(text) => {
                let text = self.spanned(text);
                return Spanned::new(GivenValue::Text(text.value), text.span);
            }
            Json::Number(number) => GivenValue::Number(*number),
            Json::List(items) => GivenValue::List(items.iter().map(|item| self.item(item)).collect()),
            Json::Other(what) => GivenValue::Other(what),
        };
        Spanned::new(given, self.span())
    }

    /// An item of a list. A list in a list is always a mistake, so one level is enough.
    fn item(self, value: &Json<'t>) -> Spanned<GivenValue> {
        match value {
            Json::List(_) => Spanned::new(GivenValue::Other("list"), self.span()),
            _ => self.given(value),
        }
    }
}

/// The length of a string up to its closing quote.
fn closing_quote(inside: &str) -> Option<usize> {
    let mut escaped = false;
    inside.bytes().position(|byte| {
        let closes = byte == b'"' && !escaped;
        escaped = byte == b'\\' && !escaped;
        closes
    })
}

/// An object: its entries in the order of the line, no key twice.
pub(super) struct JsonObject<'t>(pub(super) Vec<(Cow<'t, str>, Json<'t>)>);

/// A value.
pub(super) enum Json<'t> {
    Text(Cow<'t, str>),
    Number(i64),
    List(Vec<Json<'t>>),
    /// Any other value, by the name of its type.
    Other(&'static str),
}

impl Json<'_> {
    /// Its type with an article: `a text`.
    pub(super) fn type_name(&self) -> &'static str {
        match self {
            Json::Text(_) => "a string",
            Json::Number(_) => "a number",
            Json::List(_) => "a list",
            Json::Other("object") => "an object",
            Json::Other("boolean") => "a boolean",
            Json::Other("float") => "a float",
            Json::Other(_) => "null",
        }
    }
}

impl<'de> Deserialize<'de> for JsonObject<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<JsonObject<'de>, D::Error> {
        deserializer.deserialize_map(JsonObjectVisitor)
    }
}

struct JsonObjectVisitor;

impl<'de> Visitor<'de> for JsonObjectVisitor {
    type Value = JsonObject<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<JsonObject<'de>, A::Error> {
        let mut entries = Vec::new();
        let mut seen = HashSet::new();
        while let Some(JsonKey(key)) = map.next_key()? {
            if !seen.insert(key.clone()) {
                return Err(A::Error::custom(format!("`{}` is given twice", shown(&key))));
            }
            entries.push((key, map.next_value()?));
        }
        Ok(JsonObject(entries))
    }
}

impl<'de> Deserialize<'de> for Json<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Json<'de>, D::Error> {
        deserializer.deserialize_any(JsonVisitor)
    }
}

struct JsonVisitor;

impl<'de> Visitor<'de> for JsonVisitor {
    type Value = Json<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value")
    }

    fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Json<'de>, E> {
        Ok(Json::Text(Cow::Borrowed(text)))
    }

    fn visit_str<E>(self, text: &str) -> Result<Json<'de>, E> {
        Ok(Json::Text(Cow::Owned(text.to_owned())))
    }

    fn visit_i64<E>(self, number: i64) -> Result<Json<'de>, E> {
        Ok(Json::Number(number))
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<Json<'de>, E> {
        let too_large = |_| E::custom(format!("the number `{number}` is larger than 9223372036854775807"));
        i64::try_from(number).map(Json::Number).map_err(too_large)
    }

    fn visit_f64<E>(self, _: f64) -> Result<Json<'de>, E> {
        Ok(Json::Other("float"))
    }

    fn visit_bool<E>(self, _: bool) -> Result<Json<'de>, E> {
        Ok(Json::Other("boolean"))
    }

    fn visit_unit<E>(self) -> Result<Json<'de>, E> {
        Ok(Json::Other("null"))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Json<'de>, A::Error> {
        let mut list = Vec::new();
        while let Some(item) = items.next_element()? {
            list.push(item);
        }
        Ok(Json::List(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Json<'de>, A::Error> {
        while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok(Json::Other("object"))
    }
}
