//! What the terms of a condition stand for while it is evaluated.

use crate::policy::MAX_VARIABLES;
use crate::world::{Argument, EntityId};

/// The entities and arguments to which a condition's terms refer. Small enough to be copied for each candidate of a search.
#[derive(Clone, Copy)]
pub(crate) struct Bindings<'f> {
    /// Who asks; in an implication, the holder in question; in an event, its doer.
    pub(crate) subject: EntityId,
    pub(crate) resource: EntityId,
    /// By variable; [`EntityId::NONE`] if it is not bound yet.
    pub(crate) variables: [EntityId; MAX_VARIABLES],
    /// The ends of the fact that an implication is to derive: those of a relation, or holder, role, scope.
    pub(crate) asked: [EntityId; 3],
    /// An event's arguments, in the order of its parameters.
    pub(crate) arguments: &'f [Argument],
}

impl Bindings<'_> {
    pub(crate) fn new(subject: EntityId, resource: EntityId) -> Bindings<'static> {
        Bindings { subject, resource, variables: [EntityId::NONE; MAX_VARIABLES], asked: [EntityId::NONE; 3], arguments: &[] }
    }
}
