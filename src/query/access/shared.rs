//! Rows that subjects share: worked out once for all with the same key, several at a time.

use rayon::prelude::*;
use rustc_hash::FxHashMap;
use std::hash::Hash;
use std::sync::Arc;

/// Rows by what the subjects that have them have in common.
#[derive(Debug)]
pub(in crate::query) struct SharedRows<K, R> {
    rows: FxHashMap<K, Arc<[R]>>,
    count: usize,
}

/// What is worked out of each item, in their order: several at a time if there are more than `few` of them. To call in other threads takes longer
/// than a little work.
pub(in crate::query) fn several<T: Sync, R: Send>(items: &[T], few: usize, work_out: impl Fn(&T) -> R + Send + Sync) -> Vec<R> {
    if items.len() <= few { items.iter().map(work_out).collect() } else { items.par_iter().map(work_out).collect() }
}

/// How many rows are kept, at most.
const MAX_KEPT: usize = 2_000_000;

impl<K, R> Default for SharedRows<K, R> {
    fn default() -> SharedRows<K, R> {
        SharedRows { rows: FxHashMap::default(), count: 0 }
    }
}

impl<K: Eq + Hash + Clone + Sync, R: Send + Sync> SharedRows<K, R> {
    /// The rows that are known of a key.
    pub(in crate::query) fn get(&self, key: Option<&K>) -> Option<Arc<[R]>> {
        self.rows.get(key?).cloned()
    }

    /// Keeps the rows of a key.
    pub(in crate::query) fn keep(&mut self, key: Option<K>, rows: &Arc<[R]>) {
        if let Some(key) = key.filter(|_| self.count < MAX_KEPT) {
            self.count += rows.len().max(1);
            self.rows.insert(key, Arc::clone(rows));
        }
    }

    /// The rows of several subjects, by the key of each; `None` for one that shares them with nobody. `work_out` makes the rows of one.
    pub(in crate::query) fn of(&mut self, keys: &[Option<K>], work_out: impl Fn(usize) -> Vec<R> + Send + Sync) -> Vec<Arc<[R]>> {
        // Those of whom nothing is known: alone, or the first of their key.
        let mut first: FxHashMap<&K, usize> = FxHashMap::default();
        let open = keys.iter().enumerate().filter_map(|(index, key)| match key {
            Some(key) if self.rows.contains_key(key) => None,
            Some(key) => (*first.entry(key).or_insert(index) == index).then_some(index),
            None => Some(index),
        });
        let open: Vec<usize> = open.collect();
        let made = several(&open, 1, |&index| (index, work_out(index).into()));
        let made: FxHashMap<usize, Arc<[R]>> = made.into_iter().collect();
        let each = keys.iter().enumerate().map(|(index, key)| match key {
            Some(key) => Arc::clone(self.rows.get(key).unwrap_or_else(|| &made[&first[key]])),
            None => Arc::clone(&made[&index]),
        });
        let each: Vec<Arc<[R]>> = each.collect();
        for index in open {
            self.keep(keys[index].clone(), &made[&index]);
        }
        each
    }
}
