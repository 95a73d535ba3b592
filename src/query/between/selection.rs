//! What a question stands for at some time of its window.

use super::rows::Between;
use crate::eval::{Budget, Decider, Truth};
use crate::policy::ActionId;
use crate::query::access::{Resources, Subjects};
use crate::query::lists::{self, EntityPattern, Turning};
use crate::time::Instant;
use crate::world::{EntityId, RequestError};
use rustc_hash::FxHashMap;
use std::collections::BTreeSet;

impl Between<'_> {
    /// The subjects for whom an entity or a pattern stands at some time of the window: see [`lists::subjects`]. Whoever belongs there at some
    /// time is true, and unknown who only may.
    ///
    /// # Errors
    ///
    /// If it can stand for no subject.
    pub fn subjects(&self, pattern: EntityPattern) -> Result<Subjects, RequestError> {
        let (policy, world) = (&self.decider.compiled.policy, self.decider.world);
        let (group, kind) = match pattern {
            EntityPattern::One(ent) => (Some(ent), world.kind(ent)),
            EntityPattern::All(kind) => (None, kind),
        };
        match group {
            None if policy.kinds[kind].subject => Ok(self.decider.within(&Budget::default()).subjects(pattern)?),
            Some(ent) if policy.kinds[kind].subject => Ok(Subjects::These(vec![(ent, Truth::True)])),
            _ => {
                let instants = Turning::within(self.decider, self.policy_stays, self.window).of_members(group, kind);
                self.at_some_time(&instants, |decider| lists::subjects(decider, pattern)).map(Subjects::These)
            }
        }
    }

    /// The resources for which an entity or a pattern stands at some time of the window; with `within`, all that lies within the entity too.
    ///
    /// # Errors
    ///
    /// If no action stands on any of them.
    pub fn resources(&self, pattern: EntityPattern, actions: &[ActionId], within: bool) -> Result<Resources, RequestError> {
        let at_once = |decider: &Decider<'_>| decider.within(&Budget::default()).resources(pattern, actions, within);
        match pattern {
            EntityPattern::All(_) => at_once(self.decider),
            EntityPattern::One(ent) if !within => at_once(self.decider).map(|_| Resources::These(vec![ent])),
            EntityPattern::One(_) => {
                let instants = Turning::within(self.decider, self.policy_stays, self.window).of_contents();
                let found = self.at_some_time(&instants, |decider| {
                    at_once(decider).map(|resources| match resources {
                        Resources::These(these) => these.into_iter().map(|ent| (ent, Truth::True)).collect(),
                        Resources::Kinds(_) => Vec::new(),
                    })
                });
                found.map(|found| Resources::These(found.into_iter().map(|(ent, _)| ent).collect()))
            }
        }
    }

    /// What is found at some instant of the window, in order, where it may turn at these instants.
    fn at_some_time(
        &self,
        instants: &BTreeSet<Instant>,
        find: impl Fn(&Decider<'_>) -> Result<Vec<(EntityId, Truth)>, RequestError>,
    ) -> Result<Vec<(EntityId, Truth)>, RequestError> {
        let mut found: FxHashMap<EntityId, Truth> = FxHashMap::default();
        let later = instants.range(self.window.since.after()..self.window.until).copied();
        for at in std::iter::once(self.window.since).chain(later) {
            for (ent, truth) in find(&self.timeline.decider(at))? {
                let known = found.entry(ent).or_insert(Truth::False);
                *known = known.or(truth);
            }
        }
        let mut found: Vec<(EntityId, Truth)> = found.into_iter().collect();
        found.sort_by(|&(a, _), &(b, _)| self.decider.world.compare_entities(a, b));
        Ok(found)
    }
}
