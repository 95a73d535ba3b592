//! The entities that a part of a goal needs.

use crate::policy::{Id, KindSet};
use std::collections::{BTreeMap, BTreeSet};

/// An entity for each choice of arguments.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Function {
    /// What it is: equal functions have equal keys.
    pub(super) key: String,
    /// The kinds of each argument.
    pub(super) from: Vec<Vec<usize>>,
    /// The kinds that its value may have.
    pub(super) to: Vec<usize>,
}

/// The entities that a part of a goal needs.
#[derive(Clone, Debug, Default)]
pub(super) struct Needs {
    /// Single entities by what they are, with the kinds that each may have.
    pub(super) constants: BTreeMap<String, KindSet>,
    /// By kind: more entities, of one branch or another.
    pub(super) rest: Vec<usize>,
    /// Entities for each of others.
    pub(super) functions: BTreeSet<Function>,
}

impl Needs {
    pub(super) fn constant(key: String, kinds: KindSet) -> Needs {
        Needs { constants: BTreeMap::from([(key, kinds)]), ..Needs::default() }
    }

    /// What both need.
    pub(super) fn and(mut self, other: Needs) -> Needs {
        for (key, kinds) in other.constants {
            let known = self.constants.entry(key).or_default();
            *known = known.union(&kinds);
        }
        self.rest.resize(self.rest.len().max(other.rest.len()), 0);
        self.rest.iter_mut().zip(&other.rest).for_each(|(own, other)| *own += other);
        self.functions.extend(other.functions);
        self
    }

    /// What one of these needs, whichever it is: what all share, and of each kind the largest rest.
    pub(super) fn one_of(branches: Vec<Needs>) -> Needs {
        let Some(first) = branches.first() else { return Needs::default() };
        let shared: BTreeMap<String, KindSet> = first
            .constants
            .iter()
            .filter(|(key, kinds)| branches.iter().all(|branch| branch.constants.get(*key) == Some(*kinds)))
            .map(|(key, kinds)| (key.clone(), kinds.clone()))
            .collect();
        let mut rest: Vec<usize> = Vec::new();
        let mut functions = BTreeSet::new();
        for branch in branches {
            let mut own = branch.rest;
            for kinds in branch.constants.iter().filter(|(key, _)| !shared.contains_key(*key)).map(|(_, kinds)| kinds) {
                for kind in kinds.iter() {
                    own.resize(own.len().max(kind.index() + 1), 0);
                    own[kind.index()] += 1;
                }
            }
            rest.resize(rest.len().max(own.len()), 0);
            rest.iter_mut().zip(&own).for_each(|(most, own)| *most = (*most).max(*own));
            functions.extend(branch.functions);
        }
        Needs { constants: shared, rest, functions }
    }
}

#[cfg(test)]
mod tests {
    use super::Needs;
    use crate::policy::{KindId, KindSet};

    fn needs(keys: &[(&str, u32)]) -> Needs {
        let each = keys.iter().map(|(key, kind)| Needs::constant((*key).to_owned(), KindSet::one(KindId(*kind))));
        each.fold(Needs::default(), Needs::and)
    }

    #[test]
    fn a_choice_needs_what_all_share_and_the_largest_rest() {
        let found = Needs::one_of(vec![needs(&[("a", 0), ("b", 1), ("c", 1)]), needs(&[("a", 0), ("d", 0), ("e", 1)])]);
        assert_eq!(found.constants.keys().collect::<Vec<_>>(), ["a"]);
        assert_eq!(found.rest, [1, 2]);
    }

    #[test]
    fn a_conjunction_counts_equal_entities_once() {
        let found = needs(&[("a", 0), ("b", 1)]).and(needs(&[("a", 0)]));
        assert_eq!(found.constants.len(), 2);
        assert_eq!(needs(&[("a", 0)]).and(Needs { rest: vec![0, 2], ..Needs::default() }).rest, [0, 2]);
    }
}
