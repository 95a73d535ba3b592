//! A world: interned entities, facts with intervals and their index, containment; events as data.
//!
//! Invariant: this room does not know how decisions are made.

mod delta;
mod display;
mod ids;
mod load;
mod model;
pub(crate) mod packed;
mod reads;
mod request;
pub(crate) mod store;
mod traversal;
mod updates;
mod value;
mod world;

pub use ids::{EntityId, FactId, Symbol};
pub use load::{LOAD_PASSES, LoadOutcome, inconsistencies, load, read_fact};
pub use model::*;
pub use packed::container::{MAGIC, OwnedBytes, SnapshotBytes, Unreadable};
pub use request::{Request, RequestError, RequestRef, ResolvedRequest};
pub use store::postings::Postings;
pub use value::Value;
pub use world::World;
