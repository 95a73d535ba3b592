//! From a TOML file to the elements of a pack: one small file an element, all of one shape.
//!
//! Each reader declares the keys that its element must have, reads every key that it may have, and returns the element. It returns `None`
//! if what could be read would mean something else.
//!
//! Invariant: a mistake never widens access. An element whose meaning a mistake would change is left out and named among the `lost`.

mod action;
mod attribute;
mod claim;
mod document;
mod event;
mod implication;
mod invariant;
mod kind;
mod notice;
mod property;
mod relation;
mod role;
mod rule;
mod table;
#[cfg(test)]
mod tests;
mod toggle;

use super::naming::{self, Naming};
use super::shape::{self, Form, PACK, Shape};
use super::toml::{Fields, Toml, Value, dismantle, entries, parse, shown};
use super::{MetadataDecl, PackDocument, Text};
use crate::diag::phrases::with_article;
use crate::diag::{self, Code, Diagnostic};
use crate::text::{FileId, Sources};

/// Parses a pack file. Elements with mistakes that change their meaning are left out, and named among the `lost`.
pub fn pack_document(sources: &Sources, file: FileId) -> (PackDocument, Vec<Diagnostic>) {
    let toml = Toml::new(sources, file);
    let mut document = PackDocument::default();
    let (table, mut diagnostics) = parse(toml, Code::DuplicateElement);
    let Some(table) = table else { return (document, diagnostics) };
    for (name, value) in entries(toml, &table) {
        match ELEMENTS.iter().find(|kind| kind.name() == name.value) {
            Some(kind) => diagnostics.extend(kind.read_all(&name, value, &mut document)),
            None if name.value == LINTS => diagnostics.extend(lints(toml, value, &mut document)),
            None => {
                diagnostics.push(unknown_element(&name));
                document.lost.push(name);
            }
        }
    }
    dismantle(table);
    diag::sort(&mut diagnostics);
    (document, diagnostics)
}

/// The names of the elements of the language.
pub(super) fn elements() -> impl Iterator<Item = &'static str> {
    ELEMENTS.iter().map(ElementKind::name)
}

/// The table of the severities of lints, which has no elements.
const LINTS: &str = "lints";

/// Whether a table of this name belongs to a pack: elements, or the severities of lints.
pub fn is_of_pack(name: &str) -> bool {
    elements().any(|element| element == name) || name == LINTS
}

/// Reads the severities of lints.
fn lints(toml: Toml<'_>, value: Value<'_>, document: &mut PackDocument) -> Vec<Diagnostic> {
    let Some(table) = value.table() else { return vec![value.wrong_type("`lints`", "a table")] };
    let mut diagnostics = Vec::new();
    for (name, level) in entries(toml, table) {
        match level.text() {
            Some(text) => document.lints.push((name, text)),
            None => diagnostics.push(level.wrong_type(&format!("`{}`", shown(&name.value)), "a text")),
        }
    }
    diagnostics
}

/// A kind of element, and how it is read.
struct ElementKind {
    shape: &'static Shape,
    read: ElementReader,
}

