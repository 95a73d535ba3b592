//! Diagnostics, and what tests of a policy found, as annotations of a workflow on GitHub.

use super::mutation::{apart, says};
use super::sanitize::visible;
use super::suites::{plain, title};
use crate::diag::{Diagnostic, Severity};
use crate::suite::{Broken, Report};
use crate::text::{Columns, Sources};
use crate::wording;
use std::fmt::Write as _;

/// An annotation for each entry that failed, each mistake of a suite and each change that no suite notices, and one line at the end.
pub fn annotations(report: &Report) -> String {
    let mut text = String::new();
    for suite in &report.suites {
        for entry in suite.entries.iter().filter(|entry| !entry.passed()) {
            failed(&mut text, &suite.name, entry.place, &title(entry), plain(entry).trim_end());
        }
        match &suite.broken {
            None => {}
            Some(Broken::Message(message, help)) => {
                let help = help.as_ref().map(|help| format!("\nhelp: {help}")).unwrap_or_default();
                failed(&mut text, &suite.name, (1, 1), &wording::broken_suite(&suite.name), &format!("{message}{help}"));
            }
            Some(Broken::Mistakes(sources, mistakes)) => annotate_all(&mut text, sources, mistakes, Some(&suite.name)),
        }
    }
    for survivor in report.unexplained() {
        let place = (survivor.place.line, 1);
        let apart = apart(survivor).map(|apart| format!("\n{apart}")).unwrap_or_default();
        failed(&mut text, &survivor.place.file, place, "no suite notices", &format!("{}{apart}", says(survivor)));
    }
    _ = writeln!(text, "{}", wording::suite_summary(report.suites.len(), report.counts()));
    text
}

/// An annotation for each diagnostic. One that is in no file has no place.
pub fn diagnostics(sources: &Sources, found: &[Diagnostic]) -> String {
    let mut text = String::new();
    annotate_all(&mut text, sources, found, None);
    text
}

/// Annotates the first place of each diagnostic. One that is in no file is of the first line of `otherwise`, if that is given.
fn annotate_all(text: &mut String, sources: &Sources, found: &[Diagnostic], otherwise: Option<&str>) {
    let mut columns = Columns::in_characters(sources);
    for diagnostic in found {
        let place = match diagnostic.labels.first() {
            Some(label) => Some((&**sources.name(label.span.file), columns.at(label.span.file, label.span.start))),
            None => otherwise.map(|file| (file, (1, 1))),
        };
        let mut message = visible(&diagnostic.headline).into_owned();
        diagnostic.notes.iter().for_each(|note| _ = write!(message, "\nnote: {}", visible(note)));
        diagnostic.help.iter().for_each(|help| _ = write!(message, "\nhelp: {}", visible(help)));
        annotate(text, diagnostic.severity, place, diagnostic.code.name(), &message);
    }
}

fn failed(text: &mut String, file: &str, place: (u32, usize), title: &str, message: &str) {
    annotate(text, Severity::Error, Some((file, place)), title, message);
}

/// Writes an annotation: the file and place, if there is one, a title and a message. GitHub finds a file by its path below the repository, so
/// no `./` is before it.
fn annotate(text: &mut String, severity: Severity, place: Option<(&str, (u32, usize))>, title: &str, message: &str) {
    let place = place.map_or_else(String::new, |(file, (line, column))| {
        format!("file={},line={line},col={column},", property(file.strip_prefix("./").unwrap_or(file)))
    });
    _ = writeln!(text, "::{} {place}title={}::{}", severity.name(), property(title), data(message));
}

/// A message: all characters but those that end a line stand for themselves.
fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

/// A property, which a comma or colon would end.
fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}

#[cfg(test)]
mod tests {
    use super::diagnostics;
    use crate::diag::{Code, Diagnostic};
    use crate::text::{Sources, Span};

    /// Seen to fail when a comma in the name of a file ended it.
    #[test]
    fn names_and_messages_are_escaped() {
        let mut sources = Sources::default();
        let file = sources.add("./a,b:c 100%.toml", "é = 1\ngränts = 2\n".to_owned());
        let place = Span::new(file, 11, 13);
        let found = [
            Diagnostic::new(Code::UnknownRole, "50% of\nit", place, "").note("a, b: c").help("do\u{1b}it"),
            Diagnostic::nowhere(Code::EmptyWorld, "nothing"),
        ];
        assert_eq!(
            diagnostics(&sources, &found),
            "::error file=a%2Cb%3Ac 100%25.toml,line=2,col=4,title=unknown-role::50%25 of␊it%0Anote: a, b: c%0Ahelp: do␛it\n\
             ::warning title=empty-world::nothing\n"
        );
    }
}
