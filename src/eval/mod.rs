//! Evaluates requests against a world in Kleene logic, with or without a trace.
//!
//! # How a decision runs
//!
//! A [`Decider`] answers requests against one world in one context (dates and toggles). It owns an [`Env`], which has the data that an
//! evaluation reads and never changes: the compiled policy, the world, the context, and the
//! [`PreparedPolicy`](crate::plan::PreparedPolicy), which has the elements in force and the permits and denies of each action. All deciders
//! of one policy, policy date and toggles share it.
//!
//! [`Decider::decide`] makes an `Evaluator`, which borrows the `Env` and has the state of one question: the closures of memberships and the
//! derived facts that it worked out, and a [`Recorder`]. It draws on the [`Budget`] of the question. The evaluator computes the truth values
//! of the compiled policy's plans:
//!
//! * `evaluator`: connectives and searches. A search takes its candidates from the complete access path that yields the fewest, or else
//!   from all entities of its kinds.
//! * `atoms`: tests of the world. `terms` reads each of their operands as a [`TermValue`]: a value, none or unknown.
//! * `roles`: whether a role is held, which most permits require. `membership`: whether an entity is in a group, by the closures that
//!   `groups` computes and `closures` keeps.
//! * `past`: whether something held before and holds no more.
//! * `open`: whether a fact that is not stated may hold, by a pattern of the world. `unnamed`: whether an entity that the world does not name
//!   may be the value of a variable, and `anchors`: at which places of an atom a pattern puts it. `unknown_roles`: roles that the world names
//!   and the policy does not.
//! * `reach`: who or what may be at an open end of a question, for lists. `delta`: which conclusions a change may turn.
//! * `instantiate`: the bindings of an implication, for the role or relation that it may derive. Its plan is evaluated by the same
//!   evaluator. This recursion ends, because the graph rejects cycles among implications. `derivations` goes the other way: it finds all that
//!   an implication derives.
//!
//! `Bindings` have the values of the terms of a plan: subject, resource, variables, and for an implication the ends of the fact in
//! question. Each search copies them, and sets its variable in the copy.
//!
//! Every candidate, every instantiated implication and every few facts that are read spend one unit of the budget. All that works on one
//! question draws on the same one, in a [`QueryContext`]: the decision, near misses, explanations, and the search for ways to turn the
//! answer. Once it is exhausted the truth values mean nothing, and [`Budget::exhausted`] has the condition that was searched.
//!
//! Within one evaluator a derived relation and a role that a condition asks for are worked out once for the same arguments (`tables`). A
//! trace has such a proof once; where it recurs, a step refers to it. A [`TabledDecider`] keeps them from one decision to the next, for lists.
//!
//! The recorder is a type parameter, so that one evaluator both decides and records. With [`NoTrace`] recording costs nothing, and every
//! loop stops as soon as the truth value is certain. With [`Trace`] the evaluation is exhaustive: it takes every branch of a disjunction and
//! every binding, and drops the steps of bindings, roles and implications that are false. With either, a conjunction stops at its first
//! false part. [`Decider::record`] evaluates with a [`Trace`] and adds obligations and advice. The outcome is the same with both.
//!
//! # Kleene logic and closed names
//!
//! [`Truth`] is false, unknown or true. A fact that is not stated is false, unless it is *open*: it fits a pattern of the world, the schema
//! admits it, none of its entities is known not to live, and it is not stated not to hold. Then it is unknown, and the trace has a
//! [`MissingDatum`] for it. A relation, role or attribute is *closed* if no pattern is about it: this is what is looked at first. An attribute
//! that must be given and is not, and one of an entity that does not live, is unknown without a pattern.
//!
//! An atom is false if one of its operands is absent or of a kind that its place does not allow. Otherwise it is unknown if one of them is
//! unknown, unless no value of that operand could make it true: an entity that is in no group and may be in none is not in an unknown one, an
//! empty set has no unknown member, and a value that is denied is not the unknown one.
//!
//! The candidates of a search must include every entity for which the body is not false, because an unknown candidate makes the search
//! unknown. An access path that may miss some of them, because of what patterns leave open, is not used. Nor is one of an atom of which
//! another operand may be unknown: then the atom is unknown, whatever is stated of the operands that the path reads.
//!
//! # Files
//!
//! Imports go one way: `truth`, `trace`, `budget`, `bindings`, `env`; then `groups`, `closures`, `tables`,
//! `instantiate`; then `evaluator`; then `open`, `unnamed`, `anchors`, `terms`, `membership`, `solutions`, `derivations`, `follow` (access
//! paths), `atoms`, `past`, `roles`, `unknown_roles`, `implications`, `reach`, `delta`, which are `impl` blocks of the evaluator; then `decide`,
//! `tabled` and `query_context`.
//!
//! Invariant: this room knows no text, no clock and no disk, and nothing in it changes a world.

mod anchors;
mod atoms;
pub(crate) mod bindings;
pub(crate) mod budget;
mod closures;
pub(crate) mod decide;
mod delta;
pub(crate) mod derivations;
pub(crate) mod env;
pub(crate) mod evaluator;
mod follow;
mod groups;
mod implications;
pub(crate) mod instantiate;
mod membership;
mod open;
mod past;
pub(crate) mod query_context;
mod reach;
mod roles;
pub(crate) mod solutions;
mod tabled;
pub(crate) mod tables;
pub(crate) mod terms;
pub(crate) mod trace;
pub(crate) mod truth;
mod unknown_roles;
mod unnamed;

pub use budget::{BUDGET, Budget, Exhausted, Limit, MAX_STEPS};
pub use decide::{Decider, Decision, Outcome, Record};
pub use env::Env;
pub(crate) use evaluator::Memory;
pub use query_context::QueryContext;
pub use reach::Holdings;
pub use tabled::TabledDecider;
pub use trace::{AtomShape, MissingDatum, NoTrace, Proof, ProofKey, ProofVisits, Recorder, TermValue, Trace, TraceNode, TraceStep};
pub use truth::Truth;
