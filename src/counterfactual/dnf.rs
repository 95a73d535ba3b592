//! Repairs in disjunctive normal form: alternative sets of changes, each of which suffices.

use super::change::{Change, ChangeSet, contradicts_itself};
use crate::eval::Truth;
use rustc_hash::FxBuildHasher;
use std::hash::BuildHasher as _;
use std::ops::Not;

/// The most changes in a set.
const MAX_CHANGES: usize = 6;

/// The most sets that a [`Dnf`] keeps after `and` or `or`.
pub(super) const MAX_SETS: usize = 64;

/// Sets of changes, each of which suffices: a disjunction of conjunctions.
///
/// After `and` or `or` the sets are ordered by size, then by content; none is a superset of another; and there are at most [`MAX_SETS`],
/// each of at most [`MAX_CHANGES`] changes. Sets beyond these bounds are dropped, and `cut` is set.
#[derive(Clone, Debug)]
pub(super) struct Dnf {
    pub(super) sets: Vec<ChangeSet>,
    /// Whether sets were dropped here, or in a part that this was made from.
    pub(super) cut: bool,
}

impl Dnf {
    /// No change is needed: the empty set alone.
    pub(super) fn always() -> Dnf {
        Dnf { sets: vec![ChangeSet::new()], cut: false }
    }

    /// No change suffices: no set at all.
    pub(super) fn never() -> Dnf {
        Dnf { sets: Vec::new(), cut: false }
    }

    /// This change alone.
    pub(super) fn one(change: Change) -> Dnf {
        Dnf::any_of([change])
    }

    /// Each of these changes alone. Keeps all of them, however many.
    pub(super) fn any_of(changes: impl IntoIterator<Item = Change>) -> Dnf {
        let mut sets: Vec<ChangeSet> = changes.into_iter().map(|change| vec![change]).collect();
        sets.sort();
        sets.dedup();
        Dnf { sets, cut: false }
    }

    /// The same after a search that was cut short: that no change is needed was not found out.
    pub(super) fn incomplete(mut self) -> Dnf {
        self.sets.retain(|set| !set.is_empty());
        Dnf { cut: true, ..self }
    }

    /// Whether no change suffices.
    pub(super) fn is_never(&self) -> bool {
        self.sets.is_empty()
    }

    /// The repairs of one or the other.
    pub(super) fn or(mut self, other: Dnf) -> Dnf {
        self.sets.extend(other.sets);
        self.cut |= other.cut;
        self.minimized()
    }

    /// The repairs of both. A set that contradicts itself is dropped.
    pub(super) fn and(self, other: Dnf) -> Dnf {
        let mut both = Dnf { sets: Vec::with_capacity(self.sets.len() * other.sets.len()), cut: self.cut || other.cut };
        for another in other.sets {
            for one in &self.sets {
                let mut set: ChangeSet = one.iter().chain(&another).copied().collect();
                set.sort();
                set.dedup();
                if set.len() > MAX_CHANGES {
                    both.cut = true;
                } else if !contradicts_itself(&set) {
                    both.sets.push(set);
                }
            }
        }
        both.minimized()
    }

    /// Drops supersets, and all but the first [`MAX_SETS`].
    fn minimized(mut self) -> Dnf {
        self.sets.sort_by(|a, b| a.len().cmp(&b.len()).then_with(|| a.cmp(b)));
        self.sets.dedup();
        let (mut kept, mut signatures): (Vec<ChangeSet>, Vec<u64>) = (Vec::new(), Vec::new());
        for set in self.sets {
            if kept.len() == MAX_SETS {
                self.cut = true;
                break;
            }
            let own = signature(&set);
            let contains =
                |(smaller, bits): (&ChangeSet, &u64)| bits & !own == 0 && smaller.iter().all(|change| set.binary_search(change).is_ok());
            if !kept.iter().zip(&signatures).any(contains) {
                kept.push(set);
                signatures.push(own);
            }
        }
        Dnf { sets: kept, cut: self.cut }
    }
}

/// A bit for each change: a set that contains another one has all bits of that.
fn signature(set: &[Change]) -> u64 {
    set.iter().fold(0, |bits, change| bits | 1 << (FxBuildHasher.hash_one(change) >> 58))
}

