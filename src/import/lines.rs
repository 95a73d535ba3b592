//! The world as NDJSON: sources, entities, facts and what is unknown, each sorted by the bytes of its lines.

use super::gathered::{Gathered, Line};
use super::settle::Entities;
use super::shown::{named, statement};
use crate::policy::{Policy, ValueType};
use crate::time::Instant;
use std::collections::BTreeMap;
use std::fmt::Write as _;

/// A file of an export.
#[derive(Clone, Debug)]
pub(super) struct ExportLine {
    pub(super) file: String,
    pub(super) sha256: String,
}

/// The lines of all files that were read. The first of them says what counts as absent though none of them tells it.
pub(super) fn exports(files: &[ExportLine], captured: Option<&str>, lacks: &[String]) -> Vec<String> {
    let line = |file: &ExportLine| {
        let mut line = format!("{{\"source\":{},\"sha256\":{}", json(&file.file), json(&file.sha256));
        if let Some(captured) = captured {
            _ = write!(line, ",\"captured\":{}", json(captured));
        }
        line.push('}');
        line
    };
    let mut lines = sorted(files.iter().map(line));
    if let Some(first) = lines.first_mut().filter(|_| !lacks.is_empty()) {
        let lacks: Vec<String> = lacks.iter().map(|what| json(what)).collect();
        first.truncate(first.len() - 1);
        _ = write!(first, ",\"lacks\":[{}]}}", lacks.join(","));
    }
    lines
}

/// The lines of all entities.
pub(super) fn entities(policy: &Policy, gathered: &Gathered, entities: &Entities) -> Vec<String> {
    let mut values = entities.values.as_slice();
    let mut lines = Vec::with_capacity(entities.from.len());
    for (&entity, &from) in &entities.from {
        let before = values.partition_point(|value| value.entity < entity);
        values = &values[before..];
        let own = values.partition_point(|value| value.entity == entity);
        let (own, rest) = values.split_at(own);
        values = rest;
        let Some((kind, id)) = gathered.entity(entity) else { continue };
        let mut line = format!("{{\"entity\":{}", json(&named(policy, kind, id)));
        let mut given: BTreeMap<&str, Vec<String>> = BTreeMap::new();
        for value in own {
            let attribute = &policy.attributes[value.attribute];
            let text = gathered.terms.text(value.of);
            let shown = match &attribute.value {
                ValueType::Number => text.to_owned(),
                ValueType::Entity(_) => gathered.entity(value.of).map_or_else(String::new, |(kind, id)| json(&named(policy, kind, id))),
                ValueType::Text | ValueType::OneOf(_) | ValueType::Date => json(text),
            };
            given.entry(&attribute.name).or_default().push(shown);
        }
        for (name, mut values) in given {
            values.sort();
            let is_many = policy.attribute_named(kind, name).is_some_and(|id| policy.attributes[id].many);
            let value = if is_many { format!("[{}]", values.join(",")) } else { values.swap_remove(0) };
            _ = write!(line, ",{}:{value}", json(name));
        }
        if let Some(from) = gathered.origin(from) {
            _ = write!(line, ",\"from\":{}", json(&from));
        }
        line.push('}');
        lines.push(line);
    }
    sorted(lines.into_iter())
}

/// The lines of facts.
pub(super) fn facts(policy: &Policy, gathered: &Gathered) -> Vec<String> {
    sorted(gathered.facts.iter().map(|fact| {
        let mut line = format!("{{\"fact\":{}", json(&statement(policy, gathered, &fact.statement)));
        dates(&mut line, fact);
        origin(&mut line, gathered, fact);
        line
    }))
}

/// The lines of what is unknown.
pub(super) fn unknown(policy: &Policy, gathered: &Gathered) -> Vec<String> {
    sorted(gathered.unknown.iter().map(|unknown| {
        let mut line = format!("{{\"unknown\":{}", json(&statement(policy, gathered, &unknown.statement)));
        dates(&mut line, unknown);
        let why = gathered.why(unknown.why);
        if !why.is_empty() {
            _ = write!(line, ",\"why\":{}", json(why));
        }
        origin(&mut line, gathered, unknown);
        line
    }))
}

fn dates(line: &mut String, gathered: &Line) {
    for (key, at, is_day, none) in
        [("since", gathered.during.since, gathered.days[0], Instant::MIN), ("until", gathered.during.until, gathered.days[1], Instant::MAX)]
    {
        if at != none {
            let text = if is_day { at.to_string() } else { at.with_time() };
            _ = write!(line, ",\"{key}\":{}", json(&text));
        }
    }
}

fn origin(line: &mut String, gathered: &Gathered, of: &Line) {
    if let Some(from) = gathered.origin(of.from) {
        _ = write!(line, ",\"from\":{}", json(&from));
    }
    line.push('}');
}

fn sorted(lines: impl Iterator<Item = String>) -> Vec<String> {
    let mut lines: Vec<String> = lines.collect();
    lines.sort_unstable();
    lines.dedup();
    lines
}

/// A text in JSON.
fn json(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}
