//! Diagnostics as people see them.

use proptest::prelude::*;

use crate::diag::{Code, Diagnostic};
use crate::report::diagnostics::render;
use crate::text::{FileId, Sources, Span};

const OWNER: &str = "[role.owner]\ngrants   = [\"subscription.*\"]\nincludes = [\"readr\"]\n";

fn sources(files: &[(&str, &str)]) -> Sources {
    let mut sources = Sources::default();
    for &(name, text) in files {
        sources.add(name, text.to_owned());
    }
    sources
}

/// Where `word` stands first in the `file`-th file.
fn at(sources: &Sources, file: u32, word: &str) -> Span {
    let file = FileId(file);
    let start = sources.text(file).find(word).unwrap();
    Span::new(file, start, start + word.len())
}

fn check(sources: &Sources, diagnostic: Diagnostic) -> String {
    render(sources, &[diagnostic], false, 100)
}

#[test]
fn a_mistake_with_its_place_and_a_certain_edit() {
    let sources = sources(&[("policies/roles.toml", OWNER)]);
    let span = at(&sources, 0, "readr");
    let diagnostic = Diagnostic::new(Code::UnknownRole, "no role is called `readr`", span, "unknown");
    assert_eq!(
        check(&sources, diagnostic.nearest("readr", span, ["reader"])),
        r#"error[unknown-role]: no role is called `readr`
 --> policies/roles.toml:3:14
  |
3 | includes = ["readr"]
  |              ^^^^^ unknown
  |
help: did you mean `reader`?
  |
3 | includes = ["reader"]
  |                  +
"#
    );
}

#[test]
fn causes_in_other_files_notes_and_help() {
    let sources = sources(&[("a.toml", OWNER), ("b.toml", "[role.owner]\n")]);
    let diagnostic = Diagnostic::new(Code::DuplicateElement, "two roles are called `owner`", at(&sources, 1, "owner"), "")
        .and(at(&sources, 0, "owner"), "the first")
        .note("files are merged")
        .help("rename one of them");
    assert_eq!(
        check(&sources, diagnostic),
        "error[duplicate-element]: two roles are called `owner`
 --> b.toml:1:7
  |
1 | [role.owner]
  |       ^^^^^
  |
 ::: a.toml:1:7
  |
1 | [role.owner]
  |       ----- the first
  |
  = note: files are merged
  = help: rename one of them
"
    );
}

#[test]
fn a_mistake_of_no_place() {
    let sources = sources(&[]);
    let told = check(&sources, Diagnostic::nowhere(Code::EmptyPack, "the pack has no element"));
    assert_eq!(told, "error[empty-pack]: the pack has no element\n");
    assert_eq!(render(&sources, &[], false, 100), "");
}

#[test]
fn nothing_reaches_the_terminal_raw() {
    let sources = sources(&[("\u{1b}]0;a.toml", "x = \"\u{1b}[31m\u{202e}\u{9b}\"\r\n")]);
    let span = at(&sources, 0, "[31m");
    let diagnostic = Diagnostic::new(Code::UnknownValue, "no \u{1b}[2J", span, "\u{7}").note("\u{8}").help("\u{1b}").patch(span, "\u{1b}");
    let told = check(&sources, diagnostic);
    assert!(!told.contains(|character: char| character.is_control() && character != '\n'), "{told:?}");
    assert!(!told.contains('\u{202e}'));
    assert!(told.contains("x = \"␛[31m\u{fffd}\u{fffd}\""), "{told}");
}

#[test]
fn of_a_long_line_only_the_part_around_the_mistake_is_shown() {
    let text = format!("x = '{} readr {}'\n", "é ".repeat(1_000_000), "z ".repeat(1_000_000));
    let sources = sources(&[("a.toml", &text)]);
    let span = at(&sources, 0, "readr");
    let told =
        check(&sources, Diagnostic::new(Code::UnknownRole, "no role", span, "here").help("did you mean `reader`?").patch(span, "reader"));
    assert!(told.len() < 1200, "{told}");
    assert!(told.contains("--> a.toml:1:2000007\n") && told.contains(" readr ") && told.contains("^^^^^ here"), "{told}");
}

#[test]
fn a_place_of_many_lines_is_shown_by_its_first() {
    let text = format!("grid = '''\n{}'''\n", "| a |\n".repeat(100_000));
    let sources = sources(&[("a.toml", &text)]);
    let span = Span::new(FileId(0), 7, text.len() - 1);
    assert!(
        check(&sources, Diagnostic::new(Code::TableSyntax, "no table", span, "here")).ends_with("1 | grid = '''\n  |        ^^^ here\n")
    );
}

#[test]
fn of_many_diagnostics_the_first_hundred_are_shown() {
    let sources = sources(&[("a.toml", OWNER)]);
    let span = at(&sources, 0, "owner");
    let of = |code| Diagnostic::new(code, "again", span, "");
    let mut diagnostics = vec![of(Code::UnknownRole); 101];
    assert!(render(&sources, &diagnostics, false, 100).ends_with("\n\nand 1 more error\n"));
    diagnostics.extend(vec![of(Code::IdleRole); 2]);
    let told = render(&sources, &diagnostics, false, 100);
    assert!(told.ends_with("\n\nand 1 more error and 2 more warnings\n"));
    assert_eq!(told.matches("error[unknown-role]").count(), 100);
}

#[test]
fn of_many_places_the_first_dozen_are_shown() {
    let sources = sources(&[("a.toml", OWNER)]);
    let span = at(&sources, 0, "owner");
    let diagnostic = (0..99).fold(Diagnostic::new(Code::RoleCycle, "a circle", span, ""), |told, _| told.and(span, "here"));
    assert!(check(&sources, diagnostic).ends_with("= note: and 88 more places\n"));
}

proptest! {
    #[test]
    fn any_text_and_any_place_can_be_shown(
        text in "(\\PC|[ab\n\r\t\u{0}\u{1b}é✔\u{1F469}\u{200d}]|\\r\\n){0,60}",
        places in prop::collection::vec((0_usize..90, 0_usize..90), 1..5),
        replacement in "\\PC{0,5}|\n",
    ) {
        let sources = sources(&[("a.toml", &text)]);
        let span = |(start, length): (usize, usize)| Span::new(FileId(0), start, start + length);
        let first = Diagnostic::new(Code::UnknownRole, text.as_str(), span(places[0]), "first").help(text.as_str()).patch(span(places[0]), replacement);
        let diagnostic = places[1..].iter().fold(first, |told, &place| told.and(span(place), text.as_str()));
        for width in [0, 40, 200] {
            let told = render(&sources, std::slice::from_ref(&diagnostic), false, width);
            prop_assert!(!told.contains(|character: char| character.is_control() && character != '\n'), "{told:?}");
        }
    }
}
