//! The resolved and typed policy.
//!
//! Invariant: this room knows no worlds, and names neither `toml` nor `nom`.

mod condition;
mod ids;
mod kind_relations;
mod kind_set;
mod lint;
mod lookup;
mod model;
mod resolve;
#[cfg(test)]
mod tests;
mod typing;
mod usage;

pub use crate::syntax::Op;
pub use condition::{Atom, AtomKind, Condition, Expr, Hop, MAX_VARIABLES, Path, Term, TermNode, VarId, Variable};
pub use ids::*;
pub use kind_set::KindSet;
pub use lint::lint;
pub use lookup::NameTable;
pub use model::*;
pub use resolve::resolve;
pub use usage::Usage;
