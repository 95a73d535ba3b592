//! Which files of a folder are a pack's, a world's or an export's, by their names.

use super::read::{ReadError, shown};
use std::collections::HashSet;
use std::path::{Path, PathBuf};

/// The deepest nesting of folders.
const DEEPEST: usize = 16;

/// What a file is for, by the end of its name, in capitals or not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum FileRole {
    /// `*.toml`: of a pack or of a world.
    Toml,
    /// `*.ndjson`: of a world, or of an export.
    Lines,
    /// `*.json`, `*.jsonl`, `*.csv` or `*.tsv`: of an export.
    Export,
    /// `*.suite.toml`: tests. It is of no pack and of no world.
    Suite,
    /// `*.map.toml`: a mapping of imports. It is of no pack and of no world.
    Mapping,
    /// Any other.
    Other,
}

impl FileRole {
    pub(super) fn of(path: &Path) -> FileRole {
        let extension = |path: &Path| path.extension().map(|extension| extension.to_string_lossy().to_lowercase());
        match extension(path).as_deref() {
            Some("ndjson") => FileRole::Lines,
            Some("json" | "jsonl" | "csv" | "tsv") => FileRole::Export,
            Some("toml") => match path.file_stem().and_then(|stem| extension(Path::new(stem))).as_deref() {
                Some("suite") => FileRole::Suite,
                Some("map") => FileRole::Mapping,
                _ => FileRole::Toml,
            },
            _ => FileRole::Other,
        }
    }
}

/// The files below a folder that have one of these roles, by path. Hidden files and folders are passed over. Links are followed, and a file
/// that is reached twice is listed once.
///
/// # Errors
///
/// If a folder cannot be read, folders nest too deep, or such a file is not a regular one.
pub(super) fn files_below(folder: &Path, roles: &[FileRole]) -> Result<Vec<PathBuf>, ReadError> {
    let mut found = Vec::new();
    walk(folder, 0, roles, &mut HashSet::new(), &mut found)?;
    found.sort();
    Ok(found)
}

/// The files of a folder itself that have this role, by name, without the folder before it.
///
/// # Errors
///
/// If the folder cannot be read.
pub(super) fn files_in(folder: &Path, role: FileRole) -> Result<Vec<PathBuf>, ReadError> {
    let unreadable = |error: std::io::Error| ReadError::unreadable(folder, &error);
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(unreadable)? {
        let path = PathBuf::from(entry.map_err(unreadable)?.file_name());
        if !is_hidden(&path) && FileRole::of(&path) == role && folder.join(&path).is_file() {
            found.push(path);
        }
    }
    found.sort();
    Ok(found)
}

fn walk(folder: &Path, depth: usize, roles: &[FileRole], seen: &mut HashSet<PathBuf>, found: &mut Vec<PathBuf>) -> Result<(), ReadError> {
    let unreadable = |error: std::io::Error| ReadError::unreadable(folder, &error);
    if depth > DEEPEST {
        return Err(ReadError::TooDeep { path: shown(folder), limit: DEEPEST });
    }
    // Through links, a folder may contain itself.
    if !seen.insert(folder.canonicalize().map_err(unreadable)?) {
        return Ok(());
    }
    let entries: Result<Vec<PathBuf>, std::io::Error> =
        std::fs::read_dir(folder).map_err(unreadable)?.map(|entry| Ok(entry?.path())).collect();
    let mut entries = entries.map_err(unreadable)?;
    entries.sort();
    for path in entries.into_iter().filter(|path| !is_hidden(path)) {
        let is_wanted = roles.contains(&FileRole::of(&path));
        let metadata = match std::fs::metadata(&path) {
            Ok(metadata) => metadata,
            // A broken link is a mistake only if its name is that of a file to be read.
            Err(error) if is_wanted => return Err(ReadError::unreadable(&path, &error)),
            Err(_) => continue,
        };
        if metadata.is_dir() {
            walk(&path, depth + 1, roles, seen, found)?;
        } else if is_wanted {
            if !metadata.is_file() {
                return Err(ReadError::Special { path: shown(&path) });
            }
            if seen.insert(path.canonicalize().map_err(|error| ReadError::unreadable(&path, &error))?) {
                found.push(path);
            }
        }
    }
    Ok(())
}

fn is_hidden(path: &Path) -> bool {
    path.file_name().is_some_and(|name| name.as_encoded_bytes().starts_with(b"."))
}

/// The names of what is beside a path, in order; none if that cannot be read.
pub fn beside(path: &Path) -> Vec<String> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    let mut names: Vec<String> = entries.filter_map(|entry| entry.file_name().into_string().ok()).collect();
    names.sort();
    names
}
