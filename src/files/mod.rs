//! Finds, reads and writes files.
//!
//! `pack`, `world`, `suites`, `exports` and `mappings` find the files of a pack, of a world, of suites of tests, of exports and of their mappings; `folder` lists those of a folder, by what their names say they are for. `read`
//! reads single files as text, `packed` maps packed worlds, and `out_file` writes files, `new_pack` those of a new pack.
//!
//! Invariant: no other room touches the disk, and this one parses nothing.
#![allow(clippy::disallowed_methods, reason = "reading is banned everywhere else so that it happens here")]

mod authored;
mod exports;
mod folder;
mod mappings;
mod new_pack;
mod out_file;
mod pack;
mod packed;
mod read;
mod suites;
mod world;

#[cfg(test)]
mod tests;

pub use authored::{AuthoredFile, authored_files};
pub use exports::{ExportFile, exports, read_export};
pub use folder::beside;
pub use mappings::{beside_mapping, embedded_mappings, is_mapping, mapping};
pub use new_pack::{NewPack, without_schema};
pub use out_file::{OutFile, make_folder, rewrite};
pub use pack::{FoundPack, embedded_pack, find_pack, read_pack};
pub use packed::map_packed;
pub use read::{ReadError, Source, open_requests, read_world};
pub use suites::{is_suite, keep_snapshots, read_suite, stamps, suite_files};
pub use world::world_files;
