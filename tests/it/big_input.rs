//! Input far larger than anybody writes is refused or read in good time, and its diagnostics stay short.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use tempfile::TempDir;

const MEGABYTE: usize = 1 << 20;

/// No message about one mistake is longer.
const SHORT: usize = 8 * 1024;

const PACK: &str = r#"
[kind.user]
subject = true

[kind.device]
attributes.owner = "user"
attributes.label = { type = "text" }

[action."device.wipe"]
on = ["device"]
"#;

const WORLD: &str = r#"
[user.alice]

[device.d7]
owner = "user:alice"
"#;

/// Files in a folder of their own.
struct Files(TempDir);

impl Files {
    fn new() -> Files {
        let files = Files(tempfile::tempdir().unwrap());
        files.write("pack.toml", PACK.as_bytes());
        files.write("world.toml", WORLD.as_bytes());
        files
    }

    fn write(&self, name: &str, bytes: &[u8]) {
        fs::write(self.0.path().join(name), bytes).unwrap();
    }

    fn path(&self) -> &Path {
        self.0.path()
    }

    fn run(&self, arguments: &str) -> Output {
        self.run_all(&arguments.split_whitespace().collect::<Vec<_>>())
    }

    fn run_all(&self, arguments: &[&str]) -> Output {
        // What is quadratic takes hours: it would not go unnoticed.
        Command::new(env!("CARGO_BIN_EXE_delegraph")).args(arguments).current_dir(self.path()).output().unwrap()
    }

    /// What is printed about a question that cannot be answered.
    fn refused(&self, options: &str) -> String {
        output_of(&self.run(&format!("decide user:alice device.wipe device:d7 --at 2024-01-01 {options}")))
    }
}

/// The output of a run that could not answer: nothing on standard output, and a short text on standard error.
fn output_of(output: &Output) -> String {
    let err = String::from_utf8(output.stderr.clone()).unwrap();
    assert_eq!(output.status.code(), Some(2), "{err}");
    assert_eq!(output.stdout, b"", "{err}");
    assert!(err.len() < SHORT, "{} bytes: {}", err.len(), &err[..SHORT]);
    err
}

#[test]
fn a_text_of_fifty_megabytes() {
    let files = Files::new();
    let long = "a".repeat(50 * MEGABYTE);
    let rule = |condition: &str| format!("{PACK}[rule.a]\nallow = [\"device.wipe\"]\nif = '{condition}'\n");

    files.write("condition.toml", rule(&long).as_bytes());
    assert!(files.refused("--policies condition.toml --world world.toml").contains("error[too-long]"));

    files.write("name.toml", format!("{PACK}[rule.{long}]\nallow = [\"device.wipe\"]\n").as_bytes());
    assert!(files.refused("--policies name.toml --world world.toml").contains("error[too-long]"));

    files.write("kind.toml", format!("{PACK}[role.a]\non = [\"{long}\"]\ngrants = [\"device.*\"]\n").as_bytes());
    assert!(files.refused("--policies kind.toml --world world.toml").contains("error[unknown-kind]"));

    files.write("unclosed.toml", format!("{PACK}[rule.a]\nif = '{long}\n").as_bytes());
    assert!(files.refused("--policies unclosed.toml --world world.toml").contains("error[toml-syntax]"));

    files.write("reference.toml", format!("{WORLD}[device.d8]\nowner = \"user:{long}\"\n").as_bytes());
    assert!(files.refused("--policies pack.toml --world reference.toml").contains("error[unknown-entity]"));

    files.write("line.ndjson", format!("{{\"entity\":\"user:alice\"}}\n{{\"fact\":\"{long}\"}}\n").as_bytes());
    let printed = files.refused("--policies pack.toml --world line.ndjson");
    assert!(printed.contains("error[too-long]") && printed.contains("line.ndjson:2"), "{printed}");

    // As a value nobody reads it is merely large.
    files.write("value.toml", format!("{WORLD}label = \"{long}\"\n").as_bytes());
    let output = files.run("decide user:alice device.wipe device:d7 --at 2024-01-01 --policies pack.toml --world value.toml");
    assert_eq!(output.status.code(), Some(1));
}

