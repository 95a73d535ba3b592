//! Packed worlds on the disk: mapped into memory, and written whole or not at all.

use super::ReadError;
use super::read::{open, shown};
use crate::world::{MAGIC, SnapshotBytes};
use std::fs::File;
use std::io::{self, BufWriter, Read, Write};
use std::path::{Path, PathBuf};

/// The bytes of a packed world; `None` if the file is not one.
///
/// # Errors
///
/// If the file cannot be opened or mapped.
pub fn map_packed(path: &Path) -> Result<Option<SnapshotBytes>, ReadError> {
    let mut file = open(path)?;
    // What is read from a pipe is gone for its next reader.
    if !file.metadata().is_ok_and(|metadata| metadata.is_file()) {
        return Ok(None);
    }
    let mut begin = [0; MAGIC.len()];
    if file.read_exact(&mut begin).is_err() || begin != *MAGIC {
        return Ok(None);
    }
    map(&file).map(Some).map_err(|error| ReadError::unreadable(path, &error))
}

#[expect(unsafe_code, reason = "a file can be mapped in no other way")]
fn map(file: &File) -> io::Result<SnapshotBytes> {
    // SAFETY: the mapping is only read, and each block is checked against a checksum before it is used; no code relies on its contents
    // being text or anything else. A packed world is written under another name and then renamed, never changed in place; truncating the
    // file of a running program ends that program.
    unsafe { memmap2::Mmap::map(file) }.map(SnapshotBytes::Mapped)
}

/// Writes a file whole or not at all: under another name first, which is then renamed.
///
/// # Errors
///
/// If `path` is a folder, or the file cannot be written or renamed.
pub fn write_whole(path: &Path, write: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> Result<(), ReadError> {
    let unwritable = |error: io::Error| ReadError::Unwritable { path: shown(path), reason: ReadError::reason(&error) };
    if path.is_dir() {
        return Err(ReadError::Unwritable { path: shown(path), reason: "it is a folder; name a file in it".to_owned() });
    }
    let beside = beside(path);
    let written = File::create(&beside).and_then(|file| {
        let mut out = BufWriter::with_capacity(1 << 20, file);
        write(&mut out)?;
        out.into_inner()?.sync_all()
    });
    written.and_then(|()| std::fs::rename(&beside, path)).map_err(|error| {
        // An incomplete file is useless.
        let _ = std::fs::remove_file(&beside);
        unwritable(error)
    })
}

/// The path of a file until it is complete.
fn beside(path: &Path) -> PathBuf {
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(format!(".{}.part", std::process::id()));
    path.with_file_name(name)
}
