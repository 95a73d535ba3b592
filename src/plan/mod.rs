//! A policy compiled for evaluation, and what of it is in force.
//!
//! [`CompiledPolicy`] has the policy, its graph and its plans. A [`Plan`](condition::Plan) is a condition whose variables are searched
//! for one at a time; `access_path` says where the candidates of each come from, and ranks the choices. `rule` compiles implications and
//! `event` compiles events, both on top of `condition`. `validity` is about dates and toggles: a [`Context`] is those of one question,
//! and an `ActiveSet` says by id which elements are in force in it.
//!
//! Invariant: this room knows no worlds. A plan is true for the same bindings as the condition that it was compiled from.

pub(crate) mod access_path;
pub(crate) mod compiled;
pub(crate) mod condition;
pub(crate) mod event;
pub(crate) mod rule;
pub(crate) mod validity;

pub use compiled::CompiledPolicy;
pub use validity::{Context, OutOfForce};
