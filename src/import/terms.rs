//! The entities and values of which statements speak, each once.

use super::mapping::Kinds;
use crate::policy::KindId;
use hashbrown::HashTable;
use rustc_hash::FxHasher;
use std::hash::{Hash, Hasher};

/// An entity or a value: its index.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct TermId(pub(super) u32);

impl TermId {
    /// No term: the place after the last one of a statement.
    pub(super) const NONE: TermId = TermId(0);
    /// `_`
    pub(super) const ANY: TermId = TermId(1);
}

/// What a term is.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) enum Sort {
    /// An entity of these kinds; the text is its id.
    Entity(Kinds),
    /// A text.
    Text,
    /// A number, date, role, variable or `_`, as it is written.
    Written,
}

/// All terms. Texts are one run of bytes, since there may be millions.
pub(super) struct Terms {
    sorts: Vec<Sort>,
    /// Of each term its sort, and the start and end of its text.
    records: Vec<(u16, u32, u32)>,
    texts: String,
    index: HashTable<u32>,
}

impl Terms {
    /// No terms but those that are always there.
    pub(super) fn new() -> Terms {
        let mut terms = Terms { sorts: Vec::new(), records: Vec::new(), texts: String::new(), index: HashTable::new() };
        terms.add(&Sort::Written, "");
        terms.add(&Sort::Written, "_");
        terms
    }

    /// The term of this sort and text.
    ///
    /// # Panics
    ///
    /// If the texts of all terms are larger than four gigabytes.
    pub(super) fn add(&mut self, sort: &Sort, text: &str) -> TermId {
        let sort = self.sorts.iter().position(|known| known == sort).unwrap_or_else(|| {
            self.sorts.push(sort.clone());
            self.sorts.len() - 1
        });
        let sort = u16::try_from(sort).expect("a mapping has few sorts of terms");
        let hash = hash(sort, text);
        let same = |&at: &u32| {
            let (of, start, end) = self.records[at as usize];
            of == sort && &self.texts[start as usize..end as usize] == text
        };
        if let Some(&found) = self.index.find(hash, same) {
            return TermId(found);
        }
        let start = self.texts.len();
        self.texts.push_str(text);
        let place = |at: usize| u32::try_from(at).expect("exports are smaller than four gigabytes");
        let id = place(self.records.len());
        self.records.push((sort, place(start), place(self.texts.len())));
        let (records, texts) = (&self.records, &self.texts);
        self.index.insert_unique(hash, id, |&at| {
            let (of, start, end) = records[at as usize];
            self::hash(of, &texts[start as usize..end as usize])
        });
        TermId(id)
    }

    /// The entity of this kind and id, if there is one.
    pub(super) fn find(&self, kind: KindId, id: &str) -> Option<TermId> {
        let wanted = Sort::Entity(Kinds::One(kind));
        let sort = u16::try_from(self.sorts.iter().position(|known| *known == wanted)?).ok()?;
        let same = |&at: &u32| {
            let (of, start, end) = self.records[at as usize];
            of == sort && &self.texts[start as usize..end as usize] == id
        };
        self.index.find(hash(sort, id), same).map(|&found| TermId(found))
    }

    /// An entity of one kind.
    pub(super) fn entity(&mut self, kind: KindId, id: &str) -> TermId {
        self.add(&Sort::Entity(Kinds::One(kind)), id)
    }

    /// What a term is.
    pub(super) fn sort(&self, term: TermId) -> &Sort {
        &self.sorts[usize::from(self.records[term.0 as usize].0)]
    }

    /// The kinds of an entity.
    pub(super) fn kinds(&self, term: TermId) -> Option<&Kinds> {
        match self.sort(term) {
            Sort::Entity(kinds) => Some(kinds),
            _ => None,
        }
    }

    /// The kind of an entity of one kind.
    pub(super) fn kind(&self, term: TermId) -> Option<KindId> {
        match self.sort(term) {
            Sort::Entity(Kinds::One(kind)) => Some(*kind),
            _ => None,
        }
    }

    /// The id of an entity, or the text of another term.
    pub(super) fn text(&self, term: TermId) -> &str {
        let (_, start, end) = self.records[term.0 as usize];
        &self.texts[start as usize..end as usize]
    }

    /// All terms.
    pub(super) fn all(&self) -> impl Iterator<Item = TermId> + use<> {
        (0..u32::try_from(self.records.len()).unwrap_or(u32::MAX)).map(TermId)
    }
}

fn hash(sort: u16, text: &str) -> u64 {
    let mut hasher = FxHasher::default();
    (sort, text).hash(&mut hasher);
    hasher.finish()
}
