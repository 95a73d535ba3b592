//! A pack many times as large as the shipped one: all of it again and again, under other names.

use crate::verify_pack::Loader;
use delegraph::files::{self, Source};
use delegraph::open;
use delegraph::report;
use delegraph::verify::{self, Options, Verdict};
use std::collections::BTreeSet;
use std::fmt::Write;
use std::path::Path;

/// Elements that are not copied: copies of the others share them.
const SHARED: [&str; 2] = ["claim", "document"];

/// Keys whose values no two roles may share.
const UNIQUE: [&str; 2] = ["ids", "names"];

/// The names of a pack: of its elements, and what stands before the first dot in those of actions.
fn names(files: &[(String, String)]) -> BTreeSet<String> {
    let headers = files.iter().flat_map(|(_, text)| text.lines()).filter_map(header);
    let named = headers.filter(|(sort, _)| !SHARED.contains(sort)).map(|(sort, name)| match sort {
        "action" => name.split('.').next().unwrap_or(name),
        _ => name,
    });
    named.map(str::to_owned).collect()
}

/// The word, with each part between its dots that is a name under that of this copy.
fn renamed(names: &BTreeSet<String>, word: &str, copy: usize) -> String {
    let part = |part: &str| if names.contains(part) { format!("{part}-{copy}") } else { part.to_owned() };
    word.split('.').map(part).collect::<Vec<_>>().join(".")
}

/// The sort and the name of the element that begins in this line.
fn header(line: &str) -> Option<(&str, &str)> {
    let (sort, name) = line.strip_prefix('[')?.split_once(']')?.0.split_once('.')?;
    Some((sort, name.trim_matches('"')))
}

/// A copy of a file without what all copies share.
fn copied(text: &str, names: &BTreeSet<String>, copy: usize) -> String {
    let mut copied = String::new();
    let mut is_shared = false;
    for line in text.lines() {
        if line.starts_with('[') {
            is_shared = header(line).is_some_and(|(sort, _)| SHARED.contains(&sort));
        }
        let key = line.split_once('=').map(|(key, _)| key.trim());
        if is_shared || line.starts_with('#') || key.is_some_and(|key| UNIQUE.contains(&key)) {
            continue;
        }
        let is_word = |c: char| c.is_ascii_alphanumeric() || "-_.*".contains(c);
        let mut rest = line;
        // A key without a dot is no name.
        if let Some(key) = key.filter(|key| !key.contains('.') && key.chars().all(is_word)) {
            let (start, end) = rest.split_at(rest.find(key).unwrap_or_default() + key.len());
            copied.push_str(start);
            rest = end;
        }
        // The rows of a table, and what notes say of them, make names of its actions themselves.
        let is_of_row = line.starts_with('|') || line.starts_with("notes.");
        while let Some(start) = rest.find(is_word).filter(|_| !is_of_row) {
            let end = rest[start..].find(|c| !is_word(c)).map_or(rest.len(), |length| start + length);
            copied.push_str(&rest[..start]);
            copied.push_str(&renamed(names, &rest[start..end], copy));
            rest = &rest[end..];
        }
        let _ = writeln!(copied, "{rest}");
    }
    copied
}

/// The shipped pack so many times.
fn pack(times: usize) -> Vec<Source> {
    let files = files::read_pack(Path::new("policies")).expect("the pack");
    let files: Vec<(String, String)> = files.into_iter().map(|file| (file.name, file.text)).collect();
    let names = names(&files);
    let mut all = files.clone();
    for copy in 2..=times {
        all.extend(files.iter().map(|(name, text)| (name.replace(".toml", &format!("-{copy}.toml")), copied(text, &names, copy))));
    }
    all.into_iter().map(|(name, text)| Source::of_bytes(name, text.into_bytes())).collect()
}

/// What is proved of the pack is proved of each copy, beside the others. `VERIFY_WHOLE` takes ten copies and all properties, and
/// `VERIFY_PACK_OUT` is a folder to which the pack is written, for the command line.
#[test]
fn properties_are_proved_of_each_copy_in_a_larger_pack() {
    let whole = std::env::var_os("VERIFY_WHOLE").is_some();
    let files = pack(if whole { 10 } else { 2 });
    if let Some(folder) = std::env::var_os("VERIFY_PACK_OUT") {
        for file in &files {
            let name = Path::new(&file.name).file_name().expect("a name");
            std::fs::write(Path::new(&folder).join(name), &file.text).expect("a folder to write to");
        }
    }
    let opened = open::pack(files);
    let Some(compiled) = opened.compiled else {
        panic!("{}", report::diagnostics::render(&opened.sources, &opened.diagnostics, false, 120))
    };
    let policy = &compiled.policy;
    let is_asked = |name: &str| whole || ["profiles-need-no-dap", "customers-devices-stay"].iter().any(|asked| name.starts_with(asked));
    let asked: Vec<_> = policy.properties.iter().filter(|(_, property)| is_asked(&property.meta.name)).map(|(id, _)| id).collect();
    let reports = verify::verify(&compiled, &asked, Options::default(), &Loader).expect("counterexamples are confirmed");
    let questions: usize = reports.iter().map(|report| report.questions).sum();
    let elements = [policy.rules.len(), policy.roles.len(), policy.implications.len(), policy.relations.len(), policy.actions.len()];
    println!("{} properties, {questions} questions, elements {elements:?}", asked.len());
    assert_eq!(asked.len(), if whole { 130 } else { 4 });
    for report in reports {
        assert_eq!(report.verdict, Verdict::Proved, "{report:?}");
    }
}
