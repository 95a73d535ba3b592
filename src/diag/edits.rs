//! The certain edits of diagnostics, made in the texts of their files.

use super::{Diagnostic, Patch};
use crate::text::{FileId, Sources, Span};

/// A file in which edits are made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EditedFile {
    /// The file.
    pub file: FileId,
    /// Its text after the edits.
    pub text: String,
    /// The diagnostics whose edits are made, by their index, in the order of their places.
    pub made: Vec<usize>,
    /// For each of them, where its new text is.
    pub places: Vec<Span>,
}

/// Makes the edits of diagnostics that can be made at once, in the order of files. Of edits that overlap or begin at one place, the first is made:
/// the others must be looked for again in the new text.
pub fn edited(sources: &Sources, diagnostics: &[Diagnostic]) -> Vec<EditedFile> {
    let changes = |patch: &&Patch| sources.slice(patch.span) != patch.replacement;
    let patches = diagnostics.iter().enumerate().filter_map(|(index, one)| Some((one.patch.as_ref().filter(changes)?, index)));
    let mut patches: Vec<(&Patch, usize)> = patches.collect();
    patches.sort_by_key(|&(patch, index)| (patch.span, &patch.replacement, index));
    let mut files: Vec<EditedFile> = Vec::new();
    let mut end = 0;
    for (patch, index) in patches {
        let span = patch.span;
        if files.last().is_none_or(|last| last.file != span.file) {
            files.push(EditedFile { file: span.file, text: String::new(), made: Vec::new(), places: Vec::new() });
            end = 0;
        }
        let Some(file) = files.last_mut() else { continue };
        let overlaps = span.start < end || (span.start == end && !file.made.is_empty());
        if overlaps {
            continue;
        }
        let source = sources.text(span.file);
        file.text.push_str(&source[end as usize..span.start as usize]);
        let start = file.text.len();
        file.text.push_str(&patch.replacement);
        file.places.push(Span::new(span.file, start, file.text.len()));
        file.made.push(index);
        end = span.end;
    }
    for file in &mut files {
        let last = file.made.last().and_then(|&index| diagnostics[index].patch.as_ref());
        let end = last.map_or(0, |patch| patch.span.end as usize);
        file.text.push_str(&sources.text(file.file)[end..]);
    }
    files
}

#[cfg(test)]
mod tests {
    use super::edited;
    use crate::diag::{Code, Diagnostic};
    use crate::text::{Sources, Span};

    /// The text after the edits `(start, end, replacement)`, and which are made.
    fn check(text: &str, edits: &[(usize, usize, &str)]) -> (String, Vec<usize>) {
        let mut sources = Sources::default();
        let file = sources.add("a.toml", text.to_owned());
        let diagnostic = |&(start, end, new): &(usize, usize, &str)| {
            let span = Span::new(file, start, end);
            Diagnostic::new(Code::UnknownRole, "", span, "").patch(span, new)
        };
        let diagnostics: Vec<Diagnostic> = edits.iter().map(diagnostic).collect();
        match edited(&sources, &diagnostics).as_slice() {
            [] => (text.to_owned(), Vec::new()),
            [one] => (one.text.clone(), one.made.clone()),
            _ => unreachable!("there is one file"),
        }
    }

    #[test]
    fn edits_are_made_in_the_order_of_places() {
        assert_eq!(check("a = b # c", &[(4, 5, "bb"), (0, 1, "")]), (" = bb # c".to_owned(), vec![1, 0]));
        assert_eq!(check("abc", &[]), ("abc".to_owned(), vec![]));
    }

    /// Seen to fail when edits were made that began within another.
    #[test]
    fn of_overlapping_edits_the_first_is_made() {
        assert_eq!(check("abcdef", &[(0, 4, "x"), (2, 6, "y")]), ("xef".to_owned(), vec![0]));
        assert_eq!(check("abcdef", &[(2, 2, "x"), (2, 4, "y")]), ("abxcdef".to_owned(), vec![0]));
        assert_eq!(check("abcdef", &[(1, 2, "x"), (1, 2, "x")]), ("axcdef".to_owned(), vec![0]));
    }

    #[test]
    fn an_edit_that_changes_nothing_is_left_out() {
        assert_eq!(check("abc", &[(1, 2, "b")]), ("abc".to_owned(), vec![]));
    }
}
