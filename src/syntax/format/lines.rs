//! The lines of a file: keys aligned, comments behind them, few blank lines.

use super::DocumentKind;
use super::values::Printer;
use crate::syntax::shape::Form;
use crate::syntax::toml::{Line, Toml, dotted, layout};
use std::collections::HashMap;
use std::ops::Range;
use unicode_width::UnicodeWidthStr as _;

/// The most blank lines that follow one another.
const MOST_BLANK: usize = 2;

/// By how many columns what belongs to a row of a mapping is indented.
const OF_ROW: usize = 2;

/// The file in its canonical layout, and the places of the expressions that cannot be read: they stay as they are written.
pub(super) fn printed(file: Toml<'_>, kind: DocumentKind) -> (String, Vec<Range<usize>>) {
    let text = file.text();
    let lines = layout(text);
    let root = Form::Table(kind.shape());
    let (indents, widths) = (indents(&lines, kind), key_widths(&lines));
    let mut printer = Printer::new(kind == DocumentKind::Mapping);
    let (mut blank, mut section, mut many) = (0, Some(root), false);
    for (at, line) in lines.iter().enumerate() {
        if matches!(line, Line::Blank) {
            blank += 1;
            continue;
        }
        if blank > 0 || matches!(line, Line::Header { .. }) {
            printer.end_block();
        }
        // What follows a value of several lines does not belong to it.
        let parts = matches!(line, Line::Header { .. }) && at > 0 && matches!(lines[at - 1], Line::Entry { .. }) && many;
        printer.blank_lines(blank.min(MOST_BLANK).max(usize::from(parts)));
        blank = 0;
        printer.indent(indents[at]);
        match line {
            Line::Blank => {}
            Line::Comment(comment) => printer.push(comment),
            Line::Header { path, is_list, comment } => {
                section = path.iter().try_fold(root, |form, part| form.step(&part.name).copied());
                let (open, close) = if *is_list { ("[[", "]]") } else { ("[", "]") };
                printer.push(&format!("{open}{}{close}", dotted(path)));
                printer.comment(*comment);
            }
            Line::Entry { path, value, comment } => {
                let form = section.and_then(|form| path.iter().try_fold(form, |form, part| form.step(&part.name).copied()));
                let key = dotted(path);
                printer.push(&key);
                printer.push(&" ".repeat(widths[at] - key.width()));
                printer.push(" = ");
                let start = printer.here();
                printer.value(value, form, indents[at]);
                printer.comment(*comment);
                many = printer.broke_since(start);
            }
        }
        printer.end_line();
    }
    let (printed, unread) = printer.finish();
    let has_returns = text.split_once('\n').is_some_and(|(first, _)| first.ends_with('\r'));
    (if has_returns { printed.replace('\n', "\r\n") } else { printed }, unread)
}

/// By how many columns each line is indented. A comment goes with the line that follows.
fn indents(lines: &[Line<'_>], kind: DocumentKind) -> Vec<usize> {
    let mut section = 0;
    let mut indents: Vec<Option<usize>> = Vec::with_capacity(lines.len());
    for line in lines {
        indents.push(match line {
            Line::Blank | Line::Comment(_) => None,
            Line::Header { path, .. } => {
                section = if kind == DocumentKind::Mapping && path.len() > 2 { OF_ROW } else { 0 };
                Some(section)
            }
            Line::Entry { .. } => Some(section),
        });
    }
    let mut next = 0;
    let mut found: Vec<usize> = Vec::with_capacity(lines.len());
    for indent in indents.iter().rev() {
        next = indent.unwrap_or(next);
        found.push(next);
    }
    found.reverse();
    found
}

/// For each line with a key, the width of the widest key beside it: of those between the same blank lines or headers that have the same
/// names before their last.
fn key_widths(lines: &[Line<'_>]) -> Vec<usize> {
    let mut widths = vec![0; lines.len()];
    for block in lines.chunk_by(|_, next| !matches!(next, Line::Blank | Line::Header { .. })).scan(0, |start, block| {
        let at = *start;
        *start += block.len();
        Some((at, block))
    }) {
        let (start, block) = block;
        let mut widest: HashMap<String, usize> = HashMap::new();
        let keys = |line: &Line<'_>| match line {
            Line::Entry { path, .. } => Some((dotted(&path[..path.len() - 1]), dotted(path).width())),
            _ => None,
        };
        for (before, width) in block.iter().filter_map(keys) {
            let most = widest.entry(before).or_default();
            *most = width.max(*most);
        }
        for (at, line) in block.iter().enumerate() {
            widths[start + at] = keys(line).map_or(0, |(before, _)| widest[&before]);
        }
    }
    widths
}
