//! The manual and the pages of transcripts are run, command by command. The README and the page on one's own tenant, which write files, are
//! run by `readme.rs`.

use std::fs;
use std::process::Command;

#[test]
fn transcripts_are_true() {
    let cases = trycmd::TestCases::new();
    cases.env("NO_COLOR", "1").case("tests/cli/*.md").case("docs/*.md").skip("docs/your-own-tenant.md");
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

/// What the program prints on standard error, run in a folder.
fn errors_in(folder: &std::path::Path, arguments: &[&str]) -> (Option<i32>, String) {
    let mut program = Command::new(env!("CARGO_BIN_EXE_delegraph"));
    let output = program.args(arguments).current_dir(folder).output().unwrap();
    (output.status.code(), String::from_utf8_lossy(&output.stderr).into_owned())
}

/// Seen to fail when any folder `policies` was taken, and when kinds were looked for in one way of writing them alone.
#[test]
fn the_folder_policies_here_is_the_pack_only_if_it_declares_a_kind() {
    let folder = tempfile::tempdir().unwrap();
    let check = || errors_in(folder.path(), &["check"]);
    let built_in = "note: the pack is the one built into the program; use `--policies` to name another\n".to_owned();
    assert_eq!(check(), (Some(0), built_in), "there is none");
    let policies = folder.path().join("policies");
    fs::create_dir(&policies).unwrap();
    fs::write(policies.join("deny.toml"), "# [kind.user]\nlimits = [\"kind.user\"]\n").unwrap();
    let passed_over =
        "note: the folder `policies` here is not a pack, since no `.toml` in it declares a kind; the built-in pack is used\n".to_owned();
    assert_eq!(check(), (Some(0), passed_over.clone()), "it is about something else");
    fs::write(policies.join("access.suite.toml"), "[kind.user]\n").unwrap();
    assert_eq!(check(), (Some(0), passed_over), "a suite is of no pack");
    let taken = "note: the pack is the folder `policies` here; use `--policies` to name another\n".to_owned();
    for kinds in
        ["[kind.user]\nsubject = true\n", "  [ kind.\"user\" ]\n", "kind.user = { subject = true }\n", "[kind.user]\nsubject = [\n"]
    {
        fs::write(policies.join("kinds.toml"), kinds).unwrap();
        assert_eq!(check(), (Some(1), taken.clone()), "{kinds}");
    }
}

/// Seen to fail when a pack that nobody named answered without a word on which it is.
#[test]
fn errors_name_the_pack_that_was_found() {
    let folder = tempfile::tempdir().unwrap();
    let world = folder.path().join("w.toml");
    fs::write(&world, "[user.u]\n[doc.d]\n").unwrap();
    let noted = |arguments: &[&str]| {
        let (code, errors) = errors_in(folder.path(), arguments);
        assert_eq!(code, Some(2), "{errors}");
        errors.lines().filter_map(|line| line.strip_prefix("note: ")).collect::<Vec<_>>().join(" | ")
    };
    let here = "the pack is the folder `policies` here; use `--policies` to name another";
    let built_in = "the pack is the one built into the program; use `--policies` to name another";
    let decide = ["decide", "user:u", "read", "doc:d", "--world", "w.toml"];
    assert_eq!(noted(&decide), built_in, "it has no kind `doc`");
    assert_eq!(noted(&["graph", "--focus", "role:none", "--format", "dot"]), built_in);
    assert_eq!(noted(&["decide", "user:u", "read", "doc:d", "--world", "missing.toml"]), "", "the pack is not what is wrong");
    let policies = folder.path().join("policies");
    fs::create_dir(&policies).unwrap();
    fs::write(policies.join("p.toml"), "[kind.user]\nsubject = true\n[kind.doc]\n[action.see]\non = ['doc']\n[rule.a]\nallow = ['*']\n")
        .unwrap();
    assert_eq!(noted(&decide), here, "it has no action `read`");
    assert_eq!(noted(&["explain", "can user:u see dog:d", "--world", "w.toml"]), here);
    assert_eq!(noted(&["explain", "can user:u see doc:none", "--world", "w.toml"]), "", "it is the world that has none");
    assert_eq!(noted(&["explain", "can user:u see dog:d", "--world", "w.toml", "--policies", "policies"]), "", "it was named");
    fs::write(policies.join("p.toml"), "[kind.user]\nsubject = [\n").unwrap();
    assert_eq!(noted(&decide), here, "it has a mistake");
    #[cfg(unix)]
    {
        fs::remove_dir_all(&policies).unwrap();
        std::os::unix::fs::symlink("nowhere", &policies).unwrap();
        let (code, errors) = errors_in(folder.path(), &decide);
        assert_eq!((code, errors.as_str()), (Some(2), "error: cannot read `policies`: No such file or directory\n"), "the link is broken");
    }
}

/// Seen to fail when the name of a packed world was printed as it came.
#[cfg(unix)]
#[test]
fn names_of_files_show_control_characters() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("w\u{1b}[31m.toml"), "[customer.c]\n").unwrap();
    fs::write(folder.path().join("v\u{202e}.toml"), "[customer.c]\nx = 1\n").unwrap();
    let is_unsafe = |c: char| c == '\u{1b}' || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    for arguments in [
        &["pack-world", "w\u{1b}[31m.toml", "--out", "o\u{1b}[31m"][..],
        &["pack-world", "w\u{1b}[31m.toml", "--out", "o\u{202e}.toml"],
        &["check", "--world", "v\u{202e}.toml"],
        &["check", "--world", "v\u{202e}.toml", "--format", "json"],
        &["decide", "user:u", "a", "b:c", "--world", "v\u{202e}.toml"],
        &["decide", "--batch", "no\u{1b}[31m"],
    ] {
        let mut program = Command::new(env!("CARGO_BIN_EXE_delegraph"));
        let output = program.args(arguments).current_dir(folder.path()).output().unwrap();
        let printed = format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
        assert!(!printed.is_empty() && !printed.contains(is_unsafe), "{arguments:?}: {printed:?}");
    }
}

