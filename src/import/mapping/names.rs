//! Tables of names: in the mapping, or in a file beside it.

use super::{Missing, Names};
use crate::diag::phrases::{code, counted};
use crate::diag::{Code, Diagnostic, name_meant};
use crate::import::guid::is_guid;
use crate::import::reader::Export;
use crate::policy::Policy;
use crate::syntax::Text;
use crate::syntax::ast::mapping::NamesDecl;
use std::collections::BTreeMap;
use std::path::Path;

/// A table of names, with its mistakes. `load` reads a file beside the mapping.
pub(super) fn table(decl: &NamesDecl, load: &mut dyn FnMut(&str) -> Result<String, String>) -> (Names, Vec<Diagnostic>) {
    let mut written: Vec<(Text, Text)> = decl.values.clone();
    let (mut mistakes, mut header) = (Vec::new(), None);
    if let Some(file) = &decl.file {
        match load(&file.value).and_then(|text| of_file(&file.value, &text)) {
            Ok((pairs, first)) => {
                let text = |text| Text::new(text, file.span);
                written.extend(pairs.into_iter().map(|(name, value)| (text(name), text(value))));
                header = first;
            }
            Err(why) => {
                let diagnostic = Diagnostic::new(Code::BadMapping, why, file.span, "a table of names");
                mistakes.push(diagnostic.help("write a JSON object of texts, or two columns of CSV with a header"));
            }
        }
    }
    let mut values: BTreeMap<String, &Text> = BTreeMap::new();
    for (name, value) in &written {
        let (key, of) = (folded(&name.value), decl.file.as_ref().map_or_else(String::new, |file| format!(" of {}", code(&file.value))));
        if key.is_empty() || value.value.is_empty() {
            let what = if key.is_empty() {
                format!("a name of {} is empty", code(&value.value))
            } else {
                format!("{} stands for nothing", code(&name.value))
            };
            let help = "write what it stands for, or leave the line out";
            mistakes.push(Diagnostic::new(Code::BadMapping, format!("{what} in the table{of}"), name.span, "").help(help));
        }
        if let Some(first) = values.insert(key, value).filter(|first| first.value != value.value) {
            let headline =
                format!("{} stands for {} and for {} in the table{of}", code(&name.value), code(&first.value), code(&value.value));
            let diagnostic = Diagnostic::new(Code::BadMapping, headline, name.span, "named twice");
            mistakes.push(diagnostic.help("names are compared without regard to capitals and to blanks around them: keep one"));
        }
    }
    let values = values.into_iter().map(|(name, value)| (name, value.value.clone())).collect();
    let missing = match decl.missing.as_ref().map(|missing| missing.value.as_str()) {
        Some("drop") => Missing::Drop,
        Some("error") => Missing::Error,
        _ => Missing::Unknown,
    };
    let written = written.into_iter().map(|(_, value)| value).collect();
    (Names { name: decl.name.value.clone(), values, written, missing, header }, mistakes)
}

/// A name as names are compared.
fn folded(name: &str) -> String {
    name.trim().to_lowercase()
}

/// Names, each with what it stands for.
type Pairs = Vec<(String, String)>;

/// The names of a file, and of a table the header of the names.
///
/// # Errors
///
/// If it is neither an object of texts nor a table of two columns. The error is a sentence.
fn of_file(file: &str, text: &str) -> Result<(Pairs, Option<String>), String> {
    let is_json = Path::new(file).extension().is_some_and(|ending| ending.eq_ignore_ascii_case("json"));
    let is_tsv = Path::new(file).extension().is_some_and(|ending| ending.eq_ignore_ascii_case("tsv"));
    let format = if is_json {
        "names.json"
    } else if is_tsv {
        "names.tsv"
    } else {
        "names.csv"
    };
    let of = |why: String| format!("{} {why}", code(file));
    let export = Export::of(format, text).map_err(of)?;
    if is_json && !export.is_alone {
        return Err(of("is not one object of texts".to_owned()));
    }
    let (mut pairs, mut header) = (Vec::new(), None);
    for (number, row) in export.rows().enumerate() {
        let of_row = |why: &str| format!("row {number} of {}, counted from 0, {why}", code(file));
        let row = row.map_err(|why| of_row(&why))?;
        let texts: Vec<(&str, &str)> = row.entries().map(|(key, value)| (key, value.text().unwrap_or_default())).collect();
        match texts.as_slice() {
            _ if is_json => {
                if row.entries().any(|(_, value)| value.text().is_none()) {
                    return Err(of("is not one object of texts".to_owned()));
                }
                pairs.extend(texts.iter().map(|&(name, value)| (name.to_owned(), value.trim().to_owned())));
            }
            // A row of blanks.
            [] => {}
            [(first, name), (_, value)] => {
                header.get_or_insert_with(|| folded(first));
                pairs.push(((*name).to_owned(), (*value).to_owned()));
            }
            columns => return Err(of(format!("has {}: a table of names has two", counted(columns.len(), "column")))),
        }
    }
    Ok((pairs, header))
}

impl Names {
    /// The mistakes of a table whose values are roles: names that no role has. Ids of roles may be unknown to the pack.
    pub(super) fn role_mistakes(&self, policy: &Policy) -> Vec<Diagnostic> {
        let unknown = self.written.iter().filter(|value| policy.role_called(&value.value).is_none() && !is_guid(&value.value));
        let mistake = |value: &Text| {
            let headline = format!("no role is named {}", code(&value.value));
            let known = policy.roles.values().map(|role| role.meta.name.as_str());
            let unknown = Diagnostic::new(Code::UnknownRole, headline, value.span, "unknown role");
            match name_meant(&value.value, known) {
                Some(meant) => unknown.help(format!("did you mean {}?", code(meant))).patch(value.span, format!("\"{meant}\"")),
                None => unknown,
            }
        };
        unknown.map(mistake).collect()
    }

    /// Whether a text is the header of the names: of a file without a header, the first line is taken for one.
    pub(in crate::import) fn is_header(&self, text: &str) -> bool {
        self.header.as_ref().is_some_and(|header| *header == folded(text))
    }

    /// What a text stands for, in capitals or not, with blanks around it or not.
    pub(in crate::import) fn get(&self, text: &str) -> Option<&str> {
        let name = folded(text);
        let found = self.values.binary_search_by(|(known, _)| known.as_str().cmp(&name)).ok()?;
        Some(&self.values[found].1)
    }
}
