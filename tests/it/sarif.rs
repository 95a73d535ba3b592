//! SARIF of `check`: valid by its schema, with places that lead to the text they are about.

use serde_json::Value;
use std::fs;
use std::process::Command;

/// What `check --format sarif` prints of a pack with this text.
fn sarif(name: &str, text: &str) -> Value {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join(name), text).unwrap();
    let mut program = Command::new(env!("CARGO_BIN_EXE_delegraph"));
    let output = program.args(["check", name, "--format", "sarif"]).current_dir(folder.path()).output().unwrap();
    serde_json::from_slice(&output.stdout).expect("SARIF is JSON")
}

fn schema() -> jsonschema::Validator {
    let text = fs::read_to_string("tests/it/schemas/sarif-2.1.0.json").unwrap();
    let mut schema: Value = serde_json::from_str(&text).unwrap();
    // A stray bracket, as published. Nothing here has a language.
    for part in ["run", "toolComponent"] {
        schema["definitions"][part]["properties"]["language"].as_object_mut().unwrap().remove("pattern");
    }
    jsonschema::validator_for(&schema).expect("the schema is one")
}

/// The text of a region: lines and columns from 1, in code units of UTF-16.
fn at(text: &str, region: &Value) -> String {
    let number = |key: &str| usize::try_from(region[key].as_u64().unwrap()).unwrap();
    let lines: Vec<Vec<u16>> = text.split('\n').map(|line| line.encode_utf16().collect()).collect();
    let (first, last) = (number("startLine") - 1, number("endLine") - 1);
    assert_eq!(first, last, "the places of this test are in one line");
    String::from_utf16(&lines[first][number("startColumn") - 1..number("endColumn") - 1]).unwrap()
}

const SLIPS: &str = r#"[kind.user]
subject = true

[kind.device]
attributes.owner = "user"

[action."device.wipe"]
title = "wipe {rom}"
on = ["device"]

[rule.owners-wipe]
note = "é😀"
if   = '"😀" == "😀" and resource.ownr == subject'
allow = ["device.whipe"]
"#;

/// Seen to fail when columns were counted in characters, and when braces stood by themselves.
#[test]
fn places_and_fixes_lead_to_the_text() {
    let found = sarif("pack é.toml", SLIPS);
    let valid = schema();
    let errors: Vec<String> = valid.iter_errors(&found).map(|error| error.to_string()).collect();
    assert!(errors.is_empty(), "{errors:?}");
    let run = &found["runs"][0];
    assert_eq!(run["columnKind"], "utf16CodeUnits");
    let results = run["results"].as_array().unwrap();
    let rules = run["tool"]["driver"]["rules"].as_array().unwrap();
    let mut seen = Vec::new();
    for result in results {
        let index = usize::try_from(result["ruleIndex"].as_u64().unwrap()).unwrap();
        assert_eq!(rules[index]["id"], result["ruleId"]);
        assert_eq!(result["level"], "error");
        let place = &result["locations"][0]["physicalLocation"];
        assert_eq!(place["artifactLocation"]["uri"], "pack%20%C3%A9.toml");
        let replacement = &result["fixes"][0]["artifactChanges"][0]["replacements"][0];
        let fix = replacement["insertedContent"]["text"].as_str().map(|new| (at(SLIPS, &replacement["deletedRegion"]), new.to_owned()));
        seen.push((result["ruleId"].as_str().unwrap(), at(SLIPS, &place["region"]), fix));
    }
    let fix = |old: &str, new: &str| Some((old.to_owned(), new.to_owned()));
    assert_eq!(
        seen,
        [
            ("unknown-placeholder", "wipe {rom}".to_owned(), None),
            ("misplaced-term", "\"😀\" == \"😀\"".to_owned(), None),
            ("unknown-attribute", "ownr".to_owned(), fix("ownr", "owner")),
            ("unknown-action", "device.whipe".to_owned(), fix("device.whipe", "device.wipe")),
        ]
    );
    let message = results[0]["message"]["text"].as_str().unwrap();
    assert!(message.contains("`{{rom}}`"), "{message}");
}

#[test]
fn what_is_in_no_file_and_what_is_sound_are_valid_too() {
    let valid = schema();
    let empty = sarif("empty.toml", "");
    assert!(valid.is_valid(&empty), "{empty}");
    assert_eq!(empty["runs"][0]["results"][0]["ruleId"], "empty-pack");
    let sound = sarif("sound.toml", "[kind.user]\nsubject = true\n");
    assert!(valid.is_valid(&sound), "{sound}");
    assert_eq!(sound["runs"][0]["results"].as_array().map(Vec::len), Some(0));
}
