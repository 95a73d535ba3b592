//! The resolved and typed policy.
//!
//! Invariant: this room knows no worlds, and names neither `toml` nor `nom`.

mod condition;
mod events;
mod ids;
mod kind_relations;
mod kind_set;
mod lint;
mod lookup;
mod metadata;
mod model;
mod name_table;
mod resolve;
mod roles;
mod rules;
mod schema;
#[cfg(test)]
mod tests;
mod typing;
mod usage;
mod value_type;
mod variable;

pub use crate::syntax::Op;
pub use condition::{Atom, AtomKind, Condition, Expr, Hop, Literal, Path, RoleTerm, Term, TermNode};
pub use events::{Creation, Effect, Event, FactTerm, Parameter};
pub use ids::*;
pub use kind_set::KindSet;
pub use lint::lint;
pub use metadata::{Metadata, Validity};
pub use model::Policy;
pub use resolve::resolve;
pub use roles::{Action, Role, Table, TableCell, TableColumn, TableRow};
pub use rules::{Claim, Conclusion, Document, Implication, Invariant, Notice, Rule, RuleEffect, Status, Toggle};
pub use schema::{Attribute, Kind, Relation};
pub use usage::Usage;
pub use value_type::{ValueClass, ValueType};
pub use variable::{MAX_VARIABLES, VarId, VarSet, Variable};
