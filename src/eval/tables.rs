//! What was worked out before within one question, so that it is worked out once: derived relations and roles that conditions ask for.
//!
//! Without a trace, a table is used only after some work, so that short questions do without it. With one it is always used, and a proof
//! that recurs is recorded once.

use super::trace::Proof;
use super::truth::Truth;
use crate::policy::{RelationId, RoleId};
use crate::world::EntityId;
use rustc_hash::FxHashMap;

/// The work after which an evaluation without a trace begins to use its table.
pub(super) const SHORT: u64 = 48;

/// So many results are kept for what is worked out next.
pub(super) const MAX_KEPT: usize = 200_000;

/// The tables of one evaluator.
#[derive(Debug, Default)]
pub(crate) struct Tables {
    /// Of its own evaluation.
    pub(super) own: Table,
    /// Of evaluations without a trace that find candidates.
    quiet: Option<Box<Tables>>,
    /// Whether a result costs again what it took to work it out, since it may be one of an earlier question.
    charges: bool,
}

/// Results by what was asked.
#[derive(Debug, Default)]
pub(super) struct Table {
    pub(super) results: FxHashMap<Goal, TableResult>,
}

/// What was worked out.
#[derive(Debug)]
pub(super) struct TableResult {
    pub(super) truth: Truth,
    pub(super) proof: Proof,
    /// The units of work that it took.
    pub(super) work: u64,
}

impl Tables {
    /// Tables for several questions, each of which is charged for what it takes from an earlier one.
    pub(super) fn charging() -> Tables {
        Tables { charges: true, ..Tables::default() }
    }

    /// Tables of the same use with nothing in them.
    pub(super) fn emptied(&self) -> Tables {
        Tables { charges: self.charges, ..Tables::default() }
    }

    /// The tables for evaluations without a trace. They are to be given back.
    pub(super) fn take_quiet(&mut self) -> Option<Box<Tables>> {
        self.quiet.take().or_else(|| self.charges.then(|| Box::new(Tables::charging())))
    }

    /// Puts the tables for evaluations without a trace back.
    pub(super) fn give_quiet(&mut self, quiet: Option<Box<Tables>>) {
        self.quiet = quiet;
    }

    /// What was worked out for the goal, and what the question is to be charged for it.
    pub(super) fn known(&self, goal: &Goal) -> Option<(&TableResult, u64)> {
        let result = self.own.results.get(goal)?;
        Some((result, if self.charges { result.work } else { 0 }))
    }

    /// How many results they have.
    pub(super) fn len(&self) -> usize {
        self.own.results.len() + self.quiet.as_ref().map_or(0, |quiet| quiet.len())
    }
}

/// What is asked of a table.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Goal {
    /// Whether the relation holds between these ends.
    Relation(RelationId, [EntityId; 3]),
    /// Whether the holder holds the role, or one that includes it, over the scope.
    Holds(EntityId, RoleId, EntityId),
}
