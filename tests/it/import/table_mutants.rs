//! Mutations of tables: columns that lack, cells that are cut or changed, rows that are too short or too long.

use super::mutations::Mutant;

/// A table of a sample as cells. One that is a header alone gets rows, so that there is something to lose.
pub(super) struct Table {
    before: String,
    rows: Vec<Vec<String>>,
    delimiter: u8,
}

impl Table {
    /// The table in a text, if its name says that it is one.
    pub(super) fn of(name: &str, text: &str) -> Option<Table> {
        let is_tsv = match name.rsplit_once('.')?.1 {
            "tsv" => true,
            "csv" => false,
            _ => return None,
        };
        let (before, body) = match text.strip_prefix("#TYPE") {
            Some(rest) => text.split_at(text.len() - rest.split_once('\n')?.1.len()),
            None => ("", text),
        };
        let first = body.lines().next().unwrap_or_default();
        let delimiter = if is_tsv {
            b'\t'
        } else if first.contains(';') {
            b';'
        } else {
            b','
        };
        let mut reader = csv::ReaderBuilder::new().has_headers(false).flexible(true).delimiter(delimiter).from_reader(body.as_bytes());
        let mut rows: Vec<Vec<String>> = reader.records().map(|row| row.unwrap().iter().map(str::to_owned).collect()).collect();
        if rows.len() < 2 || is_tsv {
            rows.truncate(1);
            let header = rows[0].clone();
            rows.extend((1..3).map(|number| header.iter().map(|header| plausible(header, number)).collect()));
        }
        Some(Table { before: before.to_owned(), rows, delimiter })
    }

    pub(super) fn text(&self) -> Vec<u8> {
        written(&self.before, &self.rows, self.delimiter)
    }

    /// The same table in other words.
    pub(super) fn alike(&self) -> Vec<Mutant> {
        let of_delimiter =
            |delimiter: u8| (format!("parted by {}", char::from(delimiter).escape_default()), written(&self.before, &self.rows, delimiter));
        let mut all: Vec<Mutant> =
            if self.delimiter == b'\t' { Vec::new() } else { b",;\t|".iter().map(|&delimiter| of_delimiter(delimiter)).collect() };
        for (what, change) in [("capitals", str::to_uppercase as fn(&str) -> String), ("small letters", str::to_lowercase)] {
            let mut rows = self.rows.clone();
            rows[0] = rows[0].iter().map(|header| format!(" {} ", change(header))).collect();
            all.push((format!("headers in {what}"), written(&self.before, &rows, self.delimiter)));
        }
        all
    }

    pub(super) fn mutants(&self) -> Vec<Mutant> {
        let mut all = Vec::new();
        let mut add = |what: String, rows: &[Vec<String>]| all.push((what, written(&self.before, rows, self.delimiter)));
        for column in 0..self.rows[0].len() {
            let mut rows = self.rows.clone();
            rows.iter_mut().filter(|row| column < row.len()).for_each(|row| _ = row.remove(column));
            add(format!("drop column {column}"), &rows);
            for row in 1..self.rows.len().min(4) {
                let Some(old) = self.rows[row].get(column) else { continue };
                let cut = |length: usize| old.chars().take(length).collect::<String>();
                let new = [
                    String::new(),
                    "5".to_owned(),
                    "true".to_owned(),
                    "[x]".to_owned(),
                    cut(1),
                    cut(10),
                    cut(16),
                    cut(old.chars().count().saturating_sub(1)),
                    old.to_uppercase(),
                    old.to_lowercase(),
                    "Microsoft.Graph.PowerShell.Models.Thing".to_owned(),
                ];
                for new in new.into_iter().filter(|new| new != old) {
                    let mut rows = self.rows.clone();
                    rows[row][column].clone_from(&new);
                    add(format!("{new:?} in {row}, {column}"), &rows);
                }
            }
        }
        for row in 1..self.rows.len().min(4) {
            let mut rows = self.rows.clone();
            _ = rows[row].pop();
            add(format!("a cell less in {row}"), &rows);
            rows[row].extend(["x".to_owned(), "y".to_owned()]);
            add(format!("a cell more in {row}"), &rows);
        }
        let text = self.text();
        all.push(("cut in the middle".to_owned(), text[..text.len() / 2].to_vec()));
        all.push(("a quote that is not closed".to_owned(), [&text[..], b"\"x"].concat()));
        all
    }
}

fn written(before: &str, rows: &[Vec<String>], delimiter: u8) -> Vec<u8> {
    let mut writer = csv::WriterBuilder::new().flexible(true).delimiter(delimiter).from_writer(before.as_bytes().to_vec());
    rows.iter().for_each(|row| writer.write_record(row).unwrap());
    writer.into_inner().unwrap()
}

/// A value that a column with this header may have.
fn plausible(header: &str, number: usize) -> String {
    let has = |part: &str| header.to_lowercase().contains(part);
    match () {
        () if has("datetime") || has("creationtime") || has("timechecked") => format!("2026-01-0{number}T10:00:00Z"),
        () if has("relationshipid") => format!("aaaaaaaa-1111-4111-8111-00000000000{number}-8777b240-c6f0-4469-9e98-a3205431b836"),
        () if has("partnertenantid") => "8777b240-c6f0-4469-9e98-a3205431b836".to_owned(),
        () if has("id") => format!("aaaaaaaa-1111-4111-8111-00000000000{number}"),
        () if has("status") => "active".to_owned(),
        () if has("duration") => "P365D".to_owned(),
        () => format!("{header} {number}"),
    }
}
