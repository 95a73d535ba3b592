//! From a TOML file to a mapping of imports, and to bindings.
//!
//! `source` reads `[source.NAME]`, `entry` what a row of it says, `conditions` which rows do, `pointer` the paths in a row, `template` texts and facts with
//! placeholders, and `bindings` a file of bindings.
//!
//! Invariant: a name is not looked up here. A part with a mistake is left out, and the mistake is an error, so that no data is read by what
//! is left.

mod bindings;
mod conditions;
mod entry;
mod pointer;
mod source;
mod template;

pub use bindings::bindings_document;
pub use template::{is_filled, parts, unfilled};

use super::Text;
use super::ast::expr::Pattern;
use super::ast::mapping::{ChannelDecl, ExportDecl, MappingDocument, NamesDecl, Templated};
use super::grammar;
use super::naming::{self, Naming};
use super::shape::{CHANNEL, MAPPING, NAMES, SOURCE, Shape};
use super::toml::{Fields, Toml, Value, dismantle, entries, parse, shown};
use crate::diag::phrases::with_article;
use crate::diag::{self, Code, Diagnostic};
use crate::text::{FileId, Sources};

/// Parses a file of a mapping.
pub fn mapping_document(sources: &Sources, file: FileId) -> (MappingDocument, Vec<Diagnostic>) {
    let toml = Toml::new(sources, file);
    let mut document = MappingDocument::default();
    let (table, mut diagnostics) = parse(toml, Code::DuplicateElement);
    let Some(table) = table else { return (document, diagnostics) };
    for (name, value) in entries(toml, &table) {
        match name.value.as_str() {
            "channel" => each(&name, value, &CHANNEL, &mut diagnostics, |name, fields| document.channels.push(channel(name, fields))),
            "names" => each(&name, value, &NAMES, &mut diagnostics, |name, fields| document.names.push(names(name, fields))),
            "source" => each(&name, value, &SOURCE, &mut diagnostics, |name, fields| document.sources.push(source::read(name, fields))),
            "extends" => {}
            _ => {
                let headline = format!("a mapping has no element `{}`", shown(&name.value));
                let unknown = Diagnostic::new(Code::UnknownElement, headline, name.span, "unknown element");
                diagnostics.push(unknown.nearest(&name.value, name.span, MAPPING.keys().map(|key| key.name)));
            }
        }
    }
    let mut fields = Fields::new(toml, &table, &MAPPING, toml.start());
    document.extends = fields.text_or_texts("extends").unwrap_or_default();
    diagnostics.append(&mut fields.diagnostics);
    // A key that is misspelt is reported already.
    if !diagnostics.iter().any(|diagnostic| diagnostic.code == Code::UnknownKey) {
        diagnostics.extend(unrecognizable(&document.sources));
    }
    dismantle(table);
    diag::sort(&mut diagnostics);
    (document, diagnostics)
}

/// Reports sources of which no file could be: they say neither what one looks like nor where it is.
fn unrecognizable(sources: &[ExportDecl]) -> Vec<Diagnostic> {
    let known = || sources.iter().filter(|source| source.is_recognizable).map(|source| source.name.value.as_str());
    let mistake = |source: &ExportDecl| {
        let headline =
            format!("the source `{}` has neither `looks-like` nor `path`, so that no file is one of it", shown(&source.name.value));
        let diagnostic = Diagnostic::new(Code::MissingKey, headline, source.name.span, "no file is one of it");
        let help = diagnostic.help("write `looks-like = [\"/key\"]`, what its rows have, or `path = \"{group}/members.json\"`");
        help.nearest(&source.name.value, source.name.span, known())
    };
    sources.iter().filter(|source| !source.is_recognizable).map(mistake).collect()
}

/// Reads each table `[NOUN.NAME]`.
fn each<'t>(
    element: &Text,
    value: Value<'t>,
    shape: &'static Shape,
    diagnostics: &mut Vec<Diagnostic>,
    mut read: impl FnMut(Text, &mut Fields<'t>),
) {
    let noun = shape.noun;
    let help = || format!("write `[{noun}.NAME]`");
    let Some(table) = value.table() else {
        let headline = format!("`{noun}` is {}, not a table of named elements", value.type_name());
        diagnostics.push(Diagnostic::new(Code::WrongType, headline, element.span, "").help(help()));
        return;
    };
    for (name, value) in entries(value.file(), table) {
        let Some(table) = value.table() else {
            let headline = format!("{} has no name", with_article(noun));
            diagnostics.push(Diagnostic::new(Code::UnknownElement, headline, name.span, "").help(help()));
            continue;
        };
        let mut fields = Fields::new(value.file(), table, shape, name.span);
        diagnostics.extend(naming::check(&name, noun, Naming::Any));
        fields.text("comment");
        read(name, &mut fields);
        diagnostics.extend(fields.finish());
    }
}

fn channel(name: Text, fields: &mut Fields<'_>) -> ChannelDecl {
    let (title, per, why) = (fields.text("title"), fields.text("per"), fields.text("why"));
    if fields.has("open") {
        fields.need_also(["per", "why"]);
    }
    if fields.has("absent-unless") {
        fields.need_also(["per", "open"]);
    }
    let absent_unless = fields.text("absent-unless");
    ChannelDecl { name, title, per, absent_unless, open: patterns(fields, "open"), why }
}

fn names(name: Text, fields: &mut Fields<'_>) -> NamesDecl {
    let missing = fields.text("missing");
    if let Some(missing) = missing.as_ref().filter(|missing| !matches!(missing.value.as_str(), "unknown" | "drop" | "error")) {
        let headline = format!("`missing` is `{}`", shown(&missing.value));
        let unknown = Diagnostic::new(Code::UnknownValue, headline, missing.span, "not one of its values");
        let help = unknown.help("of a value that the table does not have, `unknown` makes what it would say unknown, `drop` leaves it out, and `error` ends the import");
        fields.diagnostics.push(help.nearest(&missing.value, missing.span, ["unknown", "drop", "error"]));
    }
    if fields.has("values") == fields.has("file") {
        let at = fields.at;
        let diagnostic = Diagnostic::new(Code::MissingKey, "a table of names has either `values` or `file`", at, "");
        fields.diagnostics.push(diagnostic.help("write `values = { \"Helpdesk\" = \"helpdesk-administrator\" }`"));
    }
    NamesDecl { name, values: fields.pairs("values"), file: fields.text("file"), missing }
}

/// A pattern or several, with placeholders.
fn patterns(fields: &mut Fields<'_>, key: &'static str) -> Vec<Templated<Pattern>> {
    let Some(value) = fields.take(key) else { return Vec::new() };
    listed(value).filter_map(|value| template::templated(fields, value, key, grammar::pattern)).collect()
}

/// The items of a list, or the value alone.
fn listed(value: Value<'_>) -> impl Iterator<Item = Value<'_>> {
    let items = value.items();
    let alone = items.is_none().then_some(value);
    items.into_iter().flatten().chain(alone)
}
