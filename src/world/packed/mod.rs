//! Packed worlds: files that are mapped into memory and used as they are.
//!
//! ```text
//! header    4 KiB: magic, version, fingerprint of the pack, lengths, the start and end of each section, a checksum of the header itself
//! sections  columns of plain values, little-endian, each at a multiple of 64 bytes
//! checksums one for each block of 64 KiB after the header (xxh3, 64 bits), and one of the checksums in the header
//! ```
//!
//! `container` reads and writes this form. A block is checked when it is read for the first time, so that opening takes no longer for a big
//! world. A damaged block reads as zeros or as empty, and marks the world as damaged. `snapshot` defines which columns of a
//! [`World`](super::World) are written, and makes a world of them.
//!
//! Invariant: whoever changes the meaning of a section (the fact encoding, a hash, the order of sections) raises `VERSION` in `container`. No
//! read of a damaged world panics. The checksums find damage, not forgery: ids in a block whose checksum is right are trusted.

pub(crate) mod container;
mod snapshot;
