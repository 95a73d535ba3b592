//! Arguments, one file a verb, exit codes.
//!
//! Invariant: this room names neither petgraph nor nom nor toml.
