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
    let alignments: Vec<Alignment> = lines[dashes].cells.iter().map(|(_, cell)| Alignment::of(cell)).collect();
    let rows: Vec<Vec<&str>> = lines[table.clone()].iter().map(|line| line.cells.iter().map(|(_, cell)| cell.trim()).collect()).collect();
    let others = |row: &usize| *row != 1;
    let widest = |column: usize| (0..rows.len()).filter(others).map(|row| rows[row][column].width()).max().unwrap_or(0);
    let widths: Vec<usize> = (0..count).map(|column| widest(column).max("---".len())).collect();
    let mut out = String::new();
    for (at, line) in text.split('\n').enumerate() {
        let row = at.checked_sub(table.start).and_then(|row| rows.get(row));
        match row {
            Some(row) => {
                let is_dashes = at == dashes;
                for ((cell, width), alignment) in row.iter().zip(&widths).zip(&alignments) {
                    let cell = if is_dashes { alignment.dashes(*width) } else { alignment.padded(cell, *width) };
                    out.extend(["| ", &cell, " "]);
                }
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

/// How the cells of a column are aligned.
#[derive(Clone, Copy)]
enum Alignment {
    /// `---`
    Plain,
    /// `:--`
    Left,
    /// `:-:`
    Centre,
    /// `--:`
    Right,
}

impl Alignment {
    /// That of a column with this cell in its row of dashes.
    fn of(cell: &str) -> Alignment {
        match (cell.trim().starts_with(':'), cell.trim().ends_with(':')) {
            (false, false) => Alignment::Plain,
            (true, false) => Alignment::Left,
            (true, true) => Alignment::Centre,
            (false, true) => Alignment::Right,
        }
    }

    /// The cell in the row of dashes.
    fn dashes(self, width: usize) -> String {
        let (before, behind) = match self {
            Alignment::Plain => ("", ""),
            Alignment::Left => (":", ""),
            Alignment::Centre => (":", ":"),
            Alignment::Right => ("", ":"),
        };
        format!("{before}{}{behind}", "-".repeat(width - before.len() - behind.len()))
    }

    /// Another cell, with what pads it.
    fn padded(self, cell: &str, width: usize) -> String {
        let blanks = width - cell.width();
        let before = match self {
            Alignment::Plain | Alignment::Left => 0,
            Alignment::Centre => blanks / 2,
            Alignment::Right => blanks,
        };
        format!("{}{cell}{}", " ".repeat(before), " ".repeat(blanks - before))
    }
}

#[cfg(test)]
mod tests {
    use super::aligned;

    fn check(text: &str) -> String {
        let once = aligned(text).unwrap_or_default();
        assert_eq!(aligned(&once).unwrap_or_default(), once, "aligned twice");
        once
    }

    #[test]
    fn columns_are_as_wide_as_terminals_show_them() {
        let table = "受付|Right|Centre| |\n--|--:|:-:|---\n会議室|x|✔️| |\n| | ✔ | b\\|c | \\| \n";
        let wanted = "| 受付   | Right | Centre |     |\n| ------ | ----: | :----: | --- |\n\
                      | 会議室 |     x |   ✔️   |     |\n|        |     ✔ |  b\\|c  | \\|  |\n";
        assert_eq!(check(table), wanted);
    }

    #[test]
    fn what_is_around_a_table_stays() {
        assert_eq!(check("\nAbove. \n> | a |\n> | - |\n> | b |\n\nBelow"), "\nAbove.\n| a   |\n| --- |\n| b   |\n\nBelow\n");
        assert_eq!(check("no table"), "");
        assert_eq!(check("| a | b |\n| - | - |\n| c |"), "", "rows of different lengths");
    }
}
