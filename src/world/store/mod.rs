//! How a world keeps entities and facts: columns of plain numbers, in memory or mapped from a packed world.
//!
//! * `entities` sorts entities by kind and id, `key_table` their keys; `perfect_hash` finds both. `interner` numbers texts.
//! * `facts` is the base: facts in the four words of `encoding`, sorted, with their `provenance`. For each `list_key` and entity,
//!   `row_index` keeps where the run or posting list is, or an inline cell. `cells` keeps where the inline cells are, so that reads do not
//!   look that up. `postings` iterates over the facts of an entity.
//! * `origins` has where lines of the files say that they come from.
//! * `given_sets` has a bit for each set that must be given, and `lacking_cache` the entities that may lack an attribute.
//! * `column`, `text_column` and `line` are the memory of all of these.
//!
//! A read by entity goes `list_key` → location (a [`Column`](column::Column) by key and kind) → row of the entity → run of facts, or slice of
//! posting lists → facts.
//!
//! Invariant: this folder does not use the delta. A column changes only when a new base is made; the bits of given sets are the exception.

pub(crate) mod cells;
pub(crate) mod column;
pub(crate) mod encoding;
pub(crate) mod entities;
pub(crate) mod facts;
pub(crate) mod given_sets;
pub(crate) mod interner;
pub(crate) mod key_table;
pub(crate) mod lacking_cache;
pub(crate) mod line;
pub(crate) mod list_key;
pub(crate) mod origins;
pub(crate) mod perfect_hash;
pub(crate) mod postings;
pub(crate) mod provenance;
pub(crate) mod row_index;
pub(crate) mod text_column;
