//! The staircase of rooms: each room imports only from rooms above it, the files of a room do not import each other in a circle, and
//! each outside library is named in its own rooms alone.

use delegraph::files::read_world;
use std::collections::{BTreeMap, BTreeSet, VecDeque};
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
    "suite",
    "import",
    "verify",
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
    ("pulldown_cmark", &["syntax"]),
    ("html5gum", &["syntax"]),
    ("annotate_snippets", &["report"]),
    ("anstyle", &["report", "cli"]),
    ("anstream", &["report", "cli"]),
    ("batsat", &["verify"]),
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

#[test]
fn files_of_a_room_form_no_circle() {
    let files = sources();
    let modules: BTreeMap<Vec<String>, &str> = files.iter().map(|(_, file, text)| (module_of(file), text.as_str())).collect();
    let mut imports: BTreeMap<&Vec<String>, BTreeSet<Vec<String>>> = BTreeMap::new();
    for (module, text) in modules.iter().filter(|(module, _)| !is_face(module, &modules) && !module.iter().any(|name| name == "tests")) {
        let used = paths(&code(text)).into_iter().filter_map(|path| owner(module, &path, &modules));
        imports.insert(module, used.filter(|used| used[0] == module[0] && used != module).collect());
    }
    let mut circles = BTreeSet::new();
    for &module in imports.keys() {
        if let Some(circle) = circle_through(module, &imports) {
            circles.insert(circle);
        }
    }
    let shown: Vec<String> = circles.iter().map(|circle| circle.join(" -> ")).collect();
    assert!(shown.is_empty(), "files import each other in a circle:\n{}", shown.join("\n"));
}

/// `src/world/store/facts.rs` is the module `world::store::facts`, and `src/world/mod.rs` is `world`.
fn module_of(file: &Path) -> Vec<String> {
    let path = file.strip_prefix("src").expect("a source").with_extension("");
    let names = path.iter().map(|name| name.to_str().expect("a name in UTF-8").to_owned());
    names.filter(|name| name != "mod").collect()
}

/// Whether the module is the face of a folder (`mod.rs`). A face may use the files behind it, and they may use what it defines.
fn is_face(module: &[String], modules: &BTreeMap<Vec<String>, &str>) -> bool {
    modules.keys().any(|other| other.len() > module.len() && other.starts_with(module))
}

/// Every path below `crate` or `super` that a file names, each as its segments; lists in braces are spread out. Tests are left out.
fn paths(text: &str) -> Vec<Vec<String>> {
    let text = text.split("#[cfg(test)]\nmod tests {").next().unwrap_or(text);
    let mut found = Vec::new();
    for start in ["crate::", "super::"] {
        for (at, _) in text.match_indices(start).filter(|(at, _)| !text[..*at].ends_with("::")) {
            spread(&mut text[at..].trim_start(), &mut Vec::new(), &mut found);
        }
    }
    found
}

/// Reads one path of a `use` or an expression, and adds what it names to `found`.
fn spread(rest: &mut &str, before: &mut Vec<String>, found: &mut Vec<Vec<String>>) {
    let depth = before.len();
    loop {
        *rest = rest.trim_start();
        if let Some(list) = rest.strip_prefix('{') {
            *rest = list;
            while !rest.trim_start().starts_with('}') && !rest.is_empty() {
                spread(rest, before, found);
                *rest = rest.trim_start().trim_start_matches(',').trim_start();
            }
            *rest = rest.trim_start().strip_prefix('}').unwrap_or("");
            break;
        }
        let end = rest.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(rest.len());
        if end == 0 {
            // `*`, or something that is no path.
            *rest = rest.get(1..).unwrap_or("");
            found.push(before.clone());
            break;
        }
        before.push(rest[..end].to_owned());
        *rest = &rest[end..];
        if let Some(more) = rest.strip_prefix("::") {
            *rest = more;
        } else {
            found.push(before.clone());
            if let Some(alias) = rest.trim_start().strip_prefix("as ") {
                *rest = alias.trim_start().trim_start_matches(|c: char| c.is_alphanumeric() || c == '_');
            }
            break;
        }
    }
    before.truncate(depth);
}

/// The file that defines what a path names: re-exports are followed. `None` for a face, and for what is no file of the crate.
fn owner(from: &[String], path: &[String], modules: &BTreeMap<Vec<String>, &str>) -> Option<Vec<String>> {
    let mut module = if path[0] == "crate" { Vec::new() } else { from.to_vec() };
    let mut names = path.iter().filter(|name| *name != "crate" && *name != "self").peekable();
    while names.next_if(|name| *name == "super").is_some() {
        module.pop();
    }
    for name in names {
        let below = [module.as_slice(), std::slice::from_ref(name)].concat();
        let is_module = modules.contains_key(&below) || modules.keys().any(|other| other.starts_with(&below));
        module = if is_module { below } else { re_exported(&module, name, modules).unwrap_or(module) };
        if !is_module {
            break;
        }
    }
    (modules.contains_key(&module) && !is_face(&module, modules)).then_some(module)
}

/// The file from which a face re-exports a name.
fn re_exported(face: &[String], name: &str, modules: &BTreeMap<Vec<String>, &str>) -> Option<Vec<String>> {
    let text = code(modules.get(face)?);
    for (at, _) in text.match_indices("pub use ").chain(text.match_indices("pub(crate) use ")).chain(text.match_indices("pub(super) use "))
    {
        let mut listed = Vec::new();
        let after = &text[at..];
        spread(&mut &after[after.find("use ").expect("just matched") + 4..], &mut Vec::new(), &mut listed);
        for path in listed {
            let (last, folder) = path.split_last()?;
            let below = [face, folder].concat();
            if last == name && modules.contains_key(&below) {
                return Some(below);
            }
            let whole = [face, path.as_slice()].concat();
            if modules.get(&whole).is_some_and(|text| defines(text, name)) {
                return Some(whole);
            }
        }
    }
    None
}

/// Whether a file has an item of that name.
fn defines(text: &str, name: &str) -> bool {
    ["struct", "enum", "trait", "type", "const", "static", "fn", "union"].iter().any(|item| {
        text.match_indices(&format!("{item} {name}"))
            .any(|(at, found)| !text[at + found.len()..].starts_with(|c: char| c.is_alphanumeric() || c == '_'))
    })
}

/// The shortest circle of imports from a file back to itself, the file of the first name first.
fn circle_through(start: &Vec<String>, imports: &BTreeMap<&Vec<String>, BTreeSet<Vec<String>>>) -> Option<Vec<String>> {
    let mut reached: BTreeMap<&Vec<String>, &Vec<String>> = BTreeMap::new();
    let mut waiting = VecDeque::from([start]);
    while let Some(module) = waiting.pop_front() {
        for next in imports.get(module).into_iter().flatten() {
            if next == start {
                let mut circle = vec![module];
                while circle[0] != start {
                    circle.insert(0, reached[circle[0]]);
                }
                let first = circle.iter().enumerate().min_by_key(|(_, module)| **module).map_or(0, |(at, _)| at);
                circle.rotate_left(first);
                return Some(circle.into_iter().map(|module| module.join("::")).collect());
            }
            if !reached.contains_key(next) {
                reached.insert(next, module);
                waiting.push_back(next);
            }
        }
    }
    None
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
