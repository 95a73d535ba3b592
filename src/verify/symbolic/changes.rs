//! What an event changes in a world that is not known.

use super::fact::{EntityIndex, Fact, Value};
use crate::policy::AttributeId;
use crate::verify::sat::Lit;
use std::collections::{BTreeMap, BTreeSet};

/// What an event changes.
#[derive(Clone, Debug, Default)]
pub struct Changes {
    /// What is stated from then on; [`Fact::NotValue`] among it.
    pub(super) adds: BTreeMap<Fact, Lit>,
    /// What is not stated any more.
    pub(super) removes: BTreeMap<Fact, Lit>,
    /// The entities whose lives begin.
    pub(super) created: BTreeMap<EntityIndex, Lit>,
    /// The entities whose lives end.
    pub(super) ended: BTreeMap<EntityIndex, Lit>,
}

impl Changes {
    /// Whether the fact is added.
    pub(super) fn added(&self, fact: Fact) -> Lit {
        self.adds.get(&fact).copied().unwrap_or(Lit::FALSE)
    }

    /// The values that the event may give to the attribute.
    pub(super) fn values(&self, attribute: AttributeId) -> BTreeSet<Value> {
        let own = self.adds.keys().filter_map(|fact| match fact {
            Fact::Value(_, own, value) if *own == attribute => Some(*value),
            _ => None,
        });
        own.collect()
    }
}
