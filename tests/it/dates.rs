//! Dates as exports write them: the last day of the calendar, more digits of a second than are kept, leap seconds. Each is read wherever a
//! date can be: as `since` and `until`, as the time of an event, as a value, in the pack and on the command line.

use crate::support::{shown, source};
use delegraph::files::Source;
use delegraph::open::{self, Opened};
use delegraph::plan::CompiledPolicy;
use std::path::Path;
use std::process::Command;

const PACK: &str = r#"
[kind.user]
subject = true
attributes.born = { type = "date", optional = true }
attributes.days = { type = "number", optional = true }
[kind.doc]
[relation.banned]
ends = ["user"]
[relation.friend]
ends = ["user"]
[action.read]
on = ["doc"]
[rule.friends]
allow = ["read"]
if = 'friend(subject)'
[rule.banned]
deny = ["read"]
if = 'banned(subject)'
[rule.late]
allow = ["read"]
if = 'subject.born >= 9999-12-31'
until = 9999-12-31
[rule.fine]
allow = ["read"]
if = 'subject.born == 2024-05-06T07:08:09.123456Z'
[event.ban]
with = { who = "user" }
adds = ['banned(who)']
[event.suspend]
with = { who = "user" }
adds = ['banned(who) for who.days days']
[event.pause]
with = { who = "user" }
adds = ['banned(who) for 3 hours']
"#;

fn compiled() -> CompiledPolicy {
    let pack = open::pack(vec![source("pack.toml", PACK)]);
    assert_eq!(shown(&pack.sources, &pack.diagnostics), "");
    pack.compiled.expect("a pack without mistakes")
}

fn opened(files: Vec<Source>) -> Opened {
    open::world(&compiled(), files).expect("names of worlds")
}

/// The warnings of a file that is read.
fn warnings(name: &str, text: &str) -> Vec<String> {
    let opened = opened(vec![source(name, text)]);
    let shown = shown(&opened.sources, &opened.diagnostics);
    assert!(opened.world.is_some(), "{shown}");
    opened.diagnostics.iter().map(|warning| format!("{}: {}", warning.code.name(), warning.headline)).collect()
}

/// Writes a pack and a world, and asks whether `user:a` may read `doc:d`: exit code, standard output and standard error.
fn decide(world: (&str, &str), at: &[&str]) -> (i32, String, String) {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| std::fs::write(folder.path().join(name), text).unwrap();
    write("pack.toml", PACK);
    write(world.0, world.1);
    run(folder.path(), &[&["decide", "user:a", "read", "doc:d", "--policies", "pack.toml", "--world", world.0], at].concat())
}

fn run(folder: &Path, arguments: &[&str]) -> (i32, String, String) {
    let mut program = Command::new(env!("CARGO_BIN_EXE_delegraph"));
    let output = program.args(arguments).current_dir(folder).output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    (output.status.code().unwrap(), text(output.stdout), text(output.stderr))
}

const TOML: &str = r#"
[user.a]
born = 9999-12-31
[user.b]
born = "9999-12-31"
[doc.d]
[[fact]]
is = 'friend(user:a)'
since = 0000-01-01
[[fact]]
is = 'banned(user:a)'
until = 9999-12-31
[[fact]]
is = 'banned(user:b)'
since = 9999-12-31
[[event]]
at = 9999-12-31T23:59:59.999999Z
do = "ban"
by = "user:b"
who = "user:a"
"#;

const LINES: &str = r#"{"entity":"user:a","born":"9999-12-31"}
{"entity":"user:b"}
{"entity":"doc:d"}
{"fact":"friend(user:a)"}
{"fact":"banned(user:a)","until":"9999-12-31"}
{"fact":"banned(user:b)","since":"9999-12-31"}
{"event":"ban","at":"9999-12-31T23:59:59.999999Z","by":"user:b","who":"user:a"}
"#;

