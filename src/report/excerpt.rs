//! The lines of a source around some spans, cut to a length that can be shown: a file may be one line of fifty megabytes.

use std::ops::Range;

use super::sanitize::visible_char;
use crate::text::{Sources, Span};

/// The most bytes that are shown of a line without a span.
const MAX_OTHER_LINE: usize = 160;
/// The most bytes that are shown of the part of a line with spans.
const MAX_MARKED: usize = 480;
/// Of a longer span only the first line is shown.
const MAX_LINES: usize = 40;

/// Some lines of a file, safe to print.
#[derive(Debug)]
pub(super) struct Excerpt {
    /// The lines.
    pub text: String,
    /// The number of the first line, from 1.
    pub line: usize,
    /// The spans, as byte ranges of `text`, in the order of the argument.
    pub spans: Vec<Range<usize>>,
    /// The column of the first span in `text` and in the file, in characters from 1; `None` if they are equal.
    pub columns: Option<(usize, usize)>,
}

/// The span, cut to the end of its file and to [`MAX_LINES`], and extended to whole characters.
pub(super) fn bounded(sources: &Sources, span: Span) -> Span {
    let text = sources.text(span.file);
    let mut start = (span.start as usize).min(text.len());
    // A place at the end of a file is shown at the end of its last line, not on the empty line after it.
    if start == text.len() && text.ends_with('\n') {
        start -= 1;
    }
    while !text.is_char_boundary(start) {
        start -= 1;
    }
    let mut end = (span.end as usize).clamp(start, text.len());
    while !text.is_char_boundary(end) {
        end += 1;
    }
    let [first, last] = [start, end].map(|at| sources.place(Span::new(span.file, at, at)).line as usize);
    if last - first >= MAX_LINES {
        end = (sources.line(Span::new(span.file, start, start)).end as usize).max(start);
    }
    Span::new(span.file, start, end)
}

/// The lines from the first to the last of some [`bounded`] spans of one file. A line with spans is cut to `around` bytes before its first
/// span and after its last.
pub(super) fn excerpt(sources: &Sources, spans: &[Span], around: usize) -> Excerpt {
    let Some(&first) = spans.first() else { return Excerpt { text: String::new(), line: 1, spans: Vec::new(), columns: None } };
    let file = first.file;
    let text = sources.text(file);
    let start = spans.iter().map(|span| span.start).min().unwrap_or(0);
    let end = spans.iter().map(|span| span.end).max().unwrap_or(0);
    let line = sources.place(Span { file, start, end }).line as usize;

    let mut shown = Shown::default();
    let mut at = start;
    loop {
        let whole = sources.line(Span { file, start: at, end: at });
        let range = whole.start as usize..whole.end as usize;
        let range = range.start..range.end - usize::from(text[range.clone()].ends_with('\r'));
        shown.line(text, range.clone(), kept(text, range, spans, around));
        if whole.end >= end || whole.end as usize >= text.len() {
            break;
        }
        shown.text.push('\n');
        at = whole.end + 1;
    }
    let spans: Vec<Range<usize>> = spans.iter().map(|span| shown.place(text, span.start)..shown.place(text, span.end)).collect();
    Excerpt { line, spans, columns: columns_if_cut(sources, first, &shown), text: shown.text }
}

/// The part of a line that is shown.
fn kept(text: &str, line: Range<usize>, spans: &[Span], around: usize) -> Range<usize> {
    let touching = |span: &&Span| span.start as usize <= line.end && span.end as usize >= line.start;
    let touching = || spans.iter().filter(touching).map(|span| (span.start as usize).max(line.start)..(span.end as usize).min(line.end));
    let (mut from, mut to) = match (touching().map(|span| span.start).min(), touching().map(|span| span.end).max()) {
        (Some(from), Some(to)) => (from.saturating_sub(around), to.min(from + MAX_MARKED) + around),
        _ => (line.start, line.start + MAX_OTHER_LINE),
    };
    from = from.max(line.start);
    to = to.min(line.end);
    // A cut that saves less than 8 bytes is not worth its mark.
    if from - line.start < 8 {
        from = line.start;
    }
    if line.end - to < 8 {
        to = line.end;
    }
    while !text.is_char_boundary(from) {
        from -= 1;
    }
    while !text.is_char_boundary(to) {
        to += 1;
    }
    from..to
}

/// The text that is shown, and which part of each line it has.
#[derive(Default)]
struct Shown {
    text: String,
    lines: Vec<ShownLine>,
}

struct ShownLine {
    /// The bytes of the source that are shown.
    kept: Range<usize>,
    /// Where they begin in the shown text.
    at: usize,
    /// Whether the beginning of the line is left out.
    cut: bool,
}

impl Shown {
    fn line(&mut self, source: &str, line: Range<usize>, kept: Range<usize>) {
        let cut = kept.start > line.start;
        if cut {
            self.text.push('…');
        }
        self.lines.push(ShownLine { kept: kept.clone(), at: self.text.len(), cut });
        self.text.extend(source[kept.clone()].chars().map(shown));
        if kept.end < line.end {
            self.text.push('…');
        }
    }

    /// The position in the shown text of a byte of the source, or of the nearest byte that is shown.
    fn place(&self, source: &str, at: u32) -> usize {
        let at = at as usize;
        let index = self.lines.partition_point(|line| line.kept.start <= at).saturating_sub(1);
        let Some(line) = self.lines.get(index) else { return 0 };
        let at = at.clamp(line.kept.start, line.kept.end);
        line.at + source[line.kept.start..at].chars().map(|character| shown(character).len_utf8()).sum::<usize>()
    }
}

/// The character as it is shown. Tabs are not replaced, since the renderer knows their width.
fn shown(character: char) -> char {
    if character == '\t' { character } else { visible_char(character) }
}

/// The columns of a span in the shown text and in the file, if the beginning of its line is cut.
fn columns_if_cut(sources: &Sources, span: Span, shown: &Shown) -> Option<(usize, usize)> {
    let index = shown.lines.partition_point(|line| line.kept.start <= span.start as usize).checked_sub(1)?;
    let ShownLine { kept, cut, .. } = &shown.lines[index];
    let count = |from: usize| sources.text(span.file)[from..span.start as usize].chars().count() + 1;
    // The mark of the cut is a character too.
    cut.then(|| (count(kept.start) + 1, count(sources.line(span).start as usize)))
}
