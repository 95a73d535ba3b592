//! Rows in CSV.

use super::TextOf;
use super::value::{Entries, Json};
use crate::diag::phrases::counted;
use ::csv::{ReaderBuilder, StringRecord, StringRecordsIntoIter};
use std::borrow::Cow;

/// The characters that may part cells; where two are as many in the header, the first is taken.
const DELIMITERS: [u8; 4] = [b',', b';', b'\t', b'|'];

/// A table with a header.
pub(super) struct Table<'t> {
    /// The names of its columns.
    header: Vec<String>,
    /// The text from the header on.
    body: &'t str,
    /// The lines before it.
    lines_before: usize,
    delimiter: u8,
}

/// The table in a text.
///
/// # Errors
///
/// If it has no header.
pub(super) fn table(text: &str, is_tsv: bool) -> Result<Table<'_>, String> {
    let (mut body, mut lines_before) = (text, 0);
    // PowerShell writes a line for the type, and spreadsheets one for the delimiter.
    while body.starts_with("#TYPE") || body.starts_with("sep=") {
        body = body.split_once('\n').map_or("", |(_, rest)| rest);
        lines_before += 1;
    }
    let first = body.lines().next().unwrap_or("");
    let delimiter = if is_tsv { b'\t' } else { delimiter(first) };
    let header = reader(body, delimiter).next().and_then(Result::ok).unwrap_or_default();
    let header: Vec<String> = header.iter().map(str::to_owned).collect();
    if header.iter().all(|name| name.trim().is_empty()) {
        return Err("is empty: CSV begins with a header".to_owned());
    }
    let table = Table { header, body, lines_before, delimiter };
    let wrong = table.records().next().and_then(|(_, wrong)| wrong);
    wrong.map_or(Ok(table), |why| Err(format!("has a header that {why}")))
}

/// The delimiter of which there are most outside quotes.
fn delimiter(header: &str) -> u8 {
    let count = |delimiter: u8| {
        let mut quoted = false;
        let outside = |byte: &u8| {
            quoted ^= *byte == b'"';
            *byte == delimiter && !quoted
        };
        header.as_bytes().iter().copied().filter(outside).count()
    };
    DELIMITERS.into_iter().rev().max_by_key(|&delimiter| count(delimiter)).unwrap_or(b',')
}

fn reader(body: &str, delimiter: u8) -> StringRecordsIntoIter<&[u8]> {
    ReaderBuilder::new().delimiter(delimiter).has_headers(false).flexible(true).from_reader(body.as_bytes()).into_records()
}

