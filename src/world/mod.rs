//! A world: entities, and facts about them that hold for intervals, loaded from files, indexed, and changed by single facts.
//!
//! * [`World`] (`world`) is a *base* of sorted and indexed facts (`store`) and a *delta* of the changes since (`delta`). Reads (`reads`,
//!   `traversal`) of what no change touched, which the delta knows by `marks`, go to the base alone: the fast path of decisions. Others go
//!   through both. `updates` changes the delta, and [`World::compact`] makes a new base of both. A clone shares the base, so an overlay costs
//!   as much as its delta.
//! * `open` has what a world leaves open by patterns, and what it states not to hold; `unknown` reads and changes it.
//!   `boundaries` has the instants at which something of all this begins or ends.
//! * `load` makes a world of parsed files and checks it; `packed` writes and opens worlds that need no loading.
//! * `changes` compares worlds that share a base. `lacking` finds entities of which an attribute is unknown.
//! * `lint` warns of a world that was probably not meant.
//! * `model` and `value` are the data, `ids` their opaque ids. `keys` finds entities by their second names. `request` resolves the names of
//!   a question, `display` prints entities and facts in the form in which conditions name them.
//!
//! The code relies on this:
//!
//! * Entity ids are in the order of kinds, then of id texts. So the entities of a kind are a range, to sort by id is to sort by name, and
//!   [`World::role_entity`] is an addition: the entities of the kind `role` are the roles of the policy, in its order.
//! * Facts of the base are in the order of their [`Statement`]s, so the facts in which an entity comes first are consecutive: a *run*. The
//!   facts in which it comes later are in *posting lists*.
//! * A text of the policy has the number of its [`TextId`](crate::policy::TextId) as its symbol, so that it is equal in policy and world.
//! * In three-valued reads `None` is *known to be absent* and `Unknown` is *not known*. The closed-world defaults
//!   (`load/closed_world.rs`) decide which of the two a fact is that is not stated.
//!
//! Invariant: this room does not know how decisions are made. The same files give the same world, byte for byte, whatever their order.

mod added_entities;
mod changes;
mod checked;
mod compact;
mod delta;
mod display;
mod ids;
mod keys;
mod lacking;
mod lint;
mod load;
mod marks;
mod model;
mod open;
mod order;
mod packed;
mod reads;
mod request;
mod store;
mod traversal;
mod unknown;
mod updates;
mod value;
#[expect(clippy::module_inception, reason = "it defines `World`")]
mod world;

pub use added_entities::KindEntities;
pub use checked::{NewEntity, UpdateError};
pub use compact::Renumbering;
pub use ids::{EntityId, FactId, Symbol};
pub use lint::lint;
pub use load::{
    LOAD_PASSES, LoadOutcome, inconsistencies, inconsistencies_of, load, plain_form, read_event, read_fact, read_pattern, twin_words,
};
pub use model::{Argument, Entity, EventRecord, ExportFile, Fact, Inline, Lookup, Statement};
pub(crate) use open::{Denied, Part, Shape, ShapePart, Topic};
pub use open::{FactSelector, OpenPattern, PatternId, PatternText, UncertainChange, UncertainEffect};
pub use packed::container::{MAGIC, OwnedBytes, SnapshotBytes, Unreadable};
pub use request::{Request, RequestError, RequestRef, ResolvedRequest, UnknownName};
pub use store::postings::Postings;
pub(crate) use unknown::attributes_of;
pub use value::Value;
pub use world::World;
