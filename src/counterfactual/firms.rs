//! Whose an entity is: of the question's own firms, or of others.

use crate::eval::Decider;
use crate::policy::KindSet;
use crate::world::{EntityId, ResolvedRequest};

/// The firms of a question: the subject's home, and what the resource lies within.
#[derive(Debug, Default)]
pub(crate) struct Firms {
    /// The kinds of homes that the subject may have.
    kinds: KindSet,
    own: Vec<EntityId>,
}

impl Firms {
    pub(crate) fn of(decider: &Decider<'_>, asked: &ResolvedRequest) -> Firms {
        let (policy, world, at) = (&decider.compiled.policy, decider.world, decider.context.at);
        let homes = policy.kinds[world.kind(asked.subject)].exactly_one.iter();
        let kinds = homes.filter_map(|&home| policy.attributes[home].value.entity_kinds());
        let kinds = kinds.fold(KindSet::default(), |all, kinds| all.union(kinds));
        let home = world.home(policy, asked.subject, at).map(|(_, home)| home);
        Firms { kinds, own: world.containers(asked.resource, at).chain(home).collect() }
    }

    /// Whether an entity is a firm that is none of them.
    pub(crate) fn is_other(&self, decider: &Decider<'_>, entity: EntityId) -> bool {
        entity != EntityId::NONE && self.kinds.contains(decider.world.kind(entity)) && !self.own.contains(&entity)
    }
}
