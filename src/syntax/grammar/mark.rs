//! The marks of tables: what vendors write for yes and for no.

use super::cell;

/// The meaning of a cell.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Mark {
    /// Granted.
    Yes,
    /// Not granted.
    No,
}

const YES: [&str; 12] =
    ["✔", "✓", "☑", "✅", "🗸", "x", "yes", ":white_check_mark:", ":heavy_check_mark:", ":ballot_box_with_check:", ":check_mark:", "[x]"];

const NO: [&str; 10] = ["", "no", "❌", "✘", "✗", ":x:", "☐", "-", "–", "—"];

/// Reads a mark; `None` if the cell is anything else. A footnote at a mark is ignored.
pub fn mark(cell: &str) -> Option<Mark> {
    let text = cell::plain(cell).to_lowercase();
    let text = text.trim_matches(|c| matches!(c, '\u{fe0e}' | '\u{fe0f}') || c.is_whitespace());
    if YES.contains(&text) {
        Some(Mark::Yes)
    } else if NO.contains(&text) {
        Some(Mark::No)
    } else {
        None
    }
}
