//! Finds the files of a world.

use super::folder::{FileRole, files_below};
use super::read::{ReadError, shown};
use std::collections::HashSet;
use std::path::{Path, PathBuf};

/// The files that the paths of a world stand for. A folder stands for every `.toml` and `.ndjson` in it or below it that is not hidden and
/// neither a suite nor a mapping; any other path for itself. A file that is reached twice is listed once.
///
/// # Errors
///
/// If a folder cannot be read or has no file of a world, or a path is that of a suite or of a mapping.
pub fn world_files(paths: &[PathBuf]) -> Result<Vec<PathBuf>, ReadError> {
    let mut found = Vec::with_capacity(paths.len());
    let mut seen = HashSet::new();
    for path in paths {
        let files = if path.is_dir() { of_folder(path)? } else { vec![named(path)?] };
        // A pipe has no path of its own, and can be read once only.
        let is_new = |file: &PathBuf| !file.is_file() || file.canonicalize().map_or(true, |whole| seen.insert(whole));
        found.extend(files.into_iter().filter(is_new));
    }
    Ok(found)
}

fn of_folder(folder: &Path) -> Result<Vec<PathBuf>, ReadError> {
    let files = files_below(folder, &[FileRole::Toml, FileRole::Lines])?;
    if files.is_empty() { Err(ReadError::NoWorld { path: shown(folder) }) } else { Ok(files) }
}

/// A file that is named; refuses one that is of no pack and of no world.
pub(super) fn named(path: &Path) -> Result<PathBuf, ReadError> {
    match FileRole::of(path) {
        FileRole::Suite => Err(ReadError::NotData { path: shown(path), what: "a suite of tests" }),
        FileRole::Mapping => Err(ReadError::NotData { path: shown(path), what: "a mapping of imports (`import --map` checks it)" }),
        _ => Ok(path.to_owned()),
    }
}
