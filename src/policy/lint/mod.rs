//! Lints: warnings about what a pack says without mistake but probably does not mean.
//!
//! One file a subject: `unused` (claims, toggles and roles without use), `idle_schema` (actions, kinds and relations without use), `tables` (grids without marks), `constant_conditions`
//! (conditions that are never or always true), `loose_variables` and `fail_open` (denies that absent data or a kind switches off). `constant_conditions` judges by `satisfiability`, which reduces a
//! condition to assumptions about terms; `value_domain` says whether those leave a term any value, and `policy::canonical` gives equal terms and
//! conditions equal keys.
//!
//! Invariant: lints only add warnings. Where an element has a mistake, none judges what may follow from it.

mod constant_conditions;
mod fail_open;
mod idle_schema;
mod loose_variables;
mod satisfiability;
mod tables;
mod unused;
mod value_domain;

use super::condition::Condition;
use super::kind_set::KindSet;
use super::metadata::Validity;
use super::model::Policy;
use crate::diag::{self, Diagnostic};
use satisfiability::Satisfiability;

/// The warnings of a pack, sorted.
pub fn lint(policy: &Policy) -> Vec<Diagnostic> {
    let mut diagnostics = Vec::new();
    unused::lint(policy, &mut diagnostics);
    tables::lint(policy, &mut diagnostics);
    constant_conditions::lint(policy, &mut diagnostics);
    loose_variables::lint(policy, &mut diagnostics);
    fail_open::lint(policy, &mut diagnostics);
    diag::sort(&mut diagnostics);
    diagnostics
}

/// The warnings of a pack that has no mistake and is used with a world: its elements without use, sorted.
pub fn lint_use(policy: &Policy) -> Vec<Diagnostic> {
    let mut diagnostics = Vec::new();
    idle_schema::lint(policy, &mut diagnostics);
    diag::sort(&mut diagnostics);
    diagnostics
}

/// Whether a condition without subject, resource and toggles is false or unknown in every world.
pub(super) fn never_true(policy: &Policy, condition: &Condition) -> bool {
    Satisfiability::new(policy, &KindSet::default(), None, &condition.variables, Validity::default()).never_true(&condition.expr)
}
