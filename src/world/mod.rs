//! A world: interned entities, facts with intervals and their index, containment; events as data.
//!
//! Invariant: this room does not know how decisions are made.

mod model;
mod store;

pub use model::*;
pub use store::World;
