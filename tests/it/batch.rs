//! Batches of many requests, on one thread and on many, and batches of which each answer is waited for.

use std::fmt::Write as _;
use std::fs;
use std::io::{BufRead, BufReader, Read, Write as _};
use std::process::{Child, Command, Stdio};

use tempfile::TempDir;

const PACK: &str = r#"
[kind.user]
subject = true

[kind.device]
attributes.owner = "user"

[action."device.wipe"]
on = ["device"]

[rule.own]
allow = ["device.wipe"]
if = 'resource.owner == subject'
"#;

const DEVICES: usize = 50;

/// A folder with a pack and a world in which every third device is alice's.
fn folder() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("pack.toml"), PACK).unwrap();
    let mut world = "[user.alice]\n[user.bob]\n".to_owned();
    for number in 0..DEVICES {
        writeln!(world, "[device.d{number}]\nowner = \"user:{}\"", if number.is_multiple_of(3) { "alice" } else { "bob" }).unwrap();
    }
    fs::write(folder.path().join("world.toml"), world).unwrap();
    folder
}

fn request(device: usize) -> String {
    format!(
        r#"{{"subject":{{"type":"user","id":"alice"}},"action":{{"name":"device.wipe"}},"resource":{{"type":"device","id":"d{device}"}}}}"#
    )
}

fn decision(device: usize) -> String {
    format!("{{\"decision\":{}}}", device.is_multiple_of(3))
}

fn batch(folder: &TempDir, requests: &str, threads: &str) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_delegraph"));
    let arguments = ["decide", "--policies", "pack.toml", "--world", "world.toml", "--at", "2024-01-01", "--batch", requests];
    command.current_dir(folder.path()).args(arguments).env("RAYON_NUM_THREADS", threads).stderr(Stdio::inherit());
    command
}

#[test]
fn many_blocks_are_answered_in_order() {
    let folder = folder();
    let (mut requests, mut expected) = (String::new(), String::new());
    for number in 0..50_000 {
        // Of unequal length, so that blocks end at all places of a line; here and there a blank line, or one that is no request.
        let device = number * 7 % DEVICES;
        writeln!(requests, "{}{}", " ".repeat(number % 41), request(device)).unwrap();
        writeln!(expected, "{}", decision(device)).unwrap();
        if number.is_multiple_of(1000) {
            requests.push_str("\n{\r\n");
            let message = "not a request: the line ends while parsing an object";
            writeln!(expected, r#"{{"decision":false,"context":{{"error":{{"status":400,"message":"{message}"}}}}}}"#).unwrap();
        }
    }
    fs::write(folder.path().join("requests.ndjson"), &requests).unwrap();
    for threads in ["1", "4"] {
        let output = batch(&folder, "requests.ndjson", threads).output().unwrap();
        assert_eq!(output.status.code(), Some(2));
        let answers = String::from_utf8(output.stdout).unwrap();
        let differs = answers.lines().zip(expected.lines()).position(|(answer, expected)| answer != expected);
        assert_eq!(differs, None, "with {threads} threads");
        assert_eq!(answers.len(), expected.len(), "with {threads} threads");
    }
    let by_option = batch(&folder, "requests.ndjson", "1").args(["--threads", "3"]).output().unwrap();
    assert!(by_option.stdout == expected.as_bytes());
}

fn start(folder: &TempDir, threads: &str) -> Child {
    batch(folder, "-", threads).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap()
}

#[test]
fn an_answer_comes_before_the_next_request() {
    let folder = folder();
    for threads in ["1", "4"] {
        let mut program = start(&folder, threads);
        let (mut requests, mut answers) = (program.stdin.take().unwrap(), BufReader::new(program.stdout.take().unwrap()));
        for device in 0..DEVICES {
            // A line that comes in two pieces is one line.
            let request = request(device);
            let (first, second) = request.split_at(device);
            requests.write_all(first.as_bytes()).unwrap();
            requests.write_all(second.as_bytes()).unwrap();
            requests.write_all(b"\n").unwrap();
            let mut answer = String::new();
            answers.read_line(&mut answer).unwrap();
            assert_eq!(answer.trim_end(), decision(device));
        }
        drop(requests);
        assert_eq!(program.wait().unwrap().code(), Some(0));
    }
}

/// Ends quietly, even while the requests could go on.
#[test]
fn nobody_reads_the_answers() {
    let folder = folder();
    for threads in ["1", "4"] {
        let mut program = start(&folder, threads);
        let mut requests = program.stdin.take().unwrap();
        drop(program.stdout.take());
        writeln!(requests, "{}", request(0)).unwrap();
        requests.flush().unwrap();
        assert_eq!(program.wait().unwrap().code(), Some(2));
    }
}

/// More answers wait than a pipe holds: none is lost, and the program waits.
#[test]
fn answers_are_read_late() {
    const COUNT: usize = 30_000;
    let folder = folder();
    let requests: String = (0..COUNT).map(|number| request(number % DEVICES) + "\n").collect();
    fs::write(folder.path().join("requests.ndjson"), requests).unwrap();
    for threads in ["1", "4"] {
        let mut program = batch(&folder, "requests.ndjson", threads).stdout(Stdio::piped()).spawn().unwrap();
        let mut out = program.stdout.take().unwrap();
        let (mut answers, mut piece) = (Vec::new(), [0; 4096]);
        loop {
            if answers.len() < 100_000 {
                std::thread::sleep(std::time::Duration::from_millis(5));
            }
            match out.read(&mut piece).unwrap() {
                0 => break,
                length => answers.extend_from_slice(&piece[..length]),
            }
        }
        let expected: String = (0..COUNT).map(|number| decision(number % DEVICES) + "\n").collect();
        assert!(answers == expected.as_bytes(), "with {threads} threads");
        assert_eq!(program.wait().unwrap().code(), Some(0));
    }
}
