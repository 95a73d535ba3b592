//! `[[source.NAME.fact]]` and the like: what a row says.

use super::conditions::{forms, kind_table, tests};
use super::pointer::pointer;
use super::{listed, patterns, template};
use crate::diag::{Code, Diagnostic};
use crate::syntax::Text;
use crate::syntax::ast::expr::FactPattern;
use crate::syntax::ast::expr::StatedFact;
use crate::syntax::ast::mapping::{AttributeTemplate, EntryDecl, EntryNode, HoleSource, Mark, Piece, Templated, TextTemplate};
use crate::syntax::grammar::{self, Embedded};
use crate::syntax::shape::{DOUBT, ENTITY, FACT_OF_ROW, UNKNOWN_OF_ROW, WARNING};
use crate::syntax::toml::{Fields, Value, entries};

/// Reads all entries of a source, in the order of the file.
pub(super) fn read_all(fields: &mut Fields<'_>) -> Vec<EntryDecl> {
    let mut found = Vec::new();
    for shape in [&ENTITY, &FACT_OF_ROW, &UNKNOWN_OF_ROW, &WARNING] {
        let key = shape.noun;
        let Some(value) = fields.take(key) else { continue };
        for item in listed(value) {
            let Some(table) = item.table() else {
                let diagnostic = item.wrong_type(&format!("`{key}`"), "a list of tables");
                fields.spoil(diagnostic.help(format!("write `[[source.NAME.{key}]]`")));
                continue;
            };
            let shape = if key == DOUBT.noun && table.get("doubts").is_some() { &DOUBT } else { shape };
            let mut inner = Fields::new(item.file(), table, shape, item.span());
            found.extend(read(&mut inner, key, item));
            fields.diagnostics.extend(inner.finish());
        }
    }
    found.sort_by_key(|entry: &EntryDecl| entry.span.start);
    found
}

fn read(fields: &mut Fields<'_>, key: &str, value: Value<'_>) -> Vec<EntryDecl> {
    fields.text("comment");
    let each = fields.text("each").and_then(|each| pointer(fields, &each.value, each.span));
    let (when, forms, kind) = (tests(fields, "when"), forms(fields, "match"), kind_table(fields));
    let says = match key {
        "entity" => entities(fields, value),
        "fact" => {
            fields.need();
            vec![EntryNode::Fact { is: facts(fields), since: instants(fields, "since"), until: instants(fields, "until") }]
        }
        "unknown" => vec![unknown(fields)],
        _ => {
            fields.need();
            one_text(fields, "says").map(|says| EntryNode::Warn { says }).into_iter().collect()
        }
    };
    let entry =
        |says| EntryDecl { span: value.span(), each: each.clone(), when: when.clone(), forms: forms.clone(), kind: kind.clone(), says };
    says.into_iter().map(entry).collect()
}

/// An entity, or several with the same attributes.
fn entities(fields: &mut Fields<'_>, value: Value<'_>) -> Vec<EntryNode> {
    fields.need();
    let is: Vec<Value<'_>> = fields.take("is").into_iter().flat_map(listed).collect();
    let is: Vec<TextTemplate> = is.into_iter().filter_map(|is| template::text(fields, is, "is")).collect();
    let mut attributes = Vec::new();
    for (name, value) in value.table().map(|table| entries(value.file(), table)).unwrap_or_default() {
        if ENTITY.key(&name.value).is_some() {
            continue;
        }
        let values = listed(value).filter_map(|value| attribute(fields, value, &name)).collect();
        attributes.push((name, values));
    }
    fields.given();
    is.into_iter().map(|is| EntryNode::Entity { is, attributes: attributes.clone() }).collect()
}

fn attribute(fields: &mut Fields<'_>, value: Value<'_>, name: &Text) -> Option<AttributeTemplate> {
    if let Some(number) = value.integer() {
        return Some(AttributeTemplate::Number(number, value.span()));
    }
    template::text(fields, value, &name.value).map(AttributeTemplate::Text)
}

fn unknown(fields: &mut Fields<'_>) -> EntryNode {
    let doubts = fields.has("doubts");
    fields.need();
    let is = patterns(fields, if doubts { "doubts" } else { "is" });
    let (since, until) = (instants(fields, "since"), instants(fields, "until"));
    EntryNode::Unknown { is, since, until, why: one_text(fields, "why"), doubts }
}

fn facts(fields: &mut Fields<'_>) -> Vec<Templated<FactPattern>> {
    let Some(value) = fields.take("is") else { return Vec::new() };
    listed(value).filter_map(|value| template::templated(fields, value, "is", stated)).collect()
}

/// A fact that holds.
fn stated(embedded: &Embedded<'_>) -> Result<FactPattern, Diagnostic> {
    match grammar::stated_fact(embedded)? {
        StatedFact::Holds(fact) => Ok(FactPattern::Fact(fact)),
        StatedFact::HoldsNot(_) => {
            let diagnostic = Diagnostic::new(Code::BadFact, "a row says what holds, not what does not", embedded.span, "a fact with `not`");
            Err(diagnostic.help("leave out what does not hold: a list that is complete closes its channel"))
        }
    }
}

fn one_text(fields: &mut Fields<'_>, key: &'static str) -> Option<TextTemplate> {
    let value = fields.take(key)?;
    template::text(fields, value, key)
}

/// `since` and `until`: one, or several. A date as TOML writes it is a text.
fn instants(fields: &mut Fields<'_>, key: &'static str) -> Vec<TextTemplate> {
    let Some(value) = fields.take(key) else { return Vec::new() };
    let mut found = Vec::new();
    for item in listed(value) {
        if item.text().is_some() {
            found.extend(template::text(fields, item, key));
        } else if let Some(date) = item.date(&format!("`{key}`"), &mut fields.diagnostics) {
            found.push(TextTemplate { span: date.span, pieces: vec![Piece::Text(date.value.to_string())] });
        }
    }
    found
}

impl TextTemplate {
    /// Whether it depends on what a row has, not on bindings alone.
    pub fn is_of_row(&self) -> bool {
        self.pieces.iter().any(|piece| matches!(piece, Piece::Hole(hole) if hole.is_of_row()))
    }
}

impl crate::syntax::ast::mapping::Hole {
    /// Whether it is a value of a row.
    pub fn is_of_row(&self) -> bool {
        matches!(self.of, HoleSource::Pointer(_))
    }

    /// What it may lack.
    pub fn may(&self) -> Mark {
        match &self.of {
            HoleSource::Pointer(pointer) => pointer.may,
            HoleSource::Name(_, may) => *may,
        }
    }
}
