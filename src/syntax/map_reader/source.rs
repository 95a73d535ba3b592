//! `[source.NAME]`: an export, what it looks like, and what its rows say.

use super::conditions::{forms, kind_table, tests, texts};
use super::listed;
use super::pointer::pointer;
use super::{entry, template};
use crate::syntax::Text;
use crate::syntax::ast::mapping::{ExportDecl, LookDecl, TellsDecl};
use crate::syntax::shape::TELLS;
use crate::syntax::toml::{Fields, entries};

/// Reads a source.
pub(super) fn read(name: Text, fields: &mut Fields<'_>) -> ExportDecl {
    let title = fields.text("title");
    let is_recognizable = fields.has("looks-like") || fields.has("path");
    let looks_like = looks_like(fields);
    let (needs, may) = (fields.texts("needs"), fields.texts("may"));
    let (paths, urls) = (fields.text_or_texts("path").unwrap_or_default(), fields.text_or_texts("urls").unwrap_or_default());
    let tells = tells(fields);
    let (only, forms, kind) = (tests(fields, "only"), forms(fields, "match"), kind_table(fields));
    let entries = entry::read_all(fields);
    ExportDecl { name, title, is_recognizable, looks_like, needs, may, paths, urls, tells, only, forms, kind, entries }
}

fn looks_like(fields: &mut Fields<'_>) -> Vec<LookDecl> {
    let Some(value) = fields.take("looks-like") else { return Vec::new() };
    let mut looks = Vec::new();
    for item in listed(value) {
        if let Some(pointer) = item.text() {
            looks.extend(look(fields, pointer, Vec::new()));
            continue;
        }
        let Some(table) = item.table() else {
            fields.spoil(item.wrong_type("an item of `looks-like`", "a pointer, or a table of pointers and values"));
            continue;
        };
        for (pointer, values) in entries(item.file(), table) {
            let values = texts(fields, values, &pointer.value);
            looks.extend(look(fields, pointer, values));
        }
    }
    looks
}

fn look(fields: &mut Fields<'_>, text: Text, values: Vec<Text>) -> Option<LookDecl> {
    pointer(fields, &text.value, text.span)?;
    Some(LookDecl { pointer: text, values })
}

fn tells(fields: &mut Fields<'_>) -> Vec<TellsDecl> {
    let entries = fields.entries("tells");
    let mut tells = Vec::new();
    for (channel, value) in entries {
        for item in listed(value) {
            let Some(table) = item.table() else {
                let of = template::text(fields, item, &channel.value);
                tells.extend(of.map(|of| TellsDecl { channel: channel.clone(), of, when: Vec::new(), forms: Vec::new() }));
                continue;
            };
            let mut inner = Fields::new(item.file(), table, &TELLS, item.span());
            inner.need();
            let of = inner.take("of").and_then(|of| template::text(&mut inner, of, "of"));
            let (when, forms) = (tests(&mut inner, "when"), forms(&mut inner, "match"));
            fields.diagnostics.extend(inner.finish());
            tells.extend(of.map(|of| TellsDecl { channel: channel.clone(), of, when, forms }));
        }
    }
    tells
}
