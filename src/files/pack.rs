//! Finds the files of a pack.

use std::collections::HashSet;
use std::path::{Path, PathBuf};

use include_dir::{Dir, include_dir};

use super::read::{ReadError, Source, read_world, shown};

/// The deepest nesting of folders in a pack.
const DEEPEST: usize = 16;

static SHIPPED: Dir<'static> = include_dir!("$CARGO_MANIFEST_DIR/policies");

/// The pack at `path`, if one is given; else the folder `policies` here, if it exists; else the pack built into the program.
///
/// # Errors
///
/// If a file or folder of the pack cannot be read.
pub fn find_pack(path: Option<&Path>) -> Result<Vec<Source>, ReadError> {
    match path {
        Some(path) => read_pack(path),
        None if Path::new("policies").is_dir() => read_pack(Path::new("policies")),
        None => Ok(embedded_pack()),
    }
}

/// The files of a pack by name: every `*.toml` in the folder or below it that is not hidden, or the one file at the path. Links are
/// followed, and a file that is reached twice is read once.
///
/// # Errors
///
/// If a file or folder cannot be read, folders nest too deep, or a `*.toml` is not a regular file.
pub fn read_pack(path: &Path) -> Result<Vec<Source>, ReadError> {
    let metadata = std::fs::metadata(path).map_err(|error| ReadError::unreadable(path, &error))?;
    if !metadata.is_dir() {
        return Ok(vec![read_world(path)?]);
    }
    let mut found = Vec::new();
    walk(path, 0, &mut HashSet::new(), &mut found)?;
    found.sort();
    found.iter().map(|path| read_world(path)).collect()
}

/// The pack built into the program, its files by name.
pub fn embedded_pack() -> Vec<Source> {
    let files = SHIPPED.files().filter(|file| is_toml(file.path()));
    let mut files: Vec<Source> =
        files.map(|file| Source::of_bytes(format!("policies/{}", shown(file.path())), file.contents().to_vec())).collect();
    files.sort_by(|a, b| a.name.cmp(&b.name));
    files
}

fn walk(folder: &Path, depth: usize, seen: &mut HashSet<PathBuf>, found: &mut Vec<PathBuf>) -> Result<(), ReadError> {
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
        let metadata = match std::fs::metadata(&path) {
            Ok(metadata) => metadata,
            // A broken link is a mistake only if its name is that of a file to be read.
            Err(error) if is_toml(&path) => return Err(ReadError::unreadable(&path, &error)),
            Err(_) => continue,
        };
        if metadata.is_dir() {
            walk(&path, depth + 1, seen, found)?;
        } else if is_toml(&path) {
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

fn is_toml(path: &Path) -> bool {
    path.extension().is_some_and(|extension| extension == "toml")
}

fn is_hidden(path: &Path) -> bool {
    path.file_name().is_some_and(|name| name.as_encoded_bytes().starts_with(b"."))
}
