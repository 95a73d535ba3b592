//! The values of a condition's terms during its evaluation.

use crate::policy::{MAX_VARIABLES, VarSet};
use crate::world::{Argument, EntityId};

/// The entities and arguments to which a condition's terms refer. Small enough to be copied for each candidate of a search.
#[derive(Clone, Copy)]
pub(crate) struct Bindings<'f> {
    /// The subject of the request; in an implication, the holder of the role in question; in an event, its doer.
    pub(crate) subject: EntityId,
    pub(crate) resource: EntityId,
    /// The entity of each variable; [`EntityId::NONE`] if the variable is not bound yet.
    pub(crate) variables: [EntityId; MAX_VARIABLES],
    /// In an implication, the ends of the fact that it is to derive: the ends of a relation; or holder, role (as its entity) and scope.
    pub(crate) asked: [EntityId; 3],
    /// An event's arguments, in the order of its parameters.
    pub(crate) arguments: &'f [Argument],
}

impl Bindings<'_> {
    /// Whether all these variables have values.
    #[inline]
    pub(crate) fn bind_all(&self, variables: VarSet) -> bool {
        variables.is_empty() || variables.iter().all(|variable| self.variables[usize::from(variable.0)] != EntityId::NONE)
    }

    pub(crate) fn new(subject: EntityId, resource: EntityId) -> Bindings<'static> {
        Bindings { subject, resource, variables: [EntityId::NONE; MAX_VARIABLES], asked: [EntityId::NONE; 3], arguments: &[] }
    }
}
