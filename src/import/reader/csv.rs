//! Rows in CSV.

use super::TextOf;
use super::value::{Entries, Json};
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
    delimiter: u8,
}

/// The table in a text.
///
/// # Errors
///
/// If it has no header.
pub(super) fn table(text: &str, is_tsv: bool) -> Result<Table<'_>, String> {
    let mut body = text;
    // PowerShell writes a line for the type, and spreadsheets one for the delimiter.
    while body.starts_with("#TYPE") || body.starts_with("sep=") {
        body = body.split_once('\n').map_or("", |(_, rest)| rest);
    }
    let first = body.lines().next().unwrap_or("");
    let delimiter = if is_tsv { b'\t' } else { delimiter(first) };
    let header = reader(body, delimiter).next().and_then(Result::ok).unwrap_or_default();
    let header: Vec<String> = header.iter().map(str::to_owned).collect();
    if header.iter().all(|name| name.trim().is_empty()) {
        return Err("is empty: CSV begins with a header".to_owned());
    }
    Ok(Table { header, body, delimiter })
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
    /// The number of its lines, which is at least that of its rows.
    pub(super) fn lines(&self) -> usize {
        memchr::memchr_iter(b'\n', self.body.as_bytes()).count() + 1
    }

    /// The rows, in order.
    pub(super) fn rows(&self) -> impl Iterator<Item = Result<Json<'_>, String>> {
        reader(self.body, self.delimiter).skip(1).map(|record| match record {
            Ok(record) => self.row(&record),
            Err(error) => Err(format!("is not CSV: {error}")),
        })
    }

    fn row(&self, record: &StringRecord) -> Result<Json<'_>, String> {
        if record.len() > self.header.len() {
            return Err(format!("has {} cells, and the header {}", record.len(), self.header.len()));
        }
        let entry = |(name, cell): (&String, &str)| -> (TextOf<'static>, Json<'static>) {
            (Cow::Owned(name.clone()), Json::Text(Cow::Owned(cell.to_owned())))
        };
        Ok(Json::Object(Entries(self.header.iter().zip(record).map(entry).collect())))
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
        assert_eq!(cell("id,name\na\n", 0, "name"), "Absent");
        assert_eq!(cell("id,name\na,b,c\n", 0, "name"), "has 3 cells, and the header 2");
        assert_eq!(cell("id,id\na,b\n", 0, "id"), "Twice");
        assert!(table("", false).is_err());
    }
}
