//! Subjects in words.

use super::Words;
use crate::diag::phrases::counted;
use crate::policy::ClaimId;
use crate::query::how_to::SubjectSummary;
use crate::world::EntityId;

impl Words<'_> {
    /// Subjects, by name if they are few, else counted by kind and home.
    pub(super) fn subjects(self, subjects: &[EntityId]) -> String {
        let home_count = |(kind, home, count): (_, Option<EntityId>, usize)| {
            let subjects = counted(count, &self.policy.kinds[kind].meta.name);
            home.map_or_else(|| subjects.clone(), |home| format!("{subjects} of {}", self.name(home)))
        };
        match SubjectSummary::of(self.policy, self.world, self.at, subjects) {
            SubjectSummary::Each(subjects) if subjects.is_empty() => "nobody now".to_owned(),
            SubjectSummary::Each(subjects) => self.names(&subjects).join(", "),
            SubjectSummary::Counts { counts, more } => {
                let counts: Vec<String> = counts.into_iter().map(home_count).collect();
                format!("{}{}", counts.join(", "), if more { ", and others" } else { "" })
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