#[test]
fn what_nests_without_end() {
    let files = Files::new();
    for (open, close) in [("(", ")"), ("not ", "")] {
        let deep = format!("{}resource.owner == subject{}", open.repeat(10_000), close.repeat(10_000));
        files.write("deep.toml", format!("{PACK}[rule.a]\nallow = [\"device.wipe\"]\nif = '{deep}'\n").as_bytes());
        assert!(files.refused("--policies deep.toml --world world.toml").contains("error[expression-depth]"));
    }
    for deep in ["[".repeat(MEGABYTE), "{a=".repeat(MEGABYTE), "a.".repeat(MEGABYTE)] {
        files.write("deep.toml", format!("a = {deep}").as_bytes());
        assert!(files.refused("--policies deep.toml --world world.toml").contains("error[toml-syntax]"));
        files.write("deep.ndjson", format!("{{\"entity\":\"user:alice\",\"a\":{deep}\n").as_bytes());
        assert!(files.refused("--policies pack.toml --world deep.ndjson").contains("error[json-line]"));
    }
}

#[test]
fn a_hundred_thousand_mistakes() {
    let files = Files::new();
    let (mut pack, mut world, mut lines) = (PACK.to_owned(), WORLD.to_owned(), String::new());
    for number in 0..100_000 {
        write!(pack, "[rule.r{number}]\nallow = [\"device.wpe\"]\nif = 'resource.ownr == subjct'\n").unwrap();
        write!(world, "[[fact]]\nis = 'user:nobody-{number} holds nothing on device:d{number}'\n").unwrap();
        writeln!(lines, "{{\"entity\":\"device:e{number}\",\"owner\":\"user:nobody-{number}\"}}").unwrap();
    }
    files.write("mistaken.toml", pack.as_bytes());
    files.write("mistaken-world.toml", world.as_bytes());
    files.write("mistaken.ndjson", lines.as_bytes());
    for options in [
        "--policies mistaken.toml --world world.toml",
        "--policies pack.toml --world mistaken-world.toml",
        "--policies pack.toml --world world.toml --world mistaken.ndjson",
    ] {
        let output = files.run(&format!("decide user:alice device.wipe device:d7 {options}"));
        let err = String::from_utf8(output.stderr).unwrap();
        assert_eq!((output.status.code(), output.stdout.len()), (Some(2), 0), "{err}");
        assert!(err.len() < 100 * 1024, "{} bytes", err.len());
        assert!(err.contains("\nand ") && err.trim_end().ends_with("more errors"), "{}", &err[err.len() - 400..]);
    }
}

#[test]
fn a_batch_with_a_huge_line() {
    let files = Files::new();
    let request = r#"{"subject":{"type":"user","id":"alice"},"action":{"name":"device.wipe"},"resource":{"type":"device","id":"d7"}}"#;
    let huge = request.replace("d7", &"d".repeat(50 * MEGABYTE));
    let long = request.replace("d7", &"d".repeat(MEGABYTE / 2));
    files.write("requests.ndjson", format!("{request}\n{huge}\n{long}\n{request}").as_bytes());
    let output = files.run("decide --batch requests.ndjson --policies pack.toml --world world.toml --at 2024-01-01");
    assert_eq!(output.status.code(), Some(2));
    let out = String::from_utf8(output.stdout).unwrap();
    let answers: Vec<&str> = out.lines().collect();
    let [first, second, third, fourth] = answers[..] else { panic!("four answers, not {}", answers.len()) };
    assert_eq!([first, fourth], ["{\"decision\":false}"; 2]);
    assert!(second.contains("the request is longer than 1048576 bytes"), "{second}");
    assert!(third.contains("the world has no `device:ddd") && third.len() < SHORT, "{} bytes", third.len());
}

#[test]
fn arguments_of_a_hundred_kilobytes() {
    let files = Files::new();
    let long = "a".repeat(100 * 1024);
    let rest = ["--policies", "pack.toml", "--world", "world.toml"];
    let subject = format!("user:{long}");
    for question in
        [[subject.as_str(), "device.wipe", "device:d7"], ["user:alice", &long, "device:d7"], [&long, "device.wipe", "device:d7"]]
    {
        let arguments: Vec<&str> = std::iter::once("decide").chain(question).chain(rest).collect();
        output_of(&files.run_all(&arguments));
    }
    output_of(&files.run_all(&[&["decide", "user:alice", "device.wipe", "device:d7", "--with", &long][..], &rest].concat()));
}
