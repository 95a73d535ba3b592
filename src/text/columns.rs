//! Lines and columns of offsets.

use super::{FileId, Sources, Span};

/// Finds the line and column of offsets. It counts on from the offset before, where that is earlier in the same line: a line of megabytes may
/// have thousands of places.
#[derive(Debug)]
pub struct Columns<'s> {
    sources: &'s Sources,
    width: fn(char) -> usize,
    last: Option<(Span, u32, usize)>,
}

impl<'s> Columns<'s> {
    /// Columns in characters, from 1.
    pub fn in_characters(sources: &'s Sources) -> Columns<'s> {
        Columns { sources, width: |_| 1, last: None }
    }

    /// Columns in code units of UTF-16, from 1, as editors count them.
    pub fn in_utf16(sources: &'s Sources) -> Columns<'s> {
        Columns { sources, width: char::len_utf16, last: None }
    }

    /// The line and the column of an offset, both from 1.
    pub fn at(&mut self, file: FileId, offset: u32) -> (u32, usize) {
        let at = Span { file, start: offset, end: offset };
        let line = self.sources.line(at);
        let (from, before) = match self.last {
            Some((known, from, column)) if known == line && from <= offset => (from, column),
            _ => (line.start, 1),
        };
        let passed = self.sources.slice(Span { file, start: from, end: offset });
        let column = before + passed.chars().map(self.width).sum::<usize>();
        self.last = Some((line, offset, column));
        (self.sources.place(at).line, column)
    }
}

#[cfg(test)]
mod tests {
    use super::Columns;
    use crate::text::Sources;

    #[test]
    fn characters_and_code_units_are_counted() {
        let mut sources = Sources::default();
        let file = sources.add("a.toml", "a\né😀x\n".to_owned());
        let places = [0, 2, 4, 8, 9, 10];
        let mut columns = Columns::in_characters(&sources);
        assert_eq!(places.map(|at| columns.at(file, at)), [(1, 1), (2, 1), (2, 2), (2, 3), (2, 4), (3, 1)]);
        let mut columns = Columns::in_utf16(&sources);
        assert_eq!(places.map(|at| columns.at(file, at)), [(1, 1), (2, 1), (2, 2), (2, 4), (2, 5), (3, 1)]);
        assert_eq!(columns.at(file, 4), (2, 2), "an earlier place is counted from the start of its line");
    }
}
