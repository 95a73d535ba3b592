//! Packed worlds: a container of sections with a checksum for each block, and what of a world goes into it.

pub(crate) mod container;
mod snapshot;
