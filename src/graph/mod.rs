//! The policy as a graph: what leads to what, the ways to an action, cycles and the unreachable.
//!
//! Invariant: this room alone names petgraph, and knows no requests.
