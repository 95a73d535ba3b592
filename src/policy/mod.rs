//! The resolved and typed policy.
//!
//! `resolve` makes a [`Policy`] of the documents of a pack: it replaces names by ids, and calls `typing` for conditions. `lint` then
//! reports what is probably not meant.
//!
//! The data is in `model` (the whole policy), `schema`, `roles`, `rules`, `events` and `metadata`; `pattern` types the patterns of a world.
//! Conditions are in `condition` and `variable`, types of values in `value_type`. `lookup` finds elements by name, and `kind_relations`
//! derives sets of kinds from the schema. `usage` has what lints need to know about the files, and `certain` leaves out what a mistake may have changed. `renumber` lets two packs be
//! compared. `canonical` has keys of
//! conditions that say the same. `swapped_ends` reports a mistake that conditions and facts share.
//!
//! Ids follow the order of names, so the same pack has the same ids whatever the order of its files.
//!
//! Invariant: this room knows no worlds, and names neither `toml` nor `nom`.

pub(crate) mod canonical;
mod certain;
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
mod pattern;
mod property;
mod reads;
mod renumber;
mod resolve;
mod roles;
mod roles_over;
mod rules;
mod schema;
mod swapped_ends;
#[cfg(test)]
mod tests;
mod typing;
mod usage;
mod value_type;
mod variable;

pub use crate::syntax::Op;
pub use condition::{AllowedKinds, Atom, AtomKind, Condition, Expr, Hop, Literal, Path, RoleTerm, Term, TermNode};
pub use events::{Creation, Effect, EffectKind, Event, FactTerm, Lasting, Parameter};
pub use ids::*;
pub use kind_set::KindSet;
pub use lint::{lint, lint_use};
pub use metadata::{Metadata, Validity};
pub use model::Policy;
pub use pattern::{Pattern, PatternFact, PatternTyper};
pub use property::{Given, Property, PropertyClaim};
pub use reads::Reads;
pub use resolve::resolve;
pub use roles::{Action, Role, Table, TableCell, TableColumn, TableRow};
pub(crate) use roles_over::suggest_role;
pub use rules::{Claim, Conclusion, Document, Implication, Invariant, Notice, Rule, RuleEffect, Status, TextName, Toggle};
pub use schema::{Attribute, Kind, Relation};
pub(crate) use swapped_ends::swapped_ends;
pub use value_type::{ValueClass, ValueType};
pub use variable::{MAX_VARIABLES, VarId, VarSet, Variable};
