//! A line of JSON, with where its texts stand.

use crate::syntax::grammar::{Embedded, Escapes, StringForm};
use crate::syntax::toml::shown;
use crate::syntax::{GivenValue, Text};
use crate::text::{FileId, Span, Spanned};
use serde::de::{Deserialize, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};
use std::borrow::Cow;
use std::collections::HashSet;
use std::fmt;

/// In no longer line a text with escapes is searched for.
const LONGEST_SEARCHED: usize = 1 << 16;

/// A line of a file.
#[derive(Clone, Copy)]
pub(super) struct JsonLine<'t> {
    /// The file.
    pub(super) file: FileId,
    /// Where the line begins in it.
    pub(super) start: usize,
    /// What it says, without the end of line.
    pub(super) text: &'t str,
}

impl<'t> JsonLine<'t> {
    /// The whole line.
    pub(super) fn span(self) -> Span {
        Span::new(self.file, self.start, self.start + self.text.len())
    }

    /// Where the line ends.
    pub(super) fn end(self) -> Span {
        Span { start: self.span().end, ..self.span() }
    }

    /// The character at this column, from 1; the end of the line where there is none.
    pub(super) fn column(self, column: usize) -> Span {
        let mut from = column.saturating_sub(1).min(self.text.len());
        while !self.text.is_char_boundary(from) {
            from -= 1;
        }
        let width = self.text[from..].chars().next().map_or(0, char::len_utf8);
        Span::new(self.file, self.start + from, self.start + from + width)
    }

    /// A text of the line for the grammar of what is written in it.
    #[expect(clippy::ptr_arg, reason = "a text that is borrowed from the line tells where it stands")]
    pub(super) fn embedded<'a>(self, text: &'a Cow<'t, str>) -> Embedded<'a> {
        match text {
            Cow::Borrowed(borrowed) => {
                let start = self.start + borrowed.as_ptr().addr() - self.text.as_ptr().addr();
                Embedded { text, span: Span::new(self.file, start, start + borrowed.len()), writing: StringForm::Plain }
            }
            Cow::Owned(owned) => self.escaped(owned).unwrap_or(Embedded { text, span: self.span(), writing: StringForm::Unknown }),
        }
    }

    /// A text with escapes: the first text of the line that means the same, for nobody else knows where it stood.
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

    /// A text of the line; the whole line's span where nobody knows where it stands.
    #[expect(clippy::ptr_arg, reason = "as above")]
    pub(super) fn spanned(self, text: &Cow<'t, str>) -> Text {
        Text::new(text.to_string(), self.embedded(text).span)
    }

    /// What a world gives by a value.
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

    /// Lists in lists are never right, so nothing here goes deeper than one level.
    fn item(self, value: &Json<'t>) -> Spanned<GivenValue> {
        match value {
            Json::List(_) => Spanned::new(GivenValue::Other("list"), self.span()),
            _ => self.given(value),
        }
    }
}

/// Where the text ends whose inside begins here.
fn closing_quote(inside: &str) -> Option<usize> {
    let mut escaped = false;
    inside.bytes().position(|byte| {
        let closes = byte == b'"' && !escaped;
        escaped = byte == b'\\' && !escaped;
        closes
    })
}

/// An object: its keys in the order of the line, none twice.
pub(super) struct JsonObject<'t>(pub(super) Vec<(Cow<'t, str>, Json<'t>)>);

/// A value.
pub(super) enum Json<'t> {
    Text(Cow<'t, str>),
    Number(i64),
    List(Vec<Json<'t>>),
    /// Something else, by what it is called.
    Other(&'static str),
}

impl Json<'_> {
    /// What its sort is called, with its article.
    pub(super) fn sort(&self) -> &'static str {
        match self {
            Json::Text(_) => "a text",
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

struct JsonKey<'t>(Cow<'t, str>);

impl<'de> Deserialize<'de> for JsonKey<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<JsonKey<'de>, D::Error> {
        deserializer.deserialize_str(KeyVisitor)
    }
}

struct KeyVisitor;

impl<'de> Visitor<'de> for KeyVisitor {
    type Value = JsonKey<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a key")
    }

    fn visit_borrowed_str<E>(self, text: &'de str) -> Result<JsonKey<'de>, E> {
        Ok(JsonKey(Cow::Borrowed(text)))
    }

    fn visit_str<E>(self, text: &str) -> Result<JsonKey<'de>, E> {
        Ok(JsonKey(Cow::Owned(text.to_owned())))
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
