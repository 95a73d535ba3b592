//! The generated requests, as every engine is given them.

use crate::facts::Name;
use serde_json::Value;
use std::io::{self, BufRead};

/// Who wants to do what to what.
#[derive(Clone, Debug)]
pub struct Request {
    /// Who.
    pub subject: Name,
    /// What.
    pub action: String,
    /// To what.
    pub resource: Name,
}

/// Reads requests, one a line.
pub fn read(lines: impl BufRead) -> io::Result<Vec<Request>> {
    lines.lines().map(|line| Ok(request(&serde_json::from_str(&line?)?))).collect()
}

fn request(line: &Value) -> Request {
    let text = |value: &Value| value.as_str().expect("a text").to_owned();
    let entity = |value: &Value| Name::read(&format!("{}:{}", text(&value["type"]), text(&value["id"])));
    Request { subject: entity(&line["subject"]), action: text(&line["action"]["name"]), resource: entity(&line["resource"]) }
}