/// Seen to fail when the error was printed as it came.
#[test]
fn usage_errors_show_control_characters() {
    let here = std::path::Path::new(".");
    for (argument, shown) in [("--\u{1b}[31mred", "--␛[31mred"), ("--a\u{202e}b\u{2066}", "--a\u{fffd}b\u{fffd}"), ("--a\nb", "--a␊b")]
    {
        for arguments in [&["check", argument][..], &[argument], &["decide", "--at", argument]] {
            let (code, errors) = errors_in(here, arguments);
            assert_eq!(code, Some(2));
            let is_unsafe = |c: char| c == '\u{1b}' || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
            assert!(!errors.contains(is_unsafe) && errors.contains(shown), "{errors:?}");
        }
    }
}

#[test]
fn check_counts_what_it_read_for_programs_too() {
    let read = |arguments: &[&str]| -> serde_json::Value {
        let output = Command::new(env!("CARGO_BIN_EXE_delegraph")).args(arguments).output().unwrap();
        serde_json::from_slice(&output.stdout).expect("it is JSON")
    };
    let (pack, world) = ("fixtures/field/date/policy.toml", "fixtures/field/date/world.toml");
    let found = read(&["check", pack, "--world", world, "--format", "json"]);
    assert_eq!(found["pack"], serde_json::json!({ "action": 1, "claim": 0, "implication": 0, "role": 0, "rule": 1 }));
    assert_eq!(found["world"], serde_json::json!({ "door": 1, "fact": 1, "user": 1 }));
    let alone = read(&["check", pack, "--format", "json"]);
    assert!(alone.get("world").is_none() && alone["pack"]["rule"] == 1, "{alone}");
    let wrong = read(&["check", "fixtures/diagnostics/unknown-role.toml", "--format", "json"]);
    assert!(wrong.get("pack").is_none() && wrong["diagnostics"][0]["code"] == "unknown-role", "{wrong}");
}

/// Bash hands over `person:di` as three words, and replaces the last one alone.
///
/// Seen to fail without the function that puts the words together again.
#[test]
fn bash_completes_what_stands_behind_a_colon() {
    let program = std::path::Path::new(env!("CARGO_BIN_EXE_delegraph"));
    let script = r#"
        PATH="$1:$PATH"
        source <(delegraph completions bash)
        compopt() { :; }
        try() {
            COMP_LINE="$1" COMP_POINT=${#1} COMP_TYPE=9
            shift
            COMP_WORDS=("$@") COMP_CWORD=$(( $# - 1 )) COMPREPLY=()
            "$(complete -p delegraph | grep -o '_[a-z_]*')" delegraph "${!#}" "${COMP_WORDS[COMP_CWORD - 1]}"
            echo "${COMPREPLY[@]}"
        }
        line="delegraph decide --policies library --world library-world.toml"
        try "$line person:di" $line person : di
        try "$line person:" $line person :
        try "$line person:dina volume.bor" $line person : dina volume.bor
        try "$line person:dina volume.borrow volume:e" $line person : dina volume.borrow volume : e
        try "delegraph dec" delegraph dec
    "#;
    let mut bash = Command::new("bash");
    let folder = program.parent().expect("it is in a folder");
    let output = bash.args(["-c", script, "bash"]).arg(folder).current_dir("fixtures/packs").output().unwrap();
    let (out, err) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    let lines: Vec<&str> = out.lines().collect();
    let people = "arne berit cornelius dina ella henrike mathilda nils ogden paul stranger";
    assert_eq!(lines, ["dina", people, "volume.borrow", "emil", "decide"], "{err}");
}