impl Table<'_> {
    /// The names of its columns.
    pub(super) fn columns(&self) -> impl Iterator<Item = &str> {
        self.header.iter().map(String::as_str)
    }

    /// The number of its lines, which is at least that of its rows.
    pub(super) fn lines(&self) -> usize {
        memchr::memchr_iter(b'\n', self.body.as_bytes()).count() + 1
    }

    /// The rows, in order. One without any value is null.
    pub(super) fn rows(&self) -> impl Iterator<Item = Result<Json<'_>, String>> {
        let mut records = self.records().skip(1).peekable();
        std::iter::from_fn(move || {
            let record = records.next()?;
            let is_torn = self.is_unended() && records.peek().is_none();
            Some(match record {
                (_, Some(why)) => Err(why),
                (Ok(record), None) => self.row(&record, is_torn),
                (Err(error), None) => Err(format!("is not CSV: {error}")),
            })
        })
    }

    /// Whether its last line has no end, as in a file that is cut.
    pub(super) fn is_unended(&self) -> bool {
        !self.body.ends_with(['\n', '\r'])
    }

    /// All records, the header too, each with what is wrong with its quotes.
    fn records(&self) -> impl Iterator<Item = (::csv::Result<StringRecord>, Option<String>)> {
        let mut records = reader(self.body, self.delimiter);
        let (mut start, mut line) = (0, self.lines_before + 1);
        std::iter::from_fn(move || {
            let record = records.next()?;
            let end = usize::try_from(records.reader().position().byte()).unwrap_or(usize::MAX).min(self.body.len());
            let text = self.body.as_bytes().get(start..end).unwrap_or_default();
            let lines = |text: &[u8]| memchr::memchr_iter(b'\n', text).count();
            let wrong = memchr::memchr(b'"', text).and_then(|_| Misquoted::of(text, self.delimiter)).map(|wrong| match wrong {
                Misquoted::Open(at) => {
                    format!("has a quote, opened in line {}, that is not closed: the rest of the file is in it", line + lines(&text[..at]))
                }
                Misquoted::Followed(at) => {
                    format!("has text after a closing quote in line {}: a quote in a cell is written twice", line + lines(&text[..at]))
                }
            });
            (start, line) = (end, line + lines(text));
            Some((record, wrong))
        })
    }

    /// The row of a record. If it may be torn and is too short, its last cell may be cut as well.
    fn row(&self, record: &StringRecord, is_torn: bool) -> Result<Json<'_>, String> {
        if record.iter().all(|text| text.trim().is_empty()) {
            return Ok(Json::Null);
        }
        let (cells, columns) = (record.len(), self.header.len());
        let counts = || format!("has {}, and the header {columns}", counted(cells, "cell"));
        // Delimiters at the end of a row make cells that are blank.
        if record.iter().skip(columns).any(|text| !text.trim().is_empty()) {
            return Err(counts());
        }
        // Between two quotes too many the ends of rows are no ends.
        if cells < columns && record.iter().any(|text| text.trim().contains('\n')) {
            return Err(format!("{}, and a cell over several lines: quotes may be too many", counts()));
        }
        let whole = if is_torn && cells < columns { cells - 1 } else { cells };
        let entry = |(number, name): (usize, &String)| -> (TextOf<'static>, Json<'static>) {
            let value = record
                .get(number)
                .filter(|_| number < whole)
                .map_or_else(|| Json::Cut(format!("the row {}", counts())), |text| Json::Text(cell(text).into()));
            (Cow::Owned(name.clone()), value)
        };
        Ok(Json::Object(Entries(self.header.iter().enumerate().map(entry).collect())))
    }
}

/// A cell without the blanks around it, and without the `="…"` by which spreadsheets keep a text a text.
fn cell(text: &str) -> String {
    let text = text.trim();
    let inside = text.strip_prefix("=\"").and_then(|rest| rest.strip_suffix('"')).map(|inside| inside.replace("\"\"", "\u{0}"));
    match inside {
        Some(inside) if !inside.contains('"') => inside.replace('\u{0}', "\"").trim().to_owned(),
        _ => text.to_owned(),
    }
}

/// What is wrong with the quotes of a record, and where.
enum Misquoted {
    /// A quote is opened and not closed.
    Open(usize),
    /// A closing quote is followed by text.
    Followed(usize),
}

impl Misquoted {
    /// The first such place in a record. A quote that does not begin a cell is a character like any other.
    fn of(record: &[u8], delimiter: u8) -> Option<Misquoted> {
        enum At {
            Start,
            Bare,
            Quoted(usize),
            Closed(usize),
        }
        let mut at = At::Start;
        for (place, &byte) in record.iter().enumerate() {
            let ends = byte == delimiter || matches!(byte, b'\r' | b'\n');
            at = match at {
                At::Quoted(opened) if byte == b'"' => At::Closed(opened),
                At::Quoted(opened) => At::Quoted(opened),
                At::Closed(opened) if byte == b'"' && record[place - 1] == b'"' => At::Quoted(opened),
                _ if ends => At::Start,
                At::Closed(opened) if matches!(byte, b' ' | b'\t') => At::Closed(opened),
                At::Closed(_) => return Some(Misquoted::Followed(place)),
                At::Start if byte == b'"' => At::Quoted(place),
                At::Start | At::Bare => At::Bare,
            };
        }
        if let At::Quoted(opened) = at { Some(Misquoted::Open(opened)) } else { None }
    }
}

