//! Markdown tables written anew, with their columns aligned.

use super::table::{TextLine, is_head, lines};
use unicode_width::UnicodeWidthStr as _;

/// The text of a grid with the columns of its table aligned; `None` if it has no table, or rows of different lengths.
pub fn aligned(text: &str) -> Option<String> {
    let lines: Vec<TextLine<'_>> = lines(text).collect();
    let dashes = (0..lines.len()).find(|&at| is_head(&lines, at))?;
    let end = dashes + 1 + lines[dashes + 1..].iter().take_while(|line| line.is_row()).count();
    let table = dashes - 1..end;
    let count = lines[dashes].cells.len();
    if lines[table.clone()].iter().any(|line| line.cells.len() != count) {
        return None;
    }
    let rows = lines[table.clone()].iter().map(|line| line.cells.iter().map(|(_, cell)| written(cell, line.is_dashes())).collect());
    let rows: Vec<Vec<String>> = rows.collect();
    let widest = |column: usize| rows.iter().map(|row| row[column].width()).max().unwrap_or(0);
    let widths: Vec<usize> = (0..count).map(widest).collect();
    let mut out = String::new();
    for (at, line) in text.split('\n').enumerate() {
        let row = at.checked_sub(table.start).and_then(|row| rows.get(row));
        match row {
            Some(row) => {
                let cells = row.iter().zip(&widths).map(|(cell, width)| format!("| {cell}{} ", " ".repeat(width - cell.width())));
                out.extend(cells);
                out.push('|');
            }
            None => out.push_str(line.trim_end()),
        }
        out.push('\n');
    }
    out.truncate(out.trim_end().len());
    out.push('\n');
    Some(out)
}

/// A cell without what pads it. Of one of dashes, how its column is aligned.
fn written(cell: &str, is_dashes: bool) -> String {
    let cell = cell.trim();
    match (is_dashes, cell.starts_with(':'), cell.ends_with(':')) {
        (false, ..) => cell.to_owned(),
        (true, true, true) => ":-:".to_owned(),
        (true, true, false) => ":-".to_owned(),
        (true, false, true) => "-:".to_owned(),
        (true, false, false) => "-".to_owned(),
    }
}
