//! The read-only data of an evaluation: policy, world and context.

use crate::plan::access_path::SearchVariable;
use crate::plan::compiled::CompiledPolicy;
use crate::plan::prepared::PreparedPolicy;
use crate::plan::validity::{ActiveSet, Context};
use crate::policy::RoleId;
use crate::world::{EntityId, World};
use std::sync::Arc;

/// The data that an evaluation reads and never changes. [`Decider`](super::Decider) owns one, and every
/// [`Evaluator`](super::evaluator::Evaluator) borrows it.
#[derive(Debug)]
pub struct Env<'a> {
    /// The policy.
    pub compiled: &'a CompiledPolicy,
    /// The world.
    pub world: &'a World,
    /// Dates and toggles.
    pub context: Context,
    /// What is in force in the context.
    pub(crate) prepared: Arc<PreparedPolicy>,
    /// Whether some pattern leaves memberships open.
    pub(crate) open_groups: bool,
    /// Whether some pattern leaves assignments open.
    pub(crate) open_roles: bool,
    /// Whether some pattern leaves anything open.
    pub(crate) leaves_open: bool,
    /// Whether an entity may lie within others than those that are stated.
    pub(crate) open_containers: bool,
    /// Whether some pattern also stands for entities that the world does not name.
    pub(crate) unnamed: bool,
}

impl<'a> Env<'a> {
    pub(crate) fn new(compiled: &'a CompiledPolicy, world: &'a World, context: Context) -> Env<'a> {
        let prepared = compiled.prepared(&context);
        Env::with_prepared(compiled, world, context, prepared)
    }

    pub(crate) fn with_prepared(
        compiled: &'a CompiledPolicy,
        world: &'a World,
        context: Context,
        prepared: Arc<PreparedPolicy>,
    ) -> Env<'a> {
        let open_roles = compiled.policy.roles.ids().any(|role| !world.role_closed(role));
        let (open_groups, unnamed) = (!world.memberships_closed(), world.has_unnamed());
        let open_containers = unnamed || !world.containers_closed();
        let leaves_open = world.openings().shapes().next().is_some();
        Env { compiled, world, context, prepared, open_groups, open_roles, leaves_open, open_containers, unnamed }
    }

    /// The elements of the policy that are in force in the context.
    #[inline]
    pub(crate) fn active(&self) -> &ActiveSet {
        &self.prepared.active
    }

    /// Whether the entity is of the variable's kinds, and lives, or lived if the variable reaches back so far.
    #[inline]
    pub(crate) fn ranges_over(&self, variable: &SearchVariable, ent: EntityId) -> bool {
        let (world, at) = (self.world, self.context.at);
        variable.kinds.contains(world.kind(ent)) && (world.lives(ent, at) || variable.past && world.has_ended(ent, at))
    }

    /// All entities over which the variable ranges, in order.
    pub(crate) fn range<'e>(&'e self, variable: &'e SearchVariable) -> impl Iterator<Item = EntityId> + 'e {
        let all = variable.kinds.iter().flat_map(|kind| self.world.of_kind(kind));
        all.filter(|&ent| self.ranges_over(variable, ent))
    }

    /// The roles that include this one through roles in force, itself among them, sorted.
    pub(crate) fn includers(&self, role: RoleId) -> &[RoleId] {
        self.prepared.includers(&self.compiled.policy, &self.compiled.graph, role)
    }
}
