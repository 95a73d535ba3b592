//! The canonical layout of files: formatting changes what a file looks like, and nothing that it says.
//!
//! `lines` prints the lines of a file, `values` the values in them, `expression` the expressions in strings, `template` those with
//! placeholders, and `quotes` chooses quotes.
//!
//! Invariant: the order of everything, comments and names stay as they are. What is formatted stays as it is when it is formatted again.

mod expression;
mod lines;
mod quotes;
mod template;
mod values;

use super::pack_reader::is_of_pack;
use super::shape::{MAPPING, PACK, SUITE, Shape, WORLD_FILE};
use super::toml::{Line, Toml, dismantle, layout, parse};
use super::{mapping_document, pack_document, suite_document, world_document};
use crate::diag::{Code, Diagnostic};
use crate::text::{FileId, Sources};

/// What a file in TOML is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DocumentKind {
    /// Of a pack.
    Pack,
    /// Of a world.
    World,
    /// A suite of policy tests.
    Suite,
    /// A mapping of imports.
    Mapping,
}

/// The widest line into which an expression is put.
const WIDTH: usize = 140;

impl DocumentKind {
    /// What the text of a file looks like; `None` if it looks like none of them.
    pub fn of_text(text: &str) -> Option<DocumentKind> {
        let lines = layout(text);
        let headers: Vec<(&str, bool, usize)> = lines.iter().filter_map(header).collect();
        let is_pack = lines.iter().map_while(root_key).any(is_of_pack);
        let has = |is: &dyn Fn(&(&str, bool, usize)) -> bool| headers.iter().any(is);
        if has(&|(name, is_list, _)| *is_list && matches!(*name, "case" | "who" | "ask")) {
            Some(DocumentKind::Suite)
        } else if has(&|(name, is_list, depth)| *is_list && *name == "source" && *depth == 3) {
            Some(DocumentKind::Mapping)
        } else if has(&|(name, is_list, _)| *name == "world" || *is_list && WORLD_FILE.key(name).is_some()) {
            Some(DocumentKind::World)
        } else if is_pack || has(&|(name, is_list, _)| !is_list && is_of_pack(name)) {
            Some(DocumentKind::Pack)
        } else if !headers.is_empty() && headers.iter().all(|(_, is_list, depth)| !is_list && *depth == 2) {
            Some(DocumentKind::World)
        } else {
            None
        }
    }

    /// The table that its file is.
    pub fn shape(self) -> &'static Shape {
        match self {
            DocumentKind::Pack => &PACK,
            DocumentKind::World => &WORLD_FILE,
            DocumentKind::Suite => &SUITE,
            DocumentKind::Mapping => &MAPPING,
        }
    }

    /// The mistakes of a file.
    fn mistakes(self, sources: &Sources, file: FileId) -> Vec<Diagnostic> {
        match self {
            DocumentKind::Pack => pack_document(sources, file).1,
            DocumentKind::World => world_document(sources, file).1,
            DocumentKind::Suite => suite_document(sources, file).1,
            DocumentKind::Mapping => mapping_document(sources, file).1,
        }
    }
}

/// The first name of a key before all headers; empty for a line without a key.
fn root_key<'l>(line: &'l Line<'_>) -> Option<&'l str> {
    match line {
        Line::Header { .. } => None,
        Line::Entry { path, .. } => Some(path.first().map_or("", |part| &*part.name)),
        Line::Blank | Line::Comment(_) => Some(""),
    }
}

/// The first name of a header, whether it is one of a list, and how many names it has.
fn header<'l>(line: &'l Line<'_>) -> Option<(&'l str, bool, usize)> {
    match line {
        Line::Header { path, is_list, .. } => Some((&*path.first()?.name, *is_list, path.len())),
        _ => None,
    }
}

/// The text of a file in its canonical layout.
///
/// # Errors
///
/// The mistakes of syntax of a file that has some, in TOML or in its expressions.
pub fn formatted(sources: &Sources, file: FileId, kind: DocumentKind) -> Result<String, Vec<Diagnostic>> {
    let toml = Toml::new(sources, file);
    let (table, mistakes) = parse(toml, Code::TomlSyntax);
    let is_read = table.map(dismantle).is_some();
    if !is_read || !mistakes.is_empty() {
        // The readers know what a header that is given twice is called.
        return Err(kind.mistakes(sources, file));
    }
    let (printed, unread) = lines::printed(toml, kind);
    if unread.is_empty() {
        return Ok(printed);
    }
    let mistakes = kind.mistakes(sources, file).into_iter();
    let of_expressions: Vec<Diagnostic> = mistakes.filter(|mistake| unread.iter().any(|range| is_in(mistake, range))).collect();
    if of_expressions.is_empty() { Ok(printed) } else { Err(of_expressions) }
}

/// Whether a mistake is within these bytes of the file.
fn is_in(mistake: &Diagnostic, range: &std::ops::Range<usize>) -> bool {
    mistake.labels.first().is_some_and(|label| range.contains(&(label.span.start as usize)))
}
