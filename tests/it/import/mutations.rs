//! What is lost, cut or changed in an export never gives a fact that the export as it was does not give.
//!
//! Exceptions, which no reader could tell apart: null where the vendor's null means none; an id that is cut to another whole id; a key without
//! which the row is of another meaning (a role over an administrative unit, of which `AzureHound` says so by one key alone).

use super::samples::{sample, samples};
use super::table_mutants::Table;
use super::{Import, Outcome, tenant};
use delegraph::time::Instant;
use rayon::prelude::*;
use serde_json::Value;
use std::collections::BTreeMap;

/// Null here means none, by the vendor.
const NULL_IS_NONE: [&str; 7] =
    ["/condition", "/activatedDateTime", "/endDateTime", "/startDateTime", "/principal/userType", "/data/members", "/data/roleAssignments"];

/// Without this key, or with null, a role is one over the whole tenant.
const OTHER_MEANING: [&str; 2] = ["/directoryScope/id", "/directoryScope"];

/// What an import states: the intervals of each fact, and the attributes of entities, without what they are called.
#[derive(PartialEq)]
struct Stated {
    facts: BTreeMap<String, Vec<(Instant, Instant)>>,
    attributes: BTreeMap<String, Vec<String>>,
    unknown: Vec<String>,
    said: String,
}

impl Stated {
    fn of(outcome: &Outcome) -> Stated {
        let mut stated = Stated { facts: BTreeMap::new(), attributes: BTreeMap::new(), unknown: Vec::new(), said: outcome.said() };
        let text = if outcome.imported.world.is_some() { outcome.text() } else { String::new() };
        for line in text.lines() {
            let value: Value = serde_json::from_str(line).unwrap();
            let end = |key: &str, none| value.get(key).map_or(none, |at| Instant::parse(at.as_str().unwrap()).unwrap());
            if let Some(fact) = value.get("fact") {
                let during = (end("since", Instant::MIN), end("until", Instant::MAX));
                stated.facts.entry(fact.as_str().unwrap().to_owned()).or_default().push(during);
            } else if let Some(entity) = value.get("entity") {
                for (name, given) in value.as_object().unwrap() {
                    if !matches!(name.as_str(), "entity" | "from" | "name" | "upn") {
                        let of = format!("{} {name}", entity.as_str().unwrap());
                        stated.attributes.entry(of).or_default().push(given.to_string());
                    }
                }
            } else if value.get("unknown").is_some() {
                stated.unknown.push(line.to_owned());
            }
        }
        stated
    }

    /// What this states and the other does not.
    fn beyond(&self, other: &Stated) -> Vec<String> {
        let covered = |fact: &str, (since, until): &(Instant, Instant)| {
            other.facts.get(fact).is_some_and(|all| all.iter().any(|(from, to)| from <= since && until <= to))
        };
        let facts = self.facts.iter().flat_map(|(fact, all)| all.iter().filter(|during| !covered(fact, during)).map(|_| fact.clone()));
        let attributes = self.attributes.iter().filter(|(of, given)| other.attributes.get(*of) != Some(given)).map(|(of, _)| of.clone());
        facts.chain(attributes).collect()
    }
}

/// A mutation of a file: what was done, and the file.
pub(super) type Mutant = (String, Vec<u8>);

/// The pointers of a value, without those of lists' items but the first three.
fn pointers(value: &Value, at: &str, found: &mut Vec<String>) {
    match value {
        Value::Object(entries) => {
            for (key, value) in entries {
                let at = format!("{at}/{}", key.replace('~', "~0").replace('/', "~1"));
                found.push(at.clone());
                pointers(value, &at, found);
            }
        }
        Value::Array(items) => {
            for (index, item) in items.iter().enumerate().take(6) {
                pointers(item, &format!("{at}/{index}"), found);
            }
        }
        _ => {}
    }
}

/// The value without the key at a pointer.
fn without(value: &Value, pointer: &str) -> Value {
    let mut value = value.clone();
    let (parent, key) = pointer.rsplit_once('/').unwrap();
    let key = key.replace("~1", "/").replace("~0", "~");
    if let Some(Value::Object(entries)) = value.pointer_mut(parent) {
        entries.remove(&key);
    }
    value
}

