//! The files of a fixture, what is diagnosed in them, and what they are after edits.

use crate::import::Import;
use crate::support::{SHIPPED, suite};
use delegraph::diag::{self, Diagnostic};
use delegraph::files::Source;
use delegraph::open;
use delegraph::plan::CompiledPolicy;
use delegraph::text::Sources;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

/// The most rounds of edits, as `check --fix` makes them.
const MOST_ROUNDS: usize = 50;

/// The files of a fixture: of its own pack, if it has one, of its worlds, or of its import.
#[derive(Clone, Default)]
pub struct Files {
    pack: Vec<Source>,
    worlds: Vec<Source>,
    import: Vec<Source>,
    /// Whether its mappings are checked alone.
    is_check: bool,
    suite: Option<Source>,
}

impl Files {
    pub fn of(path: &Path) -> Files {
        let name = path.file_name().unwrap().to_str().unwrap();
        if !path.is_dir() {
            let source = vec![read(path, name)];
            let of_world = name.contains(".world.");
            return if of_world { Files { worlds: source, ..Files::default() } } else { Files { pack: source, ..Files::default() } };
        }
        for (folder, is_check) in [("import", false), ("check", true)] {
            let folder = path.join(folder);
            if folder.is_dir() {
                let import = listed(&folder).iter().map(|file| read(file, shown_name(file))).collect();
                return Files { import, is_check, ..Files::default() };
            }
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
    pub fn diagnose(&self) -> (Sources, Vec<Diagnostic>) {
        if !self.import.is_empty() {
            let import = Import::of_files(&self.import);
            let outcome = if self.is_check { import.check() } else { import.run() };
            return (outcome.sources, outcome.diagnostics);
        }
        if let Some(source) = &self.suite {
            return suite::mistakes(source);
        }
        if self.pack.is_empty() {
            return self.of_worlds(&SHIPPED, Vec::new());
        }
        let pack = open::pack(self.pack.clone());
        match &pack.compiled {
            Some(compiled) if !self.worlds.is_empty() => self.of_worlds(compiled, pack.diagnostics),
            _ => (pack.sources, pack.diagnostics),
        }
    }

    fn of_worlds(&self, compiled: &CompiledPolicy, of_pack: Vec<Diagnostic>) -> (Sources, Vec<Diagnostic>) {
        let opened = open::world(compiled, self.worlds.clone()).expect("worlds are named `.toml` or `.ndjson`");
        let linted = opened.world.as_ref().map(|world| open::lint_world(compiled, world)).unwrap_or_default();
        (opened.sources, of_pack.into_iter().chain(opened.diagnostics).chain(linted).collect())
    }

    pub fn shown(&self) -> String {
        let mut text = String::new();
        for file in self.all() {
            _ = writeln!(text, "{}\n{}", rule(&file.name), file.text.trim_end());
        }
        text
    }

    /// Every file.
    pub fn all(&self) -> impl Iterator<Item = &Source> {
        self.pack.iter().chain(&self.worlds).chain(&self.import).chain(&self.suite)
    }

    /// The file of this name.
    pub fn named(&mut self, name: &str) -> Option<&mut Source> {
        let worlds = self.worlds.iter_mut().chain(&mut self.import).chain(&mut self.suite);
        self.pack.iter_mut().chain(worlds).find(|file| file.name == name)
    }

    /// The files after the edits that are certain.
    pub fn fixed(&self) -> Files {
        let mut files = self.clone();
        for _ in 0..MOST_ROUNDS {
            let (sources, diagnostics) = files.diagnose();
            let edited = diag::edited(&sources, &diagnostics);
            if edited.is_empty() {
                return files;
            }
            for file in edited {
                let name = sources.name(file.file);
                files.named(name).unwrap_or_else(|| panic!("an edit of `{name}`, which is no file of the fixture")).text = file.text;
            }
        }
        panic!("there is always another edit: {}", files.shown());
    }
}

pub fn rule(title: &str) -> String {
    format!("──── {title} ────")
}

pub fn fixtures() -> Vec<PathBuf> {
    listed(&root().join("fixtures/diagnostics")).into_iter().filter(|path| shown_name(path) != "README.md").collect()
}

pub fn listed(folder: &Path) -> Vec<PathBuf> {
    let mut paths: Vec<PathBuf> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    paths
}

pub fn read(path: &Path, name: &str) -> Source {
    Source::of_bytes(name.to_owned(), fs::read(path).unwrap())
}

/// The code for which a fixture is named.
pub fn code(path: &Path) -> String {
    shown_name(path).split('.').next().unwrap().to_owned()
}

pub fn shown_name(path: &Path) -> &str {
    path.file_name().unwrap().to_str().unwrap()
}

pub fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}
