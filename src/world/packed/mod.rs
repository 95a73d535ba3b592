//! Packed worlds: files that are mapped into memory and used as they are.
//!
//! ```text
//! header    4 KiB: magic, version, fingerprint of the pack, lengths, the start and end of each section, a checksum of the header itself
//! sections  columns of plain values, little-endian, each at a multiple of 64 bytes
//! checksums one for each block of 64 KiB after the header (xxh3, 64 bits), and one of the checksums in the header
//! ```
//!
//! `container` reads and writes this form. A block is checked when it is read for the first time, so that opening takes no longer for a big
//! world. A damaged block reads as zeros or as empty, and marks the world as damaged. `section` lists the sections, and `snapshot` defines which
//! columns of a [`World`](super::World) they are, and makes a world of them.
//!
//! A checksum finds damage, not forgery. So `content` checks what the sections hold, with `bounds`, `fact_check` and `row_check`: all bounds
//! when the world is opened, and the numbers in a block when it is first read.
//!
//! Invariant: whoever changes the meaning of a section (the fact encoding, a hash, the order of sections) raises `VERSION` in `container`. No
//! read of a damaged or forged world panics or goes on without end, and a decision and its explanation do not differ.

mod bounds;
pub(crate) mod container;
mod content;
mod fact_check;
mod row_check;
mod section;
mod snapshot;
