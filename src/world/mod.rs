//! A world: entities, and facts about them that hold for intervals, loaded from files, indexed, and changed by single facts.
//!
//! * [`World`] is a *base* of sorted and indexed facts (`store`) and a *delta* of what changed since (`delta`). Reads (`reads`, `traversal`)
//!   go to the base alone while the delta is empty, which is the fast path of decisions, and through both otherwise. `updates` changes the
//!   delta, and [`World::compact`] makes a new base of both. A clone shares the base: an overlay costs as much as its delta.
//! * `load` makes a world of parsed files and checks it; `packed` writes and opens worlds that need no loading.
//! * `model` and `value` are the data, `ids` their opaque names. `request` resolves the names of a question, `display` prints entities and
//!   facts as conditions name them.
//!
//! What the code relies on:
//!
//! * Entity ids are in the order of kinds, then of id texts. So the entities of a kind are a range, showing in order of ids is showing in
//!   order of names, and [`World::role_entity`] is an addition: the entities of the kind `role` are the roles of the policy, in its order.
//! * Facts of the base are in the order of their [`Statement`]s, so that an entity that comes first in its facts has a run of them.
//! * Texts of the policy have the symbols of their ids, so that they are equal in policy and world.
//! * In three-valued reads `None` is *known to be absent* and `Unknown` is *not known*. Which of the two a fact that is not stated is, is
//!   decided by the closed-world defaults (`load/closed_world.rs`).
//!
//! Invariant: this room does not know how decisions are made. The same files give the same world, byte for byte, whatever their order.

mod delta;
mod display;
mod ids;
mod load;
mod model;
mod packed;
mod reads;
mod request;
mod store;
mod traversal;
mod updates;
mod value;
#[expect(clippy::module_inception, reason = "it defines `World`")]
mod world;

pub use ids::{EntityId, FactId, Symbol};
pub use load::{LOAD_PASSES, LoadOutcome, inconsistencies, load, read_fact};
pub use model::{Argument, Entity, EventRecord, Fact, Inline, Lookup, Statement};
pub use packed::container::{MAGIC, OwnedBytes, SnapshotBytes, Unreadable};
pub use request::{Request, RequestError, RequestRef, ResolvedRequest};
pub use store::postings::Postings;
pub use value::Value;
pub use world::World;
