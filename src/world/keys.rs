//! Entities by their keys: texts that are second names, each of one entity of a kind.
//!
//! An id wins over a key. A key is given where its entity is declared, and nothing changes it, so that it is taken at all times.

use super::ids::EntityId;
use super::store::key_table::KeyRecord;
use super::world::World;
use crate::policy::{KindId, Policy};

impl World {
    /// The entity that a name stands for: the one with this id, else the one with this key; a role by its name or one of its ids. Only
    /// entities that a file declares, and roles.
    pub fn find_named(&self, policy: &Policy, kind: KindId, name: &str) -> Option<EntityId> {
        if kind == policy.role_kind {
            let unknown = || self.find(kind, &name.to_lowercase());
            return policy.role_called(name).map(|role| self.role_entity(role)).or_else(unknown);
        }
        self.find(kind, name).filter(|&ent| self.is_known(policy, ent)).or_else(|| self.find_key(kind, name))
    }

    /// The entity of this kind that has the key.
    #[inline(never)]
    pub(super) fn find_key(&self, kind: KindId, text: &str) -> Option<EntityId> {
        self.keys.find(kind, text, |ent| self.kind(ent)).or_else(|| self.delta.entities().find_key(kind, text))
    }

    /// The keys of all entities of a kind.
    pub(super) fn keys_of(&self, kind: KindId) -> impl Iterator<Item = &str> {
        self.all_keys().filter(move |&(_, owner)| self.kind(owner) == kind).map(|(text, _)| text)
    }

    /// How many keys there are.
    pub(super) fn key_count(&self) -> usize {
        self.keys.owners.len() + self.delta.entities().key_count()
    }

    fn all_keys(&self) -> impl Iterator<Item = (&str, EntityId)> {
        self.keys.all().chain(self.delta.entities().keys())
    }

    /// The keys, as entities have them once they are renumbered.
    pub(super) fn renumbered_keys(&self, renumbered: impl Fn(EntityId) -> EntityId) -> Vec<KeyRecord> {
        let record = |(text, owner): (&str, _)| KeyRecord { kind: self.kind(owner), text: text.into(), owner: renumbered(owner) };
        self.all_keys().map(record).collect()
    }
}
