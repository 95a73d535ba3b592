//! From a recorded walk to a proof, near misses included.
//!
//! Invariant: this room knows no terminals.
