//! What tests of a policy found, as annotations of a workflow on GitHub.

use super::mutation::{apart, says};
use super::suites::{plain, title};
use crate::suite::{Broken, Report};
use crate::wording;
use std::fmt::Write as _;

/// An annotation for each entry that failed, each mistake of a suite and each change that no suite notices, and one line at the end.
pub fn annotations(report: &Report) -> String {
    let mut text = String::new();
    for suite in &report.suites {
        for entry in suite.entries.iter().filter(|entry| !entry.passed()) {
            annotate(&mut text, &suite.name, entry.place, &title(entry), plain(entry).trim_end());
        }
        match &suite.broken {
            None => {}
            Some(Broken::Message(message, help)) => {
                let help = help.as_ref().map(|help| format!("\nhelp: {help}")).unwrap_or_default();
                annotate(&mut text, &suite.name, (1, 1), &wording::broken_suite(&suite.name), &format!("{message}{help}"));
            }
            Some(Broken::Mistakes(sources, mistakes)) => {
                for mistake in mistakes {
                    let label = mistake.labels.first();
                    let file = label.map_or(suite.name.as_str(), |label| sources.name(label.span.file));
                    let place = label.map_or((1, 1), |label| (sources.place(label.span).line, sources.column(label.span)));
                    let help = mistake.help.as_ref().map(|help| format!("\nhelp: {help}")).unwrap_or_default();
                    annotate(&mut text, file, place, mistake.code.name(), &format!("{}{help}", mistake.headline));
                }
            }
        }
    }
    for survivor in report.unexplained() {
        let place = (survivor.place.line, 1);
        let apart = apart(survivor).map(|apart| format!("\n{apart}")).unwrap_or_default();
        annotate(&mut text, &survivor.place.file, place, "no suite notices", &format!("{}{apart}", says(survivor)));
    }
    _ = writeln!(text, "{}", wording::suite_summary(report.suites.len(), report.counts()));
    text
}

fn annotate(text: &mut String, file: &str, (line, column): (u32, usize), title: &str, message: &str) {
    let (file, title, message) = (property(file), property(title), data(message));
    _ = writeln!(text, "::error file={file},line={line},col={column},title={title}::{message}");
}

/// A message: all characters but those that end a line stand for themselves.
fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

/// A property, which a comma or colon would end.
fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}
