//! Imports: the shipped mappings on samples of what vendors export, the rules of mappings on small ones, and what must never happen.

mod against;
mod answers;
mod authors;
mod bindings;
mod captures;
mod cut;
mod denied;
mod disagreements;
mod eligible;
mod honest;
mod idle;
mod kinds;
mod lists;
mod lost;
mod mappings;
mod messages;
mod mutations;
mod names;
mod rules;
mod samples;
mod table_mutants;
mod tenant;
mod unnamed;
mod unread;

use crate::support::{SHIPPED, shown};
use delegraph::diag::Diagnostic;
use delegraph::files::{self, Source};
use delegraph::import::{self, Asked, Binding, ChannelState, Imported, Mappings, Old, Options};
use delegraph::open;
use delegraph::text::Sources;
use delegraph::time::Instant;
use delegraph::world::World;
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::sync::{Arc, Mutex};

/// An import to be run: mappings, files and bindings.
#[derive(Clone, Default)]
pub struct Import {
    /// Names of shipped mappings.
    shipped: Vec<String>,
    /// Mappings by name and text.
    own: Vec<(String, String)>,
    /// Files beside the mappings, by name and text.
    beside: Vec<(String, String)>,
    files: BTreeMap<String, Vec<u8>>,
    bind: Vec<String>,
    bindings: Option<String>,
    captured: Option<String>,
    against: Option<String>,
    strict: bool,
}

/// Mappings by the names of shipped ones, and by name and text.
type Names = (Vec<String>, Vec<(String, String)>);

/// Mappings, if they are sound, with all files and what is wrong with them.
type Collected = (Option<Mappings>, Sources, Vec<Diagnostic>);

impl Import {
    pub fn of(mappings: &[&str]) -> Import {
        Import { shipped: mappings.iter().map(|&name| name.to_owned()).collect(), ..Import::default() }
    }

    /// An import by one mapping of this text.
    pub fn by(mapping: &str) -> Import {
        Import { own: vec![("own.map.toml".to_owned(), mapping.to_owned())], ..Import::default() }
    }

    /// An import of these files: mappings, `bindings.toml`, and exports.
    pub fn of_files(files: &[Source]) -> Import {
        let mut import = Import::default();
        for file in files {
            if file.name.ends_with(".map.toml") {
                import.own.push((file.name.clone(), file.text.clone()));
            } else if file.name == "bindings.toml" {
                import.bindings = Some(file.text.clone());
            } else {
                import.files.insert(file.name.clone(), file.text.clone().into_bytes());
            }
        }
        import
    }

    pub fn beside(mut self, name: &str, text: &str) -> Import {
        self.beside.push((name.to_owned(), text.to_owned()));
        self
    }

    pub fn file(mut self, name: &str, content: impl AsRef<[u8]>) -> Import {
        self.files.insert(name.to_owned(), content.as_ref().to_vec());
        self
    }

    /// All files of a folder below the checkout.
    pub fn folder(mut self, folder: &str) -> Import {
        for file in files::exports(&[folder.into()]).expect("the folder is readable") {
            self.files.insert(file.name, fs::read(file.path).unwrap());
        }
        self
    }

    pub fn bind(mut self, binding: &str) -> Import {
        self.bind.push(binding.to_owned());
        self
    }

    pub fn bindings(mut self, text: &str) -> Import {
        self.bindings = Some(text.to_owned());
        self
    }

    pub fn captured(mut self, date: &str) -> Import {
        self.captured = Some(date.to_owned());
        self
    }

    pub fn against(mut self, old: &str) -> Import {
        self.against = Some(old.to_owned());
        self
    }

    pub fn strict(mut self) -> Import {
        self.strict = true;
        self
    }

