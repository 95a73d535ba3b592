//! Where a condition reads facts: the places at which its variables stand, and the roles whose assignments it reads.

use crate::policy::{RoleId, VarId};
use smallvec::SmallVec;
use std::collections::BTreeSet;

/// Of which roles assignments are read.
#[derive(Debug)]
pub(super) enum RolesRead {
    All,
    Only(BTreeSet<RoleId>),
}

/// The places of a condition that read facts of one form: for each, the outermost variables that stand there alone. A place without any
/// concerns all values of the variables.
#[derive(Debug, Default)]
pub(super) struct Places(pub(super) Vec<Place>);

pub(super) type Place = SmallVec<[Stand; 3]>;

/// A variable that stands at a place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Stand {
    /// The position in the fact: the end of a relation, holder or scope, the member, the entity that has the value.
    pub(super) position: usize,
    pub(super) variable: VarId,
    pub(super) reach: Reach,
}

/// For whom a fact about an entity counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Reach {
    Itself,
    /// Its members too.
    Members,
    /// What it contains too.
    Contents,
}

impl Places {
    pub(super) fn add(&mut self, place: Place) {
        if !self.0.contains(&place) {
            self.0.push(place);
        }
    }
}

impl RolesRead {
    pub(super) fn has(&self, role: RoleId) -> bool {
        match self {
            RolesRead::All => true,
            RolesRead::Only(roles) => roles.contains(&role),
        }
    }

    pub(super) fn add(&mut self, other: RolesRead) {
        match (&mut *self, other) {
            (RolesRead::Only(roles), RolesRead::Only(more)) => roles.extend(more),
            _ => *self = RolesRead::All,
        }
    }
}
