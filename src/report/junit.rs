//! What tests of a policy found, as `JUnit` XML.

use super::diagnostics;
use super::suites::{plain, request, says, title};
use crate::suite::{Broken, EntryReport, Report, SuiteReport};
use std::fmt::Write as _;

/// The document. It has no times, so that the same run gives the same bytes.
pub fn document(report: &Report) -> String {
    let (passed, failed, broken) = report.counts();
    let mut text = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n".to_owned();
    let tests = passed + failed + broken;
    _ = writeln!(text, "<testsuites name=\"delegraph\" tests=\"{tests}\" failures=\"{failed}\" errors=\"{broken}\">");
    report.suites.iter().for_each(|suite| self::suite(&mut text, suite));
    text.push_str("</testsuites>\n");
    text
}

fn suite(text: &mut String, suite: &SuiteReport) {
    let failed = suite.entries.iter().filter(|entry| !entry.passed()).count();
    let errors = usize::from(suite.broken.is_some());
    let (name, tests) = (escaped(&suite.name), suite.entries.len() + errors);
    _ = writeln!(text, "  <testsuite name=\"{name}\" tests=\"{tests}\" failures=\"{failed}\" errors=\"{errors}\" skipped=\"0\">");
    for entry in &suite.entries {
        self::entry(text, &suite.name, entry);
    }
    if let Some(broken) = &suite.broken {
        let (message, body) = why(broken);
        _ = writeln!(text, "    <testcase classname=\"{name}\" name=\"the suite can be run\">");
        _ = writeln!(text, "      <error message=\"{}\" type=\"broken\">{}</error>", escaped(&message), self::body(&body));
        text.push_str("    </testcase>\n");
    }
    text.push_str("  </testsuite>\n");
}

fn entry(text: &mut String, suite: &str, entry: &EntryReport) {
    let (suite, title) = (escaped(suite), escaped(&title(entry)));
    _ = write!(text, "    <testcase classname=\"{suite}\" name=\"{title}\"");
    let Some(first) = entry.failures.first() else {
        text.push_str("/>\n");
        return;
    };
    let message = format!("{}: {}", request(first), says(&first.difference));
    text.push_str(">\n");
    _ = writeln!(text, "      <failure message=\"{}\" type=\"failed\">{}</failure>", escaped(&message), body(&plain(entry)));
    text.push_str("    </testcase>\n");
}

/// Why a suite cannot be run: in one line, and all of it.
pub(super) fn why(broken: &Broken) -> (String, String) {
    match broken {
        Broken::Message(message, help) => {
            let help = help.as_ref().map(|help| format!("\nhelp: {help}")).unwrap_or_default();
            (message.clone(), format!("{message}{help}"))
        }
        Broken::Mistakes(sources, mistakes) => {
            let first = mistakes.first().map(|mistake| mistake.headline.clone()).unwrap_or_default();
            (first, diagnostics::render(sources, mistakes, false, 100))
        }
    }
}

/// The text of an element, with its line breaks.
fn body(text: &str) -> String {
    text.lines().map(escaped).collect::<Vec<_>>().join("\n")
}

/// The text with what XML does not take as it is in its place. Characters that XML 1.0 has no way to write become the replacement character.
fn escaped(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            '\n' => safe.push_str("&#10;"),
            '\t' => safe.push_str("&#9;"),
            '\0'..='\u{1f}' | '\u{7f}'..='\u{9f}' | '\u{fffe}' | '\u{ffff}' => safe.push('\u{fffd}'),
            other => safe.push(other),
        }
    }
    safe
}
