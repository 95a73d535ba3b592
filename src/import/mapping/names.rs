//! Tables of names: in the mapping, or in a file beside it.

use super::{Missing, Names};
use crate::diag::phrases::code;
use crate::diag::{Code, Diagnostic};
use crate::import::guid::is_guid;
use crate::policy::Policy;
use crate::syntax::Text;
use crate::syntax::ast::mapping::NamesDecl;

/// A table of names. `load` reads a file beside the mapping.
pub(super) fn table(decl: &NamesDecl, load: &mut dyn FnMut(&str) -> Result<String, String>) -> Result<Names, Diagnostic> {
    let mut written: Vec<Text> = decl.values.iter().map(|(_, value)| value.clone()).collect();
    let mut values: Vec<(String, String)> =
        decl.values.iter().map(|(name, value)| (name.value.to_lowercase(), value.value.clone())).collect();
    if let Some(file) = &decl.file {
        let unreadable = |why: String| Diagnostic::new(Code::BadMapping, why, file.span, "a table of names");
        let text = load(&file.value).map_err(unreadable)?;
        let read = of_file(&file.value, &text).ok_or_else(|| {
            let diagnostic = unreadable(format!("`{}` is no table of names", file.value));
            diagnostic.help("write a JSON object of texts, or two columns of CSV with a header")
        })?;
        written.extend(read.iter().map(|(_, value)| Text::new(value.clone(), file.span)));
        values.extend(read);
    }
    values.sort();
    values.dedup_by(|later, first| later.0 == first.0);
    let missing = match decl.missing.as_ref().map(|missing| missing.value.as_str()) {
        Some("drop") => Missing::Drop,
        Some("error") => Missing::Error,
        _ => Missing::Unknown,
    };
    Ok(Names { name: decl.name.value.clone(), values, written, missing })
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
    /// The mistakes of a table whose values are roles: names that no role has. Ids of roles may be unknown to the pack.
    pub(super) fn role_mistakes(&self, policy: &Policy) -> Vec<Diagnostic> {
        let unknown = self.written.iter().filter(|value| policy.role_called(&value.value).is_none() && !is_guid(&value.value));
        let mistake = |value: &Text| {
            let headline = format!("no role is named {}", code(&value.value));
            let known = policy.roles.values().map(|role| role.meta.name.as_str());
            Diagnostic::new(Code::UnknownRole, headline, value.span, "unknown role").nearest(&value.value, value.span, known)
        };
        unknown.map(mistake).collect()
    }

    /// What a text stands for, in capitals or not.
    pub(in crate::import) fn get(&self, text: &str) -> Option<&str> {
        let lower = text.to_lowercase();
        let found = self.values.binary_search_by(|(known, _)| known.as_str().cmp(&lower)).ok()?;
        Some(&self.values[found].1)
    }
}
