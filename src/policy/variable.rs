//! Variables of a condition and sets of them.

use super::kind_set::KindSet;
use crate::text::Span;
use std::ops::{BitAnd, BitOr, BitOrAssign, Sub};

/// The number of variables that a condition may have.
pub const MAX_VARIABLES: usize = 16;

/// A variable.
#[derive(Clone, Debug)]
pub struct Variable {
    /// Its name; `_` for a wildcard, and for one that no author writes.
    pub name: String,
    /// No author writes it: it is for a group that represents whoever is in it, at an end of `through`.
    pub unwritten: bool,
    /// The kinds over whose living entities it ranges.
    pub kinds: KindSet,
    /// It ranges over those that have ended too, since it stands in an atom with `was`.
    pub past: bool,
    /// The span of its first occurrence.
    pub span: Span,
}

impl Variable {
    /// Whether the author wrote it as `_`.
    pub fn is_wildcard(&self) -> bool {
        self.name == "_" && !self.unwritten
    }
}

/// The index of a [`Variable`] in its condition, less than [`MAX_VARIABLES`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct VarId(pub u8);

impl VarId {
    /// The index as a `usize`.
    #[inline]
    pub fn index(self) -> usize {
        usize::from(self.0)
    }
}

/// A set of variables of one condition: bit `n` is the variable of index `n`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct VarSet(u32);

impl VarSet {
    /// The set of no variable.
    pub const EMPTY: VarSet = VarSet(0);

    /// Whether it has no variable.
    pub fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// Whether the variable is in it.
    pub fn contains(self, variable: VarId) -> bool {
        self.meets(variable.into())
    }

    /// Whether some variable is in both.
    pub fn meets(self, other: VarSet) -> bool {
        self.0 & other.0 != 0
    }

    /// Whether all its variables are in `other`.
    pub fn is_subset(self, other: VarSet) -> bool {
        (self - other).is_empty()
    }

    /// Adds a variable.
    pub fn insert(&mut self, variable: VarId) {
        *self |= variable.into();
    }

    /// The variables, in order.
    pub fn iter(self) -> impl Iterator<Item = VarId> {
        (0..32).map(VarId).filter(move |&variable| self.contains(variable))
    }
}

impl From<VarId> for VarSet {
    fn from(variable: VarId) -> VarSet {
        VarSet(1 << variable.0)
    }
}

impl FromIterator<VarId> for VarSet {
    fn from_iter<I: IntoIterator<Item = VarId>>(variables: I) -> VarSet {
        variables.into_iter().map(VarSet::from).collect()
    }
}

/// The union of the sets.
impl FromIterator<VarSet> for VarSet {
    fn from_iter<I: IntoIterator<Item = VarSet>>(sets: I) -> VarSet {
        sets.into_iter().fold(VarSet::EMPTY, BitOr::bitor)
    }
}

/// Union.
impl BitOr for VarSet {
    type Output = VarSet;
    fn bitor(self, other: VarSet) -> VarSet {
        VarSet(self.0 | other.0)
    }
}

impl BitOrAssign for VarSet {
    fn bitor_assign(&mut self, other: VarSet) {
        *self = *self | other;
    }
}

/// Intersection.
impl BitAnd for VarSet {
    type Output = VarSet;
    fn bitand(self, other: VarSet) -> VarSet {
        VarSet(self.0 & other.0)
    }
}

/// Difference.
impl Sub for VarSet {
    type Output = VarSet;
    fn sub(self, other: VarSet) -> VarSet {
        VarSet(self.0 & !other.0)
    }
}