    /// The mappings, with all sources and what is wrong with them; each set of them is checked once.
    fn mappings(&self) -> Arc<Collected> {
        static KNOWN: Mutex<Vec<(Names, Arc<Collected>)>> = Mutex::new(Vec::new());
        let key = (self.shipped.clone(), self.own.clone());
        if let Some((_, known)) = KNOWN.lock().unwrap().iter().find(|(known, _)| *known == key) {
            return known.clone();
        }
        let mut sources = SHIPPED.policy.sources.clone();
        let shipped = self.shipped.iter().map(|name| files::mapping(name, None).expect("it is shipped"));
        let named = shipped.map(|source| (source.name, source.text)).chain(self.own.iter().cloned()).collect();
        let mut load = |_: &str, asked: Asked<'_>| match asked {
            Asked::Mapping(name) => files::mapping(name, None).map(|source| (source.name, source.text)),
            Asked::File(name) => {
                let found = self.beside.iter().find(|(known, _)| known == name).cloned();
                found.ok_or_else(|| format!("there is no `{name}`"))
            }
        };
        let (mappings, diagnostics) = import::collect(&SHIPPED.policy, &mut sources, named, &mut load);
        let collected = Arc::new((mappings, sources, diagnostics));
        KNOWN.lock().unwrap().push((key, collected.clone()));
        collected
    }

    /// What `check` says of the mappings.
    pub fn check(&self) -> Outcome {
        let collected = self.mappings();
        let lints = collected.0.iter().flat_map(Mappings::lints);
        let diagnostics = collected.2.iter().cloned().chain(lints).collect();
        Outcome { imported: Imported::default(), diagnostics, sources: collected.1.clone() }
    }

    pub fn run(&self) -> Outcome {
        let collected = self.mappings();
        let (mut sources, mut diagnostics) = (collected.1.clone(), collected.2.clone());
        let Some(mappings) = &collected.0 else { return Outcome { imported: Imported::default(), diagnostics, sources } };
        let mut bindings = Vec::new();
        if let Some(text) = &self.bindings {
            let file = sources.add("bindings.toml", text.clone());
            let (found, mistakes) = Binding::of_file(&sources, file);
            bindings.extend(found);
            diagnostics.extend(mistakes);
        }
        bindings.extend(self.bind.iter().map(|text| Binding::of_argument(text).expect("a binding")));
        let names: Vec<String> = self.files.keys().cloned().collect();
        let mut bytes = |number: usize| Ok(self.files[&names[number]].clone());
        let captured = self.captured.as_ref().map(|text| (Instant::parse(text).expect("a date"), text.clone()));
        let against = self.against.as_ref().map(|text| old(text));
        let options = Options { captured, against, strict: self.strict };
        let imported = import::import(&SHIPPED.policy, mappings, bindings, &names, &mut bytes, &mut |_| {}, &options);
        diagnostics.extend(imported.diagnostics.iter().cloned());
        Outcome { imported, diagnostics, sources }
    }
}

/// An earlier world of this text.
fn old(text: &str) -> Old {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("old.ndjson");
    fs::write(&path, text).unwrap();
    let (document, mistakes) = open::world_text(&path, &mut Sources::default()).expect("the world is readable");
    assert!(mistakes.is_empty());
    Old::of(document).expect("it says when it was captured")
}

/// What came of an import.
pub struct Outcome {
    pub imported: Imported<'static>,
    pub diagnostics: Vec<Diagnostic>,
    pub sources: Sources,
}

impl Outcome {
    /// All lines, with their ends.
    pub fn text(&self) -> String {
        let Some(world) = &self.imported.world else { panic!("nothing was imported:\n{}", self.said()) };
        let mut text = String::new();
        let mut add = |line: &str| {
            text.extend([line, "\n"]);
            Ok(())
        };
        world.write(&mut add).expect("a text takes every line");
        text
    }

    /// The lines of one sort, such as `fact`.
    pub fn lines(&self, sort: &str) -> Vec<String> {
        let start = format!("{{\"{sort}\":");
        self.text().lines().filter(|line| line.starts_with(&start)).map(str::to_owned).collect()
    }

    /// What facts or unknown lines say, with their dates, without where they come from.
    pub fn says(&self, sort: &str) -> Vec<String> {
        let short = |line: &String| {
            let value: serde_json::Value = serde_json::from_str(line).expect("a line is JSON");
            let date = |key: &str| value.get(key).map_or_else(String::new, |at| format!(" {key} {}", at.as_str().unwrap()));
            format!("{}{}{}", value[sort].as_str().unwrap(), date("since"), date("until"))
        };
        self.lines(sort).iter().map(short).collect()
    }

    /// Each diagnostic as `code: headline`, a line each.
    pub fn said(&self) -> String {
        let line = |diagnostic: &Diagnostic| format!("{}: {}", diagnostic.code.name(), diagnostic.headline);
        self.diagnostics.iter().map(line).collect::<Vec<_>>().join("\n")
    }

    /// The diagnostics as people see them.
    pub fn shown(&self) -> String {
        shown(&self.sources, &self.diagnostics)
    }

    /// The channels, a line each.
    pub fn channels(&self) -> String {
        let line = |row: &import::ChannelRow| {
            let state = match row.state {
                ChannelState::LookedAt => "looked at",
                ChannelState::Incomplete => "incomplete",
                ChannelState::NotLookedAt => "not looked at",
                ChannelState::NotImported => "not imported",
            };
            format!("{} {} {state} {}/{}", row.channel, row.of.as_deref().unwrap_or("-"), row.rows, row.passed_over)
        };
        self.imported.channels.iter().map(line).collect::<Vec<_>>().join("\n")
    }

    /// The world, which must load without an error.
    pub fn world(&self) -> World {
        let source = Source::of_bytes("world.ndjson".to_owned(), self.text().into_bytes());
        let opened = open::world(&SHIPPED, vec![source]).expect("the name ends in .ndjson");
        opened.world.unwrap_or_else(|| panic!("the import does not load:\n{}", shown(&opened.sources, &opened.diagnostics)))
    }
}

/// The bytes of a file below `fixtures/imports`.
fn fixture(path: &str) -> Vec<u8> {
    fs::read(Path::new("fixtures/imports").join(path)).unwrap_or_else(|_| panic!("there is no {path}"))
}

/// The tenant, with its bindings.
fn tenant() -> Import {
    let bindings = String::from_utf8(fixture("tenant-export/bindings.toml")).unwrap();
    Import::of(&["partners", "azure"]).folder("fixtures/imports/tenant-export").bindings(&bindings).captured("2026-11-28")
}
