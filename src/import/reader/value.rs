//! A row, and the values in it that pointers find.

use super::{TextOf, alike};
use crate::diag::phrases::{Limit, code, shorten};
use crate::syntax::JsonKey;
use serde::de::{Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};
use std::borrow::Cow;
use std::fmt;

/// A value of JSON. Numbers are texts.
#[derive(Debug)]
pub(in crate::import) enum Json<'t> {
    Null,
    Bool(bool),
    Number(String),
    Text(TextOf<'t>),
    List(Vec<Json<'t>>),
    Object(Entries<'t>),
    /// A cell of a column that its row is too short for: what is wrong with the row.
    Cut(String),
}

/// The entries of an object, in order; a key may stand twice.
#[derive(Debug)]
pub(in crate::import) struct Entries<'t>(pub(super) Vec<(TextOf<'t>, Json<'t>)>);

/// What a pointer finds.
#[derive(Debug)]
pub(in crate::import) enum Found<'r, 't> {
    /// A value that is not null.
    Value(&'r Json<'t>),
    /// Null, at the end of the pointer or before.
    Null,
    /// No such key.
    Absent,
    /// The key stands there more than once.
    Twice,
    /// The name of a type where an object or a list was: it was exported with too little depth.
    TypeName,
    /// Nobody can say, for this reason: the row, or this part of it, cannot be read.
    Unread(&'r str),
}

impl<'t> Json<'t> {
    /// The text, if it is one.
    pub(in crate::import) fn text(&self) -> Option<&str> {
        match self {
            Json::Text(text) => Some(text),
            _ => None,
        }
    }

    /// Its first keys, if it is an object, as a message lists them.
    pub(in crate::import) fn keys(&self) -> String {
        let Json::Object(Entries(entries)) = self else { return String::new() };
        let first: Vec<String> = entries.iter().take(8).map(|(key, _)| code(shorten(key, Limit::TOKEN))).collect();
        let more = if entries.len() > first.len() { ", …" } else { "" };
        format!("{}{more}", first.join(", "))
    }

    /// Its keys, if it is an object.
    pub(in crate::import) fn all_keys(&self) -> impl Iterator<Item = &str> {
        self.entries().map(|(key, _)| key)
    }

    /// Its entries, if it is an object.
    pub(in crate::import) fn entries(&self) -> impl Iterator<Item = (&str, &Json<'t>)> {
        let entries = if let Json::Object(Entries(entries)) = self { entries.as_slice() } else { &[] };
        entries.iter().map(|(key, value)| (&**key, value))
    }

    /// What is wrong with the row, if it is too short for its table.
    pub(in crate::import) fn cut(&self) -> Option<&str> {
        self.entries().find_map(|(_, value)| if let Json::Cut(why) = value { Some(why.as_str()) } else { None })
    }

    /// Its type, with an article.
    pub(in crate::import) fn type_name(&self) -> &'static str {
        match self {
            Json::Null => "null",
            Json::Bool(_) => "a boolean",
            Json::Number(_) => "a number",
            Json::Text(_) => "a string",
            Json::List(_) => "a list",
            Json::Object(_) => "an object",
            Json::Cut(_) => "lost",
        }
    }

    /// The value at these steps.
    pub(in crate::import) fn at(&self, steps: &[String]) -> Found<'_, 't> {
        let mut value = self;
        for step in steps {
            let next = match value {
                Json::Null => return Found::Null,
                Json::Text(text) if is_type_name(text) => return Found::TypeName,
                Json::Object(entries) => entries.get(step),
                Json::List(items) => step.parse::<usize>().ok().and_then(|index| items.get(index)).map_or(Found::Absent, Found::Value),
                _ => Found::Absent,
            };
            match next {
                Found::Value(found) => value = found,
                other => return other,
            }
        }
        match value {
            Json::Null => Found::Null,
            Json::Cut(why) => Found::Unread(why),
            value => Found::Value(value),
        }
    }
}

impl<'t> Entries<'t> {
    /// The value of a key: of the key as written, else of the only one that differs in capitals or blanks around it.
    fn get(&self, key: &str) -> Found<'_, 't> {
        only(self.0.iter().filter(|(name, _)| name == key))
            .unwrap_or_else(|| only(self.0.iter().filter(|(name, _)| alike(name, key))).unwrap_or(Found::Absent))
    }
}

/// The value of the only entry; `None` if there is none.
fn only<'r, 't: 'r>(mut entries: impl Iterator<Item = &'r (TextOf<'t>, Json<'t>)>) -> Option<Found<'r, 't>> {
    let (_, value) = entries.next()?;
    Some(if entries.next().is_some() { Found::Twice } else { Found::Value(value) })
}

/// Whether a text is what PowerShell writes for an object below the depth of an export: the name of a type, or `@{…}`.
fn is_type_name(text: &str) -> bool {
    let part = |part: &str| {
        part.starts_with(|c: char| c.is_ascii_alphabetic()) && part.chars().all(|c| c.is_alphanumeric() || "_`+[]".contains(c))
    };
    (text.contains('.') && text.split('.').all(part)) || (text.starts_with("@{") && text.ends_with('}'))
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
        Ok(Json::Number(number.to_string()))
    }

    fn visit_u64<E>(self, number: u64) -> Result<Json<'de>, E> {
        Ok(Json::Number(number.to_string()))
    }

    fn visit_f64<E>(self, number: f64) -> Result<Json<'de>, E> {
        Ok(Json::Number(number.to_string()))
    }

    fn visit_bool<E>(self, value: bool) -> Result<Json<'de>, E> {
        Ok(Json::Bool(value))
    }

    fn visit_unit<E>(self) -> Result<Json<'de>, E> {
        Ok(Json::Null)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Json<'de>, A::Error> {
        let mut list = Vec::new();
        while let Some(item) = items.next_element()? {
            list.push(item);
        }
        Ok(Json::List(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Json<'de>, A::Error> {
        let mut entries = Vec::new();
        while let Some(JsonKey(key)) = map.next_key()? {
            entries.push((key, map.next_value()?));
        }
        Ok(Json::Object(Entries(entries)))
    }
}