fn with(value: &Value, pointer: &str, new: Value) -> Value {
    let mut value = value.clone();
    *value.pointer_mut(pointer).unwrap() = new;
    value
}

/// Whether a pointer ends so, whatever row it is in.
fn ends(pointer: &str, ends: &[&str]) -> bool {
    ends.iter().any(|end| pointer.ends_with(end))
}

fn mutants(bytes: &[u8]) -> Vec<Mutant> {
    let text = delegraph_text(bytes);
    let Ok(value) = serde_json::from_str::<Value>(&text) else { return Vec::new() };
    let mut all = Vec::new();
    let mut found = Vec::new();
    pointers(&value, "", &mut found);
    for at in found {
        let old = value.pointer(&at).unwrap();
        let mut add = |what: &str, new: &Value| all.push((format!("{what} {at}"), new.to_string().into_bytes()));
        if !ends(&at, &OTHER_MEANING) {
            add("drop", &without(&value, &at));
            if !ends(&at, &NULL_IS_NONE) {
                add("null", &with(&value, &at, Value::Null));
            }
        }
        for (what, new) in [
            ("number", Value::from(5)),
            ("list", Value::from(vec!["x"])),
            ("object", serde_json::json!({"a": 1})),
            ("boolean", Value::from(true)),
        ] {
            if new != *old {
                add(what, &with(&value, &at, new));
            }
        }
        if let Value::String(text) = old {
            // A shorter name of a resource group is the id of another one.
            let group = text.to_lowercase().find("/resourcegroups/").filter(|_| at.ends_with("/scope"));
            let is_another = |length: usize| group.is_some_and(|start| start + "/resourcegroups/".len() < length);
            for length in [text.len().saturating_sub(1), 10, 16, text.len() / 2, 1] {
                if length < text.len() && text.is_char_boundary(length) && !is_another(length) {
                    add(&format!("cut to {length}"), &with(&value, &at, text[..length].into()));
                }
            }
            add("capitals", &with(&value, &at, text.to_uppercase().into()));
            add("small", &with(&value, &at, text.to_lowercase().into()));
            add("type name", &with(&value, &at, "Microsoft.Graph.PowerShell.Models.Thing".into()));
        }
    }
    if let Value::Object(entries) = &value {
        let mut counted = entries.clone();
        counted.insert("totalCount".to_owned(), 1_000_000.into());
        all.push(("rows cut".to_owned(), Value::Object(counted).to_string().into_bytes()));
        let mut cut = entries.clone();
        cut.insert("@odata.nextLink".to_owned(), "https://graph.microsoft.com/v1.0/x?$skiptoken=y".into());
        all.push(("page cut".to_owned(), Value::Object(cut).to_string().into_bytes()));
    }
    all.push(("cut in the middle".to_owned(), text.as_bytes()[..text.len() / 2].to_vec()));
    all
}

/// The text of a file, whatever its encoding.
fn delegraph_text(bytes: &[u8]) -> String {
    let wide = |unit: fn([u8; 2]) -> u16| {
        let units: Vec<u16> = bytes[2..].chunks_exact(2).map(|pair| unit([pair[0], pair[1]])).collect();
        String::from_utf16(&units).unwrap()
    };
    match bytes {
        [0xff, 0xfe, ..] => wide(u16::from_le_bytes),
        [0xfe, 0xff, ..] => wide(u16::from_be_bytes),
        _ => String::from_utf8_lossy(bytes).trim_start_matches('\u{feff}').to_owned(),
    }
}

/// Checks each mutant of a file of an import. One that is not read states nothing, and no mutant of it does.
fn check(import: &Import, file: &str, wrong: &mut Vec<String>) -> usize {
    let text = delegraph_text(&import.files[file]);
    let table = Table::of(file, &text);
    let import = table.as_ref().map_or_else(|| import.clone(), |table| import.clone().file(file, table.text()));
    let original = Stated::of(&import.run());
    let (mutants, alike) = match &table {
        Some(table) => (table.mutants(), table.alike()),
        None => (mutants(&import.files[file]), keys_alike(&text)),
    };
    let count = mutants.len() + alike.len();
    for (what, bytes) in mutants {
        let mutated = Stated::of(&import.clone().file(file, bytes).run());
        let beyond = mutated.beyond(&original);
        if !beyond.is_empty() {
            wrong.push(format!("{file}: {what} gives {beyond:?}"));
        }
        let is_less = !original.beyond(&mutated).is_empty();
        if is_less && mutated.said == original.said && mutated.unknown == original.unknown {
            wrong.push(format!("{file}: {what} takes {:?} and says nothing", original.beyond(&mutated)));
        }
    }
    for (what, bytes) in alike {
        let same = Stated::of(&import.clone().file(file, bytes).run());
        if same.facts != original.facts || same.attributes != original.attributes {
            wrong.push(format!("{file}: {what} changes {:?} and {:?}", same.beyond(&original), original.beyond(&same)));
        }
    }
    count
}

