//! A policy compiled for evaluation, and what of it is in force.
//!
//! [`CompiledPolicy`] has the policy, its graph and its plans. A [`Plan`](tree::Plan) is a condition whose variables are searched
//! for one at a time; `access_path` says where the candidates of each come from, and ranks the choices. `tree` has the plans as data, and
//! `condition` compiles conditions to them. On top of it `rule` compiles implications, `reverse` compiles them from some ends of a derived
//! relation to another, `forward` to all that they derive, `delta` from what changed to the conclusions that this can turn, `free` compiles rules and implications with an end of the question to be found,
//! and `event` compiles events. `guards` says which implications begin with the same test, and `prepared` what depends
//! on policy date and toggles alone. `validity` is about dates and toggles: a [`Context`] is those of one question,
//! and an `ActiveSet` says by id which elements are in force in it.
//!
//! Invariant: this room knows no worlds. A plan is true for the same bindings as the condition that it was compiled from.

pub(crate) mod access_path;
pub(crate) mod compiled;
pub(crate) mod condition;
pub(crate) mod delta;
pub(crate) mod event;
pub(crate) mod forward;
pub(crate) mod free;
mod guards;
pub(crate) mod prepared;
mod reverse;
pub(crate) mod rule;
pub(crate) mod tree;
pub(crate) mod validity;

pub use compiled::CompiledPolicy;
pub use prepared::PreparedPolicy;
pub use validity::{Context, OutOfForce};
