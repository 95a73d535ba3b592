//! Rows in JSON: an array, `value`, `items` or `data` of an object, one object, or lines.

use super::value::{Entries, Json};
use super::{Export, Rows, TextOf, alike};
use crate::syntax::JsonKey;
use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;
use std::fmt;

/// The lists of rows.
const LISTS: [(&str, &str); 3] = [("value", "/value"), ("items", "/items"), ("data", "/data")];

/// The rows of a text.
///
/// # Errors
///
/// If the text is not JSON, or neither objects nor a list of these.
pub(super) fn export(text: &str) -> Result<Export<'_>, String> {
    let whole: &RawValue = match serde_json::from_str(text) {
        Ok(whole) => whole,
        Err(error) => return lines(text).ok_or_else(|| why(text, &error)),
    };
    let mut export =
        Export { list: "", is_alone: false, rows: Rows::Json(Vec::new()), has_next: false, total: None, addresses: Vec::new() };
    if whole.get().starts_with('[') {
        export.rows = Rows::Json(list(whole));
        return Ok(export);
    }
    if !whole.get().starts_with('{') {
        return Err("is JSON, but neither a list nor an object".to_owned());
    }
    let Fields(fields) = serde_json::from_str(whole.get()).map_err(|error| why(text, &error))?;
    for (key, value) in &fields {
        export.note(key, value);
    }
    let rows = LISTS.iter().find_map(|(name, pointer)| {
        let (_, value) = fields.iter().find(|(key, value)| alike(key, name) && value.get().starts_with('['))?;
        Some((*pointer, list(value)))
    });
    if let Some((pointer, rows)) = rows {
        (export.list, export.rows) = (pointer, Rows::Json(rows));
    } else {
        (export.is_alone, export.rows) = (true, Rows::Json(vec![whole]));
    }
    Ok(export)
}

impl Export<'_> {
    /// Takes what a field beside the rows says of them.
    fn note(&mut self, key: &str, value: &RawValue) {
        let key = key.trim();
        if alike(key, "@odata.nextLink") || alike(key, "nextLink") {
            self.next(&parsed(value));
        } else if alike(key, "@odata.context") {
            self.addresses.extend(parsed(value).text().map(str::to_owned));
        } else if alike(key, "totalCount") || alike(key, "@odata.count") {
            self.total = parsed(value).number();
        } else if alike(key, "links") {
            if let Some(next) = parsed(value).get("next") {
                self.next(next);
            }
        } else if alike(key, "meta")
            && let Some(count) = parsed(value).get("count")
        {
            self.total = count.number();
        }
    }

    /// Takes the address of the next page: a text, or an object with `uri`.
    fn next(&mut self, next: &Json<'_>) {
        let address = next.text().or_else(|| next.get("uri").and_then(Json::text));
        self.has_next |= !matches!(next, Json::Null) && address.is_none_or(|address| !address.is_empty());
        self.addresses.extend(address.map(str::to_owned));
    }
}

/// A small value beside the rows; null if it cannot be read.
fn parsed(value: &RawValue) -> Json<'_> {
    serde_json::from_str(value.get()).unwrap_or(Json::Null)
}

/// The items of an array. What was read as JSON once is read again.
fn list(value: &RawValue) -> Vec<&RawValue> {
    serde_json::from_str(value.get()).unwrap_or_default()
}

/// The row of a text.
///
/// # Errors
///
/// If it is no object, or nests too deep.
pub(super) fn row(text: &str) -> Result<Json<'_>, String> {
    match serde_json::from_str(text) {
        Ok(row @ Json::Object(_)) => Ok(row),
        Ok(_) => Err("is not an object".to_owned()),
        Err(error) => Err(format!("is not valid JSON: {}", plain(&error))),
    }
}

/// JSON lines in a file whose name does not say so: more than one line, the first of which is an object.
fn lines(text: &str) -> Option<Export<'_>> {
    let mut lines = text.lines().filter(|line| !line.trim().is_empty());
    let first = lines.next()?;
    let is_object = |line: &str| serde_json::from_str::<&RawValue>(line).is_ok_and(|value| value.get().starts_with('{'));
    (is_object(first) && lines.next().is_some_and(|line| line.trim_start().starts_with('{'))).then(|| Export::of_lines(text))
}

/// Why a text is no JSON.
fn why(text: &str, error: &serde_json::Error) -> String {
    let (line, column) = (error.line(), error.column());
    let line_text = text.lines().nth(line.saturating_sub(1)).unwrap_or("");
    let why = if line_text.contains("//") {
        format!("{}: JSON has no comments; take them out", plain(error))
    } else if error.is_eof() {
        "the file ends too early".to_owned()
    } else if is_after_comma(line_text, column) {
        format!("{}: JSON has no comma before a closing bracket", plain(error))
    } else {
        plain(error)
    };
    format!("is not valid JSON (line {line}, column {column}): {why}")
}

/// Whether a closing bracket at this column, from 1, follows a comma.
fn is_after_comma(line: &str, column: usize) -> bool {
    let Some((before, rest)) = line.split_at_checked(column.saturating_sub(1)) else { return false };
    rest.starts_with([']', '}']) && (before.trim_end().ends_with(',') || before.trim().is_empty())
}

/// The message of an error without its place.
fn plain(error: &serde_json::Error) -> String {
    let text = error.to_string();
    text.rsplit_once(" at line ").map_or(text.clone(), |(message, _)| message.to_owned())
}

/// The fields of an object, unread.
struct Fields<'t>(Vec<(TextOf<'t>, &'t RawValue)>);

impl<'de> Deserialize<'de> for Fields<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Fields<'de>, D::Error> {
        struct FieldsVisitor;
        impl<'de> Visitor<'de> for FieldsVisitor {
            type Value = Fields<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Fields<'de>, A::Error> {
                let mut fields = Vec::new();
                while let Some(JsonKey(key)) = map.next_key()? {
                    fields.push((key, map.next_value()?));
                }
                Ok(Fields(fields))
            }
        }
        deserializer.deserialize_map(FieldsVisitor)
    }
}

/// The value of a key, if there is one.
impl<'t> Json<'t> {
    fn get(&self, key: &str) -> Option<&Json<'t>> {
        match self {
            Json::Object(Entries(entries)) => entries.iter().find(|(name, _)| alike(name, key)).map(|(_, value)| value),
            _ => None,
        }
    }

    fn number(&self) -> Option<u64> {
        match self {
            Json::Number(number) => number.parse().ok(),
            _ => None,
        }
    }
}
