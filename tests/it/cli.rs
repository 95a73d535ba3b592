//! The manual and the pages of transcripts are run, command by command. The README is run by `readme.rs`, which follows its tour.

use std::fs;
use std::process::Command;

#[test]
fn transcripts_are_true() {
    let cases = trycmd::TestCases::new();
    cases.env("NO_COLOR", "1").case("tests/cli/*.md").case("docs/*.md");
}

/// A transcript shows both streams as one, so it is asked apart that what could not be answered left nothing on standard output that
/// reads as an answer.
#[test]
fn bad_input_is_never_answered() {
    let page = fs::read_to_string("tests/cli/bad-input.md").unwrap();
    let lines: Vec<&str> = page.lines().collect();
    let commands = lines.windows(2).filter(|pair| pair[1] == "? 2").filter_map(|pair| pair[0].strip_prefix("$ delegraph"));
    let mut count = 0;
    for command in commands {
        let mut program = Command::new(env!("CARGO_BIN_EXE_delegraph"));
        let output = program.args(command.split_whitespace()).current_dir("tests/cli/bad-input.in").output().unwrap();
        let (out, err) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
        assert_eq!(output.status.code(), Some(2), "{command}");
        let in_place = |line: &str| line.starts_with("{\"decision\":") && command.contains("--batch");
        assert!(out.lines().all(in_place), "{command} printed\n{out}");
        assert!(!out.is_empty() || !err.is_empty(), "{command} said nothing");
        count += 1;
    }
    assert!(count > 20, "the page has commands that cannot be answered, not {count}");
}
