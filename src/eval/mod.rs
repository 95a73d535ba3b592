//! Evaluates requests against a world in Kleene logic, with or without a trace.
//!
//! # How a decision runs
//!
//! A [`Decider`] answers requests against one world in one context (dates and toggles). It owns an `Env`, which has the data that an
//! evaluation reads and never changes: the compiled policy, the world, the context and the elements in force. The decider also keeps the
//! permits and denies of each action, which are prepared when the action is first asked about.
//!
//! [`Decider::decide`] makes an `Evaluator`, which borrows the `Env` and has the state of one question: the groups of the entity that was
//! asked about last, the remaining `Budget`, and a [`Recorder`]. The evaluator computes the truth values of the compiled policy's plans:
//!
//! * `evaluator`: connectives and searches. A search takes its candidates from the complete access path that yields the fewest, or else
//!   from all entities of its kinds.
//! * `atoms`: tests of the world. `terms` reads each of their operands as a [`TermValue`]: a value, none or unknown.
//! * `roles`: whether a role is held, which most permits require. `membership`: whether an entity is in a group, by the closures that
//!   `groups` computes.
//! * `instantiate`: the bindings of an implication, for the role or relation that it may derive. Its plan is evaluated by the same
//!   evaluator. This recursion ends, because the graph rejects cycles among implications.
//!
//! `Bindings` have the values of the terms of a plan: subject, resource, variables, and for an implication the ends of the fact in
//! question. Each search copies them, and sets its variable in the copy. Every candidate and every instantiated implication spends one unit
//! of the budget. Once it is exhausted the truth values mean nothing, and [`Decision::exhausted`] is set.
//!
//! The recorder is a type parameter, so that one evaluator both decides and records. With [`NoTrace`] recording costs nothing, and every
//! loop stops as soon as the truth value is certain. With [`Trace`] the evaluation is exhaustive: it takes every branch of a disjunction and
//! every binding, and drops the steps of bindings, roles and implications that are false. With either, a conjunction stops at its first
//! false part. [`Decider::record`] evaluates with a [`Trace`] and adds obligations and advice. The outcome is the same with both.
//!
//! # Kleene logic and closed names
//!
//! [`Truth`] is false, unknown or true. An attribute, relation or role is *closed* if the world has all its facts: then a fact that is not
//! stated is false. It is *open* if the world lists it as not imported: then a fact that is not stated is unknown, and the trace has a
//! [`MissingDatum`] for it. A relation, role or membership that is not stated is false even if it is open in two cases: the schema does not
//! admit it for entities of these kinds, or one of the entities is known not to live at that time. An attribute of an entity that does not
//! live is unknown.
//!
//! An atom is false if one of its operands is absent or of a kind that its place does not allow. Otherwise it is unknown if one of them is
//! unknown, unless no value of that operand could make it true: an entity that is in no group is not in an unknown one, and an empty set
//! has no unknown member.
//!
//! The candidates of a search must include every entity for which the body is not false, because an unknown candidate makes the search
//! unknown. An access path over an open name may miss some of them, so it is not used.
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
