//! Finds and reads suites of policy tests, and the snapshots that are kept beside them.

use super::folder::{FileRole, files_below, files_in};
use super::out_file::OutFile;
use super::read::{ReadError, Source, read_world, shown};
use std::collections::HashSet;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

/// The folders in which suites are looked for, at any depth, if no path is given.
const FOLDERS: [&str; 2] = ["fixtures", "policies"];

/// The suites at these paths, by path, each once: a folder stands for every `*.suite.toml` in it at any depth. Without paths, those in
/// `fixtures` and `policies` here, and those in this folder itself.
///
/// # Errors
///
/// If a path that is given is missing or no suite, or a folder cannot be read.
pub fn suite_files(paths: &[PathBuf]) -> Result<Vec<PathBuf>, ReadError> {
    let mut found = Vec::new();
    if paths.is_empty() {
        for folder in FOLDERS.map(Path::new).into_iter().filter(|folder| folder.is_dir()) {
            found.extend(files_below(folder, &[FileRole::Suite])?);
        }
        found.extend(files_in(Path::new("."), FileRole::Suite)?);
    }
    for path in paths {
        let metadata = std::fs::metadata(path).map_err(|error| ReadError::unreadable(path, &error))?;
        if metadata.is_dir() {
            found.extend(files_below(path, &[FileRole::Suite])?);
        } else if FileRole::of(path) == FileRole::Suite {
            found.push(path.clone());
        } else {
            return Err(ReadError::NoSuite { path: shown(path) });
        }
    }
    Ok(once_each(found))
}

/// Paths in order, without `./` before them. A file that is reached by several is listed once.
pub(super) fn once_each(paths: Vec<PathBuf>) -> Vec<PathBuf> {
    let mut paths: Vec<PathBuf> = paths.into_iter().map(|path| path.strip_prefix(".").map(Path::to_owned).unwrap_or(path)).collect();
    paths.sort();
    let mut seen = HashSet::new();
    paths.retain(|path| path.canonicalize().map_or(true, |whole| seen.insert(whole)));
    paths
}

/// Whether a path is that of a suite, by its name.
pub fn is_suite(path: &Path) -> bool {
    FileRole::of(path) == FileRole::Suite
}

/// The text of a suite, and of the snapshots that are kept beside it.
///
/// # Errors
///
/// If one of the two cannot be read.
pub fn read_suite(path: &Path) -> Result<(Source, Option<String>), ReadError> {
    let source = read_world(path)?;
    let kept = snapshots(path);
    let is_missing = std::fs::symlink_metadata(&kept).is_err_and(|error| error.kind() == ErrorKind::NotFound);
    let kept = if is_missing { None } else { Some(read_world(&kept)?.text) };
    Ok((source, kept))
}

/// Keeps snapshots beside a suite; without any, their file is removed.
///
/// # Errors
///
/// If the file cannot be written or removed.
pub fn keep_snapshots(suite: &Path, text: &str) -> Result<(), ReadError> {
    let path = snapshots(suite);
    if !text.is_empty() {
        return OutFile::at(&path)?.write(|out| out.write_all(text.as_bytes()));
    }
    match std::fs::remove_file(&path) {
        Err(error) if error.kind() != ErrorKind::NotFound => {
            Err(ReadError::Unwritable { path: shown(&path), reason: ReadError::reason(&error) })
        }
        _ => Ok(()),
    }
}

/// `access.suite.snap` for `access.suite.toml`.
fn snapshots(suite: &Path) -> PathBuf {
    suite.with_extension("snap")
}

/// When each file at or below these paths was last written, and how long it is. What cannot be read counts as missing.
pub fn stamps(paths: &[PathBuf]) -> Vec<(PathBuf, Option<SystemTime>, u64)> {
    let all = [FileRole::Toml, FileRole::Lines, FileRole::Suite];
    let files = |path: &PathBuf| if path.is_dir() { files_below(path, &all).unwrap_or_default() } else { vec![path.clone()] };
    let stamp = |path: PathBuf| {
        let metadata = std::fs::metadata(&path).ok();
        let written = metadata.as_ref().and_then(|metadata| metadata.modified().ok());
        (path, written, metadata.map_or(0, |metadata| metadata.len()))
    };
    paths.iter().flat_map(files).map(stamp).collect()
}
