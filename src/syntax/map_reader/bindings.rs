//! A file of bindings: `name = "value"` for all files, `["file.json"]` for one.

use crate::diag::{Code, Diagnostic};
use crate::syntax::Text;
use crate::syntax::ast::mapping::{BindingDecl, BindingsDocument};
use crate::syntax::toml::{Toml, Value, dismantle, entries, parse, shown};
use crate::text::{FileId, Sources};

/// Parses a file of bindings.
pub fn bindings_document(sources: &Sources, file: FileId) -> (BindingsDocument, Vec<Diagnostic>) {
    let toml = Toml::new(sources, file);
    let mut document = BindingsDocument::default();
    let (table, mut diagnostics) = parse(toml, Code::TomlSyntax);
    let Some(table) = table else { return (document, diagnostics) };
    for (name, value) in entries(toml, &table) {
        let Some(of_file) = value.table() else {
            binding(&mut document, &mut diagnostics, None, name, value);
            continue;
        };
        for (inner, value) in entries(toml, of_file) {
            binding(&mut document, &mut diagnostics, Some(name.clone()), inner, value);
        }
    }
    dismantle(table);
    (document, diagnostics)
}

fn binding(document: &mut BindingsDocument, diagnostics: &mut Vec<Diagnostic>, file: Option<Text>, name: Text, value: Value<'_>) {
    match value.text() {
        Some(value) => document.bindings.push(BindingDecl { file, name, value }),
        None if value.table().is_some() => {
            let headline = format!("`{}` is a table, not a string", shown(&name.value));
            let diagnostic = Diagnostic::new(Code::WrongType, headline, value.span(), "expected a string");
            diagnostics.push(diagnostic.help("the name of a file stands in quotes: `[\"members.json\"]`"));
        }
        None => diagnostics.push(value.wrong_type(&format!("`{}`", shown(&name.value)), "a string")),
    }
}
