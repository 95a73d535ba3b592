//! Evaluates requests against a world in Kleene logic, with or without a trace.
//!
//! # How a decision runs
//!
//! A [`Decider`] answers requests against one world in one context (dates and toggles). It owns an `Env`, which is all that an evaluation
//! reads and never changes: compiled policy, world, context, the elements in force. Beside it the decider keeps the permits and denies of
//! each action, prepared when the action is first asked about.
//!
//! [`Decider::decide`] makes an `Evaluator`, which borrows the `Env` and has what changes during one question: the groups of the entity
//! asked about last, the remaining `Budget`, and a [`Recorder`]. The evaluator computes truth values by the plans of the compiled policy:
//!
//! * `evaluator`: connectives and searches. A search takes its candidates from the best access path that is complete, else from all
//!   entities of its kinds.
//! * `atoms`: tests of the world. `terms` reads their operands to a [`TermValue`]: a value, none or unknown.
//! * `roles`: roles held, which is what most permits ask. `membership` is about groups of holders, over the closures of `groups`.
//! * `instantiate`: implications, by which roles and relations are derived. Their plans are evaluated in turn; there is no cycle among
//!   implications, the graph has made sure.
//!
//! `Bindings` are what the terms of a plan stand for: subject, resource, variables, and for an implication the ends in question. They are
//! copied for each candidate and never changed in place. Every candidate and every instantiated implication spends one unit of the budget;
//! when it is exhausted the truth values mean nothing, and [`Decision::exhausted`] is set.
//!
//! The recorder is a type parameter, so there is one evaluator for both uses. [`NoTrace`] compiles to nothing and lets every loop stop as
//! soon as the truth value is certain. [`Trace`] is exhaustive: it takes every branch of a disjunction and every binding, and drops the
//! steps of bindings, roles and implications that are false. A conjunction ends at its first false part in both. [`Decider::record`]
//! evaluates with it and adds obligations and advice. Both give the same outcome.
//!
//! # Kleene logic and closed names
//!
//! [`Truth`] is false, unknown or true. An attribute, relation or role is *closed* if the world has all its facts, so that a fact that is
//! not stated is false. One that a world says was not imported is open: what is not stated of it is unknown, and a
//! [`MissingDatum`] in the trace names it. Even then a relation, role or membership is false if the schema does not admit it of these
//! kinds, or if the world declares that one of the entities does not live at that time. An attribute of an entity that does not live is
//! unknown. An atom with an absent operand is false; else an atom with an unknown operand is unknown.
//!
//! An access path over an open name is incomplete, and is not used: candidates must be a superset of the entities for which the search's
//! body is not false, since an unknown candidate makes the search unknown.
//!
//! # Files
//!
//! Imports go one way: `truth`, `trace`, `budget`, `bindings`, `env`; then `groups`, `instantiate`; then `evaluator`; then `terms`,
//! `membership`, `atoms`, `roles`, which are `impl` blocks of the evaluator; then `decide`.
//!
//! Invariant: this room knows no text, no clock and no disk, and nothing in it changes a world.

mod atoms;
pub(crate) mod bindings;
mod budget;
pub(crate) mod decide;
pub(crate) mod env;
pub(crate) mod evaluator;
mod groups;
pub(crate) mod instantiate;
mod membership;
mod roles;
pub(crate) mod terms;
pub(crate) mod trace;
pub(crate) mod truth;

pub use budget::BUDGET;
pub use decide::{Decider, Decision, Outcome, Record};
pub use trace::{AtomShape, MissingDatum, NoTrace, Recorder, TermValue, Trace, TraceNode, TraceStep};
pub use truth::Truth;