#[cfg(test)]
mod tests {
    use super::{delimiter, table};
    use crate::import::reader::Found;

    fn cell(text: &str, row: usize, column: &str) -> String {
        let table = table(text, false).unwrap();
        let row = table.rows().nth(row).unwrap();
        match row {
            Ok(row) => match row.at(&[column.to_owned()]) {
                Found::Value(value) => value.text().unwrap().to_owned(),
                other => format!("{other:?}"),
            },
            Err(why) => why,
        }
    }

    #[test]
    fn delimiters_are_found_outside_quotes() {
        assert_eq!(delimiter("a,b,c"), b',');
        assert_eq!(delimiter("\"a,b,c\";d"), b';');
        assert_eq!(delimiter("a\tb"), b'\t');
        assert_eq!(delimiter("alone"), b',');
    }

    #[test]
    fn lines_before_the_header_are_passed_over() {
        assert_eq!(cell("#TYPE System.Object\r\n\"Id\";\"Name\"\r\n\"a\";\"x\"\"y\"\r\n", 0, "name"), "x\"y");
        assert_eq!(cell("sep=;\nid;name\na;b\n", 0, "name"), "b");
    }

    #[test]
    fn rows_of_other_lengths_say_so() {
        assert_eq!(cell("id,name\na\n", 0, "name"), "Unread(\"the row has 1 cell, and the header 2\")");
        assert_eq!(cell("id,name\na,b,c\n", 0, "name"), "has 3 cells, and the header 2");
        assert_eq!(cell("id,name\na,b,, \n", 0, "name"), "b");
        assert_eq!(cell("id,name,group\nx,\"y\nz\",g\n", 0, "name"), "y\nz");
        let swallowed = cell("id,name,group\nx,\"y,g\nz\"\n", 0, "id");
        assert_eq!(swallowed, "has 2 cells, and the header 3, and a cell over several lines: quotes may be too many");
        assert_eq!(cell("id,id\na,b\n", 0, "id"), "Twice");
        assert!(table("", false).is_err());
    }

    #[test]
    fn blanks_around_cells_are_not_theirs() {
        assert_eq!(cell("id,name\n a\u{a0},\" b \" \n", 0, "id"), "a");
        assert_eq!(cell("id,name\n a,\" b \" \n", 0, "name"), "b");
        assert_eq!(cell("id;name\n=\"01\";\"=\"\"a\"\"\"\n", 0, "id"), "01");
        assert_eq!(cell("id;name\n=\"01\";\"=\"\"a\"\"\"\n", 0, "name"), "a");
        assert_eq!(cell("id;name\n=\"a\"&\"b\";x\n", 0, "id"), "=\"a\"&\"b\"");
    }

    #[test]
    fn quotes_that_do_not_close_a_cell_make_a_row_unreadable() {
        let open = |line| format!("has a quote, opened in line {line}, that is not closed: the rest of the file is in it");
        let text = "id;name\na;b\nc;\"d\ne;f\n";
        assert_eq!((cell(text, 0, "name"), cell(text, 1, "name")), ("b".to_owned(), open(3)));
        assert_eq!(cell("sep=;\nid;name\n\"a;b\n", 0, "name"), open(3));
        assert_eq!(cell("id;name\n\"a\nb\";\"\"\"\n", 0, "name"), open(3));
        let followed = "id;name\na;\"b\nc;d\ne;\"f\"\n";
        assert_eq!(cell(followed, 0, "name"), "has text after a closing quote in line 4: a quote in a cell is written twice");
        for sound in ["\"b\"", "\"b\"\"c\"", "\"\"", "b \"c\" d", "\"b\nc\"", "\"b\" "] {
            assert!(!cell(&format!("id;name\na;{sound}\r\n"), 0, "name").starts_with("has "), "{sound}");
        }
        assert!(table("id;\"name\na;b\n", false).is_err_and(|why| why.contains("opened in line 1")));
    }
}
