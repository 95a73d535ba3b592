//! The key table: entities by their keys, the texts that are second names of one entity of a kind each.
//!
//! Keys are sorted by kind, then by text, and numbered in that order. They are found as ids are, by a [`NameIndex`].

use super::column::{Column, partition};
use super::perfect_hash::{EntryKey, NameIndex, hash};
use super::text_column::TextColumn;
use crate::policy::KindId;
use crate::text::inline_key;
use crate::world::ids::EntityId;

/// A key and the entity that has it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct KeyRecord {
    /// The entity's kind.
    pub(crate) kind: KindId,
    /// The key.
    pub(crate) text: Box<str>,
    /// The entity.
    pub(crate) owner: EntityId,
}

/// The keys of a world. Columns have one value for each key unless their comment says otherwise.
#[derive(Clone, Debug, Default)]
pub(crate) struct KeyTable {
    /// The entity that has it.
    pub(crate) owners: Column<u32>,
    /// Its text.
    pub(crate) texts: TextColumn,
    /// The numbers of keys, by kind and text.
    pub(crate) by_text: NameIndex,
}

impl KeyTable {
    /// Makes a table of keys, given in any order. If two of a kind are the same text, the first in order is kept; the loader reports the
    /// other.
    pub(crate) fn of(mut keys: Vec<KeyRecord>) -> KeyTable {
        keys.sort_unstable();
        keys.dedup_by(|later, first| (later.kind, &later.text) == (first.kind, &first.text));
        if keys.is_empty() {
            return KeyTable::default();
        }
        let texts = TextColumn::of(keys.iter().map(|key| &*key.text));
        let named = |number: usize| (keys[number].kind, &*keys[number].text, texts.place(number));
        let by_text = NameIndex::of(keys.len(), named);
        let owners = keys.iter().map(|key| key.owner.0).collect::<Vec<_>>();
        KeyTable { owners: owners.into(), texts, by_text }
    }

    /// The entity of this kind that has the key; `kind_of` returns the kind of an entity.
    pub(crate) fn find(&self, kind: KindId, text: &str, kind_of: impl Fn(EntityId) -> KindId) -> Option<EntityId> {
        if self.owners.len() == 0 {
            return None;
        }
        let key = inline_key(text);
        let (number, found) = self.by_text.at(hash(kind, text, key)).entity();
        let same = match (key, found) {
            (Some(key), EntryKey::InlineKey(found)) => found == key,
            (None, EntryKey::Long(place)) => self.texts.bytes.slice(place) == text.as_bytes(),
            _ => false,
        };
        let indexed = same.then(|| self.owner(number.0 as usize)).filter(|&owner| kind_of(owner) == kind);
        indexed.or_else(|| {
            let count = self.owners.len();
            let before = |number: usize| (kind_of(self.owner(number)), self.texts.get(number)) < (kind, text);
            let number = partition(count, before);
            (number < count && self.texts.get(number) == text).then(|| self.owner(number)).filter(|&owner| kind_of(owner) == kind)
        })
    }

    /// The keys and the entities that have them, by kind and text.
    pub(crate) fn all(&self) -> impl Iterator<Item = (&str, EntityId)> {
        self.texts.iter().enumerate().map(|(number, text)| (text, self.owner(number)))
    }

    fn owner(&self, number: usize) -> EntityId {
        EntityId(self.owners.get(number))
    }
}

#[cfg(test)]
mod tests {
    use super::{KeyRecord, KeyTable};
    use crate::policy::{Id, KindId};
    use crate::world::ids::EntityId;

    #[test]
    fn every_key_is_found_by_its_kind_and_text() {
        let kind_of = |EntityId(owner): EntityId| KindId::from_index(owner as usize % 2);
        let text = |owner: u32| format!("{}@{}", "a key that is too long to be inline, of ".repeat(owner as usize % 3), owner / 2);
        let record = |owner| KeyRecord { kind: kind_of(EntityId(owner)), text: text(owner).into(), owner: EntityId(owner) };
        let keys = KeyTable::of((0..3_000).rev().map(record).collect());
        for owner in 0..3_000 {
            let kind = kind_of(EntityId(owner));
            assert_eq!(keys.find(kind, &text(owner), kind_of), Some(EntityId(owner)));
            assert_eq!(keys.find(KindId::from_index(2), &text(owner), kind_of), None);
            assert_eq!(keys.find(kind, &(text(owner) + "."), kind_of), None);
        }
        let kinds: Vec<KindId> = keys.all().map(|(_, owner)| kind_of(owner)).collect();
        assert!(kinds.is_sorted() && kinds.len() == 3_000);
        assert_eq!(KeyTable::default().find(KindId::from_index(0), "a", kind_of), None);
    }
}
