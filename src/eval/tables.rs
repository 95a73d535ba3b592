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
    pub(super) quiet: Option<Box<Tables>>,
}

/// Results by what was asked.
#[derive(Debug, Default)]
pub(super) struct Table {
    pub(super) results: FxHashMap<Goal, (Truth, Proof)>,
}

impl Tables {
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