#[cfg(test)]
mod tests {
    use super::{Found, Json, is_type_name};

    fn at(row: &str, pointer: &str) -> String {
        let row: Json<'_> = serde_json::from_str(row).unwrap();
        let steps: Vec<String> = pointer.split('/').skip(1).map(str::to_owned).collect();
        match row.at(&steps) {
            Found::Value(Json::Text(text)) => text.to_string(),
            Found::Value(value) => value.type_name().to_owned(),
            other => format!("{other:?}"),
        }
    }

    #[test]
    fn keys_match_without_regard_to_capitals_and_blanks_unless_two_would() {
        assert_eq!(at(r#"{"Id":"a"}"#, "/id"), "a");
        assert_eq!(at(r#"{" id ":"a"}"#, "/id"), "a");
        assert_eq!(at(r#"{"Id":"a","id":"b"}"#, "/id"), "b");
        assert_eq!(at(r#"{"Id":"a","ID":"b"}"#, "/id"), "Twice");
        assert_eq!(at(r#"{"id":"a","id":"b"}"#, "/id"), "Twice");
        assert_eq!(at(r#"{"a":{"B":["x"]}}"#, "/A/b/0"), "x");
    }

    #[test]
    fn what_is_not_there_is_told_apart() {
        assert_eq!(at(r#"{"a":null}"#, "/a"), "Null");
        assert_eq!(at(r#"{"a":null}"#, "/a/b"), "Null");
        assert_eq!(at(r#"{"a":{}}"#, "/a/b"), "Absent");
        assert_eq!(at(r#"{"a":"b"}"#, "/a/b"), "Absent");
        assert_eq!(at(r#"{"a":"Microsoft.Graph.Models.Role"}"#, "/a/b"), "TypeName");
    }

    #[test]
    fn names_of_types_are_known() {
        for name in ["System.Object[]", "Microsoft.Graph.PowerShell.Models.MicrosoftGraphUnifiedRole", "@{id=1; name=x}"] {
            assert!(is_type_name(name), "{name}");
        }
        for text in ["", "active", "a.b c", "2.0", "/subscriptions/x", "@{", "."] {
            assert!(!is_type_name(text), "{text}");
        }
    }
}
