//! From a TOML file to its table, or to diagnostics of its syntax.

use super::shown;
use super::source::{Toml, bad_date};
use crate::diag::{Code, Diagnostic};
use crate::syntax::grammar::is_typographic_quote;
use crate::time::Instant;
use std::collections::HashMap;
use std::ops::Range;
use toml::de::{DeTable, DeValue, Error};

/// The most syntax errors that are reported for a file.
const MOST_REPORTED: usize = 50;

/// The table of a file, and its syntax errors. With errors that make the table a guess there is none; dates that do not exist and
/// duplicate keys leave it readable. `twice` is the code for a duplicate header.
pub(in crate::syntax) fn parse(file: Toml<'_>, twice: Code) -> (Option<DeTable<'_>>, Vec<Diagnostic>) {
    let (table, mut errors) = DeTable::parse_recoverable(file.text);
    let table = table.into_inner();
    if errors.is_empty() {
        return (Some(table), Vec::new());
    }
    errors.sort_by_key(|error| error.span().map_or(0, |span| span.start));
    let diagnosis = ErrorReader { file, twice, seen: Recovered::new(&table) };
    if let Some(unclosed) = errors.iter().find(|error| diagnosis.is_unclosed(error)) {
        let diagnostic = diagnosis.unclosed(unclosed);
        dismantle(table);
        return (None, vec![diagnostic]);
    }
    let readable = errors.iter().all(|error| error.message() == DUPLICATE || diagnosis.bad_date(error).is_some());
    let mut diagnostics = diagnosis.report(&errors);
    if diagnostics.len() > MOST_REPORTED {
        let more = diagnostics.len() - MOST_REPORTED;
        diagnostics.truncate(MOST_REPORTED);
        if let Some(last) = diagnostics.last_mut() {
            last.notes.push(format!("and {more} more in this file"));
        }
    }
    if readable {
        return (Some(table), diagnostics);
    }
    dismantle(table);
    (None, diagnostics)
}

/// Drops a table without recursion: dotted keys in inline tables nest to several thousand levels.
pub(in crate::syntax) fn dismantle(table: DeTable<'_>) {
    let mut rest = vec![DeValue::Table(table)];
    while let Some(value) = rest.pop() {
        match value {
            DeValue::Array(items) => rest.extend(items.into_iter().map(toml::Spanned::into_inner)),
            DeValue::Table(table) => rest.extend(table.into_iter().map(|(_, value)| value.into_inner())),
            _ => {}
        }
    }
}

const DUPLICATE: &str = "duplicate key";

/// What could be read of a broken file.
#[derive(Default)]
struct Recovered {
    /// The places of each key, in order.
    keys: HashMap<String, Vec<Range<usize>>>,
    /// Values that open with a bracket or quote.
    delimited: Vec<Range<usize>>,
    /// Dates that do not exist.
    bad_dates: Vec<Range<usize>>,
}

impl Recovered {
    fn new(table: &DeTable<'_>) -> Recovered {
        let mut seen = Recovered::default();
        let mut tables = vec![table];
        let mut values: Vec<&toml::Spanned<DeValue<'_>>> = Vec::new();
        while let Some(table) = tables.pop() {
            for (key, value) in table {
                seen.keys.entry(key.get_ref().to_string()).or_default().push(key.span());
                values.push(value);
            }
            while let Some(value) = values.pop() {
                match value.get_ref() {
                    DeValue::Array(items) => {
                        seen.delimited.push(value.span());
                        values.extend(items);
                    }
                    DeValue::Table(table) => {
                        seen.delimited.push(value.span());
                        tables.push(table);
                    }
                    DeValue::String(_) => seen.delimited.push(value.span()),
                    DeValue::Datetime(date) if date.date.is_none() && date.time.is_none() => seen.bad_dates.push(value.span()),
                    _ => {}
                }
            }
        }
        seen.keys.values_mut().for_each(|places| places.sort_unstable_by_key(|place| place.start));
        seen.bad_dates.sort_unstable_by_key(|date| date.start);
        seen
    }

    /// The last place of the same key before `start`.
    fn key_before(&self, name: &str, start: usize) -> Option<Range<usize>> {
        let places = self.keys.get(name)?;
        places[..places.partition_point(|place| place.start < start)].last().cloned()
    }
}

struct ErrorReader<'t> {
    file: Toml<'t>,
    twice: Code,
    seen: Recovered,
}

