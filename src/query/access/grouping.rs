//! Requests put together: those who may do the same to the same.

use crate::policy::ActionId;
use crate::world::{EntityId, ResolvedRequest};
use std::collections::BTreeMap;

/// Requests, which come subject by subject, by what they have in common.
#[derive(Debug)]
pub(in crate::query) struct Grouping<K> {
    /// The subject whose requests come, and others that have the same.
    subjects: Vec<EntityId>,
    /// Their requests: resource, what they have in common, and action.
    own: Vec<(EntityId, K, ActionId)>,
    /// The subjects with the same actions on the same resources.
    shared: BTreeMap<Shared<K>, Vec<EntityId>>,
}

/// What subjects share: what they have in common, the actions, and the resources.
pub(in crate::query) type Shared<K> = (K, Vec<ActionId>, Vec<EntityId>);

impl<K> Default for Grouping<K> {
    fn default() -> Grouping<K> {
        Grouping { subjects: Vec::new(), own: Vec::new(), shared: BTreeMap::new() }
    }
}

impl<K: Ord + Clone> Grouping<K> {
    pub(in crate::query) fn add(&mut self, request: ResolvedRequest, key: K) {
        if self.subjects.first() != Some(&request.subject) {
            self.share();
            self.subjects = vec![request.subject];
        }
        self.own.push((request.resource, key, request.action));
    }

    /// Says that these subjects have the same requests as the first of them, whose requests came last, if there were any. Those end here.
    pub(in crate::query) fn same_of(&mut self, subjects: &[EntityId]) {
        if self.subjects.first() == subjects.first() {
            self.subjects = subjects.to_vec();
        }
        self.share();
        self.subjects.clear();
    }

    /// Ends the rows of a subject: the resources on which it has the same actions are put together, then it is with the subjects that have the
    /// same.
    fn share(&mut self) {
        let mut own = std::mem::take(&mut self.own);
        // The actions on a resource keep their order.
        own.sort_by(|(one, key, _), (other, against, _)| (one, key).cmp(&(other, against)));
        let mut resources: BTreeMap<(K, Vec<ActionId>), Vec<EntityId>> = BTreeMap::new();
        for same in own.chunk_by(|(one, key, _), (other, against, _)| (one, key) == (other, against)) {
            let (resource, key, _) = &same[0];
            let actions = same.iter().map(|&(_, _, action)| action).collect();
            resources.entry((key.clone(), actions)).or_default().push(*resource);
        }
        for ((key, actions), resources) in resources {
            self.shared.entry((key, actions, resources)).or_default().extend(&self.subjects);
        }
    }

    /// The same requests with another thing in common.
    pub(in crate::query) fn with_key<L: Ord>(self, key: impl Fn(K) -> L) -> Grouping<L> {
        let shared = self.into_shared().into_iter().map(|((own, actions, resources), subjects)| ((key(own), actions, resources), subjects));
        Grouping { shared: shared.collect(), ..Grouping::default() }
    }

    /// These requests and others.
    pub(in crate::query) fn joined(mut self, other: Grouping<K>) -> Grouping<K> {
        self.share();
        for (shared, subjects) in other.into_shared() {
            self.shared.entry(shared).or_default().extend(subjects);
        }
        self
    }

    /// What subjects share, and the subjects.
    pub(in crate::query) fn into_shared(mut self) -> BTreeMap<Shared<K>, Vec<EntityId>> {
        self.share();
        self.shared
    }
}