/// Seen to fail when instants were time stamps of jiff, which end a day before.
#[test]
fn the_last_day_of_the_calendar_is_a_date_everywhere() {
    for world in [("world.toml", TOML), ("world.ndjson", LINES)] {
        let nothing = String::new();
        for (at, code) in [("2020-01-01", 1), ("9999-12-30T23:59:59.999999Z", 1), ("9999-12-31", 0), ("9999-12-31T23:59:59.999999Z", 1)] {
            let (exit, _, errors) = decide(world, &["--at", at]);
            assert_eq!((exit, errors), (code, nothing.clone()), "{} at {at}", world.0);
        }
        let (exit, _, _) = decide(world, &["--at", "9999-12-31", "--policy-at", "9999-12-31"]);
        assert_eq!(exit, 0, "{}", world.0);
    }
}

#[test]
fn explanations_name_the_last_day_as_it_is_written() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("pack.toml"), PACK).unwrap();
    std::fs::write(folder.path().join("world.toml"), TOML).unwrap();
    let common = ["--policies", "pack.toml", "--world", "world.toml"];
    let ask = |question: &str| run(folder.path(), &[&["explain", question], &common[..]].concat());
    let (code, text, errors) = ask("can user:a read doc:d at 9999-12-30");
    assert_eq!((code, errors.as_str()), (1, ""), "{text}");
    assert!(text.contains("9999-12-30") && text.contains("9999-12-31"), "{text}");
    let (code, text, _) = ask("can user:a read doc:d at 9999-12-31");
    assert_eq!(code, 0, "{text}");
    assert!(!text.contains("forever") && !text.contains("always"), "{text}");
    let how_to = run(folder.path(), &[&["how-to", "revoke", "can user:a read doc:d at 9999-12-31"], &common[..]].concat());
    assert_ne!(how_to.0, 101, "{}", how_to.2);
}

/// An effect cannot last longer than there are dates to name its end.
#[test]
fn an_effect_that_lasts_past_the_year_9999_is_a_mistake() {
    let world =
        |days: &str| format!("[user.a]\ndays = {days}\n[[event]]\nat = 9999-12-30\ndo = \"suspend\"\nby = \"user:a\"\nwho = \"user:a\"\n");
    assert_eq!(warnings("world.toml", &world("1")), Vec::<String>::new());
    // Of zero days or fewer, nothing would be added.
    for days in ["2", "9223372036854775807", "0", "-1", "-9223372036854775808"] {
        let opened = opened(vec![source("world.toml", &world(days))]);
        assert!(opened.world.is_none() && opened.diagnostics.iter().all(|mistake| mistake.code.name() == "event-term"), "{days}");
    }
}

/// Seen to fail when hours were read as days.
#[test]
fn an_effect_may_last_for_hours() {
    let world = "[user.a]\n[[event]]\nat = 2024-02-29T22:30:00Z\ndo = \"pause\"\nby = \"user:a\"\nwho = \"user:a\"\n";
    let opened = opened(vec![source("world.toml", world)]);
    let world = opened.world.expect("no mistake");
    let during: Vec<String> = world.facts().map(|(_, fact)| format!("{} to {}", fact.during.since, fact.during.until)).collect();
    assert_eq!(during, ["2024-02-29T22:30:00Z to 2024-03-01T01:30:00Z"]);
}

