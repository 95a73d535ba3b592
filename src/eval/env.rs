//! The read-only data of an evaluation: policy, world and context.

use crate::plan::compiled::CompiledPolicy;
use crate::plan::prepared::PreparedPolicy;
use crate::plan::validity::{ActiveSet, Context};
use crate::policy::RoleId;
use crate::world::World;
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
    /// Whether some `member-of` attribute was not imported, so that an entity may be in groups that the world does not name.
    pub(crate) open_groups: bool,
    /// Whether some role was not imported.
    pub(crate) open_roles: bool,
}

impl<'a> Env<'a> {
    pub(crate) fn new(compiled: &'a CompiledPolicy, world: &'a World, context: Context) -> Env<'a> {
        let prepared = compiled.prepared(&context);
        let open_groups = compiled.policy.attributes.iter().any(|(id, attribute)| attribute.member_of && !world.attribute_closed(id));
        let open_roles = compiled.policy.roles.ids().any(|role| !world.role_closed(role));
        Env { compiled, world, context, prepared, open_groups, open_roles }
    }

    /// The elements of the policy that are in force in the context.
    #[inline]
    pub(crate) fn active(&self) -> &ActiveSet {
        &self.prepared.active
    }

    /// The roles that include this one through roles in force, itself among them, sorted.
    pub(crate) fn includers(&self, role: RoleId) -> &[RoleId] {
        self.prepared.includers(&self.compiled.policy, &self.compiled.graph, role)
    }
}
