//! How far a long run has come.

use std::sync::atomic::{AtomicU64, Ordering};

/// Progress as done and expected units; threads add to it while another one reads it.
#[derive(Debug, Default)]
pub struct Progress {
    done: AtomicU64,
    expected: AtomicU64,
}

impl Progress {
    /// Adds to what is to be done.
    pub fn expect(&self, more: usize) {
        self.expected.fetch_add(more as u64, Ordering::Relaxed);
    }

    /// Adds to what is done.
    pub fn add(&self, more: usize) {
        self.done.fetch_add(more as u64, Ordering::Relaxed);
    }

    /// How much is done.
    pub fn done(&self) -> u64 {
        self.done.load(Ordering::Relaxed)
    }

    /// Percentage done, 0 to 100; 0 if nothing is expected.
    pub fn percent(&self) -> u64 {
        let done = self.done().saturating_mul(100);
        done.checked_div(self.expected.load(Ordering::Relaxed)).unwrap_or(0)
    }
}
