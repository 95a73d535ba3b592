//! The notes of authors on the elements that an answer names: one section, in which each note stands once.

use super::layout::{PageWriter, piece, prose, whole};
use super::palette::Paint;
use std::collections::BTreeSet;

/// The notes of the elements that an answer has named so far, each with its element.
#[derive(Debug, Default)]
pub struct Notes {
    /// Those that are not printed yet, in the order in which their elements were named.
    waiting: Vec<(String, String)>,
    known: BTreeSet<(String, String)>,
}

impl Notes {
    /// Keeps the note of an element that is named, such as `event remove-dap`, if it has one that is not kept yet.
    pub(super) fn keep(&mut self, element: &str, note: Option<&String>) {
        let Some(note) = note else { return };
        let entry = (element.to_owned(), note.clone());
        if self.known.insert(entry.clone()) {
            self.waiting.push(entry);
        }
    }

    /// Prints the notes that are not printed yet.
    pub(super) fn print(&mut self, page: &mut PageWriter) {
        let notes = std::mem::take(&mut self.waiting);
        if notes.is_empty() {
            return;
        }
        page.gap();
        page.paragraph(&[], "  ", &[piece(Paint::Title, "notes")]);
        for (element, note) in notes.iter().take(page.max_items) {
            let body = [piece(Paint::Title, element), piece(Paint::Plain, ": "), prose(note)];
            page.paragraph(&[whole(Paint::Quiet, "  - ")], "    ", &body);
        }
        page.more(notes.len());
    }
}
