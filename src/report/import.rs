//! The table of channels of an import, for people.

use super::visible;
use crate::diag::phrases::{all_of, counted};
use crate::import::{Change, Changed, ChannelRow, ChannelState};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use unicode_width::UnicodeWidthStr as _;

/// The most things of one channel that are named if nobody looked at them.
const NAMED: usize = 10;

/// What was looked at, one line for each channel that was, and one for each thing of which it is open.
pub fn table(rows: &[ChannelRow]) -> String {
    if rows.is_empty() {
        return "no channel: what these exports do not say counts as absent\n".to_owned();
    }
    let mut lines: Vec<[String; 4]> = Vec::new();
    let mut said = BTreeSet::new();
    for channel in rows.chunk_by(|a, b| a.channel == b.channel) {
        for state in [ChannelState::LookedAt, ChannelState::Incomplete, ChannelState::NotLookedAt, ChannelState::NotImported] {
            let of_state: Vec<&ChannelRow> = channel.iter().filter(|row| row.state == state).collect();
            if state == ChannelState::LookedAt {
                lines.extend(by_source(&of_state, &mut said));
                continue;
            }
            lines.extend(of_state.iter().take(NAMED).map(|row| line(row, &mut said)));
            if of_state.len() > NAMED {
                let of = format!("and {} more", of_state.len() - NAMED);
                lines.push([of_state[0].channel.clone(), of, named(state).to_owned(), String::new()]);
            }
        }
    }
    let mut text = String::new();
    let width = |column: usize| lines.iter().map(|line| line[column].width()).max().unwrap_or(0);
    let (first, second, third) = (width(0), width(1), width(2));
    for [channel, of, state, read] in &lines {
        let pad = |text: &str, width: usize| format!("{text}{}", " ".repeat(width.saturating_sub(text.width())));
        let line = format!("{}  {}  {}  {read}", pad(channel, first), pad(of, second), pad(state, third));
        _ = writeln!(text, "{}", line.trim_end());
    }
    text
}

/// One line for all that were looked at by one sort of list. Where there are several sorts, each says which it is.
fn by_source<'r>(rows: &[&'r ChannelRow], said: &mut BTreeSet<&'r str>) -> Vec<[String; 4]> {
    let mut sorts: BTreeMap<&[String], Vec<&ChannelRow>> = BTreeMap::new();
    rows.iter().for_each(|row| sorts.entry(&row.by).or_default().push(row));
    let names_sort = sorts.len() > 1;
    let of_sort = |(by, rows): (&[String], Vec<&'r ChannelRow>)| {
        let mut line = if let [row] = rows.as_slice() { line(row, said) } else { joined(&rows, said) };
        if names_sort {
            _ = write!(line[3], ", by {}", all_of(by));
        }
        line
    };
    sorts.into_iter().map(of_sort).collect()
}

fn line<'r>(row: &'r ChannelRow, said: &mut BTreeSet<&'r str>) -> [String; 4] {
    let of = row.of.as_deref().or(row.title.as_deref()).unwrap_or_default();
    let read = if row.state == ChannelState::NotLookedAt && !row.is_open { "counts as absent".to_owned() } else { read(&[row], said) };
    [row.channel.clone(), visible(of).into_owned(), named(row.state).to_owned(), read]
}

/// One line for all that were looked at.
fn joined<'r>(rows: &[&'r ChannelRow], said: &mut BTreeSet<&'r str>) -> [String; 4] {
    let of = format!("{} of them", rows.len());
    [rows[0].channel.clone(), of, named(ChannelState::LookedAt).to_owned(), read(rows, said)]
}

fn named(state: ChannelState) -> &'static str {
    match state {
        ChannelState::LookedAt => "looked at",
        ChannelState::Incomplete => "incomplete",
        ChannelState::NotLookedAt => "not looked at",
        ChannelState::NotImported => "not imported by these mappings",
    }
}

/// How much was read, and where. The rows of a file are counted where it is named first: one list may be about several things.
fn read<'r>(rows: &[&'r ChannelRow], said: &mut BTreeSet<&'r str>) -> String {
    let each = rows.iter().flat_map(|row| row.files.iter().map(String::as_str).zip(row.rows_of_files.iter().copied()));
    let files: BTreeMap<&str, (u64, u64)> = each.collect();
    if files.is_empty() {
        return String::new();
    }
    let is_new = !files.keys().all(|file| said.contains(file));
    said.extend(files.keys());
    let files_named: Vec<&str> = files.keys().copied().collect();
    let files_text = named_files(&files_named);
    let lost = rows.iter().find_map(|row| row.lost.as_deref()).map_or_else(String::new, |lost| format!(": {}", visible(lost)));
    if !is_new {
        return format!("the same rows in {files_text}{lost}");
    }
    let sum = |of: fn(&(u64, u64)) -> u64| files.values().map(of).sum::<u64>();
    let (count, passed_over) = (sum(|rows| rows.0), sum(|rows| rows.1));
    let mut text = counted(usize::try_from(count).unwrap_or(usize::MAX), "row");
    if passed_over > 0 {
        _ = write!(text, ", {passed_over} not counting");
    }
    format!("{text} in {files_text}{lost}")
}

/// The first of some files.
fn named_files(files: &[&str]) -> String {
    let first: Vec<String> = files.iter().take(3).map(|file| visible(file).into_owned()).collect();
    let more = if files.len() > first.len() { format!(" and {} more", files.len() - first.len()) } else { String::new() };
    format!("{}{more}", first.join(", "))
}

/// What changed since an earlier world, a line each.
pub fn changes(changes: &[Change]) -> String {
    if changes.is_empty() {
        return "\nnothing changed\n".to_owned();
    }
    let mut text = String::new();
    for of_kind in changes.chunk_by(|a, b| a.what == b.what) {
        _ = writeln!(text, "\n{}: {}", changed(of_kind[0].what), of_kind.len());
        for change in of_kind {
            let was = change.was.as_ref().map_or_else(String::new, |(was, now)| format!(": {}, was {}", visible(now), visible(was)));
            _ = writeln!(text, "  {}{was}", visible(&change.of));
        }
    }
    text
}

fn changed(what: Changed) -> &'static str {
    match what {
        Changed::Came => "came",
        Changed::Went => "went",
        Changed::Differs => "changed",
        Changed::Unknown => "not looked at any more, so unknown",
    }
}
