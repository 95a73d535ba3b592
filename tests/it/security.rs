//! The promises of `SECURITY.md` are tested: each test that the page names is there.

use std::fs;

const PAGE: &str = "SECURITY.md";

/// The source in which a test is to be, and its name.
fn place(test: &str) -> Option<(String, &str)> {
    let (place, name) = test.split_once("::")?;
    let name = name.rsplit("::").next()?;
    if place.starts_with("src/") {
        return Some((fs::read_to_string(place).ok()?, name));
    }
    let files = [format!("tests/it/{place}.rs"), format!("tests/it/{place}/mod.rs")];
    Some((files.iter().find_map(|file| fs::read_to_string(file).ok())?, name))
}

/// Whether the text has a test of this name: a function after `#[test]`, or a name among those of a macro that makes tests.
fn has_test(text: &str, name: &str) -> bool {
    let is_function = text.split("#[test]").skip(1).any(|after| {
        let line = after.lines().map(str::trim).find(|line| line.starts_with("fn "));
        line.is_some_and(|line| line.starts_with(&format!("fn {name}(")))
    });
    let of_macro = |block: &str| block.split('}').next().is_some_and(|names| names.split_whitespace().any(|word| word == name));
    is_function || text.split("short_runs! {").skip(1).any(of_macro)
}

fn named(line: &str) -> impl Iterator<Item = &str> {
    line.split('`').skip(1).step_by(2).filter(|code| code.contains("::"))
}

#[test]
fn each_promise_names_tests_that_are_there() {
    let page = fs::read_to_string(PAGE).expect("the page is readable");
    let rows: Vec<&str> = page.lines().filter(|line| line.starts_with("| ") && !line.starts_with("| :-")).skip(1).collect();
    assert!(rows.len() > 10, "the page has promises: {}", rows.len());
    for row in &rows {
        let cells: Vec<&str> = row.trim_matches('|').split(" | ").collect();
        assert_eq!(cells.len(), 3, "promise, tests, figure: {row}");
        assert!(named(cells[1]).count() > 0, "a promise without a test: {row}");
    }
    let missing = |test: &&str| place(test).is_none_or(|(text, name)| !has_test(&text, name));
    let missing: Vec<&str> = page.lines().flat_map(named).filter(missing).collect();
    assert!(missing.is_empty(), "tests that are not there: {missing:#?}");
}

#[test]
fn a_test_that_is_not_there_is_missed() {
    let text = "#[test]\nfn one() {}\nfn two() {}\n/// A remark.\n#[test]\n#[ignore]\nfn three() {}\nshort_runs! {\n    pack four\n}\n";
    assert_eq!(["one", "two", "three", "four", "on"].map(|name| has_test(text, name)), [true, false, true, true, false]);
    assert!(place("nowhere::one").is_none());
}
