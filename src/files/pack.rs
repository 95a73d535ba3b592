//! Finds the files of a pack.

use super::folder::{FileRole, files_below};
use super::read::{ReadError, Source, read_world, shown};
use super::world::named;
use include_dir::{Dir, include_dir};
use std::path::Path;

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

/// The files of a pack by name: every `*.toml` in the folder or below it that is not hidden and neither a suite nor a mapping, or the one
/// file at the path. Links are followed, and a file that is reached twice is read once.
///
/// # Errors
///
/// If a file or folder cannot be read, folders nest too deep, a `*.toml` is not a regular file, or the path is that of a suite or mapping.
pub fn read_pack(path: &Path) -> Result<Vec<Source>, ReadError> {
    let metadata = std::fs::metadata(path).map_err(|error| ReadError::unreadable(path, &error))?;
    if !metadata.is_dir() {
        return Ok(vec![read_world(&named(path)?)?]);
    }
    files_below(path, &[FileRole::Toml])?.iter().map(|path| read_world(path)).collect()
}

/// The pack built into the program, its files by name.
pub fn embedded_pack() -> Vec<Source> {
    let files = SHIPPED.files().filter(|file| FileRole::of(file.path()) == FileRole::Toml);
    let mut files: Vec<Source> =
        files.map(|file| Source::of_bytes(format!("policies/{}", shown(file.path())), file.contents().to_vec())).collect();
    files.sort_by(|a, b| a.name.cmp(&b.name));
    files
}
