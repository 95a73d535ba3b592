//! The difference of two texts of a file in the unified format, which `patch` and `git apply` read.

use super::line_diff::{DiffLine, of_lines};
use std::fmt::Write as _;

/// How many lines are shown around each change.
const AROUND: usize = 3;

/// The hunks by which `old` becomes `new`, below the name of the file; nothing if both are the same.
pub fn render(name: &str, old: &str, new: &str) -> String {
    let [old, new]: [Vec<&str>; 2] = [old, new].map(|text| text.split_inclusive('\n').collect());
    if old == new {
        return String::new();
    }
    // What is alike at the start and at the end need not be compared.
    let start = old.iter().zip(&new).take_while(|(old, new)| old == new).count();
    let end = old[start..].iter().rev().zip(new[start..].iter().rev()).take_while(|(old, new)| old == new).count();
    let mut lines: Vec<DiffLine<'_>> = old[..start].iter().map(|line| DiffLine::Same(line)).collect();
    lines.extend(of_lines(&old[start..old.len() - end], &new[start..new.len() - end]));
    lines.extend(old[old.len() - end..].iter().map(|line| DiffLine::Same(line)));
    let mut out = format!("--- {name}\n+++ {name}\n");
    let changes: Vec<usize> = (0..lines.len()).filter(|&at| !matches!(lines[at], DiffLine::Same(_))).collect();
    for near in changes.chunk_by(|one, next| next - one <= 2 * AROUND) {
        let (Some(first), Some(last)) = (near.first(), near.last()) else { continue };
        hunk(&mut out, &lines, first.saturating_sub(AROUND)..(last + AROUND + 1).min(lines.len()));
    }
    out
}

fn hunk(out: &mut String, lines: &[DiffLine<'_>], range: std::ops::Range<usize>) {
    let place = |is_other: fn(&DiffLine<'_>) -> bool| {
        let count = |lines: &[DiffLine<'_>]| lines.iter().filter(|line| !is_other(line)).count();
        let (before, within) = (count(&lines[..range.start]), count(&lines[range.clone()]));
        // A hunk without lines on a side is after a line, not at one.
        format!("{},{within}", before + usize::from(within > 0))
    };
    // Writing to a string does not fail.
    _ = writeln!(out, "@@ -{} +{} @@", place(|line| matches!(line, DiffLine::New(_))), place(|line| matches!(line, DiffLine::Old(_))));
    for line in &lines[range.clone()] {
        let (sign, text) = match line {
            DiffLine::Same(text) => (' ', text),
            DiffLine::Old(text) => ('-', text),
            DiffLine::New(text) => ('+', text),
        };
        out.push(sign);
        out.push_str(text);
        if !text.ends_with('\n') {
            out.push_str("\n\\ No newline at end of file\n");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::render;

    #[test]
    fn changes_that_are_near_share_a_hunk() {
        let numbers = |changed: &[usize]| {
            let line = |at: usize| if changed.contains(&at) { format!("{at}!\n") } else { format!("{at}\n") };
            (1..=20).map(line).collect::<String>()
        };
        let diff = render("a", &numbers(&[]), &numbers(&[2, 8, 20]));
        let heads: Vec<&str> = diff.lines().filter(|line| line.starts_with("@@")).collect();
        assert_eq!(heads, ["@@ -1,11 +1,11 @@", "@@ -17,4 +17,4 @@"]);
        assert!(diff.starts_with("--- a\n+++ a\n@@"), "{diff}");
        assert_eq!(render("a", "x\n", "x\n"), "");
    }

    #[test]
    fn the_end_of_the_last_line_counts() {
        assert_eq!(render("a", "x", "x\n"), "--- a\n+++ a\n@@ -1,1 +1,1 @@\n-x\n\\ No newline at end of file\n+x\n");
        assert_eq!(render("a", "", "x\n"), "--- a\n+++ a\n@@ -0,0 +1,1 @@\n+x\n");
        assert_eq!(render("a", "x\r\n", "x\n"), "--- a\n+++ a\n@@ -1,1 +1,1 @@\n-x\r\n+x\n");
    }
}
