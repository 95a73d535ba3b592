//! Differences of access, for people and in Markdown.

use super::access::{FEW, some};
use super::layout::{PageWriter, piece, prose, whole};
use super::palette::Paint;
use super::sanitize::visible;
use super::text::Style;
use crate::query::diff::Direction;
use crate::wording::{DiffGroupText, DiffText, left_out};
use std::fmt::Write;

/// A difference for people. `style.full` prints every name.
pub fn render(diff: &DiffText, style: &Style) -> String {
    let mut page = PageWriter::new(style.color, style.width);
    page.paragraph(&[], "", &[piece(Paint::Title, &diff.total)]);
    for line in &diff.compared {
        page.paragraph(&[], "", &[piece(Paint::Quiet, line)]);
    }
    body(&mut page, diff, style.full);
    page.into_text()
}

/// The groups of a difference, and what follows them.
pub(super) fn body(page: &mut PageWriter, diff: &DiffText, full: bool) {
    let mut heading = None;
    for group in &diff.groups {
        page.gap();
        if heading != Some(group.direction) {
            heading = Some(group.direction);
            page.paragraph(&[], "", &[piece(Paint::Title, group.direction.heading())]);
        }
        self::group(page, group, full);
    }
    if !diff.still.is_empty() || diff.still_open.is_some() {
        page.gap();
        page.paragraph(&[], "", &[piece(Paint::Title, "Still allowed for those who lose access, on the same resources")]);
        for line in &diff.still {
            page.paragraph(&[whole(Paint::Yes, "= ")], "  ", &[prose(line)]);
        }
        if let Some(open) = &diff.still_open {
            page.paragraph(&[whole(Paint::Doubt, "! ")], "  ", &[prose(open)]);
        }
    }
    if let Some(limit) = &diff.given_up {
        page.gap();
        page.paragraph(&[whole(Paint::Doubt, "! ")], "  ", &[prose(limit)]);
    }
    super::list::cut(page, diff.left_out);
}

fn group(page: &mut PageWriter, group: &DiffGroupText, full: bool) {
    let (mark, paint) = match group.direction {
        Direction::Widened => ("+ ", Paint::Yes),
        Direction::Narrowed => ("- ", Paint::Stop),
        Direction::Unsure => ("? ", Paint::Doubt),
    };
    for (index, line) in lines(group, full).iter().enumerate() {
        let margin = if index == 0 { whole(paint, mark) } else { whole(Paint::Quiet, "  ") };
        page.paragraph(&[margin], "  ", &[prose(line)]);
    }
    let example = group.example.iter().flat_map(|[before, now]| [("before: ", before), ("now: ", now)]);
    for (name, text) in std::iter::once(("because ", &group.because)).chain(example) {
        page.paragraph(&[whole(Paint::Quiet, &format!("    {name}"))], "      ", &[piece(Paint::Quiet, text)]);
    }
}

/// Who, what, and on what.
fn lines(group: &DiffGroupText, full: bool) -> [String; 3] {
    let most = if full { usize::MAX } else { FEW };
    let labelled = |label: &str, list: &[String]| {
        if let [only] = list { only.clone() } else { format!("{label}: {}", some(list, most)) }
    };
    [
        format!("{} ({})", labelled(&group.who, &group.subjects), group.outcomes),
        labelled(&group.what, &group.actions),
        format!("on {}", labelled(&group.on, &group.resources)),
    ]
}

/// A difference in Markdown, such as a pull request shows.
pub fn markdown(diff: &DiffText, full: bool) -> String {
    let most = if full { usize::MAX } else { FEW };
    let mut text = format!("## Access: {}\n\n", escaped(&diff.total));
    for line in &diff.compared {
        let _ = writeln!(text, "{}  ", escaped(line));
    }
    let mut heading = None;
    for group in &diff.groups {
        if heading != Some(group.direction) {
            heading = Some(group.direction);
            let _ = write!(
                text,
                "\n### {}\n\n| who | what | on | outcome | because |\n| :- | :- | :- | :- | :- |\n",
                group.direction.heading()
            );
        }
        let list = |names: &[String], most: usize| escaped(&some(names, most));
        let _ = writeln!(
            text,
            "| {} | {} | {} | {} | {} |",
            list(&group.subjects, most),
            list(&group.actions, usize::MAX),
            list(&group.resources, most),
            escaped(&group.outcomes),
            escaped(&group.because)
        );
    }
    let mut examples = diff.groups.iter().filter_map(|group| group.example.as_ref()).peekable();
    if examples.peek().is_some() {
        text.push_str("\n### One answer of each row\n\n");
        for [before, now] in examples {
            let _ = writeln!(text, "* before: {}  \n  now: {}", escaped(before), escaped(now));
        }
    }
    if !diff.still.is_empty() || diff.still_open.is_some() {
        text.push_str("\n### Still allowed for those who lose access, on the same resources\n\n");
        diff.still.iter().chain(&diff.still_open).for_each(|line| _ = writeln!(text, "* {}", escaped(line)));
    }
    if let Some(limit) = &diff.given_up {
        let _ = writeln!(text, "\n{}", escaped(limit));
    }
    if let Some(cut) = left_out(diff.left_out) {
        let _ = writeln!(text, "\n{cut}, left out by --limit");
    }
    text
}

/// A text in which no character is markup.
fn escaped(text: &str) -> String {
    let mut escaped = String::new();
    for character in visible(text).chars() {
        if matches!(character, '\\' | '`' | '*' | '_' | '|' | '<' | '>' | '[' | ']' | '#' | '&' | '~' | '@') {
            escaped.push('\\');
        }
        escaped.push(character);
    }
    escaped
}
