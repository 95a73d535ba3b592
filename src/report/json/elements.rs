//! Elements of a pack, for programs.

use crate::report::elements::ElementRow;
use crate::report::sanitize::safe_json;
use crate::wording::elements::{ElementText, TestedBy};
use serde::Serialize;

#[derive(Serialize)]
struct RowJson<'a> {
    sort: &'static str,
    name: &'a str,
    brief: &'a str,
    file: &'a str,
    line: u32,
}

/// A list of elements.
pub fn list(rows: &[ElementRow]) -> String {
    #[derive(Serialize)]
    struct List<'a> {
        version: u32,
        rows: Vec<RowJson<'a>>,
    }
    let rows = rows.iter().map(|row| RowJson {
        sort: row.sort.name(),
        name: &row.name,
        brief: &row.brief,
        file: &row.place.file,
        line: row.place.line,
    });
    text(&List { version: 1, rows: rows.collect() })
}

/// An element: what it says, what is beside it, its claims and its tests.
pub fn one(element: &ElementText) -> String {
    #[derive(Serialize)]
    struct Beside<'a> {
        how: &'static str,
        elements: &'a [String],
    }
    #[derive(Serialize)]
    struct Claim<'a> {
        id: &'a str,
        text: &'a str,
    }
    #[derive(Serialize)]
    #[serde(rename_all = "kebab-case")]
    struct One<'a> {
        version: u32,
        element: &'a str,
        #[serde(skip_serializing_if = "Option::is_none")]
        title: Option<&'a str>,
        #[serde(skip_serializing_if = "Option::is_none")]
        note: Option<&'a str>,
        #[serde(skip_serializing_if = "Option::is_none")]
        file: Option<&'a str>,
        #[serde(skip_serializing_if = "Option::is_none")]
        line: Option<u32>,
        says: &'a [String],
        beside: Vec<Beside<'a>>,
        claims: Vec<Claim<'a>>,
        tested_by: &'a [String],
    }
    text(&One {
        version: 1,
        element: &element.name,
        title: element.title.as_deref(),
        note: element.note.as_deref(),
        file: element.place.as_ref().map(|place| &*place.file),
        line: element.place.as_ref().map(|place| place.line),
        says: &element.says,
        beside: element.beside.iter().map(|(how, elements)| Beside { how, elements }).collect(),
        claims: element.claims.iter().map(|(id, text)| Claim { id, text }).collect(),
        tested_by: match &element.tested_by {
            TestedBy::Covering(tests) | TestedBy::Naming(tests) => tests,
        },
    })
}

fn text(value: &impl Serialize) -> String {
    safe_json(serde_json::to_string_pretty(value).expect("plain data is always JSON"))
}
