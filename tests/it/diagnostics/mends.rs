//! What mends each fixture: the edits that are certain, and beyond these the changes in `fixtures/mends.toml`.

use super::files::{Files, root};
use std::collections::BTreeMap;
use std::fs;

/// A change by hand: in the file of the fixture, or in the one of this name, the one place with this text gets another.
#[derive(Clone, Debug, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Change {
    #[serde(rename = "in")]
    file: Option<String>,
    old: String,
    new: String,
}

/// The changes by hand of each code.
pub fn changes() -> BTreeMap<String, Vec<Change>> {
    toml::from_str(&fs::read_to_string(root().join("fixtures/mends.toml")).unwrap()).expect("lists of changes by code")
}

/// The fixture of a code, mended.
pub fn mended(code: &str, files: &Files, changes: &BTreeMap<String, Vec<Change>>) -> Files {
    let mut mended = files.fixed();
    for change in changes.get(code).into_iter().flatten() {
        let first = mended.all().next().expect("a fixture has a file").name.clone();
        let name = change.file.as_ref().unwrap_or(&first);
        let file = mended.named(name).unwrap_or_else(|| panic!("the fixture of {code} has no file `{name}`"));
        assert_eq!(file.text.matches(&change.old).count(), 1, "the mend of {code} is of one place: {change:?} in\n{}", file.text);
        file.text = file.text.replacen(&change.old, &change.new, 1);
        file.not_utf8 = None;
    }
    mended
}
