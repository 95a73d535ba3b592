//! A TOML file: its table, or what hinders reading it.

use super::shown;
use super::source::{Toml, bad_date};
use crate::diag::{Code, Diagnostic};
use crate::time::Instant;
use std::collections::HashMap;
use std::ops::Range;
use toml::de::{DeTable, DeValue, Error};

/// So many mistakes of syntax are told of a file.
const MOST_TOLD: usize = 50;

/// The table of a file, and the mistakes of its syntax. No table where its syntax is so broken that it would be a guess; dates that do
/// not exist and names given twice leave it readable. `twice` is the code for a header that stands twice.
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
    let mut diagnostics = diagnosis.tell(&errors);
    if diagnostics.len() > MOST_TOLD {
        let more = diagnostics.len() - MOST_TOLD;
        diagnostics.truncate(MOST_TOLD);
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

/// What a broken file holds all the same.
#[derive(Default)]
struct Recovered {
    /// Keys by their names, each with where it stands, in order.
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

    /// Where the same key last stood before `start`.
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
    /// Whether all that follows was swallowed by something that is not closed.
    fn is_unclosed(&self, error: &Error) -> bool {
        let at_the_end = || error.span().is_some_and(|span| span.start == self.file.text.len());
        error.message().starts_with("unclosed") || (error.message().starts_with("invalid multi-line") && at_the_end())
    }

    /// Points at the outermost bracket or quote that is open where reading gave up, if there is one: what stands within it may well have
    /// been meant to follow it.
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

    /// One mistake a line.
    fn tell(&self, errors: &[Error]) -> Vec<Diagnostic> {
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
                // What stands below a header that is given twice is compared with the first one's keys: that is not told again.
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
        match headers.first_like(header) {
            Some(first) => diagnostic.and(self.file.span(first.start..first.start + first.text.len()), "first given here"),
            None => diagnostic,
        }
    }

    fn syntax(&self, error: &Error, span: Range<usize>) -> Diagnostic {
        let headline = error.message().strip_suffix(", expected nothing").unwrap_or(error.message());
        let diagnostic = Diagnostic::new(Code::TomlSyntax, headline, self.file.span(span.clone()), "");
        let line = self.file.text[..span.start].rfind('\n').map_or(0, |at| at + 1);
        match headline {
            "invalid basic string, expected `\"`" | "invalid literal string, expected `'`" => {
                Diagnostic { headline: "a text is not closed in its line".to_owned(), ..diagnostic }.help("close its quote")
            }
            _ if headline.starts_with("string values must be quoted") => diagnostic.help("put a text in quotes"),
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
    /// The header's name, however it is written.
    fn path(&self) -> String {
        self.text.chars().filter(|c| !matches!(c, ' ' | '\t' | '"' | '\'')).collect()
    }
}

/// The header with which a line begins, without what follows it.
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

    /// The header in which this byte stands.
    fn at(&self, offset: usize) -> Option<&TableHeader<'t>> {
        let header = &self.all[self.index_at(offset)?];
        (offset < header.start + header.text.len()).then_some(header)
    }

    /// Where what stands below a header ends.
    fn end_of(&self, header: &TableHeader<'t>) -> usize {
        let next = self.index_at(header.start).and_then(|index| self.all.get(index + 1));
        next.map_or(self.length, |next| next.start)
    }

    fn first_like(&self, header: &TableHeader<'t>) -> Option<&TableHeader<'t>> {
        let first = &self.all[*self.first.get(&header.path())?];
        (first.start < header.start).then_some(first)
    }
}