/// The truth that a search for repairs wants a condition to have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Goal {
    MakeTrue,
    MakeFalse,
}

impl Goal {
    /// The truth that is wanted.
    pub(super) fn truth(self) -> Truth {
        Truth::from(self == Goal::MakeTrue)
    }

    /// The repairs of a part whose truth no change can alter.
    pub(super) fn of_fixed(self, truth: bool) -> Dnf {
        if self == Goal::from(truth) { Dnf::always() } else { Dnf::never() }
    }

    /// How the repairs of the parts of a conjunction combine.
    pub(super) fn connective_of_all(self) -> Connective {
        match self {
            Goal::MakeTrue => Connective::And,
            Goal::MakeFalse => Connective::Or,
        }
    }

    /// How the repairs of the parts of a disjunction combine.
    pub(super) fn connective_of_any(self) -> Connective {
        match self {
            Goal::MakeTrue => Connective::Or,
            Goal::MakeFalse => Connective::And,
        }
    }
}

impl From<bool> for Goal {
    fn from(wanted: bool) -> Goal {
        if wanted { Goal::MakeTrue } else { Goal::MakeFalse }
    }
}

impl Not for Goal {
    type Output = Goal;

    fn not(self) -> Goal {
        Goal::from(self == Goal::MakeFalse)
    }
}

/// How the repairs of several parts become those of the whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Connective {
    /// Every part must be repaired.
    And,
    /// One part must be repaired.
    Or,
}

impl Connective {
    /// The repairs of no parts.
    pub(super) fn unit(self) -> Dnf {
        match self {
            Connective::And => Dnf::always(),
            Connective::Or => Dnf::never(),
        }
    }

    /// The repairs of the parts so far and of one part more.
    pub(super) fn add(self, sets: Dnf, part: Dnf) -> Dnf {
        match self {
            Connective::And => sets.and(part),
            Connective::Or => sets.or(part),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::{Id, ToggleId};

    fn toggle(index: usize, on: bool) -> Change {
        Change::Toggle(ToggleId::from_index(index), on)
    }

    #[test]
    fn supersets_are_dropped() {
        let both = Dnf::one(toggle(0, true)).and(Dnf::one(toggle(1, true)));
        let either = both.or(Dnf::one(toggle(1, true)));
        assert_eq!(either.sets, [vec![toggle(1, true)]]);
        assert!(!either.cut);
    }

    #[test]
    fn a_set_that_contradicts_itself_is_dropped() {
        assert!(Dnf::one(toggle(0, true)).and(Dnf::one(toggle(0, false))).is_never());
    }

    #[test]
    fn always_and_never_are_units() {
        let one = Dnf::one(toggle(0, true));
        assert_eq!(Dnf::always().and(one.clone()).sets, one.sets);
        assert_eq!(Dnf::never().or(one.clone()).sets, one.sets);
        assert!(Dnf::never().and(one.clone()).is_never());
        assert_eq!(Dnf::always().or(one).sets, Dnf::always().sets);
    }

    #[test]
    fn what_exceeds_the_bounds_is_cut_and_reported() {
        let wide = Dnf::any_of((0..=MAX_SETS).map(|index| toggle(index, true))).or(Dnf::never());
        assert_eq!((wide.sets.len(), wide.cut), (MAX_SETS, true));
        let long = (0..=MAX_CHANGES).fold(Dnf::always(), |sets, index| sets.and(Dnf::one(toggle(index, true))));
        assert!(long.is_never() && long.cut);
    }

    #[test]
    fn a_search_that_was_cut_short_never_says_that_nothing_is_needed() {
        assert!(Dnf::always().incomplete().is_never());
        let one = Dnf::one(toggle(0, true));
        assert_eq!(one.clone().or(Dnf::always().incomplete()).sets, one.sets);
        assert!(one.incomplete().cut);
    }

    #[test]
    fn a_cut_is_reported_even_if_nothing_is_left() {
        let cut = Dnf { cut: true, ..Dnf::always() };
        assert!(cut.and(Dnf::never()).cut);
    }
}
