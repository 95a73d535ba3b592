//! Each code of a diagnostic has a fixture that yields it, each fixture yields the code of its name, and the page that lists them is up
//! to date.
//!
//! A fixture is named for its code: `CODE.toml` is a pack of one file, `CODE.world.toml` or `CODE.world.ndjson` a world for the shipped
//! pack, and a folder `CODE` holds a `pack` and perhaps worlds, or an `import`: a mapping, exports and perhaps bindings; or a `suite.toml`,
//! which is a suite of tests under another name, so that nobody runs it.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use crate::import::Import;
use crate::support::suite;
use delegraph::diag::{CATALOGUE, Diagnostic};
use delegraph::files::{Source, embedded_pack};
use delegraph::open;
use delegraph::report;
use delegraph::text::Sources;

#[test]
fn each_fixture_yields_the_code_of_its_name() {
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path("snapshots/diagnostics");
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
    let page = report::catalogue::page(|entry| {
        let fixture = fixtures.iter().find(|path| code(path) == entry.name);
        fixture.map_or_else(String::new, |path| {
            let (sources, reported) = Files::of(path).diagnose();
            rendered(&sources, &reported)
        })
    });
    if std::env::var_os("UPDATE_DOCS").is_some() {
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, &page).unwrap();
    }
    let written = fs::read_to_string(&path).unwrap_or_default();
    assert!(written == page, "docs/diagnostics.md is out of date: write it by `UPDATE_DOCS=1 cargo test --test it diagnostics`");
}

/// The files of a fixture: of its own pack, if it has one, of its worlds, or of its import.
#[derive(Default)]
struct Files {
    pack: Vec<Source>,
    worlds: Vec<Source>,
    import: Vec<Source>,
    suite: Option<Source>,
}

impl Files {
    fn of(path: &Path) -> Files {
        let name = path.file_name().unwrap().to_str().unwrap();
        if !path.is_dir() {
            let source = vec![read(path, name)];
            let of_world = name.contains(".world.");
            return if of_world { Files { worlds: source, ..Files::default() } } else { Files { pack: source, ..Files::default() } };
        }
        let import = path.join("import");
        if import.is_dir() {
            let import = listed(&import).iter().map(|file| read(file, shown_name(file))).collect();
            return Files { import, ..Files::default() };
        }
        let suite = path.join("suite.toml");
        if suite.is_file() {
            return Files { suite: Some(read(&suite, "suite.toml")), ..Files::default() };
        }
        let pack = path.join("pack");
        let pack = if pack.is_dir() { listed(&pack) } else { Vec::new() };
        let pack = pack.iter().map(|file| read(file, &format!("pack/{}", shown_name(file)))).collect();
        let worlds = listed(path).iter().filter(|file| file.is_file()).map(|file| read(file, shown_name(file))).collect();
        Files { pack, worlds, ..Files::default() }
    }

    /// What `check` says: the diagnostics of the pack; of its worlds too if the pack has no error.
    fn diagnose(&self) -> (Sources, Vec<Diagnostic>) {
        if !self.import.is_empty() {
            let outcome = Import::of_files(&self.import).run();
            return (outcome.sources, outcome.diagnostics);
        }
        if let Some(source) = &self.suite {
            return suite::mistakes(source);
        }
        let own = self.pack.clone();
        let pack = open::pack(if own.is_empty() { embedded_pack() } else { own });
        let Some(compiled) = pack.compiled.filter(|_| !self.worlds.is_empty()) else { return (pack.sources, pack.diagnostics) };
        let opened = open::world(&compiled, self.worlds.clone()).expect("worlds are named `.toml` or `.ndjson`");
        let linted = opened.world.as_ref().map(|world| open::lint_world(&compiled, world)).unwrap_or_default();
        (opened.sources, pack.diagnostics.into_iter().chain(opened.diagnostics).chain(linted).collect())
    }

    fn shown(&self) -> String {
        let mut text = String::new();
        for file in self.pack.iter().chain(&self.worlds).chain(&self.import).chain(&self.suite) {
            _ = writeln!(text, "{}\n{}", rule(&file.name), file.text.trim_end());
        }
        text
    }
}

fn rendered(sources: &Sources, reported: &[Diagnostic]) -> String {
    report::diagnostics::render(sources, reported, false, 100)
}

fn rule(title: &str) -> String {
    format!("──── {title} ────")
}

fn fixtures() -> Vec<PathBuf> {
    listed(&root().join("fixtures/diagnostics")).into_iter().filter(|path| shown_name(path) != "README.md").collect()
}

fn listed(folder: &Path) -> Vec<PathBuf> {
    let mut paths: Vec<PathBuf> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    paths
}

fn read(path: &Path, name: &str) -> Source {
    Source::of_bytes(name.to_owned(), fs::read(path).unwrap())
}

/// The code for which a fixture is named.
fn code(path: &Path) -> String {
    shown_name(path).split('.').next().unwrap().to_owned()
}

fn shown_name(path: &Path) -> &str {
    path.file_name().unwrap().to_str().unwrap()
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}
