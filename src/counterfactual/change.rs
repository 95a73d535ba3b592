//! Changes to facts and toggles, and sets of them.

use crate::policy::{AttributeId, ToggleId};
use crate::world::{EntityId, Statement};

/// One change.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Change {
    /// A fact is added.
    Add(Statement),
    /// A fact is removed.
    Remove(Statement),
    /// An attribute gets the value that the statement gives it, in place of its present one.
    Set(Statement),
    /// A toggle is turned on or off.
    Toggle(ToggleId, bool),
}

impl Change {
    /// Whether it names an entity of this sort; the value of an attribute counts.
    pub(crate) fn names(self, is_so: impl Fn(EntityId) -> bool) -> bool {
        match self {
            Change::Add(fact) | Change::Remove(fact) | Change::Set(fact) => fact.named().any(is_so),
            Change::Toggle(..) => false,
        }
    }
}

/// Changes made together, sorted and without duplicates.
pub type ChangeSet = Vec<Change>;

/// Whether a sorted set has two opposite changes.
pub fn has_opposites(set: &[Change]) -> bool {
    let opposite = |change: &Change| match *change {
        Change::Add(fact) => Some(Change::Remove(fact)),
        Change::Toggle(toggle, true) => Some(Change::Toggle(toggle, false)),
        _ => None,
    };
    set.iter().filter_map(opposite).any(|change| set.binary_search(&change).is_ok())
}

/// Whether a sorted set has two opposite changes, or gives an attribute two values.
pub(super) fn contradicts_itself(set: &[Change]) -> bool {
    let mut assigned: Vec<(EntityId, AttributeId)> = Vec::new();
    let assigned_twice = set.iter().any(|change| match change {
        Change::Set(Statement::Value { entity, attribute, .. }) => {
            let again = assigned.contains(&(*entity, *attribute));
            assigned.push((*entity, *attribute));
            again
        }
        _ => false,
    });
    assigned_twice || has_opposites(set)
}
