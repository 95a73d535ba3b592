//! Requests put together: those who may do the same to the same.

use crate::policy::ActionId;
use crate::world::{EntityId, ResolvedRequest};
use std::collections::BTreeMap;

/// Requests, which come subject by subject, by what they have in common.
#[derive(Debug)]
pub(in crate::query) struct Grouping<K> {
    subject: Option<EntityId>,
    /// Of this subject: the actions on each resource.
    own: BTreeMap<(K, EntityId), Vec<ActionId>>,
    /// The subjects with the same actions on the same resources.
    shared: BTreeMap<Shared<K>, Vec<EntityId>>,
}

/// What subjects share: what they have in common, the actions, and the resources.
pub(in crate::query) type Shared<K> = (K, Vec<ActionId>, Vec<EntityId>);

impl<K> Default for Grouping<K> {
    fn default() -> Grouping<K> {
        Grouping { subject: None, own: BTreeMap::new(), shared: BTreeMap::new() }
    }
}

impl<K: Ord + Clone> Grouping<K> {
    pub(in crate::query) fn add(&mut self, request: ResolvedRequest, key: K) {
        if self.subject != Some(request.subject) {
            self.share();
            self.subject = Some(request.subject);
        }
        self.own.entry((key, request.resource)).or_default().push(request.action);
    }

    /// Ends the rows of a subject: the resources on which it has the same actions are put together, then it is with the subjects that have the
    /// same.
    fn share(&mut self) {
        let mut resources: BTreeMap<(K, Vec<ActionId>), Vec<EntityId>> = BTreeMap::new();
        for ((key, resource), actions) in std::mem::take(&mut self.own) {
            resources.entry((key, actions)).or_default().push(resource);
        }
        for ((key, actions), resources) in resources {
            self.shared.entry((key, actions, resources)).or_default().extend(self.subject);
        }
    }

    /// What subjects share, and the subjects.
    pub(in crate::query) fn into_shared(mut self) -> BTreeMap<Shared<K>, Vec<EntityId>> {
        self.share();
        self.shared
    }
}
