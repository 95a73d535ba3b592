//! The staircase of rooms: each uses only those above it, and each outside library is named where it belongs alone.

use delegraph::files::read_world;
use std::path::{Path, PathBuf};

/// The rooms, top step first.
const STAIRS: &[&str] = &[
    "text",
    "time",
    "diag",
    "syntax",
    "policy",
    "graph",
    "plan",
    "world",
    "eval",
    "events",
    "counterfactual",
    "explain",
    "query",
    "wording",
    "report",
    "files",
    "open",
    "protocol",
    "cli",
];

/// What is named in these rooms alone.
const OWNED: &[(&str, &[&str])] = &[
    ("petgraph", &["graph"]),
    ("toml", &["syntax"]),
    ("nom", &["syntax"]),
    ("annotate_snippets", &["report"]),
    ("anstyle", &["report", "cli"]),
    ("anstream", &["report", "cli"]),
    ("clap", &["cli"]),
    ("memmap2", &["world", "files"]),
    ("std::fs", &["files"]),
    ("std::env", &["cli"]),
];

#[test]
fn rooms_use_only_rooms_above_them() {
    let mut wrong = Vec::new();
    for (room, file, text) in sources() {
        let step = STAIRS.iter().position(|stair| *stair == room);
        let Some(step) = step else {
            wrong.push(format!("{}: room `{room}` has no step on the stairs", file.display()));
            continue;
        };
        let text = code(&text);
        for (at, path) in text.match_indices("crate::") {
            for used in first_names(&text[at + path.len()..]) {
                if STAIRS.iter().position(|stair| *stair == used).is_some_and(|used| used > step) {
                    wrong.push(format!("{}:{}: `{room}` uses `{used}`, which is further down", file.display(), line(&text, at)));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn outside_libraries_are_named_in_their_rooms() {
    let mut wrong = Vec::new();
    for (room, file, text) in sources() {
        let text = code(&text);
        for (library, rooms) in OWNED.iter().filter(|(_, rooms)| !rooms.contains(&room.as_str())) {
            for (at, _) in text.match_indices(library).filter(|(at, _)| names(&text, *at, library)) {
                wrong.push(format!("{}:{}: only {} may name `{library}`", file.display(), line(&text, at), rooms.join(", ")));
            }
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

/// Every file of a room, with the room and the text.
fn sources() -> Vec<(String, PathBuf, String)> {
    let mut waiting = vec![PathBuf::from("src")];
    let mut found = Vec::new();
    while let Some(folder) = waiting.pop() {
        for entry in folder.read_dir().expect("a folder of sources") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                waiting.push(path);
            } else if let Some(room) = room(&path) {
                let text = read_world(&path).expect("a source").text;
                found.push((room, path, text));
            }
        }
    }
    assert!(found.len() > 50, "the sources are here");
    found.sort();
    found
}

/// `src/eval/walk.rs` is of `eval`, and so is `src/eval.rs`; the crate's own two files are of no room.
fn room(path: &Path) -> Option<String> {
    let name = path.strip_prefix("src").ok()?.components().next()?.as_os_str().to_str()?;
    let name = name.strip_suffix(".rs").unwrap_or(name);
    (!matches!(name, "lib" | "main")).then(|| name.to_owned())
}

/// The text without comments; every line stays where it is.
fn code(text: &str) -> String {
    text.lines().flat_map(|line| [line.split("//").next().unwrap_or(""), "\n"]).collect()
}

/// The number of the line on which a byte stands, from 1.
fn line(text: &str, at: usize) -> usize {
    text[..at].matches('\n').count() + 1
}

/// `world::World` names `world`, and `{diag::Diagnostic, text::Span}` names two rooms.
fn first_names(path: &str) -> Vec<&str> {
    let name = |path: &str| path.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(path.len());
    match path.strip_prefix('{') {
        None => vec![&path[..name(path)]],
        Some(list) => list.split(';').next().unwrap_or("").split(',').map(str::trim_start).map(|path| &path[..name(path)]).collect(),
    }
}

/// Whether a path begins with the library there: `toml::de` or `use nom;`, but not `crate::toml`, `my_toml` or `"toml"`.
fn names(text: &str, at: usize, library: &str) -> bool {
    let (before, after) = (&text[..at], &text[at + library.len()..]);
    let apart = !before.ends_with(|c: char| c.is_alphanumeric() || matches!(c, '_' | ':' | '"' | '.' | '`' | '-'));
    apart && (after.starts_with("::") || (before.trim_end().ends_with("use") && after.starts_with(';')))
}