impl<'t> ErrorReader<'t> {
    /// Whether a bracket or quote that is not closed swallowed the rest of the file.
    fn is_unclosed(&self, error: &Error) -> bool {
        let at_the_end = || error.span().is_some_and(|span| span.start == self.file.text.len());
        error.message().starts_with("unclosed") || (error.message().starts_with("invalid multi-line") && at_the_end())
    }

    /// Reports the outermost bracket or quote that is open where parsing gave up, if there is one: its contents may have been meant to
    /// follow it.
    fn unclosed(&self, error: &Error) -> Diagnostic {
        let end = error.span().unwrap_or_default();
        let open = self.seen.delimited.iter().filter(|value| value.start < end.start && end.start <= value.end);
        let span = match open.min_by_key(|value| value.start) {
            Some(value) => {
                let text = &self.file.text[value.clone()];
                let width = if text.starts_with("'''") || text.starts_with("\"\"\"") { 3 } else { 1 };
                self.file.span(value.start..value.start + width)
            }
            None => self.file.span(end),
        };
        let headline = match error.message().split_once(" string, expected ") {
            Some(_) => "unclosed multi-line text".to_owned(),
            None => error.message().to_owned(),
        };
        Diagnostic::new(Code::TomlSyntax, headline, span, "never closed").help("close it and check again: what follows it was not read")
    }

    /// The mistake of a date that does not exist.
    fn bad_date(&self, error: &Error) -> Option<Diagnostic> {
        let span = error.span()?;
        let dates = &self.seen.bad_dates;
        let date = dates[..dates.partition_point(|date| date.start <= span.start)].last()?;
        if span.end > date.end {
            return None;
        }
        let why = Instant::parse(&self.file.text[date.clone()]).err();
        let why = why.unwrap_or_else(|| error.message().to_owned());
        Some(bad_date(&why, self.file.span(date.clone())))
    }

    /// The diagnostics, at most one a line.
    fn report(&self, errors: &[Error]) -> Vec<Diagnostic> {
        let needs_headers = errors.iter().any(|error| error.message() == DUPLICATE);
        let headers = if needs_headers { TableHeaders::new(self.file) } else { TableHeaders::default() };
        let mut diagnostics = Vec::new();
        let (mut last_line_end, mut repeated_until) = (None, 0);
        for error in errors {
            let span = error.span().unwrap_or_default();
            if last_line_end.is_some_and(|end| span.start <= end) {
                continue;
            }
            if let Some(date) = self.bad_date(error) {
                diagnostics.push(date);
                continue;
            }
            if error.message() == DUPLICATE {
                // The keys below a duplicate header collide with those of the first one; only the header is reported.
                if span.start < repeated_until {
                    continue;
                }
                let header = headers.at(span.start);
                if let Some(header) = header {
                    repeated_until = headers.end_of(header);
                }
                diagnostics.push(self.duplicate(&span, header, &headers));
                continue;
            }
            let line_end = self.file.text[span.start..].find('\n').map_or(self.file.text.len(), |at| span.start + at);
            last_line_end = Some(line_end);
            diagnostics.push(self.syntax(error, span));
        }
        diagnostics
    }

    fn duplicate(&self, span: &Range<usize>, header: Option<&TableHeader<'t>>, headers: &TableHeaders<'t>) -> Diagnostic {
        let toml = &self.file.text[span.clone()];
        let at = self.file.span(span.clone());
        let Some(header) = header else {
            let diagnostic = Diagnostic::new(Code::TomlSyntax, format!("`{}` is given twice", shown(toml)), at, "given again");
            return match self.seen.key_before(toml.trim_matches(['"', '\'']), span.start) {
                Some(first) => diagnostic.and(self.file.span(first), "first given here"),
                None => diagnostic,
            };
        };
        let code = if header.text.contains('.') { self.twice } else { Code::TomlSyntax };
        let diagnostic = Diagnostic::new(code, format!("`{}` stands twice", shown(header.text)), at, "given again");
        let diagnostic = match code {
            Code::DuplicateEntity => diagnostic.help("a TOML file has each header once: put all that the entity has under one"),
            _ => diagnostic,
        };
        match headers.first_like(header) {
            Some(first) => diagnostic.and(self.file.span(first.start..first.start + first.text.len()), "first given here"),
            None => diagnostic,
        }
    }

