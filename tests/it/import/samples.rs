//! Every sample of a vendor's export is read, or refused with a message that says why.

use super::{Import, fixture};
use std::fs;
use std::path::{Path, PathBuf};

/// What the samples do not say themselves.
const BINDINGS: [(&str, &str); 8] = [
    ("partner", "8777b240-c6f0-4469-9e98-a3205431b836"),
    ("customer", "52eaad04-13a2-4a2f-9ce8-93a294fadf36"),
    ("tenant", "52eaad04-13a2-4a2f-9ce8-93a294fadf36"),
    ("relationship", "5d027261-d21f-4aa9-b7db-7fa1f56fb163-8777b240-c6f0-4469-9e98-a3205431b836"),
    ("group", "11110000-0000-4000-8000-000000000001"),
    ("user", "a9ef48bb-8758-4590-a312-d4a47bfaded4"),
    ("admin-agents", "11110000-0000-4000-8000-0000000000aa"),
    ("helpdesk-agents", "11110000-0000-4000-8000-0000000000bb"),
];

/// All samples, by their path below `fixtures/imports`.
pub fn samples() -> Vec<String> {
    let mut found = Vec::new();
    let mut open = vec![PathBuf::from("fixtures/imports/samples"), PathBuf::from("fixtures/imports/arm")];
    while let Some(folder) = open.pop() {
        for entry in fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() { open.push(path) } else { found.push(path) }
        }
    }
    let below = |path: PathBuf| path.strip_prefix("fixtures/imports").unwrap().to_string_lossy().into_owned();
    let mut found: Vec<String> = found.into_iter().map(below).filter(|path| !path.ends_with("INDEX.md")).collect();
    found.sort();
    found
}

/// The import of one sample, with all that its source asks for.
pub fn sample(path: &str) -> Import {
    let mappings: &[&str] = if path.contains("azurehound") {
        &["azurehound"]
    } else if path.contains("roadrecon") {
        &["roadrecon"]
    } else {
        &["partners", "azure"]
    };
    let name = Path::new(path).file_name().unwrap().to_str().unwrap();
    let mut import = Import::of(mappings).file(name, fixture(path)).captured("2026-11-28");
    // A binding that nothing uses is an error, so those are taken that are asked for.
    let asked = import.run().shown();
    for (binding, value) in BINDINGS {
        if asked.contains(&format!(":{binding}=…")) {
            import = import.bind(&format!("{binding}={value}"));
        }
    }
    import
}

#[test]
fn every_sample_is_read_or_refused() {
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path("../snapshots/import-samples");
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    let samples = samples();
    assert!(samples.len() > 60, "{samples:#?}");
    for path in samples {
        let outcome = sample(&path).run();
        let mut text = String::new();
        if outcome.imported.world.is_some() {
            outcome.world();
            let lines: Vec<String> = outcome.text().lines().filter(|line| !line.starts_with("{\"source\"")).map(str::to_owned).collect();
            text = format!("{}\n\n{}\n\n", lines.join("\n"), outcome.channels());
        } else {
            assert!(!outcome.shown().is_empty(), "{path} is neither read nor refused");
        }
        text.push_str(&outcome.shown());
        settings.bind(|| insta::assert_snapshot!(path.replace('/', "__"), text));
    }
}
