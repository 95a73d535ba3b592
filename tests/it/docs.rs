//! What the manual shows is so: its TOML stands in files that are shipped, its conditions are accepted, its links lead somewhere.

use delegraph::diag::Diagnostic;
use delegraph::files::{Source, read_pack, read_world};
use delegraph::open;
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

/// The packs and the kinds of the tables of conditions, each with an action that stands on it.
const TABLES: [(&str, &str, &str); 2] =
    [("device", "policies", "autopilot.device.view"), ("volume", "fixtures/packs/library", "volume.view")];

#[test]
fn examples_stand_in_shipped_files() {
    let folders = [
        "policies",
        "imports",
        "fixtures/models",
        "fixtures/packs",
        "fixtures/worlds",
        "fixtures/imports/tenant-export",
        "docs/properties.in",
        "docs/testing.in",
        "docs/authoring.in",
        "docs/cookbook.in",
    ];
    let shipped: Vec<PathBuf> = folders.into_iter().flat_map(listed).chain(["fixtures/requests.ndjson".into()]).collect();
    let shipped: Vec<String> = shipped.iter().map(|path| read_world(path).expect("the file is readable").text).collect();
    let stands = |part: &str| shipped.iter().any(|text| text.contains(part));
    let mut missing = String::new();
    for (page, text) in pages() {
        for (language, block) in blocks(&text) {
            let parts: Vec<&str> = match language {
                "toml" if page != "README.md" => block.split("\n\n").collect(),
                "json" => block.lines().collect(),
                _ => continue,
            };
            for part in parts.into_iter().map(str::trim_end).filter(|part| !stands(part)) {
                writeln!(missing, "{page}:\n{part}\n").unwrap();
            }
        }
    }
    assert!(missing.is_empty(), "examples that stand in no file of policies or fixtures:\n\n{missing}");
}

#[test]
fn shipped_files_have_no_mistake() {
    let compiled = |pack: &str| {
        let pack = open::pack_at(Some(Path::new(pack))).expect("the pack is readable");
        assert_eq!(headlines(&pack.diagnostics), "");
        pack.compiled.expect("a pack without mistakes has an engine")
    };
    let (shipped, library) = (compiled("policies"), compiled("fixtures/packs/library"));
    let refused = ["life-cycle-late.toml", "life-cycle-last-primary-admin.toml"];
    for path in listed("fixtures/worlds") {
        let opened = open::world_at(&shipped, std::slice::from_ref(&path)).expect("the world is readable");
        let is_refused = refused.iter().any(|name| path.ends_with(name));
        assert_eq!(opened.world.is_none(), is_refused, "{}: {}", path.display(), headlines(&opened.diagnostics));
    }
    let opened = open::world_at(&library, &["fixtures/packs/library-world.toml".into()]).expect("the world is readable");
    assert_eq!(headlines(&opened.diagnostics), "");
}

#[test]
fn conditions_in_tables_are_accepted() {
    for (kind, pack, action) in TABLES {
        let mut rules = String::new();
        for (_, text) in pages() {
            for condition in conditions(&text, kind) {
                let number = rules.lines().count();
                writeln!(rules, "rule.example-{number} = {{ deny = [\"{action}\"], if = '{condition}' }}").unwrap();
            }
        }
        assert!(!rules.is_empty(), "no page has a table of conditions on a {kind}");
        let mut files = read_pack(Path::new(pack)).expect("the pack is readable");
        files.push(Source::of_bytes("example.toml".to_owned(), rules.clone().into_bytes()));
        let pack = open::pack(files);
        let errors: Vec<Diagnostic> = pack.diagnostics.into_iter().filter(Diagnostic::is_error).collect();
        assert!(errors.is_empty(), "{}\nin\n{rules}", headlines(&errors));
    }
}

