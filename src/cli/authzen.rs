//! A request as a line of JSON, by the `AuthZEN` 1.0 information model.

use std::borrow::Cow;
use std::fmt;
use std::marker::PhantomData;

use serde::de::value::MapAccessDeserializer;
use serde::de::{Deserialize, Deserializer, Error, MapAccess, Visitor};

use crate::world::RequestRef;

/// Reads a request; fields of other names are passed over. The error says what is wrong, in words of the format.
pub(super) fn request(line: &[u8]) -> Result<RequestLine<'_>, String> {
    let mut reader = serde_json::Deserializer::from_slice(line);
    let read = object::<RequestLine<'_>, _>(&mut reader, "an object with `subject`, `action` and `resource`");
    read.and_then(|read| reader.end().map(|()| read)).map_err(|error| message(&error))
}

/// A request as it stands in its line; what is written without escapes is borrowed from there.
#[derive(serde::Deserialize)]
pub(super) struct RequestLine<'a> {
    #[serde(borrow, deserialize_with = "subject")]
    subject: RequestEntity<'a>,
    #[serde(borrow, deserialize_with = "action")]
    action: RequestAction<'a>,
    #[serde(borrow, deserialize_with = "resource")]
    resource: RequestEntity<'a>,
}

impl RequestLine<'_> {
    /// Its names.
    pub(super) fn names(&self) -> RequestRef<'_> {
        let RequestLine { subject, action, resource } = self;
        RequestRef { subject: (&subject.kind, &subject.id), action: &action.name, resource: (&resource.kind, &resource.id) }
    }
}

#[derive(serde::Deserialize)]
struct RequestEntity<'a> {
    #[serde(borrow, rename = "type", deserialize_with = "kind")]
    kind: Cow<'a, str>,
    #[serde(borrow, deserialize_with = "id")]
    id: Cow<'a, str>,
}

#[derive(serde::Deserialize)]
struct RequestAction<'a> {
    #[serde(borrow, deserialize_with = "name")]
    name: Cow<'a, str>,
}

fn subject<'de, D: Deserializer<'de>>(value: D) -> Result<RequestEntity<'de>, D::Error> {
    object(value, "`subject` to be an object with `type` and `id`")
}

fn action<'de, D: Deserializer<'de>>(value: D) -> Result<RequestAction<'de>, D::Error> {
    object(value, "`action` to be an object with `name`")
}

fn resource<'de, D: Deserializer<'de>>(value: D) -> Result<RequestEntity<'de>, D::Error> {
    object(value, "`resource` to be an object with `type` and `id`")
}

fn kind<'de, D: Deserializer<'de>>(value: D) -> Result<Cow<'de, str>, D::Error> {
    value.deserialize_str(TextVisitor("`type` to be a text"))
}

fn id<'de, D: Deserializer<'de>>(value: D) -> Result<Cow<'de, str>, D::Error> {
    value.deserialize_str(TextVisitor("`id` to be a text"))
}

fn name<'de, D: Deserializer<'de>>(value: D) -> Result<Cow<'de, str>, D::Error> {
    value.deserialize_str(TextVisitor("`name` to be a text"))
}

/// An object and nothing else: of itself, serde would take a list of the fields' values too.
fn object<'de, T: Deserialize<'de>, D: Deserializer<'de>>(value: D, expected: &'static str) -> Result<T, D::Error> {
    value.deserialize_map(ObjectVisitor(expected, PhantomData))
}

struct ObjectVisitor<T>(&'static str, PhantomData<T>);

impl<'de, T: Deserialize<'de>> Visitor<'de> for ObjectVisitor<T> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<T, A::Error> {
        T::deserialize(MapAccessDeserializer::new(map))
    }
}

struct TextVisitor(&'static str);

impl<'de> Visitor<'de> for TextVisitor {
    type Value = Cow<'de, str>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }

    fn visit_borrowed_str<E: Error>(self, text: &'de str) -> Result<Cow<'de, str>, E> {
        Ok(Cow::Borrowed(text))
    }

    /// A text with escapes, of which what they stand for is put together elsewhere.
    fn visit_str<E: Error>(self, text: &str) -> Result<Cow<'de, str>, E> {
        Ok(Cow::Owned(text.to_owned()))
    }
}

fn message(error: &serde_json::Error) -> String {
    let told = error.to_string();
    // Each request is one line, so that only its column says something.
    let why = told.rfind(" at line ").map_or(told.as_str(), |at| &told[..at]);
    if why.starts_with("invalid type: ")
        && let Some(at) = why.rfind(", expected ")
    {
        return format!("not a request: expected {}", &why[at + ", expected ".len()..]);
    }
    match why.strip_prefix("EOF while") {
        Some(rest) => format!("not a request: the line ends while{rest}"),
        None if error.is_syntax() => format!("not a request: this is no JSON: {why} at column {}", error.column()),
        None => format!("not a request: {why}"),
    }
}

#[cfg(test)]
mod tests {
    use super::{RequestRef, request};

    fn check(line: &str) -> String {
        match request(line.as_bytes()) {
            Ok(read) => {
                let RequestRef { subject, action, resource } = read.names();
                format!("{}:{} {action} {}:{}", subject.0, subject.1, resource.0, resource.1)
            }
            Err(why) => why,
        }
    }

    #[test]
    fn requests_are_read() {
        assert_eq!(
            check(r#"{"subject":{"type":"u","id":"a"},"action":{"name":"b"},"resource":{"type":"r","id":"\u0063","x":[]},"context":{}}"#),
            "u:a b r:c"
        );
    }

    #[test]
    fn what_is_no_request_is_told_in_words_of_the_format() {
        assert_eq!(check("{"), "not a request: the line ends while parsing an object");
        assert_eq!(check("[]"), "not a request: expected an object with `subject`, `action` and `resource`");
        assert_eq!(check("{}"), "not a request: missing field `subject`");
        assert_eq!(check("{} x"), "not a request: missing field `subject`");
        assert_eq!(check("{,}"), "not a request: this is no JSON: key must be a string at column 2");
        assert_eq!(check(r#"{"subject":"u:a"}"#), "not a request: expected `subject` to be an object with `type` and `id`");
        assert_eq!(check(r#"{"subject":["u","a"]}"#), "not a request: expected `subject` to be an object with `type` and `id`");
        assert_eq!(check(r#"{"subject":{"type":"u","id":7}}"#), "not a request: expected `id` to be a text");
        assert_eq!(check(r#"{"subject":{"type":"u","id":"a","id":"b"}}"#), "not a request: duplicate field `id`");
        assert_eq!(check(r#"{"action":{"name":null}}"#), "not a request: expected `name` to be a text");
    }
}
