//! Parts of a world's files, each of which can be read by itself, and more than once: a big world's parsed form is bigger than the world.

use super::lines::{LineMistakes, lines};
use crate::syntax::WorldDocument;
use crate::text::{FileId, Sources};
use std::borrow::Cow;
use std::ops::Range;

/// About so many bytes of lines are one part.
const PART: usize = 1 << 20;

/// A part of a world's files.
#[derive(Debug)]
pub enum WorldPart {
    /// What was read from a whole file.
    Document(WorldDocument),
    /// Lines of a file in NDJSON.
    Lines {
        /// The file.
        file: FileId,
        /// Where the lines stand in it.
        bytes: Range<usize>,
    },
}

impl WorldPart {
    /// How many bytes are read for it each time; none of a document, which was read before.
    pub fn bytes(&self) -> usize {
        match self {
            WorldPart::Document(_) => 0,
            WorldPart::Lines { bytes, .. } => bytes.len(),
        }
    }

    /// What it says, and what is wrong with its lines. What is wrong with a whole document is known since that was read.
    pub fn read(&self, sources: &Sources) -> (Cow<'_, WorldDocument>, Option<LineMistakes>) {
        match self {
            WorldPart::Document(document) => (Cow::Borrowed(document), None),
            WorldPart::Lines { file, bytes } => {
                let (document, mistakes) = lines(sources, *file, bytes.clone());
                (Cow::Owned(document), Some(mistakes))
            }
        }
    }
}

/// Cuts a file in NDJSON into parts, at the ends of lines.
pub fn world_lines(sources: &Sources, file: FileId) -> Vec<WorldPart> {
    let text = sources.text(file).as_bytes();
    let mut parts = Vec::new();
    let mut start = 0;
    while start < text.len() {
        let from = (start + PART).min(text.len());
        let end = memchr::memchr(b'\n', &text[from..]).map_or(text.len(), |at| from + at + 1);
        parts.push(WorldPart::Lines { file, bytes: start..end });
        start = end;
    }
    parts
}
