//! A published table as the TOML of a pack.

use crate::syntax::{Mark, Matrix, label_name, quoted};
use std::collections::BTreeSet;
use std::fmt::Write as _;
use unicode_width::UnicodeWidthStr as _;

/// What a pack's table says beside what is published.
#[derive(Clone, Debug, Default)]
pub struct TableForm {
    /// The name of the table.
    pub name: String,
    /// The first part of its actions' names.
    pub system: String,
    /// The kinds of its actions' resources; empty if they are not known.
    pub on: Vec<String>,
    /// Where it comes from, in words.
    pub origin: Vec<String>,
    /// For each role of the table, that of the pack, if it has one by that name or title.
    pub known: Vec<Option<String>>,
}

/// The roles and the table. What could not be named stands as a comment with `…` in it.
pub fn toml(read: &Matrix, form: &TableForm) -> String {
    let mut text = String::new();
    form.origin.iter().for_each(|line| text.extend(["# ", &one_line(line), "\n"]));
    let on = match form.on.as_slice() {
        [] => "# on = [\"…\"]  # the kinds over which it is held, or of which it is asked: `--on KIND`\n".to_owned(),
        kinds => format!("on = [{}]\n", kinds.iter().map(|kind| basic(kind)).collect::<Vec<_>>().join(", ")),
    };
    let roles: Vec<Option<&String>> =
        read.roles.iter().zip(0..).map(|((_, name), at)| form.known.get(at).and_then(Option::as_ref).or(name.as_ref())).collect();
    let mut declared: BTreeSet<&str> = form.known.iter().flatten().map(String::as_str).collect();
    for ((header, _), role) in read.roles.iter().zip(&roles) {
        if let Some(role) = role.filter(|role| declared.insert(role)) {
            _ = write!(text, "\n[role.{role}]\ntitle = {}\n{on}", basic(&header.value));
        }
    }
    // Writing to a string cannot fail.
    _ = write!(text, "\n[table.{}]\nsystem = {}\n{on}", form.name, basic(&form.system));
    let mut seen = BTreeSet::new();
    for row in &read.rows {
        for (label, name) in row.labels.iter().zip(&row.names) {
            let is_plain = name.as_ref().is_some_and(|name| *name == label_name(&label.value));
            if !is_plain && seen.insert(&label.value) {
                text.push_str(&entry("rows", &label.value, name.as_deref()));
            }
        }
    }
    for ((header, _), role) in read.roles.iter().zip(&roles) {
        text.push_str(&entry("columns", &header.value, role.map(String::as_str)));
    }
    let grid = grid(read);
    // A text in three single quotes has no escapes.
    let is_literal = !grid.contains("'''") && !grid.contains(|c: char| c.is_control() && c != '\n');
    if is_literal {
        _ = writeln!(text, "grid = '''\n{grid}'''");
    } else {
        _ = writeln!(text, "grid = {}", basic(&grid));
    }
    text
}

fn entry(key: &str, label: &str, name: Option<&str>) -> String {
    match name {
        Some(name) => format!("{key}.{} = {}\n", basic(label), basic(name)),
        None => format!("# {key}.{} = \"…\"\n", basic(label)),
    }
}

/// The table, its columns aligned. Yes is `✔`, no is blank; what is no mark stands as it is published.
fn grid(read: &Matrix) -> String {
    let mut lines: Vec<Vec<String>> =
        vec![read.labels.iter().chain(read.roles.iter().map(|(role, _)| role)).map(|text| escaped(&text.value)).collect()];
    for (at, row) in read.rows.iter().enumerate() {
        let labels = row.labels.iter().zip(&row.repeats).map(
            |(label, repeats)| {
                if *repeats && at > 0 { String::new() } else { escaped(&label.value) }
            },
        );
        let marks = row.cells.iter().map(|cell| match cell.mark {
            Some(Mark::Yes) => "✔".to_owned(),
            Some(Mark::No) => String::new(),
            None => escaped(&cell.text.value),
        });
        lines.push(labels.chain(marks).collect());
    }
    let columns = lines[0].len();
    let most = if read.rows.len() * columns > MOST_PADDED { 0 } else { MOST_PADDING };
    let widths: Vec<usize> = (0..columns).map(|at| lines.iter().map(|line| line[at].width()).max().unwrap_or(0).max(2).min(most)).collect();
    lines.insert(1, vec![":-".to_owned(); columns]);
    let mut text = String::new();
    for line in lines {
        for (cell, width) in line.iter().zip(&widths) {
            let padding = width.saturating_sub(cell.width());
            text.extend(["| ", cell, &" ".repeat(padding), " "]);
        }
        text.push_str("|\n");
    }
    text
}

/// A cell is padded to this width at most.
const MOST_PADDING: usize = 60;
/// A table of more cells is not padded.
const MOST_PADDED: usize = 20_000;

/// A text as a cell of Markdown that is read as this text.
fn escaped(text: &str) -> String {
    let mut cell = String::with_capacity(text.len());
    for c in text.chars() {
        if matches!(c, '|' | '\\' | '[' | '<' | '&') {
            cell.push('\\');
        }
        cell.push(c);
    }
    cell
}

/// A text as a basic string of TOML.
fn basic(text: &str) -> String {
    quoted(text).replace('\u{7f}', "\\u007f")
}

fn one_line(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}
