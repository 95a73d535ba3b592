//! Finds and reads files.
//!
//! Invariant: this room alone touches the disk, and parses nothing.
