//! Finds mappings of imports: those built in, those in `imports` here, and those at a path.

use super::read::{ReadError, Source, read_world, shown};
use crate::diag::did_you_mean;
use include_dir::{Dir, include_dir};
use std::path::Path;

static SHIPPED: Dir<'static> = include_dir!("$CARGO_MANIFEST_DIR/imports");

/// The end of the name of a file of a mapping.
const ENDING: &str = ".map.toml";

/// The folder in which mappings are looked for, and the name of that which is built in.
const FOLDER: &str = "imports";

/// The names of the mappings built in.
pub fn embedded_mappings() -> Vec<&'static str> {
    let mut names: Vec<&str> = SHIPPED.files().filter_map(|file| file.path().to_str()?.strip_suffix(ENDING)).collect();
    names.sort_unstable();
    names
}

/// The mapping of that name: a path to a file, the file `imports/NAME.map.toml` here, or the one built in. `asker` is the file of the mapping
/// that asks, if one does; a path is below its folder.
///
/// # Errors
///
/// If there is none, or it cannot be read. The error is a message for people.
pub fn mapping(name: &str, asker: Option<&str>) -> Result<Source, String> {
    let read = |path: &Path| read_world(path).map_err(|error: ReadError| error.to_string());
    if name.ends_with(ENDING) || name.contains('/') {
        let folder = asker.and_then(|asker| Path::new(asker).parent()).unwrap_or(Path::new(""));
        return read(&folder.join(name));
    }
    let file = format!("{name}{ENDING}");
    let here = Path::new(FOLDER).join(&file);
    if here.is_file() {
        return read(&here);
    }
    if let Some(found) = SHIPPED.get_file(&file) {
        return Ok(Source::of_bytes(format!("{FOLDER}/{}", shown(found.path())), found.contents().to_vec()));
    }
    if Path::new(&file).is_file() {
        return Err(format!("no mapping is named `{name}`, and there is a file `{file}` here: write `--map {file}`"));
    }
    let known = embedded_mappings();
    let meant = did_you_mean(name, known.iter().copied()).map_or_else(String::new, |meant| format!(" (did you mean `{meant}`?)"));
    let known: Vec<String> = known.iter().map(|name| format!("`{name}`")).collect();
    let known = crate::diag::phrases::any_of(known);
    Err(format!("no mapping is named `{name}`{meant}: there is no `{FOLDER}/{file}` here; write {known}, or the path of a `{ENDING}`"))
}

/// Whether a path is that of a mapping, by its name.
pub fn is_mapping(path: &Path) -> bool {
    path.to_string_lossy().ends_with(ENDING)
}

/// The text of a file beside a mapping.
///
/// # Errors
///
/// If it cannot be read. The error is a message for people.
pub fn beside_mapping(name: &str, asker: &str) -> Result<Source, String> {
    let folder = Path::new(asker).parent().unwrap_or(Path::new(""));
    read_world(&folder.join(name)).map_err(|error| error.to_string())
}
