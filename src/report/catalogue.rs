//! The page that lists every code of a diagnostic, and the sections of it that `delegraph code` prints.
//!
//! A test makes the page from the catalogue and the fixtures. It is built into the program, so that there is one text of each explanation.

use super::layout::{PageWriter, piece, prose, whole};
use super::line_diff::{self, DiffLine};
use super::palette::Paint;
use super::sanitize::safe_json;
use super::text::Style;
use crate::diag::{CATALOGUE, Code, Entry, Severity};
use std::fmt::Write as _;

/// The page, as it is committed.
const PAGE: &str = include_str!("../../docs/diagnostics.md");

/// The section of the page of codes that explains a code, as a path within the documentation.
pub fn page_of(code: Code) -> String {
    format!("docs/diagnostics.md#{}", code.name())
}

/// An example of a diagnostic.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Example {
    /// The diagnostic, as `check` prints it.
    pub rendered: String,
    /// What mends it: the lines that change, file by file.
    pub mend: String,
}

/// The lines of a file that a mend changes, as a difference, with the line before each place.
pub fn mend(name: &str, old: &str, new: &str) -> String {
    let mut text = format!("--- {name}\n");
    let mut before = None;
    for line in line_diff::lines(old, new) {
        let (sign, line) = match line {
            DiffLine::Same(line) => {
                before = Some(line).filter(|line| !line.trim().is_empty());
                continue;
            }
            DiffLine::Old(line) => ('-', line),
            DiffLine::New(line) => ('+', line),
        };
        before.take().into_iter().for_each(|before| _ = writeln!(text, " {before}"));
        _ = writeln!(text, "{sign}{}", line.trim_end());
    }
    text
}

/// The page as Markdown. `example` returns an example of an entry.
pub fn page(example: impl Fn(&Entry) -> Example) -> String {
    let mut page = String::from(
        "# Diagnostics\n\n\
         What `delegraph check` and every other command may report of a pack or a world, under the name in brackets, such as \
         `error[unknown-role]`. `delegraph code NAME` prints the section of a name. A pack sets the severity of warnings about packs and \
         worlds by [`[lints]`](language.md#lints). This page is made from the catalogue in the code, each example from the fixture of the same \
         name in `fixtures/diagnostics`, and the lines that mend it from the edits that are certain and `fixtures/mends.toml`.\n",
    );
    section(&mut page, "Errors", "A pack or world with an error is not used: no command answers from it.", Severity::Error, &example);
    section(
        &mut page,
        "Warnings",
        "What is probably unintended. A pack that has only warnings is still used.",
        Severity::Warning,
        &example,
    );
    page
}

fn section(page: &mut String, title: &str, about: &str, severity: Severity, example: &impl Fn(&Entry) -> Example) {
    _ = write!(page, "\n## {title}\n\n{about}\n");
    for entry in CATALOGUE.iter().filter(|entry| entry.severity == severity) {
        let Example { rendered, mend } = example(entry);
        _ = write!(page, "\n### {}\n\n{}\n\n```text\n{}\n```\n", entry.name, entry.about, rendered.trim_end());
        _ = write!(page, "\nMended:\n\n```diff\n{}\n```\n", mend.trim_end());
    }
}

/// The example of a code, as the page has it.
pub fn example(code: Code) -> Example {
    example_in(PAGE, code)
}

fn example_in(page: &str, code: Code) -> Example {
    let heading = format!("\n### {}\n", code.name());
    let section = page.split_once(&heading).map_or("", |(_, rest)| rest);
    let section = section.split("\n### ").next().unwrap_or_default();
    let block = |opening: &str| {
        let inside = section.split_once(opening).map_or("", |(_, rest)| rest);
        inside.split("\n```\n").next().unwrap_or_default().to_owned()
    };
    Example { rendered: block("```text\n"), mend: block("```diff\n") }
}

/// Codes for people, each with its example and what mends it.
pub fn explained(codes: &[Code], style: &Style) -> String {
    let mut text = String::new();
    for &code in codes {
        let entry = code.entry();
        let mut page = PageWriter::new(style.color, style.width);
        let kind = format!("{}{}", entry.severity.name(), if code.is_lint() { ", a lint" } else { "" });
        page.paragraph(&[], "", &[whole(Paint::Title, entry.name), piece(Paint::Quiet, &format!(" ({kind})"))]);
        page.paragraph(&[], "", &[prose(entry.about)]);
        let Example { rendered, mend } = example(code);
        let gap = if text.is_empty() { "" } else { "\n" };
        _ = write!(text, "{gap}{}\n{rendered}\n\nMended:\n\n{mend}\n", page.into_text());
    }
    text
}

/// All codes for people, each with what it means in a sentence.
pub fn list(style: &Style) -> String {
    let mut page = PageWriter::new(style.color, style.width);
    let widest = CATALOGUE.iter().map(|entry| entry.name.len()).max().unwrap_or_default() + 2;
    let margin = " ".repeat(widest);
    for (title, severity) in [("Errors", Severity::Error), ("Warnings", Severity::Warning)] {
        page.gap();
        page.paragraph(&[], "", &[piece(Paint::Title, title)]);
        for entry in CATALOGUE.iter().filter(|entry| entry.severity == severity) {
            page.paragraph(&[whole(Paint::Plain, &format!("{:widest$}", entry.name))], &margin, &[prose(first_sentence(entry.about))]);
        }
    }
    page.into_text()
}

/// The first sentence of what a code means.
pub(super) fn first_sentence(about: &str) -> &str {
    about.split_inclusive(". ").next().unwrap_or(about).trim_end()
}

/// Codes for programs.
pub fn json(codes: &[Code]) -> String {
    #[derive(serde::Serialize)]
    struct Row {
        code: &'static str,
        severity: &'static str,
        lint: bool,
        about: &'static str,
        page: String,
        example: String,
        mend: String,
    }
    #[derive(serde::Serialize)]
    struct Codes {
        version: u32,
        rows: Vec<Row>,
    }
    let row = |&code: &Code| {
        let (entry, Example { rendered, mend }) = (code.entry(), example(code));
        let (severity, lint) = (entry.severity.name(), code.is_lint());
        Row { code: entry.name, severity, lint, about: entry.about, page: page_of(code), example: rendered, mend }
    };
    let codes = Codes { version: 1, rows: codes.iter().map(row).collect() };
    safe_json(serde_json::to_string_pretty(&codes).expect("plain data is always JSON"))
}

#[cfg(test)]
mod tests {
    use super::{Example, PAGE, example_in, mend, page};
    use crate::diag::CATALOGUE;

    #[test]
    fn each_code_has_one_section() {
        let of = |name: &str| Example {
            rendered: format!("error[{name}]: …\n"),
            mend: mend("a.toml", "[a]\nold\nsame\n", "[a]\nnew\nsame\n"),
        };
        let page = page(|entry| of(entry.name));
        for entry in CATALOGUE {
            assert_eq!(page.matches(&format!("\n### {}\n", entry.name)).count(), 1, "{}", entry.name);
            let wanted = Example { rendered: format!("error[{}]: …", entry.name), mend: "--- a.toml\n [a]\n-old\n+new".to_owned() };
            assert_eq!(example_in(&page, entry.code), wanted);
        }
    }

    #[test]
    fn the_page_that_is_built_in_has_an_example_of_each_code() {
        for entry in CATALOGUE {
            let Example { rendered, mend } = example_in(PAGE, entry.code);
            assert!(rendered.contains(&format!("[{}]: ", entry.name)) && mend.starts_with("--- "), "{}", entry.name);
        }
    }
}
