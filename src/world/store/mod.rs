//! How a world keeps entities and facts: columns of plain numbers, in memory or mapped from a packed world.

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
