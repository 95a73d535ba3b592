//! What tests of a policy found, for people.

use super::line_diff::{self, DiffLine};
use super::palette::Paint;
use super::sanitize::visible;
use crate::suite::{Difference, EntryReport, Failure, Report, SnapshotChange};
use crate::wording;
use std::fmt::Write as _;

/// How a run is shown.
#[derive(Clone, Copy, Debug, Default)]
pub struct SuiteStyle {
    /// Whether it has colour.
    pub color: bool,
    /// Whether entries that passed are listed too, and all failures.
    pub verbose: bool,
    /// Whether each changed snapshot is shown, with those that nothing uses.
    pub review: bool,
    /// Whether the snapshots were written.
    pub updated: bool,
}

/// The most failures of an entry that are shown, each explained.
pub const MOST_SHOWN: usize = 10;

/// The same where entries that passed are listed too.
pub const MOST_VERBOSE: usize = 100;

/// The failures, and one line at the end.
pub fn render(report: &Report, style: SuiteStyle) -> String {
    let mut page = Page { text: String::new(), style };
    for suite in &report.suites {
        for entry in &suite.entries {
            page.entry(&suite.name, entry);
        }
        if style.review {
            suite.snapshots.iter().for_each(|change| page.snapshot(&suite.name, change));
        } else if style.updated {
            for change in &suite.snapshots {
                let verb = if change.now.is_some() { "kept" } else { "removed" };
                page.line(Paint::Yes, verb, &format!("snapshot {} of {}", change.name, suite.name));
            }
        } else {
            for change in suite.snapshots.iter().filter(|change| change.now.is_none()) {
                let text = format!("snapshot {} of {} is used by no entry; `--update` removes it", change.name, suite.name);
                page.line(Paint::Doubt, "note", &text);
            }
        }
    }
    if !page.text.is_empty() {
        page.text.push('\n');
    }
    page.text.push_str(&wording::suite_summary(report.suites.len(), report.counts()));
    page.text.push('\n');
    page.text
}

/// What differs, in words.
pub(super) fn says(difference: &Difference) -> String {
    match difference {
        Difference::Outcome { expected, got } => wording::expected_answer(expected.name(), *got),
        Difference::Claims { missing, got } => wording::expected_claims(missing, got),
        Difference::Snapshot { kept, .. } => wording::expected_snapshot(kept.is_some()).to_owned(),
    }
}

/// The request of a failure on one line.
pub(super) fn request(failure: &Failure) -> String {
    let (subject, resource) = (&failure.request.subject, &failure.request.resource);
    format!("{}:{} {} {}:{}", subject.0, subject.1, failure.request.action, resource.0, resource.1)
}

/// What people call an entry: its label and its name.
pub(super) fn title(entry: &EntryReport) -> String {
    match &entry.name {
        Some(name) => format!("{}: {name}", entry.label),
        None => entry.label.clone(),
    }
}

/// All failures of an entry as plain text.
pub(super) fn plain(entry: &EntryReport) -> String {
    let mut page = Page { text: String::new(), style: SuiteStyle::default() };
    page.failures(entry);
    page.text
}

/// The words of a command as a shell reads them.
fn shell(words: &[String]) -> String {
    let is_plain = |c: char| c.is_alphanumeric() || "_-.@/+:=,".contains(c);
    let quoted = |word: &String| {
        if !word.is_empty() && word.chars().all(is_plain) { word.clone() } else { format!("'{}'", word.replace('\'', "'\\''")) }
    };
    words.iter().map(quoted).collect::<Vec<_>>().join(" ")
}

struct Page {
    text: String,
    style: SuiteStyle,
}

impl Page {
    /// A line that begins with a word in colour.
    fn line(&mut self, paint: Paint, word: &str, rest: &str) {
        let style = if self.style.color { paint.style() } else { anstyle::Style::new() };
        _ = writeln!(self.text, "{style}{word:<5}{style:#} {}", visible(rest));
    }

    fn entry(&mut self, suite: &str, entry: &EntryReport) {
        let place = format!("{suite}:{} {}", entry.place.0, title(entry));
        if entry.passed() {
            if self.style.verbose {
                let requests = if entry.requests == 1 { String::new() } else { format!(" ({} requests)", entry.requests) };
                self.line(Paint::Yes, "ok", &format!("{place}{requests}"));
            }
            return;
        }
        self.line(Paint::Stop, "FAIL", &place);
        self.failures(entry);
    }

    fn failures(&mut self, entry: &EntryReport) {
        let most = if self.style.verbose { MOST_VERBOSE } else { MOST_SHOWN };
        for failure in entry.failures.iter().take(most) {
            _ = writeln!(self.text, "  {}: {}", visible(&request(failure)), visible(&says(&failure.difference)));
            // A review shows what changed below.
            if let Difference::Snapshot { kept, now } = &failure.difference
                && !self.style.review
            {
                self.diff(kept.as_deref().unwrap_or_default(), now);
            }
            for line in failure.explanation.iter().flat_map(|explanation| explanation.lines()) {
                self.indented(line);
            }
            self.indented(&format!("$ {}", visible(&shell(&failure.command))));
        }
        let left = entry.failures.len().saturating_sub(most) + entry.left_out;
        if left > 0 {
            _ = writeln!(self.text, "  {}", wording::more_failures(left));
        }
    }

    fn indented(&mut self, line: &str) {
        let line = format!("    {line}");
        _ = writeln!(self.text, "{}", line.trim_end());
    }

    fn snapshot(&mut self, suite: &str, change: &SnapshotChange) {
        let what = wording::snapshot_change(change.kept.is_some(), change.now.is_some());
        self.line(Paint::Title, "diff", &format!("snapshot {} of {suite}: {what}", change.name));
        self.diff(change.kept.as_deref().unwrap_or_default(), change.now.as_deref().unwrap_or_default());
    }

    fn diff(&mut self, old: &str, new: &str) {
        for line in line_diff::lines(old, new) {
            let (paint, mark, line) = match line {
                DiffLine::Same(line) => (Paint::Quiet, ' ', line),
                DiffLine::Old(line) => (Paint::Stop, '-', line),
                DiffLine::New(line) => (Paint::Yes, '+', line),
            };
            let style = if self.style.color { paint.style() } else { anstyle::Style::new() };
            match format!("    {mark} {}", visible(line)).trim_end() {
                "" => self.text.push('\n'),
                line => _ = writeln!(self.text, "{style}{line}{style:#}"),
            }
        }
    }
}
