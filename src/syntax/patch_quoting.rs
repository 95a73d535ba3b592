//! Makes the edits of diagnostics fit the quotes around them.

use crate::diag::Diagnostic;
use crate::text::{FileId, Sources};

/// Escapes the edits that are made between double quotes, and removes those that are not possible where they are meant.
pub fn fit_patches(sources: &Sources, diagnostics: &mut [Diagnostic]) {
    let mut quotes: Vec<(FileId, QuoteContext)> = Vec::new();
    for diagnostic in diagnostics {
        let Some(patch) = &mut diagnostic.patch else { continue };
        let is_json = sources.name(patch.span.file).to_lowercase().ends_with(".ndjson");
        // The place of the mistake within the line is not known.
        let is_whole_line = is_json && sources.slice(patch.span).starts_with('{');
        // Control characters do not belong into a file.
        if is_whole_line || patch.replacement.contains(|c: char| c.is_control() && !matches!(c, '\n' | '\r' | '\t')) {
            diagnostic.patch = None;
            continue;
        }
        if !patch.replacement.contains(['"', '\'', '\\']) {
            continue;
        }
        let known = quotes.iter().position(|(file, _)| *file == patch.span.file).unwrap_or_else(|| {
            quotes.push((patch.span.file, QuoteContext::of(sources.text(patch.span.file), !is_json)));
            quotes.len() - 1
        });
        match quotes[known].1.around(patch.span.start as usize) {
            Some('"') => patch.replacement = patch.replacement.replace('\\', "\\\\").replace('"', "\\\""),
            Some(_) if patch.replacement.contains('\'') => diagnostic.patch = None,
            _ => {}
        }
    }
}

/// The strings of a TOML or NDJSON file: the range of each inside its quotes, and the quote.
struct QuoteContext(Vec<(usize, usize, char)>);

impl QuoteContext {
    fn of(text: &str, is_toml: bool) -> QuoteContext {
        let mut found = Vec::new();
        let mut at = 0;
        let marks: &[char] = if is_toml { &['"', '\'', '#'] } else { &['"'] };
        while let Some(next) = text[at..].find(marks) {
            at += next;
            let rest = &text[at..];
            if rest.starts_with('#') {
                at += rest.find('\n').unwrap_or(rest.len());
                continue;
            }
            let quote = if rest.starts_with('"') { '"' } else { '\'' };
            let triple = [quote; 3].iter().collect::<String>();
            let delimiter = if rest.starts_with(&triple) { triple.as_str() } else { &triple[..1] };
            let begin = at + delimiter.len();
            let end = begin + closing(&text[begin..], delimiter);
            found.push((begin, end, quote));
            at = (end + delimiter.len()).min(text.len());
        }
        QuoteContext(found)
    }

    /// The quote of the string that contains the byte.
    fn around(&self, at: usize) -> Option<char> {
        let before = self.0.partition_point(|&(begin, ..)| begin <= at);
        let &(_, end, quote) = self.0.get(before.checked_sub(1)?)?;
        (at <= end).then_some(quote)
    }
}

/// The length of a string up to its closing `delimiter`.
fn closing(inside: &str, delimiter: &str) -> usize {
    let mut at = 0;
    while at < inside.len() {
        let Some(next) = inside[at..].find(|c| c == '\\' || delimiter.starts_with(c) || (c == '\n' && delimiter.len() == 1)) else { break };
        at += next;
        if inside[at..].starts_with(delimiter) || inside[at..].starts_with('\n') {
            return at;
        }
        let escapes = inside[at..].starts_with('\\') && delimiter.starts_with('"');
        at += if escapes { 1 + inside[at + 1..].chars().next().map_or(0, char::len_utf8) } else { 1 };
    }
    inside.len()
}

#[cfg(test)]
mod tests {
    use super::fit_patches;
    use crate::diag::{Code, Diagnostic};
    use crate::text::{Sources, Span};

    /// The file with `x` replaced by the fitted `replacement`.
    fn check(name: &str, text: &str, replacement: &str) -> String {
        let mut sources = Sources::default();
        let file = sources.add(name, text.to_owned());
        let at = text.find('x').unwrap();
        let diagnostic = Diagnostic::new(Code::UnknownValue, "", Span::new(file, at, at + 1), "");
        let mut diagnostics = [diagnostic.patch(Span::new(file, at, at + 1), replacement)];
        fit_patches(&sources, &mut diagnostics);
        let [diagnostic] = diagnostics;
        diagnostic.patch.map_or_else(|| "none".to_owned(), |patch| text.replacen('x', &patch.replacement, 1))
    }

    #[test]
    fn between_double_quotes_there_are_escapes() {
        assert_eq!(check("a.toml", "if = 'b == x'", "\"a\""), "if = 'b == \"a\"'");
        assert_eq!(check("a.toml", "if = \"b == x\"", "\"a\""), "if = \"b == \\\"a\\\"\"");
        assert_eq!(check("a.toml", "if = \"\"\"\nb \\\" == x\"\"\"", "\"a\""), "if = \"\"\"\nb \\\" == \\\"a\\\"\"\"\"");
        assert_eq!(check("a.toml", "if = '''\nb == x'''", "\"a\""), "if = '''\nb == \"a\"'''");
        assert_eq!(check("a.toml", "# don't \"\nif = 'b == x'", "\"a\""), "# don't \"\nif = 'b == \"a\"'");
        assert_eq!(check("a.ndjson", "{\"a#'\":\"x\"}", "a:\"b\""), "{\"a#'\":\"a:\\\"b\\\"\"}");
    }

    #[test]
    fn outside_of_quotes_an_edit_stands_as_it_is() {
        assert_eq!(check("a.toml", "on = x", "\"a\""), "on = \"a\"");
        assert_eq!(check("a.toml", "b = \"c\"\non = x", "\"a\""), "b = \"c\"\non = \"a\"");
    }

    #[test]
    fn what_cannot_stand_there_is_left_out() {
        assert_eq!(check("a.toml", "if = 'b == x'", "c:\"o'brien\""), "none");
        assert_eq!(check("a.toml", "if = \"b == x\"", "o'brien"), "if = \"b == o'brien\"");
    }
}
