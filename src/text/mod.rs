//! Where things are written: texts of files, spans of bytes in them (`Span`, `Spanned`), and `file:line` for people (`Place`).
//!
//! [`Sources`] owns the texts of all files of a pack and a world; a [`Span`] is a range of bytes in one of them, and a [`Place`] is the
//! file and line that a reader looks up. `columns` finds the columns of many
//! places, and `inline_key` makes short texts fast to compare.
//!
//! Invariant: this room knows nothing of policies or worlds, and reads no files.

mod columns;
mod inline_key;

pub use columns::Columns;
pub use inline_key::{InlineKey, inline_key};

use std::fmt;
use std::sync::{Arc, OnceLock};

/// A file among [`Sources`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FileId(pub u32);

/// A half-open range of bytes in one file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Span {
    /// The file.
    pub file: FileId,
    /// The first byte.
    pub start: u32,
    /// The byte after the last.
    pub end: u32,
}

impl Span {
    /// The bytes `start..end` of `file`.
    pub fn new(file: FileId, start: usize, end: usize) -> Span {
        Span { file, start: clamp(start), end: clamp(end) }
    }

    /// From the start of this span to the end of `other`, in the same file.
    pub fn to(self, other: Span) -> Span {
        Span { end: other.end.max(self.end), ..self }
    }
}

/// Files of four gigabytes and more are refused when they are read, so no offset is lost here.
fn clamp(offset: usize) -> u32 {
    u32::try_from(offset).unwrap_or(u32::MAX)
}

/// A value and where it is written.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Spanned<T> {
    /// The value.
    pub value: T,
    /// Where it is written.
    pub span: Span,
}

impl<T> Spanned<T> {
    /// `value`, written at `span`.
    pub fn new(value: T, span: Span) -> Spanned<T> {
        Spanned { value, span }
    }
}

/// A position for people: `file:line`, or where a line of a world says that it comes from.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize)]
pub struct Place {
    /// The file's name as it was given.
    pub file: Arc<str>,
    /// The line, from 1.
    pub line: u32,
    /// Where the line says that it comes from, such as `members.json#/value/3`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub from: Option<Arc<str>>,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.from {
            Some(from) => f.write_str(from),
            None => write!(f, "{}:{}", self.file, self.line),
        }
    }
}

#[derive(Debug)]
struct File {
    name: Arc<str>,
    text: String,
    lines: OnceLock<Vec<u32>>,
}

/// The texts that spans point into. Cheap to clone, because files are shared.
#[derive(Clone, Debug, Default)]
pub struct Sources {
    files: Vec<Arc<File>>,
}

impl Sources {
    /// Adds a file; `name` is what people call it.
    pub fn add(&mut self, name: impl Into<Arc<str>>, text: String) -> FileId {
        let id = FileId(clamp(self.files.len()));
        self.files.push(Arc::new(File { name: name.into(), text, lines: OnceLock::new() }));
        id
    }

    /// The whole text of a file.
    pub fn text(&self, file: FileId) -> &str {
        &self.files[file.0 as usize].text
    }

    /// The name of a file.
    pub fn name(&self, file: FileId) -> &Arc<str> {
        &self.files[file.0 as usize].name
    }

    /// The text at a span; empty if the span is not within its file.
    pub fn slice(&self, span: Span) -> &str {
        self.text(span.file).get(span.start as usize..span.end as usize).unwrap_or("")
    }

    /// File and line of a span's start.
    pub fn place(&self, span: Span) -> Place {
        let line = self.breaks(span.file).partition_point(|&start| start <= span.start) + 1;
        Place { file: self.name(span.file).clone(), line: clamp(line), from: None }
    }

    /// The column at which a span starts, in characters from 1.
    pub fn column(&self, span: Span) -> usize {
        let line = self.line(span);
        self.slice(Span { end: span.start, ..line }).chars().count() + 1
    }

    /// The whole line on which a span starts, without its line feed.
    pub fn line(&self, span: Span) -> Span {
        let breaks = self.breaks(span.file);
        let next = breaks.partition_point(|&start| start <= span.start);
        let start = next.checked_sub(1).map_or(0, |before| breaks[before]);
        let end = breaks.get(next).map_or(clamp(self.text(span.file).len()), |&after| after - 1);
        Span { file: span.file, start, end }
    }

    /// The count of lines in the files before each file.
    pub fn lines_before(&self) -> Vec<u32> {
        let mut count = 0;
        let before = |file| {
            let before = count;
            count += self.lines(file);
            before
        };
        self.files().map(before).collect()
    }

    /// The number of lines of a file. The text after the last line feed is a line, even if it is empty.
    pub fn lines(&self, file: FileId) -> u32 {
        clamp(self.breaks(file).len() + 1)
    }

    /// Where each line but the first starts.
    fn breaks(&self, file: FileId) -> &[u32] {
        let file = &self.files[file.0 as usize];
        file.lines.get_or_init(|| {
            let bytes = file.text.bytes().enumerate();
            bytes.filter(|&(_, byte)| byte == b'\n').map(|(at, _)| clamp(at + 1)).collect()
        })
    }

    /// All files, in the order in which they were added.
    pub fn files(&self) -> impl Iterator<Item = FileId> + use<> {
        (0..clamp(self.files.len())).map(FileId)
    }
}
