//! Finds the files of a pack.

use super::folder::{FileRole, files_below};
use super::read::{ReadError, Source, read_world, shown};
use super::world::named;
use include_dir::{Dir, include_dir};
use std::io::ErrorKind;
use std::path::Path;

static SHIPPED: Dir<'static> = include_dir!("$CARGO_MANIFEST_DIR/policies");

/// Where a pack without a path was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FoundPack {
    /// In the folder `policies` here.
    Here,
    /// It is built into the program, and there is no folder `policies` here.
    BuiltIn,
    /// It is built into the program. There is a folder `policies` here, in which no file declares a kind, so it is no pack.
    NotHere,
}

/// The folder in which a pack is looked for.
const HERE: &str = "policies";

/// The pack to be used if no path is given: the folder `policies` here if a `.toml` in it declares a kind, else the pack built into the
/// program.
///
/// # Errors
///
/// If a file or folder of the folder here cannot be read.
pub fn find_pack() -> Result<(Vec<Source>, FoundPack), ReadError> {
    let here = Path::new(HERE);
    match here.metadata() {
        Ok(metadata) if metadata.is_dir() => {}
        // A link to nothing is a folder that is missing, not one that nobody made.
        Err(error) if here.is_symlink() || error.kind() != ErrorKind::NotFound => return Err(ReadError::unreadable(here, &error)),
        _ => return Ok((embedded_pack(), FoundPack::BuiltIn)),
    }
    let files = read_pack(here)?;
    let found = if files.iter().any(|file| declares_a_kind(&file.text)) { FoundPack::Here } else { FoundPack::NotHere };
    Ok((if found == FoundPack::Here { files } else { embedded_pack() }, found))
}

/// Whether a line of a file begins the declaration of a kind. The file may be broken: a pack with a mistake must not be passed over.
fn declares_a_kind(text: &str) -> bool {
    text.lines().any(|line| {
        let bare: String = line.chars().filter(|c| !c.is_whitespace() && !matches!(c, '"' | '\'')).take("[kind.".len()).collect();
        ["[kind.", "[kind]", "kind.", "kind="].iter().any(|start| bare.starts_with(start))
    })
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
