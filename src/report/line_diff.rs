//! Which lines of a text changed.

/// A line of a difference.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum DiffLine<'t> {
    /// In both.
    Same(&'t str),
    /// In the old text alone.
    Old(&'t str),
    /// In the new text alone.
    New(&'t str),
}

/// Texts of which the product of lines is greater are shown one after the other.
const MOST_CELLS: usize = 4_000_000;

/// The lines of both texts, with as many as possible the same.
pub(super) fn lines<'t>(old: &'t str, new: &'t str) -> Vec<DiffLine<'t>> {
    of_lines(&old.lines().collect::<Vec<_>>(), &new.lines().collect::<Vec<_>>())
}

/// These lines, with as many as possible the same.
pub(super) fn of_lines<'t>(old: &[&'t str], new: &[&'t str]) -> Vec<DiffLine<'t>> {
    let (rows, columns) = (old.len() + 1, new.len() + 1);
    if rows.saturating_mul(columns) > MOST_CELLS {
        return old.iter().map(|line| DiffLine::Old(line)).chain(new.iter().map(|line| DiffLine::New(line))).collect();
    }
    // The length of the longest common sequence of what follows.
    let mut longest = vec![0u32; rows * columns];
    for row in (0..old.len()).rev() {
        for column in (0..new.len()).rev() {
            longest[row * columns + column] = if old[row] == new[column] {
                longest[(row + 1) * columns + column + 1] + 1
            } else {
                longest[(row + 1) * columns + column].max(longest[row * columns + column + 1])
            };
        }
    }
    let (mut row, mut column, mut found) = (0, 0, Vec::new());
    while row < old.len() || column < new.len() {
        if row < old.len() && column < new.len() && old[row] == new[column] {
            found.push(DiffLine::Same(old[row]));
            (row, column) = (row + 1, column + 1);
        } else if row < old.len() && (column == new.len() || longest[(row + 1) * columns + column] >= longest[row * columns + column + 1]) {
            found.push(DiffLine::Old(old[row]));
            row += 1;
        } else {
            found.push(DiffLine::New(new[column]));
            column += 1;
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::DiffLine::{New, Old, Same};
    use super::lines;

    #[test]
    fn what_is_the_same_stays() {
        assert_eq!(lines("a\nb\nc\n", "a\nx\nc\nd\n"), [Same("a"), Old("b"), New("x"), Same("c"), New("d")]);
        assert_eq!(lines("", "a\n"), [New("a")]);
        assert_eq!(lines("a\n", ""), [Old("a")]);
        let many = "a\n".repeat(3000);
        assert_eq!(lines(&many, &many).len(), 6000, "too long to compare");
    }
}