/// Seen to fail when each such date was reported, when a line with one was left out, and when dates in conditions were passed over.
#[test]
fn digits_finer_than_a_microsecond_are_cut_with_one_warning_a_file() {
    let toml = "[user.a]\nborn = 2024-05-06T07:08:09.1234567Z\n[doc.d]\n[[fact]]\nis = 'banned(user:a)'\n\
                since = 2024-05-06 07:08:09.1234567891Z\nuntil = 2025-05-06T07:08:09.000000000001Z\n";
    let lines = "{\"entity\":\"user:a\",\"born\":\"2024-05-06T07:08:09.1234567Z\"}\n{\"entity\":\"doc:d\"}\n\
                 {\"fact\":\"banned(user:a)\",\"since\":\"2024-05-06T07:08:09.1234567891Z\",\"until\":\"2025-05-06T07:08:09.000000000001Z\"}\n";
    let warning = ["date-precision: `2024-05-06T07:08:09.1234567Z` is finer than a microsecond".to_owned()];
    assert_eq!(warnings("world.toml", toml), warning);
    // An entity line is read after all lines have been parsed, but its warning is still the one of the file.
    assert_eq!(warnings("world.ndjson", lines), warning);
    for world in [("world.toml", toml), ("world.ndjson", lines)] {
        for (at, code) in [("2024-05-06T07:08:09.123455Z", 0), ("2024-05-06T07:08:09.123456Z", 1), ("2025-05-06T07:08:09Z", 0)] {
            let (exit, _, errors) = decide(world, &["--at", at]);
            assert_eq!(exit, code, "{} at {at}: {errors}", world.0);
            assert_eq!(errors.matches("date-precision").count(), 1, "{errors}");
        }
    }
    // Ten digits on the command line are as seven, and there is no file to warn of.
    let (exit, _, errors) = decide(("world.toml", TOML), &["--at", "2024-05-06T07:08:09.1234567891Z"]);
    assert_eq!((exit, errors.as_str()), (1, ""));
}

#[test]
fn each_file_has_its_own_warning_at_its_own_place() {
    let fact = "{\"fact\":\"banned(user:a)\",\"since\":\"2024-01-01T00:00:00.1234567Z\"}\n";
    let files = vec![
        source(
            "a.toml",
            "[user.a]\nborn = \"2024-01-01T00:00:00.1234567Z\"\n[user.b]\n[user.c]\nborn = \"2024-01-01T00:00:00.7654321Z\"\n",
        ),
        source("b.ndjson", &fact.repeat(20_000)),
        source("c.ndjson", "{\"fact\":\"user:\\\"b\\\".born == 2024-01-01T00:00:00.7654321Z\"}\n"),
        source("d.toml", "[[fact]]\nis = 'banned(user:b)'\nsince = 2024-01-01T00:00:00.100000000Z\n"),
    ];
    let opened = opened(files);
    let shown = shown(&opened.sources, &opened.diagnostics);
    assert!(opened.world.is_some(), "{shown}");
    let places: Vec<&str> = shown.lines().filter_map(|line| line.trim().strip_prefix("--> ")).collect();
    assert_eq!(places, ["a.toml:2:9", "b.ndjson:1:35", "c.ndjson:1:29"], "{shown}");
}

#[test]
fn a_pack_is_warned_of_too() {
    let fine =
        "[rule.other]\nallow = [\"read\"]\nif = 'subject.born == 2024-05-06T07:08:09.1234567Z'\nsince = 2024-05-06T07:08:09.1234567Z\n";
    let pack = open::pack(vec![source("pack.toml", PACK), source("more.toml", fine)]);
    let text = shown(&pack.sources, &pack.diagnostics);
    assert!(pack.compiled.is_some() && text.contains("more.toml:3:23") && text.matches("date-precision").count() == 1, "{text}");
    let quoted =
        "[rule.other]\nallow = [\"read\"]\nif = 'subject.born == 2024-05-06T07:08:09.1Z'\nnote = \"2024-05-06T07:08:09.1234567Z\"\n";
    let pack = open::pack(vec![source("pack.toml", PACK), source("more.toml", quoted)]);
    assert_eq!(shown(&pack.sources, &pack.diagnostics), "", "a note is no date");
}

#[test]
fn a_second_60_is_read_where_there_was_one() {
    let world = |second: &str| format!("[user.a]\n[doc.d]\n[[fact]]\nis = 'friend(user:a)'\nuntil = {second}\n");
    assert_eq!(warnings("world.toml", &world("2016-12-31T23:59:60Z")), Vec::<String>::new());
    let (exit, _, errors) = decide(("world.toml", &world("2017-12-31T23:59:60Z")), &["--at", "2016-01-01"]);
    assert_eq!(exit, 2);
    assert!(errors.contains("that minute had no leap second") && errors.contains("world.toml:5:9"), "{errors}");
}
