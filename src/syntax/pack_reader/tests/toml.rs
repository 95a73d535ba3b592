//! Files that are not TOML, and files that are hard to parse.

use super::{check, read};
use std::fmt::Write;

#[test]
fn of_an_unclosed_bracket_or_text_nothing_else_is_reported() {
    let closing = "never closed | close it and check again: what follows it was not read\n";
    assert_eq!(
        check("[rule.a]\nallow = ['x', 'y'\nif = 'a'\n[rule.b]\n deny = ['z']\n"),
        format!("toml-syntax 2:9..10 unclosed array, expected `]` | {closing}")
    );
    assert_eq!(
        check("[kind.a]\nattributes.x = { to = 'a'\n[kind.b]\n"),
        format!("toml-syntax 2:16..17 unclosed inline table, expected `}}` | {closing}")
    );
    assert_eq!(check("[table.a]\ngrid = '''\n| a |\n[rule.b]\n"), format!("toml-syntax 2:8..11 unclosed multi-line text | {closing}"));
    assert_eq!(check("[claim.a]\ntext = \"\"\"\nabc\n"), format!("toml-syntax 2:8..11 unclosed multi-line text | {closing}"));
    assert_eq!(check("[rule.a\nx = 1\n"), format!("toml-syntax 1:8..8 unclosed table, expected `]` | {closing}"));
}

#[test]
fn reports_at_most_one_syntax_error_per_line() {
    assert_eq!(
        check("[rol.a]\nx = yes\ny = 'a' 'b' 'c'\nz = \"abc\n= 5\n"),
        "toml-syntax 2:5..8 string values must be quoted, expected literal string |  | strings need quotes\n\
         toml-syntax 3:9..9 unexpected key or value, expected newline, `#` |  | \n\
         toml-syntax 4:9..9 a string is not closed in its line |  | close its quote\n\
         toml-syntax 5:1..1 unquoted keys cannot be empty, expected letters, numbers, `-`, `_` |  | \n"
    );
    assert!(check("[user.alice@contoso]").ends_with("put a name that has other characters in quotes: `[user.\"alice@contoso\"]`\n"));
}

#[test]
fn duplicates_are_reported_with_both_places() {
    assert_eq!(
        check("[rule.a]\nallow = ['x']\n[rule.b]\nallow = ['x']\n[rule.'a'] # again\nallow = ['y']\nif = 'true'\n"),
        "duplicate-element 5:7..10 `[rule.'a']` stands twice | given again | \n  and 1:1..9 first given here\n"
    );
    assert_eq!(
        check("[rule.b]\nif = 'true'\nallow = ['x']\n[rule.a]\nallow = ['x']\nif = 'true'\nallow = ['y']\n[rol.a]\n"),
        "toml-syntax 7:1..6 `allow` is given twice | given again | \n  and 5:1..6 first given here\n\
         unknown-element 8:2..5 no sort of element is named `rol` | unknown sort | did you mean `role`?\n  patch rol -> role\n"
    );
    assert_eq!(
        check("[kind.a]\nattributes.x = 'y'\nattributes.x = 'z'\n"),
        "toml-syntax 3:12..13 `x` is given twice | given again | \n  and 2:12..13 first given here\n"
    );
}

#[test]
fn at_most_fifty_mistakes_are_reported() {
    let rendered = check(&"= 1\n".repeat(70));
    assert_eq!(rendered.matches("toml-syntax").count(), 50);
    assert!(rendered.ends_with("  note and 20 more in this file\n"), "{rendered}");
}

#[test]
fn deep_nesting_does_not_overflow_the_stack() {
    for open in ["[", "{a="] {
        assert!(check(&format!("a = {}", open.repeat(100_000))).starts_with("toml-syntax"));
    }
    let dotted = ".a".repeat(100_000);
    assert!(check(&format!("a{dotted} = 1")).starts_with("toml-syntax"));
    assert!(check(&format!("[a{dotted}]")).starts_with("toml-syntax"));
    // As deep as TOML nests: dotted keys in inline tables in inline tables.
    let deepest = format!("kind.a = {}1{}", format!("{{a{}=", ".a".repeat(78)).repeat(79), "}".repeat(79));
    assert_eq!(
        check(&deepest),
        "unknown-key 1:11..12 a kind has no key `a` | unknown key | a kind may have `title`, `note`, `comment`, `source`, `aka`, `subject`, `exactly-one`, `within`, `attributes`, `label`, `actions`\n"
    );
    assert!(check(&format!("{deepest}\nb = 2021-02-30")).contains("bad-date"));
}

#[test]
fn long_texts_and_many_elements_are_read_in_linear_time() {
    let text = format!("[claim.a]\ntext = '{}'\nnote = \"{}\"", "x".repeat(5_000_000), "a\\n".repeat(1_000_000));
    assert_eq!(check(&text), "");
    let mut many = String::new();
    for number in 0..20_000 {
        write!(many, "[claim.c-{number}]\ntext = 'x'\n").expect("is a string");
    }
    let (_, document, rendered) = read(&many);
    assert_eq!((document.claims.len(), rendered.as_str()), (20_000, ""));
}
