//! A world: interned entities, facts with intervals and their index, containment; events as data.
//!
//! Invariant: this room does not know how decisions are made.

mod archive;
mod by_name;
mod column;
mod facts;
mod ledger;
mod listed;
mod load;
mod model;
mod names;
mod packed;
mod places;
mod request;
mod roll;
mod shelves;
mod slots;
mod speak;
mod store;
mod texts;

pub use archive::{Bytes, Held, MAGIC, Unreadable};
pub use listed::Listed;
pub use load::{Loaded, inconsistencies, load, read_fact};
pub use model::*;
pub use request::{Asked, Request, RequestRef, Unasked};
pub use store::World;
