//! Packed worlds on the disk, mapped into memory.

use super::ReadError;
use super::read::open;
use crate::world::{MAGIC, SnapshotBytes};
use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

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
