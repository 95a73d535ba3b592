//! What a delta adds to the entity table: new entities, declarations of entities that only the policy named, their keys, and given sets.

use super::ids::EntityId;
use crate::policy::{AttributeId, Id, KindId};
use crate::text::Span;
use hashbrown::HashTable;
use rustc_hash::{FxBuildHasher, FxHashMap, FxHashSet};
use std::collections::{BTreeMap, btree_map};
use std::hash::BuildHasher;
use std::iter::Peekable;
use std::ops::Range;
use std::sync::Arc;

/// What a delta adds to the entity table.
#[derive(Clone, Debug, Default)]
pub(super) struct AddedEntities {
    /// The new entities. Their ids follow those of the base, in the order in which they were added.
    records: Vec<AddedEntity>,
    /// Indexes among the new entities, by the hash of their names.
    by_name: HashTable<u32>,
    /// The new entities of each kind, in order.
    of_kind: Vec<InOrder>,
    /// Entities of the base that only the policy named until they were added, and where they are declared.
    declared: FxHashMap<EntityId, Option<Span>>,
    /// The keys of new entities, by kind and text.
    keys: BTreeMap<(KindId, Box<str>), EntityId>,
    /// The sets that were given since the base was made.
    given: FxHashSet<(EntityId, AttributeId)>,
}

static NONE_OF_KIND: InOrder = BTreeMap::new();

/// The new entities of a kind, in the order of names: by the entity of the base before which each is, then by id text.
type InOrder = BTreeMap<(u32, Arc<str>), EntityId>;

/// A new entity. Its life is in the delta.
#[derive(Clone, Debug)]
pub(super) struct AddedEntity {
    pub(super) kind: KindId,
    pub(super) id: Arc<str>,
    /// Where it is declared; `None` if no file declares it.
    pub(super) place: Option<Span>,
    /// Whether it counts as declared; not so a role that the policy does not name.
    pub(super) declared: bool,
    /// The first entity of the base that is after it in the order of kinds and ids.
    pub(super) before: u32,
}

fn hash(kind: KindId, id: &str) -> u64 {
    FxBuildHasher.hash_one((kind.0, id))
}

impl AddedEntities {
    /// How many entities are new.
    pub(super) fn count(&self) -> usize {
        self.records.len()
    }

    /// Whether nothing was added.
    pub(super) fn is_empty(&self) -> bool {
        self.records.is_empty() && self.declared.is_empty() && self.given.is_empty()
    }

    /// A new entity, by its index among those that are new.
    #[inline]
    pub(super) fn get(&self, index: usize) -> Option<&AddedEntity> {
        self.records.get(index)
    }

    /// The index of the new entity of this name.
    pub(super) fn find(&self, kind: KindId, id: &str) -> Option<usize> {
        if self.records.is_empty() {
            return None;
        }
        let same = |&at: &u32| {
            let record = &self.records[at as usize];
            record.kind == kind && *record.id == *id
        };
        self.by_name.find(hash(kind, id), same).map(|&at| at as usize)
    }

    /// Adds an entity, whose id is `ent`. There must be none of this name.
    pub(super) fn add(&mut self, ent: EntityId, record: AddedEntity) {
        let kind = record.kind.index();
        if self.of_kind.len() <= kind {
            self.of_kind.resize_with(kind + 1, BTreeMap::new);
        }
        self.of_kind[kind].insert((record.before, record.id.clone()), ent);
        let index = u32::try_from(self.records.len()).expect("fewer than four billion entities");
        let records = &self.records;
        let rehash =
            |&at: &u32| records.get(at as usize).map_or_else(|| hash(record.kind, &record.id), |known| hash(known.kind, &known.id));
        self.by_name.insert_unique(hash(record.kind, &record.id), index, rehash);
        self.records.push(record);
    }

    /// Records the key of an entity that was added or declared.
    pub(super) fn add_key(&mut self, kind: KindId, text: &str, ent: EntityId) {
        self.keys.insert((kind, text.into()), ent);
    }

    /// The entity of this kind that was added or declared with this key.
    pub(super) fn find_key(&self, kind: KindId, text: &str) -> Option<EntityId> {
        if self.keys.is_empty() { None } else { self.keys.get(&(kind, text.into())).copied() }
    }

    /// How many keys there are of entities that were added or declared.
    pub(super) fn key_count(&self) -> usize {
        self.keys.len()
    }

    /// The keys of entities that were added or declared, by kind and text.
    pub(super) fn keys(&self) -> impl Iterator<Item = (&str, EntityId)> {
        self.keys.iter().map(|((_, text), &ent)| (&**text, ent))
    }

    /// The entities of a kind in order, of which the base has these.
    pub(super) fn of_kind(&self, kind: KindId, base: Range<u32>) -> KindEntities<'_> {
        KindEntities { base, added: self.of_kind.get(kind.index()).unwrap_or(&NONE_OF_KIND).iter().peekable() }
    }

    /// Records that an entity of the base is declared.
    pub(super) fn declare(&mut self, ent: EntityId, place: Option<Span>) {
        self.declared.insert(ent, place);
    }

    /// Whether entities of the base were declared.
    pub(super) fn declares(&self) -> bool {
        !self.declared.is_empty()
    }

    /// Whether an entity of the base was declared since.
    pub(super) fn is_declared(&self, ent: EntityId) -> bool {
        self.declared.contains_key(&ent)
    }

    /// Where an entity of the base was declared since; `None` if it was not, or no file declares it.
    pub(super) fn declared_at(&self, ent: EntityId) -> Option<Span> {
        self.declared.get(&ent).copied().flatten()
    }

    /// Records that a set is given.
    pub(super) fn give(&mut self, ent: EntityId, attribute: AttributeId) {
        self.given.insert((ent, attribute));
    }

    /// Whether a set was given since the base was made.
    pub(super) fn is_given(&self, ent: EntityId, attribute: AttributeId) -> bool {
        self.given.contains(&(ent, attribute))
    }

    /// The sets that were given since the base was made, in any order.
    pub(super) fn given(&self) -> impl Iterator<Item = (EntityId, AttributeId)> + '_ {
        self.given.iter().copied()
    }
}

/// The entities of a kind in the order of their names: those of the base, with the new ones among them.
#[derive(Clone, Debug)]
pub struct KindEntities<'w> {
    base: Range<u32>,
    added: Peekable<btree_map::Iter<'w, (u32, Arc<str>), EntityId>>,
}

impl Iterator for KindEntities<'_> {
    type Item = EntityId;

    #[inline]
    fn next(&mut self) -> Option<EntityId> {
        let start = self.base.start;
        let is_empty = self.base.is_empty();
        match self.added.next_if(|((before, _), _)| is_empty || *before <= start) {
            Some((_, &ent)) => Some(ent),
            None => self.base.next().map(EntityId),
        }
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        let len = self.base.len() + self.added.len();
        (len, Some(len))
    }
}

impl ExactSizeIterator for KindEntities<'_> {}
