//! The names by which requests speak of a policy.

use super::ids::{ActionId, Arena, KindId};
use super::model::{Action, Kind};
use crate::text::{InlineKey, inline_key};
use rustc_hash::FxHashMap;

/// Kinds and actions by their names.
#[derive(Clone, Debug, Default)]
pub struct NameTable {
    /// Most names of kinds are short.
    kinds: FxHashMap<InlineKey, KindId>,
    long_kinds: FxHashMap<Box<str>, KindId>,
    actions: FxHashMap<Box<str>, ActionId>,
}

impl NameTable {
    /// The names of these kinds and actions.
    pub(super) fn of(kinds: &Arena<KindId, Kind>, actions: &Arena<ActionId, Action>) -> NameTable {
        let mut found = NameTable::default();
        for (id, kind) in kinds.iter() {
            match inline_key(&kind.meta.name) {
                Some(inline_key) => found.kinds.insert(inline_key, id),
                None => found.long_kinds.insert(kind.meta.name.as_str().into(), id),
            };
        }
        found.actions = actions.iter().map(|(id, action)| (action.meta.name.as_str().into(), id)).collect();
        found
    }

    /// The kind of that name.
    #[inline]
    pub fn kind(&self, name: &str) -> Option<KindId> {
        match inline_key(name) {
            Some(inline_key) => self.kinds.get(&inline_key).copied(),
            None => self.long_kinds.get(name).copied(),
        }
    }

    /// The action of that name.
    #[inline]
    pub fn action(&self, name: &str) -> Option<ActionId> {
        self.actions.get(name).copied()
    }
}
