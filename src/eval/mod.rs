//! The walk: decisions in three truth values, recorded or not; events folded into facts; invariants.
//!
//! Invariant: this room knows no text, no clock and no disk.
