//! The README, and the page on one's own tenant, are run from top to bottom, as a reader would follow them: in a folder with what the page
//! speaks of, each file written and edited as it says, each command with the output and the exit code that it shows.
//!
//! `TRYCMD=overwrite cargo test --test it readme` puts real output in place of what is wrong. A line `...` stands for lines left out.

use std::fs;
use std::path::Path;
use std::process::Command;

const README: &str = "README.md";
const TENANT: &str = "docs/your-own-tenant.md";

#[test]
fn the_readme_runs_from_top_to_bottom() {
    runs(README, &[("policies", "policies"), ("fixtures", "fixtures")]);
}

#[test]
fn the_page_on_your_own_tenant_runs_from_top_to_bottom() {
    runs(TENANT, &[("fixtures/imports/tenant-export", "tenant-export")]);
}

/// Runs a page in a folder with copies of these.
fn runs(path: &str, copies: &[(&str, &str)]) {
    let page = fs::read_to_string(path).expect("the page is readable");
    let folder = tempfile::tempdir().expect("there is room for a folder");
    for (from, to) in copies {
        copy(Path::new(from), &folder.path().join(to));
    }
    let mut real = String::new();
    let mut lines = page.lines();
    while let Some(line) = lines.next() {
        real.extend([line, "\n"]);
        let Some(language) = line.strip_prefix("```") else { continue };
        let block: Vec<&str> = lines.by_ref().take_while(|line| *line != "```").collect();
        match language {
            "toml" if path == README => write(folder.path(), &block),
            "diff" => edit(folder.path(), &block),
            _ => {}
        }
        let block = if language == "console" { run(folder.path(), &block) } else { block.iter().map(ToString::to_string).collect() };
        block.iter().for_each(|line| real.extend([line, "\n"]));
        real.push_str("```\n");
    }
    if std::env::var("TRYCMD").is_ok_and(|what| what == "overwrite") {
        fs::write(path, &real).expect("the page is writable");
    } else {
        similar(path, &page, &real);
    }
}

#[test]
fn a_fresh_clone_has_two_commands() {
    let page = fs::read_to_string(README).expect("the page is readable");
    let block = page.split_once("```sh\n").and_then(|(_, rest)| rest.split_once("```")).expect("a block of commands").0;
    let [first, second] = block.lines().collect::<Vec<_>>()[..] else { panic!("two commands: {block}") };
    assert_eq!(second, "cargo test");
    let words = first.strip_prefix("cargo run --release -- ").expect("the first runs the program");
    let output = output(Path::new("."), &format!("delegraph {words}"));
    assert!(output[0].starts_with("YES "), "the first explains an allow: {output:?}");
    assert!(page.contains(&format!("$ delegraph {words}\n")), "its answer is shown");
}

/// Writes the file that the first line names.
fn write(folder: &Path, block: &[&str]) {
    let name = block[0].strip_prefix("# ").expect("the first line names the file");
    fs::write(folder.join(name), block.join("\n") + "\n").expect("the file is writable");
}

/// Puts each line with a `+` in the place of the line with a `-` before it.
fn edit(folder: &Path, block: &[&str]) {
    let path = folder.join(block[0].strip_prefix("--- ").expect("the first line names the file"));
    let mut text = fs::read_to_string(&path).expect("the file was written before");
    for pair in block[1..].chunks(2) {
        let (before, after) = (pair[0].strip_prefix('-').expect("a line that goes"), pair[1].strip_prefix('+').expect("one that comes"));
        assert!(text.contains(before), "the file has no line `{before}`");
        text = text.replacen(before, after, 1);
    }
    fs::write(path, text).expect("the file is writable");
}

/// Runs the commands of a block, and gives it as it should be.
fn run(folder: &Path, block: &[&str]) -> Vec<String> {
    let mut real = Vec::new();
    for step in block.chunk_by(|_, next| !next.starts_with("$ ")) {
        let command = step[0].strip_prefix("$ ").expect("a block begins with a command");
        real.push(step[0].to_owned());
        let shown = &step[1..];
        let output = output(folder, command);
        if fits(shown, &output) {
            real.extend(shown.iter().map(ToString::to_string));
        } else {
            real.extend(output);
        }
    }
    real
}

/// The words of a command; those in double quotes are one.
fn arguments(command: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut is_quoted = false;
    for c in command.chars() {
        match c {
            '"' => is_quoted = !is_quoted,
            ' ' if !is_quoted => words.push(String::new()),
            c => words.last_mut().expect("there is a first").push(c),
        }
    }
    words
}

/// What a command prints, after its exit code if that is not 0.
fn output(folder: &Path, command: &str) -> Vec<String> {
    let Some(words) = command.strip_prefix("delegraph ") else {
        let ["cp", "-r", from, to] = command.split(' ').collect::<Vec<_>>()[..] else { panic!("no such command here: {command}") };
        copy(&folder.join(from), &folder.join(to));
        return Vec::new();
    };
    let program = env!("CARGO_BIN_EXE_delegraph");
    let done =
        Command::new(program).args(arguments(words)).current_dir(folder).env_remove("CLICOLOR_FORCE").output().expect("the program starts");
    let code = done.status.code().expect("the program ends by itself");
    let text = String::from_utf8([done.stdout, done.stderr].concat()).expect("the program prints UTF-8");
    let code = (code != 0).then(|| format!("? {code}"));
    code.into_iter().chain(text.lines().map(str::to_owned)).collect()
}

/// Whether these are the lines, those left out for which `...` stands.
fn fits(shown: &[&str], real: &[String]) -> bool {
    match shown {
        [] => real.is_empty(),
        ["...", rest @ ..] => (0..=real.len()).any(|skipped| fits(rest, &real[skipped..])),
        [first, rest @ ..] => real.first() == Some(&(*first).to_owned()) && fits(rest, &real[1..]),
    }
}

fn similar(path: &str, page: &str, real: &str) {
    let differs = page.lines().zip(real.lines()).position(|(shown, real)| shown != real);
    let Some(line) = differs else { return assert_eq!(page.len(), real.len(), "{path} ends otherwise") };
    let part = |text: &str| text.lines().skip(line).take(12).collect::<Vec<_>>().join("\n");
    panic!(
        "{path}, line {}, shows\n\n{}\n\nand this is so:\n\n{}\n\nto accept: TRYCMD=overwrite cargo test --test it readme",
        line + 1,
        part(page),
        part(real)
    );
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).expect("the folder can be made");
    for entry in fs::read_dir(from).expect("the folder is readable") {
        let path = entry.expect("the entry is readable").path();
        let to = to.join(path.file_name().expect("an entry has a name"));
        if path.is_dir() {
            copy(&path, &to);
        } else {
            fs::copy(&path, &to).expect("the file can be copied");
        }
    }
}
