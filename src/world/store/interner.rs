//! Texts that are values of facts: from symbol to text and back.

use super::column::{Column, partition};
use crate::policy::Policy;
use crate::world::ids::Symbol;
use rustc_hash::FxHashMap;
use std::sync::Arc;

/// Symbols number three sets of texts, one after the other: the texts of the policy, under the numbers of their ids; those of the base, in
/// alphabetical order; and those that were interned since the base was made.
#[derive(Clone, Debug, Default)]
pub(crate) struct Interner {
    policy: Arc<TextSet>,
    /// The texts of the base: text `n` is at `ends[n]..ends[n + 1]` of `bytes`. Empty if there are none.
    pub(crate) ends: Arc<Column<u32>>,
    pub(crate) bytes: Arc<Column<u8>>,
    since: TextSet,
}

/// The symbol with this number.
fn number(at: usize) -> Symbol {
    Symbol(u32::try_from(at).expect("fewer than four billion texts"))
}

/// Texts by number, and numbers by text.
#[derive(Clone, Debug, Default)]
struct TextSet {
    texts: Vec<Arc<str>>,
    numbers: FxHashMap<Arc<str>, usize>,
}

impl TextSet {
    fn add(&mut self, text: &str) -> usize {
        let number = self.texts.len();
        let text: Arc<str> = text.into();
        self.texts.push(text.clone());
        *self.numbers.entry(text).or_insert(number)
    }
}

impl Interner {
    pub(crate) fn of_policy(policy: &Policy) -> Interner {
        let mut known = TextSet::default();
        for text in policy.texts.values() {
            known.add(text);
        }
        Interner { policy: Arc::new(known), ..Interner::default() }
    }

    /// An interner with the same texts of the policy, and with these texts as the base.
    pub(crate) fn with_base(&self, ends: Column<u32>, bytes: Column<u8>) -> Interner {
        Interner { policy: self.policy.clone(), ends: Arc::new(ends), bytes: Arc::new(bytes), since: TextSet::default() }
    }

    /// A text by its symbol.
    pub(crate) fn text(&self, sym: Symbol) -> &str {
        let at = sym.0 as usize;
        if let Some(text) = self.policy.texts.get(at) {
            return text;
        }
        let at = at - self.policy.texts.len();
        match at.checked_sub(self.base_count()) {
            Some(since) => &self.since.texts[since],
            None => self.base_text(at),
        }
    }

    /// The index of a text among those of the policy; `None` if it is not one of them.
    pub(crate) fn policy_index(&self, symbol: Symbol) -> Option<usize> {
        let at = symbol.0 as usize;
        (at < self.policy.texts.len()).then_some(at)
    }

    fn base_count(&self) -> usize {
        self.ends.len().saturating_sub(1)
    }

    fn base_text(&self, at: usize) -> &str {
        let bytes = self.bytes.slice(self.ends.get(at) as usize..self.ends.get(at + 1) as usize);
        std::str::from_utf8(bytes).unwrap_or_default()
    }

    /// The symbol of a text; a new one if the text is new.
    pub(crate) fn intern(&mut self, text: &str) -> Symbol {
        self.find(text).unwrap_or_else(|| {
            let since = self.since.add(text);
            number(self.policy.texts.len() + self.base_count() + since)
        })
    }

    /// The symbol of a text; `None` if the text is new.
    pub(crate) fn find(&self, text: &str) -> Option<Symbol> {
        if let Some(&known) = self.policy.numbers.get(text) {
            return Some(number(known));
        }
        let at = partition(self.base_count(), |at| self.base_text(at) < text);
        if at < self.base_count() && self.base_text(at) == text {
            return Some(number(self.policy.texts.len() + at));
        }
        self.since.numbers.get(text).map(|&since| number(self.policy.texts.len() + self.base_count() + since))
    }

    /// Interns the texts that another interner, which shares policy and base, has interned since. Returns the symbol here of each symbol
    /// there.
    pub(crate) fn absorb(&mut self, other: &Interner) -> Vec<Symbol> {
        let known = (0..other.policy.texts.len() + other.base_count()).map(number);
        let mut numbers: Vec<Symbol> = known.collect();
        numbers.extend(other.since.texts.iter().map(|text| self.intern(text)));
        numbers
    }

    /// Makes a new base of the base and the texts that were interned since, in alphabetical order. Returns the new symbol of each symbol.
    pub(crate) fn compact(&mut self) -> Vec<Symbol> {
        let fixed = self.policy.texts.len();
        let count = self.base_count();
        let mut renumbered: Vec<Symbol> = (0..fixed + count + self.since.texts.len()).map(number).collect();
        if self.since.texts.is_empty() {
            return renumbered;
        }
        let texts: Vec<&str> = (0..count).map(|at| self.base_text(at)).chain(self.since.texts.iter().map(|text| &**text)).collect();
        let mut order: Vec<usize> = (0..texts.len()).collect();
        order.sort_by(|&a, &b| texts[a].cmp(texts[b]));
        let (mut ends, mut bytes) = (vec![0], Vec::new());
        for (place, &old) in order.iter().enumerate() {
            renumbered[fixed + old] = number(fixed + place);
            bytes.extend_from_slice(texts[old].as_bytes());
            ends.push(u32::try_from(bytes.len()).expect("texts of fewer than four billion bytes"));
        }
        (self.ends, self.bytes, self.since) = (Arc::new(ends.into()), Arc::new(bytes.into()), TextSet::default());
        renumbered
    }
}
