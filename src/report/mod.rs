//! Answers and diagnostics for people and programs, one file a format.
//!
//! Invariant: this room does not know how answers came about.
