//! Subjects in words.

use super::Words;
use crate::diag::phrases::{any_of, counted};
use crate::policy::ClaimId;
use crate::query::how_to::SubjectSummary;
use crate::world::EntityId;

impl Words<'_> {
    /// Any one of these subjects, by name if they are few, else counted by kind and home. Unless they are all, there may be others.
    pub(super) fn subjects(self, subjects: &[EntityId], all: bool) -> String {
        let with_others = |names: Vec<String>| format!("{} and perhaps others", names.join(", "));
        let home_count = |(kind, home, count): (_, Option<EntityId>, usize)| {
            let subjects = counted(count, &self.policy.kinds[kind].meta.name);
            home.map_or_else(|| subjects.clone(), |home| format!("{subjects} of {}", self.name(home)))
        };
        match SubjectSummary::of(self.policy, self.world, self.at, subjects) {
            SubjectSummary::Each(subjects) if all => any_of(self.names(&subjects)),
            SubjectSummary::Each(subjects) => with_others(self.names(&subjects)),
            SubjectSummary::Counts { counts, more } => {
                let counts: Vec<String> = counts.into_iter().map(home_count).collect();
                match (all, more) {
                    (true, false) => any_of(counts),
                    (true, true) => format!("{} or others", counts.join(", ")),
                    (false, _) => with_others(counts),
                }
            }
        }
    }

    pub(super) fn names(self, entities: &[EntityId]) -> Vec<String> {
        entities.iter().map(|&entity| self.name(entity)).collect()
    }

    pub(super) fn claim_names(self, claims: &[ClaimId]) -> Vec<String> {
        claims.iter().map(|&claim| self.policy.claims[claim].meta.name.clone()).collect()
    }
}
