//! Conditions and decisions over worlds that are not known: the second semantics of the language, beside `eval`.
//!
//! A [`World`] has a number of entities of each kind and a variable for each fact that is read. [`Evaluator`] computes the truth value of a
//! condition as two literals ([`Kleene`]): true, and not false. Where `eval` reads a fact, this reads a variable; where `eval` searches,
//! this takes the disjunction over all entities. `attributes`, `containment`, `groups`, `terms`, `atoms`, `roles` and `decision` say the
//! same as the files of `eval` about the same. A change of meaning is made in both; a law compares them on generated packs and worlds.
//!
//! # The worlds
//!
//! Those that the loader accepts, at one instant, of which
//!
//! * nothing is left open by a pattern, by `not-imported` or by an event. A value that must be given and is not is unknown; a fact that says
//!   `not` may close it,
//! * no entity has ended or is yet to be created,
//! * every role that a fact names is one of the pack,
//! * a derived relation is not stated beside what derives it, unless the class of worlds says so.
//!
//! # Events
//!
//! The world after an event is a [`World`] too, of which each fact is a function of the facts before: `arguments` says who does the event and
//! with what, `occurrence` what it `changes`, and `after` what is stated then.

mod after;
mod arguments;
mod atoms;
mod attributes;
mod changes;
mod class;
mod comparison;
mod containment;
mod decision;
mod domain;
mod effect_facts;
mod evaluator;
mod fact;
mod groups;
mod kleene;
mod occurrence;
mod relations;
mod roles;
mod setting;
mod term_value;
mod terms;
mod world;

pub use arguments::{Argument, Arguments};
pub use changes::Changes;
pub use class::Class;
pub use decision::Access;
pub use evaluator::{Bindings, Evaluator};
pub use fact::{EntityIndex, Fact, Value};
pub use kleene::Kleene;
pub use occurrence::Occurrence;
pub use setting::{Removed, Setting};
pub use world::{Entity, EntityName, Party, Universe, World};
