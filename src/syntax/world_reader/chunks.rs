//! Parts of a world's files. Each can be read by itself, and more than once: the parsed form of a big world is bigger than the world, so
//! it is not kept.

use super::lines::{LineMistakes, lines};
use crate::syntax::WorldDocument;
use crate::text::{FileId, Sources};
use std::borrow::Cow;
use std::ops::Range;

/// The size of a part of lines, in bytes; the last line is whole.
const PART: usize = 1 << 20;

/// A part of a world's files.
#[derive(Debug)]
pub enum WorldPart {
    /// A whole file, parsed.
    Document(WorldDocument),
    /// Lines of a file in NDJSON.
    Lines {
        /// The file.
        file: FileId,
        /// The lines' range of bytes.
        bytes: Range<usize>,
    },
}

impl WorldPart {
    /// How many bytes [`WorldPart::read`] parses; 0 for a document, which is parsed already.
    pub fn bytes(&self) -> usize {
        match self {
            WorldPart::Document(_) => 0,
            WorldPart::Lines { bytes, .. } => bytes.len(),
        }
    }

    /// The part as a document, and the mistakes of its lines. Those of a whole document were reported when it was parsed.
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

/// Cuts an NDJSON file into parts at ends of lines.
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
