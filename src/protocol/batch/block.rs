//! What threads hand to one another: a run of whole lines, and their answers.

use memchr::memchr_iter;

/// Some lines of a batch with their answers. A block is filled many times and keeps its memory.
#[derive(Debug, Default)]
pub(super) struct Block {
    /// The number of blocks before it.
    pub(super) number: u64,
    /// The requests.
    pub(super) lines: Lines,
    /// The answers, in the same order.
    pub(super) answers: Answers,
}

/// Whole lines; the last one ends in a line feed too.
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
    /// The number of lines.
    pub(super) count: u64,
    /// The number of answers that are errors.
    pub(super) errors: u64,
}

impl Block {
    /// Empties the block for other lines; its memory is kept.
    pub(super) fn clear(&mut self) {
        self.lines.bytes.clear();
        self.answers.bytes.clear();
        self.answers.count = 0;
        self.answers.errors = 0;
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