    /// The mistake of a line that has typographic quotes, or a date with its parts in another order. The line begins at `line`, and reading
    /// stopped at `stopped` in it.
    fn misread(&self, line: usize, stopped: usize) -> Option<Diagnostic> {
        let text = self.file.text[line..].split('\n').next()?;
        let quote = text.char_indices().find(|&(at, c)| line + at >= stopped && is_typographic_quote(c));
        let quote = quote.filter(|&(at, _)| self.file.text[stopped..line + at].chars().all(|c| !matches!(c, '"' | '\'')));
        if let Some((at, sign)) = quote {
            let span = self.file.span(line + at..line + at + sign.len_utf8());
            let headline = format!("`{sign}` is a typographic quote");
            return Some(Diagnostic::new(Code::TomlSyntax, headline, span, "").help("write the straight quotes `'` or `\"`"));
        }
        let start = text.find('=')? + 1;
        let start = start + text[start..].len() - text[start..].trim_start().len();
        let date = text[start..].split([' ', '\t', '\r', '#', ',', '}', ']']).next()?;
        let why = Instant::parse(date).err().filter(|why| why.contains(": write "))?;
        let is_whole = (start..start + date.len()).contains(&(stopped - line));
        is_whole.then(|| bad_date(&why, self.file.span(line + start..line + start + date.len())))
    }

    fn syntax(&self, error: &Error, span: Range<usize>) -> Diagnostic {
        let headline = error.message().strip_suffix(", expected nothing").unwrap_or(error.message());
        let diagnostic = Diagnostic::new(Code::TomlSyntax, headline, self.file.span(span.clone()), "");
        let line = self.file.text[..span.start].rfind('\n').map_or(0, |at| at + 1);
        if let Some(other) = self.misread(line, span.start) {
            return other;
        }
        match headline {
            "invalid basic string, expected `\"`" | "invalid literal string, expected `'`" => {
                Diagnostic { headline: "a string is not closed in its line".to_owned(), ..diagnostic }.help("close its quote")
            }
            _ if headline.starts_with("string values must be quoted") => diagnostic.help("strings need quotes"),
            _ if headline.starts_with("invalid unquoted key") && self.file.text[line..].starts_with('[') => {
                diagnostic.help("put a name that has other characters in quotes: `[user.\"alice@contoso\"]`")
            }
            _ => diagnostic,
        }
    }
}

/// The lines of a file that look like headers.
#[derive(Default)]
struct TableHeaders<'t> {
    all: Vec<TableHeader<'t>>,
    first: HashMap<String, usize>,
    length: usize,
}

struct TableHeader<'t> {
    start: usize,
    text: &'t str,
}

impl TableHeader<'_> {
    /// The header without white space and quotes.
    fn path(&self) -> String {
        self.text.chars().filter(|c| !matches!(c, ' ' | '\t' | '"' | '\'')).collect()
    }
}

/// The header at the start of a line.
fn header(line: &str) -> &str {
    let mut quote = None;
    let mut end = line.len();
    for (at, c) in line.char_indices() {
        match (quote, c) {
            (None, '"' | '\'') => quote = Some(c),
            (Some(open), _) if open == c => quote = None,
            (None, '#' | '\r' | '\n') => {
                end = at;
                break;
            }
            _ => {}
        }
    }
    line[..end].trim_end()
}

impl<'t> TableHeaders<'t> {
    fn new(file: Toml<'t>) -> TableHeaders<'t> {
        let mut headers = TableHeaders { length: file.text.len(), ..TableHeaders::default() };
        let mut start = 0;
        for line in file.text.split_inclusive('\n') {
            let indent = line.len() - line.trim_start().len();
            if line[indent..].starts_with('[') {
                let header = TableHeader { start: start + indent, text: header(&line[indent..]) };
                headers.first.entry(header.path()).or_insert(headers.all.len());
                headers.all.push(header);
            }
            start += line.len();
        }
        headers
    }

    fn index_at(&self, offset: usize) -> Option<usize> {
        self.all.partition_point(|header| header.start <= offset).checked_sub(1)
    }

    /// The header that contains the byte.
    fn at(&self, offset: usize) -> Option<&TableHeader<'t>> {
        let header = &self.all[self.index_at(offset)?];
        (offset < header.start + header.text.len()).then_some(header)
    }

    /// The end of the section below a header.
    fn end_of(&self, header: &TableHeader<'t>) -> usize {
        let next = self.index_at(header.start).and_then(|index| self.all.get(index + 1));
        next.map_or(self.length, |next| next.start)
    }

    fn first_like(&self, header: &TableHeader<'t>) -> Option<&TableHeader<'t>> {
        let first = &self.all[*self.first.get(&header.path())?];
        (first.start < header.start).then_some(first)
    }
}