/// The same in JSON with keys in other letters, but for those of lists and of addresses.
fn keys_alike(text: &str) -> Vec<Mutant> {
    let Ok(value) = serde_json::from_str::<Value>(text) else { return Vec::new() };
    let changed = |change: fn(&str) -> String| spelt(&value, &change).to_string().into_bytes();
    vec![("keys in capitals".to_owned(), changed(str::to_uppercase)), ("keys in small letters".to_owned(), changed(str::to_lowercase))]
}

fn spelt(value: &Value, change: &impl Fn(&str) -> String) -> Value {
    match value {
        Value::Object(entries) => entries.iter().map(|(key, value)| (change(key), spelt(value, change))).collect(),
        Value::Array(items) => items.iter().map(|item| spelt(item, change)).collect(),
        other => other.clone(),
    }
}

#[test]
fn no_mutation_of_a_sample_gives_a_new_fact() {
    let checked: Vec<(usize, Vec<String>)> = samples()
        .par_iter()
        .map(|path| {
            let import = sample(path);
            let file = import.files.keys().next().unwrap().clone();
            let mut wrong = Vec::new();
            let count = check(&import, &file, &mut wrong);
            let text = delegraph_text(&import.files[&file]);
            let is_json = serde_json::from_str::<Value>(&text).is_ok_and(|value| value.is_object() || value.is_array());
            assert!(count > 10 || !(is_json || path.ends_with("sv")), "{path} has no mutation");
            (count, wrong)
        })
        .collect();
    let count: usize = checked.iter().map(|(count, _)| count).sum();
    let wrong: Vec<String> = checked.into_iter().flat_map(|(_, wrong)| wrong).collect();
    assert!(count > 10_000, "{count} mutations");
    assert!(wrong.is_empty(), "{} of {count}:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn no_mutation_of_the_tenant_gives_a_new_fact() {
    let import = tenant();
    let mut wrong = Vec::new();
    let mut count = 0;
    for file in import.files.keys().cloned().collect::<Vec<_>>() {
        count += check(&import, &file, &mut wrong);
    }
    assert!(count > 1500, "{count} mutations");
    assert!(wrong.is_empty(), "{} of {count}:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn the_encoding_of_a_file_does_not_matter() {
    encodings(&tenant());
    samples()
        .par_iter()
        .map(|path| sample(path))
        .filter(|import| import.run().imported.world.is_some())
        .for_each(|import| encodings(&import));
}

/// Checks that each file of an import says the same in each encoding.
fn encodings(import: &Import) {
    let without_sources = |outcome: &Outcome| {
        let text = outcome.text();
        text.lines().filter(|line| !line.starts_with("{\"source\"")).map(str::to_owned).collect::<Vec<_>>()
    };
    let original = without_sources(&import.run());
    for (name, bytes) in &import.files {
        let text = delegraph_text(bytes);
        let wide = |unit: fn(u16) -> [u8; 2], mark: bool| -> Vec<u8> {
            mark.then_some(0xfeff).into_iter().chain(text.encode_utf16()).flat_map(unit).collect()
        };
        let mut marked = vec![0xef, 0xbb, 0xbf];
        marked.extend(text.as_bytes());
        let forms = [
            text.clone().into_bytes(),
            marked,
            wide(u16::to_le_bytes, true),
            wide(u16::to_be_bytes, true),
            wide(u16::to_le_bytes, false),
            wide(u16::to_be_bytes, false),
        ];
        for (number, form) in forms.into_iter().enumerate() {
            assert_eq!(without_sources(&import.clone().file(name, form).run()), original, "{name} in form {number}");
        }
    }
}
