//! Each code of a diagnostic has a fixture that yields it, each fixture yields the code of its name, and the page that lists them is up
//! to date.
//!
//! A fixture is named for its code: `CODE.toml` is a pack of one file, `CODE.world.toml` or `CODE.world.ndjson` a world for the shipped
//! pack, and a folder `CODE` holds a `pack` and perhaps worlds, or an `import`: a mapping, exports and perhaps bindings; or a `suite.toml`,
//! which is a suite of tests under another name, so that nobody runs it.

mod files;
mod mends;

use delegraph::diag::{CATALOGUE, Diagnostic};
use delegraph::report;
use delegraph::report::catalogue::Example;
use delegraph::text::Sources;
use files::{Files, code, fixtures, root, rule};
use std::collections::BTreeSet;
use std::fs;

#[test]
fn each_fixture_yields_the_code_of_its_name() {
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path("../snapshots/diagnostics");
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    let mut missed = Vec::new();
    for path in fixtures() {
        let code = code(&path);
        let files = Files::of(&path);
        let (sources, reported) = files.diagnose();
        let codes: BTreeSet<&str> = reported.iter().map(|diagnostic| diagnostic.code.name()).collect();
        if codes != BTreeSet::from([code.as_str()]) {
            missed.push(format!("{code} yields {codes:?}"));
        }
        let said = rendered(&sources, &reported);
        settings.bind(|| insta::assert_snapshot!(code, format!("{}{}\n{said}", files.shown(), rule("told"))));
    }
    assert!(missed.is_empty(), "each fixture yields its own code and no other:\n{}", missed.join("\n"));
}

#[test]
fn codes_and_fixtures_match_both_ways() {
    let fixtures: Vec<String> = fixtures().iter().map(|path| code(path)).collect();
    let codes: BTreeSet<&str> = CATALOGUE.iter().map(|entry| entry.name).collect();
    let named: BTreeSet<&str> = fixtures.iter().map(String::as_str).collect();
    let missing: Vec<&&str> = codes.difference(&named).collect();
    let stray: Vec<&&str> = named.difference(&codes).collect();
    assert!(missing.is_empty(), "codes without a fixture in fixtures/diagnostics: {missing:?}");
    assert!(stray.is_empty(), "fixtures that no code is named like: {stray:?}");
    assert_eq!(named.len(), fixtures.len(), "a code has two fixtures: {fixtures:?}");
}

#[test]
fn the_page_of_codes_is_up_to_date() {
    let path = root().join("docs/diagnostics.md");
    let fixtures = fixtures();
    let changes = mends::changes();
    let page = report::catalogue::page(|entry| {
        let Some(path) = fixtures.iter().find(|path| code(path) == entry.name) else { return Example::default() };
        let files = Files::of(path);
        let (sources, reported) = files.diagnose();
        let mended = mends::mended(entry.name, &files, &changes);
        let changed = files.all().zip(mended.all()).filter(|(old, new)| old.text != new.text);
        let mend = changed.map(|(old, new)| report::catalogue::mend(&old.name, &old.text, &new.text)).collect();
        Example { rendered: rendered(&sources, &reported), mend }
    });
    if std::env::var_os("UPDATE_DOCS").is_some() {
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, &page).unwrap();
    }
    let written = fs::read_to_string(&path).unwrap_or_default();
    assert!(written == page, "docs/diagnostics.md is out of date: write it by `UPDATE_DOCS=1 cargo test --test it diagnostics`");
}

fn rendered(sources: &Sources, reported: &[Diagnostic]) -> String {
    report::diagnostics::render(sources, reported, false, 100)
}

/// Seen to fail when edits were made in the first round alone.
#[test]
fn what_has_an_edit_is_clean_after_it() {
    let mut wrong = Vec::new();
    let (mut edited, mut clean) = (0, 0);
    for path in fixtures() {
        let files = Files::of(&path);
        let (_, before) = files.diagnose();
        if before.iter().all(|diagnostic| diagnostic.patch.is_none()) {
            continue;
        }
        edited += 1;
        let (sources, after) = files.fixed().diagnose();
        let stays = |left: &Diagnostic| before.iter().any(|was| was.patch.is_none() && was.headline == left.headline);
        let left: Vec<&Diagnostic> = after.iter().filter(|left| !stays(left)).collect();
        clean += usize::from(after.is_empty());
        if !left.is_empty() {
            wrong.push(format!("{}\n{}", code(&path), rendered(&sources, &after)));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(edited > 25 && clean > 20, "{edited} fixtures have edits, {clean} are clean by these alone");
}

#[test]
fn each_fixture_has_a_mend_that_leaves_no_diagnostic() {
    let changes = mends::changes();
    let mut wrong = Vec::new();
    for path in fixtures() {
        let (code, files) = (code(&path), Files::of(&path));
        let (sources, left) = mends::mended(&code, &files, &changes).diagnose();
        if !left.is_empty() {
            wrong.push(format!("──── {code}: a diagnostic is left\n{}{}", files.shown(), rendered(&sources, &left)));
        } else if changes.contains_key(&code) && files.fixed().diagnose().1.is_empty() {
            wrong.push(format!("{code}: the edits that are certain are enough"));
        }
    }
    assert!(wrong.is_empty(), "change `fixtures/mends.toml`:\n{}", wrong.join("\n"));
}
