//! How diagnostics look.

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

/// The first place of `word` in the `file`-th file.
fn at(sources: &Sources, file: u32, word: &str) -> Span {
    let file = FileId(file);
    let start = sources.text(file).find(word).unwrap();
    Span::new(file, start, start + word.len())
}

fn check(sources: &Sources, diagnostic: Diagnostic) -> String {
    render(sources, &[diagnostic], false, 100)
}

#[test]
fn mistakes_show_place_and_patch() {
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
fn causes_notes_and_help_follow_the_place() {
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
fn a_mistake_without_a_place_is_one_line() {
    let sources = sources(&[]);
    let rendered = check(&sources, Diagnostic::nowhere(Code::EmptyPack, "the pack has no element"));
    assert_eq!(rendered, "error[empty-pack]: the pack has no element\n");
    assert_eq!(render(&sources, &[], false, 100), "");
}

#[test]
fn control_characters_do_not_reach_the_terminal() {
    let sources = sources(&[("\u{1b}]0;a.toml", "x = \"\u{1b}[31m\u{202e}\u{9b}\"\r\n")]);
    let span = at(&sources, 0, "[31m");
    let diagnostic = Diagnostic::new(Code::UnknownValue, "no \u{1b}[2J", span, "\u{7}").note("\u{8}").help("\u{1b}").patch(span, "\u{1b}");
    let rendered = check(&sources, diagnostic);
    assert!(!rendered.contains(|character: char| character.is_control() && character != '\n'), "{rendered:?}");
    assert!(!rendered.contains('\u{202e}'));
    assert!(rendered.contains("x = \"␛[31m\u{fffd}\u{fffd}\""), "{rendered}");
}

#[test]
fn long_lines_are_cut_around_the_mistake() {
    let text = format!("x = '{} readr {}'\n", "é ".repeat(1_000_000), "z ".repeat(1_000_000));
    let sources = sources(&[("a.toml", &text)]);
    let span = at(&sources, 0, "readr");
    let rendered =
        check(&sources, Diagnostic::new(Code::UnknownRole, "no role", span, "here").help("did you mean `reader`?").patch(span, "reader"));
    assert!(rendered.len() < 1200, "{rendered}");
    assert!(rendered.contains("--> a.toml:1:2000007\n") && rendered.contains(" readr ") && rendered.contains("^^^^^ here"), "{rendered}");
}

#[test]
fn spans_of_many_lines_are_cut_to_the_first() {
    let text = format!("grid = '''\n{}'''\n", "| a |\n".repeat(100_000));
    let sources = sources(&[("a.toml", &text)]);
    let span = Span::new(FileId(0), 7, text.len() - 1);
    assert!(
        check(&sources, Diagnostic::new(Code::TableSyntax, "no table", span, "here")).ends_with("1 | grid = '''\n  |        ^^^ here\n")
    );
}

#[test]
fn at_most_a_hundred_diagnostics_are_shown() {
    let sources = sources(&[("a.toml", OWNER)]);
    let span = at(&sources, 0, "owner");
    let of = |code| Diagnostic::new(code, "again", span, "");
    let mut diagnostics = vec![of(Code::UnknownRole); 101];
    assert!(render(&sources, &diagnostics, false, 100).ends_with("\n\nand 1 more error\n"));
    diagnostics.extend(vec![of(Code::IdleRole); 2]);
    let rendered = render(&sources, &diagnostics, false, 100);
    assert!(rendered.ends_with("\n\nand 1 more error and 2 more warnings\n"));
    assert_eq!(rendered.matches("error[unknown-role]").count(), 100);
}

#[test]
fn at_most_a_dozen_labels_are_shown() {
    let sources = sources(&[("a.toml", OWNER)]);
    let span = at(&sources, 0, "owner");
    let diagnostic = (0..99).fold(Diagnostic::new(Code::RoleCycle, "a circle", span, ""), |diagnostic, _| diagnostic.and(span, "here"));
    assert!(check(&sources, diagnostic).ends_with("= note: and 88 more places\n"));
}

proptest! {
    #[test]
    fn any_text_and_any_place_renders(
        text in "(\\PC|[ab\n\r\t\u{0}\u{1b}é✔\u{1F469}\u{200d}]|\\r\\n){0,60}",
        places in prop::collection::vec((0_usize..90, 0_usize..90), 1..5),
        replacement in "\\PC{0,5}|\n",
    ) {
        let sources = sources(&[("a.toml", &text)]);
        let span = |(start, length): (usize, usize)| Span::new(FileId(0), start, start + length);
        let first = Diagnostic::new(Code::UnknownRole, text.as_str(), span(places[0]), "first").help(text.as_str()).patch(span(places[0]), replacement);
        let diagnostic = places[1..].iter().fold(first, |diagnostic, &place| diagnostic.and(span(place), text.as_str()));
        for width in [0, 40, 200] {
            let rendered = render(&sources, std::slice::from_ref(&diagnostic), false, width);
            prop_assert!(!rendered.contains(|character: char| character.is_control() && character != '\n'), "{rendered:?}");
        }
    }
}
