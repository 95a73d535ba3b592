//! Hash tables of the names by which requests and worlds call kinds, actions and roles, their other names included.

use super::ids::{ActionId, KindId, RoleId};
use crate::text::{InlineKey, inline_key};
use rustc_hash::FxHashMap;

/// Kinds and actions by their names and `aka`, and roles by their names and `ids`.
#[derive(Clone, Debug, Default)]
pub struct NameTable {
    /// Kinds whose names are short enough for an inline key; nearly all are.
    kinds: FxHashMap<InlineKey, KindId>,
    long_kinds: FxHashMap<Box<str>, KindId>,
    actions: FxHashMap<Box<str>, ActionId>,
    /// By names and ids in lower case.
    roles: FxHashMap<Box<str>, RoleId>,
}

impl NameTable {
    /// The table of these names of kinds and actions, and of these names of roles in lower case.
    pub(super) fn of<'n>(
        kinds: impl IntoIterator<Item = (KindId, &'n str)>,
        actions: impl IntoIterator<Item = (ActionId, &'n str)>,
        roles: impl IntoIterator<Item = (RoleId, &'n str)>,
    ) -> NameTable {
        let roles = roles.into_iter().map(|(id, name)| (name.into(), id)).collect();
        let mut table = NameTable { roles, ..NameTable::default() };
        for (id, name) in kinds {
            match inline_key(name) {
                Some(key) => table.kinds.insert(key, id),
                None => table.long_kinds.insert(name.into(), id),
            };
        }
        table.actions = actions.into_iter().map(|(id, name)| (name.into(), id)).collect();
        table
    }

    /// The kind of that name or `aka`.
    #[inline]
    pub(super) fn kind(&self, name: &str) -> Option<KindId> {
        match inline_key(name) {
            Some(key) => self.kinds.get(&key).copied(),
            None => self.long_kinds.get(name).copied(),
        }
    }

    /// The action of that name or `aka`.
    #[inline]
    pub(super) fn action(&self, name: &str) -> Option<ActionId> {
        self.actions.get(name).copied()
    }

    /// The role of that name or id, in lower case.
    pub(super) fn role(&self, name: &str) -> Option<RoleId> {
        self.roles.get(name).copied()
    }
}

/// The help for an `aka` in a pack.
pub(super) fn aka_help(name: &str) -> String {
    format!("an `aka` is for requests and facts; here write `{name}`")
}