/// Reads one element into the document, and returns whether it was kept.
type ElementReader = fn(&mut Fields<'_>, MetadataDecl, &mut PackDocument) -> bool;

static ELEMENTS: [ElementKind; 15] = [
    element(&shape::KIND, |fields, meta, pack| keep(&mut pack.kinds, Some(kind::read(fields, meta)))),
    element(&shape::RELATION, |fields, meta, pack| keep(&mut pack.relations, relation::read(fields, meta))),
    element(&shape::ROLE, |fields, meta, pack| keep(&mut pack.roles, role::read(fields, meta))),
    element(&shape::TABLE, |fields, meta, pack| keep(&mut pack.tables, table::read(fields, meta))),
    element(&shape::ACTION, |fields, meta, pack| keep(&mut pack.actions, action::read(fields, meta))),
    element(&shape::RULE, |fields, meta, pack| keep(&mut pack.rules, rule::read(fields, meta))),
    element(&shape::IMPLICATION, |fields, meta, pack| keep(&mut pack.implications, implication::read(fields, meta))),
    element(&shape::TOGGLE, |fields, meta, pack| keep(&mut pack.toggles, toggle::read(fields, meta))),
    element(&shape::DOCUMENT, |fields, meta, pack| keep(&mut pack.documents, Some(document::read(fields, meta)))),
    element(&shape::CLAIM, |fields, meta, pack| keep(&mut pack.claims, claim::read(fields, meta))),
    element(&shape::OBLIGATION, |fields, meta, pack| keep(&mut pack.obligations, notice::read(fields, meta))),
    element(&shape::ADVICE, |fields, meta, pack| keep(&mut pack.advice, notice::read(fields, meta))),
    element(&shape::INVARIANT, |fields, meta, pack| keep(&mut pack.invariants, invariant::read(fields, meta))),
    element(&shape::PROPERTY, |fields, meta, pack| keep(&mut pack.properties, property::read(fields, meta))),
    element(&shape::EVENT, |fields, meta, pack| keep(&mut pack.events, event::read(fields, meta))),
];

const fn element(shape: &'static Shape, read: ElementReader) -> ElementKind {
    ElementKind { shape, read }
}

fn keep<T>(elements: &mut Vec<T>, element: Option<T>) -> bool {
    let kept = element.is_some();
    elements.extend(element);
    kept
}

impl ElementKind {
    /// The name of its tables: `rule` of `[rule.NAME]`.
    fn name(&self) -> &'static str {
        self.shape.noun
    }

    /// What the names of its elements are like.
    fn naming(&self) -> Naming {
        match PACK.key(self.name()).map(|key| key.form) {
            Some(Form::Named(naming, _)) => naming,
            _ => Naming::Any,
        }
    }

    /// Whether it may have `since`, `until` and `toggle`.
    fn is_timed(&self) -> bool {
        self.shape.key("toggle").is_some()
    }

    /// Reads all elements of this kind: the entries of the table `[kind]`.
    fn read_all(&self, kind: &Text, value: Value<'_>, document: &mut PackDocument) -> Vec<Diagnostic> {
        let Some(table) = value.table() else {
            let headline = format!("`{}` is {}, not a table of named elements", self.name(), value.type_name());
            return vec![Diagnostic::new(Code::WrongType, headline, kind.span, "").help(self.needs_name())];
        };
        let elements = entries(value.file(), table);
        let nameless = elements.is_empty() || elements.iter().any(|(_, value)| value.table().is_none());
        let mut diagnostics = Vec::new();
        if nameless {
            let headline = format!("{} has no name", with_article(self.name()));
            let at = if value.has_header() { value.span() } else { kind.span };
            diagnostics.push(Diagnostic::new(Code::UnknownElement, headline, at, "").help(self.needs_name()));
        }
        for (name, value) in elements {
            // Below a header without a name, only tables with a header of their own are elements.
            if let Some(table) = value.table().filter(|_| !nameless || value.has_header()) {
                diagnostics.extend(self.read_one(Fields::new(value.file(), table, self.shape, name.span), name, document));
            }
        }
        diagnostics
    }

    fn read_one(&self, mut fields: Fields<'_>, name: Text, document: &mut PackDocument) -> Vec<Diagnostic> {
        fields.diagnostics.extend(naming::check(&name, self.name(), self.naming()));
        let meta = self.meta(&mut fields, name.clone());
        // What it cites, if anything, is not known.
        if fields.has("source") && meta.source.is_empty() && !fields.diagnostics.is_empty() {
            document.lost.push(name.clone());
        }
        if !(self.read)(&mut fields, meta, document) {
            document.lost.push(name);
        }
        document.lost.append(&mut fields.lost);
        fields.finish()
    }

    fn meta(&self, fields: &mut Fields<'_>, name: Text) -> MetadataDecl {
        let [title, note, comment] = ["title", "note", "comment"].map(|key| fields.text(key));
        let source = fields.texts("source");
        let ((since, until), toggle) = if self.is_timed() { (fields.interval(), fields.text("toggle")) } else { ((None, None), None) };
        // A title, note, comment or citation that cannot be read does not change access, so the element is kept.
        fields.spoiled = self.is_timed() && toggle.is_none() && fields.has("toggle");
        MetadataDecl { name, title, note, comment, source, since, until, toggle }
    }

    fn needs_name(&self) -> String {
        format!("write `[{}.NAME]`", self.name())
    }
}

/// `aka`: other names of an element, which follow the rule `naming`.
fn other_names(fields: &mut Fields<'_>, naming: Naming) -> Vec<Text> {
    let names = fields.texts("aka");
    for name in &names {
        fields.diagnostics.extend(naming::check(name, fields.noun(), naming));
    }
    names
}

fn unknown_element(name: &Text) -> Diagnostic {
    let headline = format!("no sort of element is named `{}`", shown(&name.value));
    let known = elements().chain([LINTS]);
    let diagnostic = Diagnostic::new(Code::UnknownElement, headline, name.span, "unknown sort");
    diagnostic.nearest(&name.value, name.span, known)
}
