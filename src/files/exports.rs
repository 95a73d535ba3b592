//! Finds and reads the files of exports.

use super::folder::{FileRole, files_below};
use super::read::{ReadError, open, shown};
use std::collections::{BTreeMap, HashSet};
use std::io::Read;
use std::path::{Path, PathBuf};

/// A file of an export.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct ExportFile {
    /// Its path below what was given, with `/` between its parts.
    pub name: String,
    /// Where it is.
    pub path: PathBuf,
    /// Its size in bytes.
    pub size: u64,
}

/// The files that paths stand for, by name: of a folder every `.json`, `.ndjson`, `.jsonl`, `.csv` and `.tsv` in it or below it that is not
/// hidden; any other path for itself. A file that is reached twice is listed once. Where two would have one name, the name of the folder
/// that was given stands before it.
///
/// # Errors
///
/// If a folder cannot be read, a path is not there, or two files have one name nevertheless.
pub fn exports(paths: &[PathBuf]) -> Result<Vec<ExportFile>, ReadError> {
    let (mut found, mut seen) = (Vec::new(), HashSet::new());
    for given in paths {
        let metadata = std::fs::metadata(given).map_err(|error| ReadError::unreadable(given, &error))?;
        let is_folder = metadata.is_dir();
        let files = if is_folder { files_below(given, &[FileRole::Export, FileRole::Lines])? } else { vec![given.clone()] };
        for path in files {
            if !seen.insert(path.canonicalize().map_err(|error| ReadError::unreadable(&path, &error))?) {
                continue;
            }
            let below = if is_folder { path.strip_prefix(given).unwrap_or(&path) } else { last(&path) };
            found.push((shown(below), given.clone(), path));
        }
    }
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    found.iter().for_each(|(name, ..)| *counts.entry(name.clone()).or_default() += 1);
    let named = |(name, given, path): (String, PathBuf, PathBuf)| {
        let folder = if given.is_dir() { last(&given) } else { given.parent().map_or(Path::new(""), last) };
        let name = if counts[&name] > 1 { format!("{}/{name}", shown(folder)) } else { name };
        let size = path.metadata().map_or(0, |metadata| metadata.len());
        ExportFile { name, path, size }
    };
    let mut files: Vec<ExportFile> = found.into_iter().map(named).collect();
    files.sort();
    match files.windows(2).find(|pair| pair[0].name == pair[1].name) {
        Some(pair) => Err(ReadError::SameName { name: pair[0].name.clone(), one: shown(&pair[0].path), other: shown(&pair[1].path) }),
        None => Ok(files),
    }
}

fn last(path: &Path) -> &Path {
    path.file_name().map_or(path, Path::new)
}

/// The bytes of a file of an export.
///
/// # Errors
///
/// If it cannot be read. The error is a sentence without its subject, which is the file.
pub fn read_export(path: &Path) -> Result<Vec<u8>, String> {
    let cannot = |error: &dyn std::fmt::Display| format!("cannot be read: {error}");
    let mut file = open(path).map_err(|error| cannot(&error))?;
    let size = file.metadata().map_or(0, |metadata| metadata.len());
    let mut bytes = Vec::with_capacity(usize::try_from(size).unwrap_or(0) + 1);
    file.read_to_end(&mut bytes).map_err(|error| cannot(&ReadError::reason(&error)))?;
    Ok(bytes)
}
