//! Tables of names: in the mapping, or in a file beside it.

use super::{Missing, Names};
use crate::diag::{Code, Diagnostic};
use crate::syntax::ast::mapping::NamesDecl;

/// A table of names. `load` reads a file beside the mapping.
pub(super) fn table(decl: &NamesDecl, load: &mut dyn FnMut(&str) -> Result<String, String>) -> Result<Names, Diagnostic> {
    let mut values: Vec<(String, String)> =
        decl.values.iter().map(|(name, value)| (name.value.to_lowercase(), value.value.clone())).collect();
    if let Some(file) = &decl.file {
        let unreadable = |why: String| Diagnostic::new(Code::BadMapping, why, file.span, "a table of names");
        let text = load(&file.value).map_err(unreadable)?;
        let read = of_file(&file.value, &text).ok_or_else(|| {
            let diagnostic = unreadable(format!("`{}` is no table of names", file.value));
            diagnostic.help("write a JSON object of texts, or two columns of CSV with a header")
        })?;
        values.extend(read);
    }
    values.sort();
    values.dedup_by(|later, first| later.0 == first.0);
    let missing = match decl.missing.as_ref().map(|missing| missing.value.as_str()) {
        Some("drop") => Missing::Drop,
        Some("error") => Missing::Error,
        _ => Missing::Unknown,
    };
    Ok(Names { name: decl.name.value.clone(), values, missing })
}

fn of_file(name: &str, text: &str) -> Option<Vec<(String, String)>> {
    if name.to_lowercase().ends_with(".json") {
        let object: std::collections::BTreeMap<String, String> = serde_json::from_str(text).ok()?;
        return Some(object.into_iter().map(|(name, value)| (name.to_lowercase(), value)).collect());
    }
    let mut rows = csv::ReaderBuilder::new().flexible(true).from_reader(text.as_bytes());
    let pair = |row: csv::Result<csv::StringRecord>| {
        let row = row.ok()?;
        Some((row.get(0)?.to_lowercase(), row.get(1)?.to_owned()))
    };
    rows.records().map(pair).collect()
}

impl Names {
    /// What a text stands for, in capitals or not.
    pub(in crate::import) fn get(&self, text: &str) -> Option<&str> {
        let lower = text.to_lowercase();
        let found = self.values.binary_search_by(|(known, _)| known.as_str().cmp(&lower)).ok()?;
        Some(&self.values[found].1)
    }
}
