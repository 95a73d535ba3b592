//! A world: interned entities, facts with intervals and their index, containment; events as data.
//!
//! Invariant: this room does not know how decisions are made.

mod load;
mod model;
mod names;
mod request;
mod speak;
mod store;

pub use load::{inconsistencies, load, read_fact};
pub use model::*;
pub use request::{Asked, Request, Unasked};
pub use store::World;
