//! What threads hand to one another: a run of whole lines, and the answers to them.

use memchr::memchr_iter;

/// Some lines of a batch with their answers. Its memory is used again and again.
#[derive(Debug, Default)]
pub(super) struct Block {
    /// How many blocks stand before it.
    pub(super) number: u64,
    /// What is asked.
    pub(super) lines: Lines,
    /// What is answered.
    pub(super) answers: Answers,
}

/// Whole lines, the last one too ended by a line feed.
#[derive(Debug, Default)]
pub(super) struct Lines {
    /// The lines, each with its line feed.
    pub(super) bytes: Vec<u8>,
}

/// Answers, one a line.
#[derive(Debug, Default)]
pub(super) struct Answers {
    /// The lines, each with its line feed.
    pub(super) bytes: Vec<u8>,
    /// How many lines these are.
    pub(super) count: u64,
    /// Some line could not be answered.
    pub(super) failed: bool,
}

impl Block {
    /// Empties it for other lines; it keeps its memory.
    pub(super) fn clear(&mut self) {
        self.lines.bytes.clear();
        self.answers.bytes.clear();
        self.answers.count = 0;
        self.answers.failed = false;
    }
}

impl Lines {
    /// The lines, without their line feeds.
    pub(super) fn iter(&self) -> impl Iterator<Item = &[u8]> {
        let mut start = 0;
        memchr_iter(b'\n', &self.bytes).map(move |end| {
            let line = &self.bytes[start..end];
            start = end + 1;
            line
        })
    }
}

impl Answers {
    /// Adds an answer, given as a line of JSON.
    pub(super) fn push(&mut self, line: &str) {
        self.bytes.extend_from_slice(line.as_bytes());
        self.bytes.push(b'\n');
        self.count += 1;
    }
}
