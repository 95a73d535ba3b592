//! What could be named instead of the entities of a way, in words.

use crate::diag::phrases::{agree, all_of, any_of, counted};
use crate::query::how_to::{Replacement, Way};
use crate::wording::Words;
use crate::world::EntityId;
use std::collections::BTreeSet;

/// The most choices that are named.
const MAX_NAMED: usize = 2;

impl Words<'_> {
    /// That others could be used instead of some entities of a way: `15 others could be used instead of role:owner`. `None` if none could.
    pub(super) fn instead_of(self, way: &Way) -> Option<String> {
        if way.others == 0 {
            return None;
        }
        if way.alternatives.is_empty() {
            let (count, choices) = (way.others, agree(way.others, "choice", "choices"));
            return Some(match way.replaceable.as_slice() {
                [only] => format!("{count} {} could be used instead of {}", agree(count, "other", "others"), self.name(*only)),
                several => format!("{count} other {choices} of {} would do as well", self.kinds(several)),
            });
        }
        Some(self.each_instead(&way.alternatives))
    }

    /// The same without the name of a single entity that many could replace: `15 other roles would do as well`.
    pub(super) fn instead_in_brief(self, way: &Way) -> Option<String> {
        match way.replaceable.as_slice() {
            [only] if way.others > 0 && way.alternatives.is_empty() => {
                let kind = &self.policy.kinds[self.world.kind(*only)].meta.name;
                Some(format!("{} would do as well", counted(way.others, &format!("other {kind}"))))
            }
            _ => self.instead_of(way),
        }
    }

    /// What would do as well, and changes as much or more.
    pub(super) fn would_do(self, broader: &[Replacement]) -> Option<String> {
        let (first, rest) = broader.split_first()?;
        let shown = if broader.len() <= MAX_NAMED + 1 { broader.len() } else { MAX_NAMED };
        let (_, left) = broader.split_at(shown);
        let with = |replacement: &Replacement| all_of(self.names(&replacement.by));
        let mut names: Vec<String> = std::iter::once(first).chain(rest).take(shown).map(with).collect();
        if !left.is_empty() {
            names.push(format!("{} other {}", left.len(), agree(left.len(), "choice", "choices")));
        }
        Some(format!("{} would do too, for as much or more", any_of(names)))
    }

    /// `a or b could be used instead of c`, for each entity that is replaced.
    fn each_instead(self, alternatives: &[Replacement]) -> String {
        let mut by_replaced: Vec<(&[EntityId], Vec<String>)> = Vec::new();
        for Replacement { of, by } in alternatives {
            let by = all_of(self.names(by));
            match by_replaced.iter_mut().find(|(own, _)| *own == of.as_slice()) {
                Some((_, all)) => all.push(by),
                None => by_replaced.push((of, vec![by])),
            }
        }
        let each = |(of, by): &(&[EntityId], Vec<String>)| format!("{} could be used instead of {}", any_of(by), all_of(self.names(of)));
        by_replaced.iter().map(each).collect::<Vec<String>>().join(", and ")
    }

    /// The names of the kinds of entities.
    fn kinds(self, entities: &[EntityId]) -> String {
        let kinds: BTreeSet<&str> = entities.iter().map(|&entity| self.policy.kinds[self.world.kind(entity)].meta.name.as_str()).collect();
        all_of(kinds)
    }
}
