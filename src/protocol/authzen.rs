//! One request as JSON by the `AuthZEN` 1.0 information model, and its answer.

use std::borrow::Cow;
use std::fmt;
use std::marker::PhantomData;

use serde::de::value::MapAccessDeserializer;
use serde::de::{Deserialize, Deserializer, Error, MapAccess, Visitor};

use crate::eval::{Budget, Decider};
use crate::explain;
use crate::report;
use crate::wording::{ExhaustedText, Words};
use crate::world::{RequestError, RequestRef};

/// Why a request has no answer.
#[derive(Debug, thiserror::Error)]
pub enum AnswerError {
    /// It is not a request: not JSON, or not of the expected form.
    #[error("not a request: {0}")]
    Malformed(String),
    /// It names something that the pack or the world does not have.
    #[error("{}", on_one_line(&.0.message, .0.help.as_deref()))]
    Unresolved(RequestError),
    /// Deciding or explaining it takes more than one question may take.
    #[error("{}", on_one_line(&.0.message, Some(&.0.help)))]
    Exhausted(ExhaustedText),
}

fn on_one_line(message: &str, help: Option<&str>) -> String {
    help.map_or_else(|| message.to_owned(), |help| format!("{message}; {help}"))
}

/// Decides the request in `json`, and returns the answer as one line of JSON; with its reasons if `explained`.
///
/// # Errors
///
/// If `json` is not a request, names what does not exist, or takes too long to decide.
pub fn answer(decider: &Decider<'_>, json: &[u8], explained: bool) -> Result<Cow<'static, str>, AnswerError> {
    let request = read(json)?;
    let asked = decider.world.resolve_ref(&decider.compiled.policy, request.names(), decider.context.at);
    let asked = asked.map_err(AnswerError::Unresolved)?;
    let words = Words::of(decider);
    let budget = Budget::default();
    let query = decider.within(&budget);
    let line = if explained {
        let explanation = explain::explain(&query, &asked, &query.record(&asked));
        Cow::Owned(report::json::answer::explained(&words.explanation(&explanation)))
    } else {
        let decision = decider.decide(&asked);
        if let Some(exhausted) = decision.exhausted {
            return Err(AnswerError::Exhausted(words.exhausted(exhausted)));
        }
        report::json::answer::line(decision.allowed(), &words.notices(&explain::obligations(&query, &asked, decision)))
    };
    budget.exhausted().map_or(Ok(line), |exhausted| Err(AnswerError::Exhausted(words.exhausted(exhausted))))
}

/// Reads a request; fields of other names are ignored.
///
/// # Errors
///
/// If `json` is not an object of that form. The message uses the names of its fields.
pub fn read(json: &[u8]) -> Result<AuthzenRequest<'_>, AnswerError> {
    let mut reader = serde_json::Deserializer::from_slice(json);
    let read = object::<AuthzenRequest<'_>, _>(&mut reader, "an object with `subject`, `action` and `resource`");
    read.and_then(|read| reader.end().map(|()| read)).map_err(|error| AnswerError::Malformed(message(&error)))
}

/// A request as written; texts without escapes are borrowed from the JSON.
#[derive(Debug, serde::Deserialize)]
pub struct AuthzenRequest<'a> {
    #[serde(borrow, deserialize_with = "subject")]
    subject: RequestEntity<'a>,
    #[serde(borrow, deserialize_with = "action")]
    action: RequestAction<'a>,
    #[serde(borrow, deserialize_with = "resource")]
    resource: RequestEntity<'a>,
}

impl AuthzenRequest<'_> {
    /// Its names, to be resolved by [`World::resolve_ref`](crate::world::World::resolve_ref).
    pub fn names(&self) -> RequestRef<'_> {
        let AuthzenRequest { subject, action, resource } = self;
        RequestRef { subject: (&subject.kind, &subject.id), action: &action.name, resource: (&resource.kind, &resource.id) }
    }
}

#[derive(Debug, serde::Deserialize)]
struct RequestEntity<'a> {
    #[serde(borrow, rename = "type", deserialize_with = "kind")]
    kind: Cow<'a, str>,
    #[serde(borrow, deserialize_with = "id")]
    id: Cow<'a, str>,
}

#[derive(Debug, serde::Deserialize)]
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
    value.deserialize_str(TextVisitor("`type` to be a string"))
}

fn id<'de, D: Deserializer<'de>>(value: D) -> Result<Cow<'de, str>, D::Error> {
    value.deserialize_str(TextVisitor("`id` to be a string"))
}

fn name<'de, D: Deserializer<'de>>(value: D) -> Result<Cow<'de, str>, D::Error> {
    value.deserialize_str(TextVisitor("`name` to be a string"))
}

/// An object and nothing else: by default, serde accepts a list of the fields' values too.
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

    /// A text with escapes: what they mean exists only in the reader's buffer.
    fn visit_str<E: Error>(self, text: &str) -> Result<Cow<'de, str>, E> {
        Ok(Cow::Owned(text.to_owned()))
    }
}

fn message(error: &serde_json::Error) -> String {
    let full = error.to_string();
    // A request is one line, so the line number says nothing.
    let why = full.rfind(" at line ").map_or(full.as_str(), |at| &full[..at]);
    if why.starts_with("invalid type: ")
        && let Some(at) = why.rfind(", expected ")
    {
        return format!("expected {}", &why[at + ", expected ".len()..]);
    }
    match why.strip_prefix("EOF while") {
        Some(rest) => format!("the line ends while{rest}"),
        None if error.is_syntax() => format!("this is not JSON: {why} at column {}", error.column()),
        None => why.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::{RequestRef, read};

    fn check(line: &str) -> String {
        match read(line.as_bytes()) {
            Ok(request) => {
                let RequestRef { subject, action, resource } = request.names();
                format!("{}:{} {action} {}:{}", subject.0, subject.1, resource.0, resource.1)
            }
            Err(error) => error.to_string(),
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
    fn mistakes_are_reported_by_the_names_of_fields() {
        assert_eq!(check("{"), "not a request: the line ends while parsing an object");
        assert_eq!(check("[]"), "not a request: expected an object with `subject`, `action` and `resource`");
        assert_eq!(check("{}"), "not a request: missing field `subject`");
        assert_eq!(check("{} x"), "not a request: missing field `subject`");
        assert_eq!(check("{,}"), "not a request: this is not JSON: key must be a string at column 2");
        assert_eq!(check(r#"{"subject":"u:a"}"#), "not a request: expected `subject` to be an object with `type` and `id`");
        assert_eq!(check(r#"{"subject":["u","a"]}"#), "not a request: expected `subject` to be an object with `type` and `id`");
        assert_eq!(check(r#"{"subject":{"type":"u","id":7}}"#), "not a request: expected `id` to be a string");
        assert_eq!(check(r#"{"subject":{"type":"u","id":"a","id":"b"}}"#), "not a request: duplicate field `id`");
        assert_eq!(check(r#"{"action":{"name":null}}"#), "not a request: expected `name` to be a string");
    }
}
