//! Finds the files that authors write in TOML: of packs and worlds, suites and mappings.

use super::folder::{FileRole, files_below, files_in};
use super::read::{ReadError, shown};
use super::suites::once_each;
use crate::syntax::DocumentKind;
use std::path::{Path, PathBuf};

/// The folders in which such files are looked for, at any depth, if no path is given.
const FOLDERS: [&str; 3] = ["fixtures", "imports", "policies"];

/// What authors write in TOML.
const ROLES: [FileRole; 3] = [FileRole::Toml, FileRole::Suite, FileRole::Mapping];

/// A file that an author wrote.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuthoredFile {
    /// Its path.
    pub path: PathBuf,
    /// What its name says that it is: a suite or a mapping; `None` for other TOML.
    pub kind: Option<DocumentKind>,
    /// Whether it was given by itself, not found in a folder.
    pub is_given: bool,
}

/// The files in TOML at these paths, by path, each once: a folder stands for those in it at any depth. Without paths, those in `fixtures`,
/// `imports` and `policies` here, and the suites and mappings in this folder itself.
///
/// # Errors
///
/// If a path that is given is missing or no TOML, or a folder cannot be read.
pub fn authored_files(paths: &[PathBuf]) -> Result<Vec<AuthoredFile>, ReadError> {
    let (mut found, mut given) = (Vec::new(), Vec::new());
    if paths.is_empty() {
        for folder in FOLDERS.map(Path::new).into_iter().filter(|folder| folder.is_dir()) {
            found.extend(files_below(folder, &ROLES)?);
        }
        for role in [FileRole::Suite, FileRole::Mapping] {
            found.extend(files_in(Path::new("."), role)?);
        }
    }
    for path in paths {
        let metadata = std::fs::metadata(path).map_err(|error| ReadError::unreadable(path, &error))?;
        if metadata.is_dir() {
            found.extend(files_below(path, &ROLES)?);
        } else if ROLES.contains(&FileRole::of(path)) {
            given.push(path.clone());
        } else {
            return Err(ReadError::NotToml { path: shown(path) });
        }
    }
    found.extend(given.iter().cloned());
    let files = once_each(found).into_iter().map(|path| {
        let kind = match FileRole::of(&path) {
            FileRole::Suite => Some(DocumentKind::Suite),
            FileRole::Mapping => Some(DocumentKind::Mapping),
            _ => None,
        };
        AuthoredFile { kind, is_given: given.contains(&path), path }
    });
    Ok(files.collect())
}
