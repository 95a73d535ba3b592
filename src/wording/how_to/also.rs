//! What else a way changes, in words.

use crate::diag::phrases::{agree, all_of, counted};
use crate::query::diff::{AccessCount, SubjectCount};
use crate::wording::Words;

/// An [`AccessCount`] in words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AlsoText {
    /// What it is beside the wanted answer: `also`, or `extra` where access is asked for and more is given.
    pub label: &'static str,
    /// How many other requests it allows.
    pub gained: usize,
    /// How many other requests it no longer allows.
    pub lost: usize,
    /// How many other requests are unknown by it, and were not allowed.
    pub unsure: usize,
    /// There may be more than were counted.
    pub at_least: bool,
    /// For each subject, what it gains or loses, those with the most first: `ann loses 6 rights at 2 customers`.
    pub subjects: Vec<String>,
}

impl AlsoText {
    /// Whether anything else changes, or may.
    pub fn changes(&self) -> bool {
        self.gained + self.lost + self.unsure > 0
    }

    /// What else changes, in a few words, with so many subjects at most: `ann loses 6 rights at 2 customers, bob 3, and 4 others 9`.
    pub fn says(&self, most: usize) -> String {
        let known = self.known(most);
        match (self.unsure, self.gained + self.lost) {
            (0, _) => known,
            (unsure, 0) => format!("{known} for certain; {} {} unknown", counted(unsure, "right"), agree(unsure, "becomes", "become")),
            (unsure, _) => format!("{known}; {unsure} more {} unknown", agree(unsure, "becomes", "become")),
        }
    }

    fn known(&self, most: usize) -> String {
        let total = self.gained + self.lost;
        let least = if self.at_least { "at least " } else { "" };
        if total == 0 {
            return if self.at_least { "what else it changes was not counted".to_owned() } else { "nothing else changes".to_owned() };
        }
        if self.subjects.len() <= most && !self.at_least {
            return all_of(self.subjects.iter().map(String::as_str));
        }
        let rights = |count: usize| format!("{least}{}", counted(count, "right"));
        let whom = counted(self.subjects.len(), "subject");
        match (self.gained, self.lost, self.at_least) {
            (gained, 0, true) => format!("gives {}", rights(gained)),
            (0, lost, true) => format!("takes {}", rights(lost)),
            (gained, lost, true) => format!("gives {} and takes away {}", rights(gained), rights(lost)),
            (gained, 0, false) => format!("gives {} to {whom}", rights(gained)),
            (0, lost, false) => format!("takes {} from {whom}", rights(lost)),
            (gained, lost, false) => format!("gives {} and takes away {lost}, across {whom}", rights(gained)),
        }
    }
}

impl Words<'_> {
    pub(super) fn also(self, also: &AccessCount, allow: bool) -> AlsoText {
        let mut subjects: Vec<&SubjectCount> = also.subjects.iter().collect();
        subjects.sort_by_key(|own| std::cmp::Reverse(own.gained + own.lost));
        AlsoText {
            label: if allow && also.gained > 0 { "extra" } else { "also" },
            gained: also.gained,
            lost: also.lost,
            unsure: also.unsure,
            at_least: also.at_least,
            subjects: subjects.into_iter().map(|own| self.subject_count(own)).collect(),
        }
    }

    fn subject_count(self, own: &SubjectCount) -> String {
        let count = |count: usize, verb: &str| (count > 0).then(|| format!("{verb} {}", counted(count, "right")));
        let both: Vec<String> = [count(own.gained, "gains"), count(own.lost, "loses")].into_iter().flatten().collect();
        let place = match own.place {
            Some(place) => format!(" at {}", self.name(place)),
            None => format!(" in {} places", own.places),
        };
        format!("{} {}{place}", self.name(own.subject), both.join(" and "))
    }
}