#[test]
fn links_lead_somewhere() {
    let pages = pages();
    let mut broken = Vec::new();
    for (page, text) in &pages {
        let folder = Path::new(page).parent().unwrap_or(Path::new(""));
        for link in links(text).filter(|link| !link.contains("://")) {
            let (file, anchor) = link.split_once('#').map_or((link, None), |(file, anchor)| (file, Some(anchor)));
            let path = if file.is_empty() { PathBuf::from(page) } else { folder.join(file) };
            let there = path.exists();
            let anchored =
                |anchor: &str| pages.get(&*path.to_string_lossy()).is_some_and(|text| anchors(text).any(|other| other == anchor));
            if !there || anchor.is_some_and(|anchor| !anchored(anchor)) {
                broken.push(format!("{page}: {link}"));
            }
        }
    }
    assert!(broken.is_empty(), "links that lead nowhere: {broken:#?}");
}

#[test]
fn paths_of_the_architecture_are_there() {
    let pages = pages();
    let page = &pages["docs/architecture.md"];
    let paths: Vec<String> = page.split('`').skip(1).step_by(2).filter(|code| is_path(code)).flat_map(alternatives).collect();
    assert!(paths.len() > 80, "the page names files of the code: {paths:?}");
    let missing: Vec<&String> = paths.iter().filter(|path| !Path::new(path).exists() && !Path::new("src").join(path).exists()).collect();
    assert!(missing.is_empty(), "paths that lead nowhere: {missing:#?}");
}

/// Whether code in a page is the path of a file or folder.
fn is_path(code: &str) -> bool {
    let letters = |c: char| c.is_ascii_lowercase() || "_-./{},".contains(c);
    code.contains('/')
        && code.chars().all(letters)
        && (code.ends_with('/') || Path::new(code).extension().is_some_and(|extension| extension == "rs"))
}

/// The paths that `a/{b,c}.rs` stands for.
fn alternatives(path: &str) -> Vec<String> {
    match path.split_once('{').and_then(|(before, rest)| Some((before, rest.split_once('}')?))) {
        Some((before, (names, after))) => names.split(',').map(|name| format!("{before}{name}{after}")).collect(),
        None => vec![path.to_owned()],
    }
}

/// README and manual, by path.
fn pages() -> BTreeMap<String, String> {
    let paths = listed("docs").into_iter().filter(|path| path.extension().is_some_and(|extension| extension == "md"));
    let paths = paths.chain(["README.md".into()]);
    paths.map(|path| (path.to_string_lossy().into_owned(), fs::read_to_string(&path).expect("the page is readable"))).collect()
}

/// The fenced blocks of a page, each with the language of its fence.
fn blocks(page: &str) -> Vec<(&str, &str)> {
    let mut found = Vec::new();
    let mut rest = page;
    while let Some((_, after)) = rest.split_once("\n```") {
        let (language, after) = after.split_once('\n').expect("a fence ends its line");
        let (block, after) = after.split_once("\n```").expect("a fence is closed");
        found.push((language, block));
        rest = after;
    }
    found
}

/// The conditions of tables headed `condition on a KIND`: what stands in backticks in their first column.
fn conditions<'p>(page: &'p str, kind: &str) -> Vec<&'p str> {
    let head = format!("| condition on a {kind} |");
    let tables = page.split("\n\n").filter(|part| part.starts_with(&head));
    let rows = tables.flat_map(|table| table.lines().skip(2));
    rows.map(|row| row.split('`').nth(1).expect("a condition stands in backticks")).collect()
}

fn links(page: &str) -> impl Iterator<Item = &str> {
    page.split("](").skip(1).filter_map(|after| after.split_once(')')).map(|(link, _)| link)
}

/// The anchors that headings get.
fn anchors(page: &str) -> impl Iterator<Item = String> {
    page.lines().filter(|line| line.starts_with('#')).map(|line| {
        let heading = line.trim_start_matches('#').trim().to_lowercase().replace(' ', "-");
        heading.chars().filter(|&c| c.is_alphanumeric() || c == '-' || c == '_').collect()
    })
}

/// All files below a folder.
fn listed(folder: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut open = vec![PathBuf::from(folder)];
    while let Some(folder) = open.pop() {
        for entry in fs::read_dir(&folder).expect("the folder is readable") {
            let path = entry.expect("the entry is readable").path();
            if path.is_dir() { open.push(path) } else { found.push(path) }
        }
    }
    found.sort();
    found
}

fn headlines(diagnostics: &[Diagnostic]) -> String {
    diagnostics.iter().map(|diagnostic| diagnostic.headline.as_str()).collect::<Vec<_>>().join("\n")
}
