//! What a list may miss, in words.

use super::Words;
use crate::diag::phrases::{any_of, code, with_article};
use crate::query::lists::Unnamed;
use std::collections::{BTreeMap, BTreeSet};

/// What a list may miss.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MayMissText {
    /// Which entities, and by which patterns, a line each.
    pub unnamed: Vec<String>,
    /// What counts as absent; `None` if nothing does.
    pub absent: Option<String>,
}

impl Words<'_> {
    /// What a list of access or roles may miss.
    pub fn may_miss(self, unnamed: &BTreeSet<Unnamed>) -> MayMissText {
        let mut by_why: BTreeMap<Option<String>, (BTreeSet<String>, BTreeSet<String>)> = BTreeMap::new();
        for &Unnamed { kind, pattern } in unnamed {
            let (kinds, patterns) = by_why.entry(self.why_open(pattern)).or_default();
            kinds.insert(with_article(&self.policy.kinds[kind].meta.name));
            patterns.insert(self.world.pattern_text(self.policy, pattern));
        }
        let line = |(why, (kinds, patterns)): (Option<String>, (BTreeSet<String>, BTreeSet<String>))| {
            let why = why.map(|why| format!(": {why}")).unwrap_or_default();
            let first = patterns.first().map(code).unwrap_or_default();
            let more = match patterns.len() {
                1 => String::new(),
                2 => " and another such pattern".to_owned(),
                many => format!(" and {} more such patterns", many - 1),
            };
            format!("{} that the world does not name, left open by {first}{more}{why}", any_of(kinds))
        };
        MayMissText { unnamed: by_why.into_iter().map(line).collect(), absent: self.absent() }
    }

    /// What counts as absent.
    pub fn absent(self) -> Option<String> {
        let lacks = self.taken_as_absent();
        (!lacks.is_empty()).then(|| format!("no export of it was read, so it counts as absent: {}", lacks.join("; ")))
    }
}
