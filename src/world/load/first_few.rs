//! Diagnostics of one sort, of which a file may have very many: the first few are reported, the others counted.

use crate::diag::Diagnostic;

/// The most diagnostics of a sort that are reported.
const MOST: usize = 20;

/// The first diagnostics of a sort, and how many there are.
#[derive(Default)]
pub(super) struct FirstFew {
    first: Vec<Diagnostic>,
    count: usize,
}

impl FirstFew {
    /// Counts one, and makes its diagnostic if it is among the first.
    pub(super) fn add(&mut self, make: impl FnOnce() -> Option<Diagnostic>) {
        self.count += 1;
        if self.count <= MOST {
            self.first.extend(make());
        }
    }

    /// The first diagnostics; the last has a note on how many further ones there are, if there are any.
    pub(super) fn reported(mut self, note: impl FnOnce(usize) -> String) -> Vec<Diagnostic> {
        let further = self.count.saturating_sub(MOST);
        if let (Some(last), true) = (self.first.last_mut(), further > 0) {
            last.notes.push(note(further));
        }
        self.first
    }
}
