//! How a world keeps entities and facts: columns of plain numbers, in memory or mapped from a packed world.
//!
//! * `entities` sorts entities by kind and id; `perfect_hash` finds them by name. `interner` numbers texts.
//! * `facts` is the base: facts in the four words of `encoding`, sorted, with their `provenance`. `row_index` has for each `list_key` and
//!   entity where its facts are, and the inline cells; `cells` has the places of those. `postings` iterates over the facts of an entity.
//! * `given_sets` has a bit for each set that must be given.
//! * `column` and `line` are the memory that all of these are made of.
//!
//! Invariant: nothing here knows a delta. What is in a [`Column`](column::Column) changes only when a new base is made, and for given sets.

pub(crate) mod cells;
pub(crate) mod column;
pub(crate) mod encoding;
pub(crate) mod entities;
pub(crate) mod facts;
pub(crate) mod given_sets;
pub(crate) mod interner;
pub(crate) mod line;
pub(crate) mod list_key;
pub(crate) mod perfect_hash;
pub(crate) mod postings;
pub(crate) mod provenance;
pub(crate) mod row_index;
