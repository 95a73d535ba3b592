//! Explanations that are kept beside a suite, in `NAME.suite.snap`.
//!
//! ```text
//! ──── NAME ────
//! > QUESTION
//! TEXT
//! ```

use std::fmt::Write as _;

const OPENS: &str = "──── ";
const CLOSES: &str = " ────";

/// The explanations that are kept, in the order of the file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Kept(Vec<Snapshot>);

/// The explanation of one answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Snapshot {
    /// The name of its entry.
    pub(super) name: String,
    /// The question.
    pub(super) question: String,
    /// The explanation.
    pub(super) text: String,
}

impl Kept {
    /// Reads a file of snapshots. What is before the first is passed over.
    pub(super) fn read(text: &str) -> Kept {
        let mut found: Vec<Snapshot> = Vec::new();
        let mut lines = text.lines().peekable();
        while let Some(line) = lines.next() {
            if let Some(name) = line.strip_prefix(OPENS).and_then(|rest| rest.strip_suffix(CLOSES)) {
                let question = lines.next_if(|line| line.starts_with("> ")).unwrap_or_default();
                let question = question.strip_prefix("> ").unwrap_or_default();
                found.push(Snapshot { name: unescaped(name), question: unescaped(question), text: String::new() });
            } else if let Some(last) = found.last_mut() {
                last.text.extend([line, "\n"]);
            }
        }
        // The line that parts it from the next one.
        for snapshot in &mut found {
            snapshot.text.truncate(snapshot.text.trim_end_matches('\n').len());
            snapshot.text.push('\n');
        }
        Kept(found)
    }

    /// The snapshots of a run.
    pub(super) fn of(snapshots: Vec<Snapshot>) -> Kept {
        Kept(snapshots)
    }

    /// The text of a file of these; empty if there are none.
    pub(super) fn written(&self) -> String {
        let mut text = String::new();
        for (index, Snapshot { name, question, text: explanation }) in self.0.iter().enumerate() {
            let gap = if index > 0 { "\n" } else { "" };
            _ = write!(text, "{gap}{OPENS}{}{CLOSES}\n> {}\n{explanation}", escaped(name), escaped(question));
        }
        text
    }

    /// The explanation of this name.
    pub(super) fn text(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|snapshot| snapshot.name == name).map(|snapshot| snapshot.text.as_str())
    }

    /// The snapshots.
    pub(super) fn iter(&self) -> impl Iterator<Item = &Snapshot> {
        self.0.iter()
    }
}

/// A text on one line.
fn escaped(text: &str) -> String {
    let mut line = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '\\' => line.push_str("\\\\"),
            '\n' => line.push_str("\\n"),
            '\r' => line.push_str("\\r"),
            other => line.push(other),
        }
    }
    line
}

fn unescaped(line: &str) -> String {
    let mut text = String::with_capacity(line.len());
    let mut characters = line.chars();
    while let Some(character) = characters.next() {
        let meant = if character == '\\' { characters.next() } else { Some(character) };
        text.extend(match (character, meant) {
            ('\\', Some('n')) => Some('\n'),
            ('\\', Some('r')) => Some('\r'),
            (_, meant) => meant,
        });
    }
    text
}

#[cfg(test)]
mod tests {
    use super::{Kept, Snapshot};

    #[test]
    fn what_is_written_is_read_again() {
        let snapshot = |name: &str, text: &str| Snapshot { name: name.into(), question: "can a b c".into(), text: text.into() };
        let kept = Kept::of(vec![snapshot("one", "YES\n\n  why\n"), snapshot("a\\b\nc", "NO\n"), snapshot("──── x ────", "?\n")]);
        assert_eq!(Kept::read(&kept.written()), kept);
        assert_eq!(Kept::read(&kept.written().replace('\n', "\r\n")), kept, "as git may check it out elsewhere");
        assert_eq!(Kept::of(Vec::new()).written(), "");
    }
}
