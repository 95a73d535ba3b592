//! What fuzzing feeds: a function for each kind of input that a user may bring. None may panic or go on without end, whatever the bytes, and
//! each keeps the law that is said of it.
//!
//! `fuzz/` runs them under libFuzzer, and `super` with a few changes of each seed in every test run.

use crate::agreement::answers_agree;
use crate::crafted::{Asked, Numbers, Parts, worlds};
use crate::generator::{self, Tape};
use crate::harness;
use crate::support::suite::{TestHost, run_with};
use crate::support::{self, SHIPPED};
use delegraph::eval::Decider;
use delegraph::files::{Source, embedded_pack};
use delegraph::open;
use delegraph::plan::{CompiledPolicy, Context};
use delegraph::protocol::batch::{self, BatchOptions};
use delegraph::query::assume;
use delegraph::report;
use delegraph::suite::{Broken, Explained, Options};
use delegraph::syntax::{self, Embedded, StringForm};
use delegraph::text::{FileId, Sources, Span};
use delegraph::time::Instant;
use delegraph::world::World;
use std::cell::Cell;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

/// A kind of input.
pub struct Target {
    /// Its name: that of the program in `fuzz/fuzz_targets/`, and of the folder of its corpus.
    pub name: &'static str,
    /// Takes an input.
    pub run: fn(&[u8]),
    /// Inputs from which changes are made.
    pub seeds: fn() -> Vec<Vec<u8>>,
    /// How many inputs a short run has: all runs together take a few seconds.
    pub short: usize,
}

static SUITE_HOST: LazyLock<TestHost> = LazyLock::new(support::suite::shipped);

/// All kinds of input.
pub const TARGETS: &[Target] = &[
    Target {
        name: "pack",
        run: pack,
        seeds: || files("toml", |path| !path.contains(".world.") && !path.contains("worlds/") && !path.ends_with("suite.toml")),
        short: 60,
    },
    Target { name: "suite", run: suite, seeds: || files("toml", |path| path.ends_with("suite.toml")), short: 40 },
    Target { name: "world", run: world, seeds: || files("toml", |path| path.contains("world")), short: 150 },
    Target { name: "lines", run: lines, seeds: || files("ndjson", |path| path.contains("world")), short: 100 },
    Target { name: "expression", run: expression, seeds: expressions, short: 400 },
    Target { name: "table", run: table, seeds: tables, short: 100 },
    Target { name: "question", run: question, seeds: questions, short: 200 },
    Target { name: "batch", run: batch, seeds: || split(&files("ndjson", |path| path.contains("requests")), 10), short: 50 },
    Target { name: "packed", run: packed, seeds: || (0..16).map(|seed| noise(seed, 24)).collect(), short: 60 },
    Target { name: "reference", run: reference, seeds: || (0..16).map(|seed| noise(seed, 16_384)).collect(), short: 8 },
];

fn shown(sources: &Sources, diagnostics: &[delegraph::diag::Diagnostic]) {
    report::diagnostics::render(sources, diagnostics, false, 80);
    report::json::diagnostics::check(sources, diagnostics, None, None);
}

/// A file of a pack, alone and beside the shipped pack. Its mistakes have places within the text.
pub fn pack(input: &[u8]) {
    let own = Source::of_bytes("own.toml".to_owned(), input.to_vec());
    let alone = open::pack(vec![own.clone()]);
    shown(&alone.sources, &alone.diagnostics);
    assert!(alone.compiled.is_some() || alone.diagnostics.iter().any(delegraph::diag::Diagnostic::is_error), "why it is refused is said");
    if input.len() < 2_000 {
        let beside = open::pack(embedded_pack().into_iter().chain([own]).collect());
        shown(&beside.sources, &beside.diagnostics);
    }
}

fn load(name: &str, input: &[u8]) {
    let compiled: &CompiledPolicy = &SHIPPED;
    let opened = open::world(compiled, vec![Source::of_bytes(name.to_owned(), input.to_vec())]).expect("a world by its name");
    shown(&opened.sources, &opened.diagnostics);
    let Some(world) = opened.world else {
        assert!(opened.diagnostics.iter().any(delegraph::diag::Diagnostic::is_error), "why it is refused is said");
        return;
    };
    let mut bytes = Vec::new();
    world.pack(&compiled.policy, &mut bytes).expect("writing to memory does not fail");
    let packed = World::unpack(&compiled.policy, bytes.as_slice().into()).expect("what was packed is opened");
    assert!(open::check_packed(compiled, &packed).is_ok(), "what was packed has no defect");
    assert_eq!(packed.count(), world.count());
}

/// A world as TOML. If it is sound, so is the world that is packed of it.
pub fn world(input: &[u8]) {
    load("own.toml", input);
}

/// A world as lines of JSON. If it is sound, so is the world that is packed of it.
pub fn lines(input: &[u8]) {
    load("own.ndjson", input);
}

/// A text whose trees have no places, so that they compare.
fn unplaced(text: &str) -> Embedded<'_> {
    Embedded { text, span: Span { file: FileId(0), start: 0, end: 0 }, writing: StringForm::Unknown }
}

/// A condition, fact, pattern or effect. What is read, printed and read again is the same.
pub fn expression(input: &[u8]) {
    let Ok(text) = std::str::from_utf8(input) else { return };
    let placed = Embedded { text, span: Span::new(FileId(0), 0, text.len()), writing: StringForm::Plain };
    let is_within = |span: Span| span.start <= span.end && span.end as usize <= text.len();
    macro_rules! law {
        ($($read:ident)*) => {$(
            match syntax::$read(&unplaced(text)) {
                Ok(read) => {
                    let printed = read.to_string();
                    assert_eq!(syntax::$read(&unplaced(&printed)), Ok(read), "`{printed}`");
                }
                Err(_) => {
                    let mistake = syntax::$read(&placed).expect_err("places change nothing");
                    assert!(mistake.labels.iter().all(|label| is_within(label.span)), "{mistake:?}");
                }
            }
        )*};
    }
    law!(condition fact stated_fact pattern conclusion effect term);
}

/// The grid of a table, by itself and in a pack.
pub fn table(input: &[u8]) {
    let Ok(text) = std::str::from_utf8(input) else { return };
    let _ = syntax::grid(&Embedded { text, span: Span::new(FileId(0), 0, text.len()), writing: StringForm::Plain });
    let pack = format!(
        "[kind.user]\nsubject = true\n[kind.room]\n[role.lead]\non = [\"room\"]\n[table.t]\nsystem = \"t\"\non = [\"room\"]\n\
         columns = {{ \"Site lead\" = \"lead\", Lead = \"lead\", A = \"lead\" }}\ngrid = '''\n{}\n'''\n",
        text.replace("'''", "")
    );
    let opened = open::pack(vec![Source::of_bytes("own.toml".to_owned(), pack.into_bytes())]);
    shown(&opened.sources, &opened.diagnostics);
}

static LIFE_CYCLE: LazyLock<World> = LazyLock::new(|| support::world(&SHIPPED, "fixtures/worlds/life-cycle.toml"));

fn at() -> Context {
    Context::at(&SHIPPED.policy, Instant::parse("2021-10-22").expect("a date"))
}

/// A suite of policy tests, run and shown in every format.
pub fn suite(input: &[u8]) {
    let Ok(text) = std::str::from_utf8(input) else { return };
    let explained = Explained { most: 2, width: 76, ..Explained::default() };
    let found = run_with(&SUITE_HOST, text, &Options { explained, coverage: true, ..Options::default() });
    if let Some(Broken::Mistakes(sources, mistakes)) = &found.suites[0].broken {
        shown(sources, mistakes);
    }
    report::suites::render(&found, report::suites::SuiteStyle::default());
    report::github::annotations(&found);
    report::junit::document(&found);
    report::lcov::tracefile(&found.coverage);
    let document: serde_json::Value = serde_json::from_str(&report::json::suites::document(&found)).expect("it is JSON");
    assert_eq!(document["broken"], usize::from(found.suites[0].broken.is_some()));
}

/// A question, decided if it can be.
pub fn question(input: &[u8]) {
    let Ok(text) = std::str::from_utf8(input) else { return };
    match assume::prepare(&SHIPPED, &LIFE_CYCLE, &at(), text, "question") {
        Ok(prepared) => {
            let decider = prepared.overlay.decider(&SHIPPED);
            if let Ok(asked) = decider.world.resolve(&SHIPPED.policy, &prepared.request, decider.context.at) {
                let record = decider.record(&asked);
                assert_eq!(decider.decide(&asked), record.decision, "one answer");
                harness::explained(
                    &decider,
                    &generator::Question {
                        subject: prepared.request.subject.clone(),
                        action: prepared.request.action.clone(),
                        resource: prepared.request.resource.clone(),
                    },
                );
            }
        }
        Err(assume::QuestionError::Text { sources, diagnostics }) => shown(&sources, &diagnostics),
        Err(assume::QuestionError::Request(_)) => {}
    }
}

/// Lines of a batch. Each that is not blank has an answer, which is JSON.
pub fn batch(input: &[u8]) {
    let decider = Decider::new(&SHIPPED, &LIFE_CYCLE, at());
    let mut output = Vec::new();
    let options = BatchOptions { explained: true, threads: Some(1) };
    batch::run(&decider, std::io::Cursor::new(input.to_vec()), options, &mut output, &mut |_| ()).expect("memory is read and written");
    let output = String::from_utf8(output).expect("answers are text");
    let lines = input.split(|&byte| byte == b'\n').filter(|line| !line.trim_ascii().is_empty()).count();
    assert_eq!(output.lines().count(), lines, "an answer for each line");
    for line in output.lines() {
        serde_json::from_str::<serde_json::Value>(line).expect("an answer is JSON");
    }
}

static WORLDS: LazyLock<Vec<Asked>> = LazyLock::new(|| worlds(2_000));

/// A packed world: changes of one that `pack-world` wrote, with right checksums. See `crafted`.
pub fn packed(input: &[u8]) {
    let Some((&[which, changes], rest)) = input.split_first_chunk() else { return };
    let asked = &WORLDS[usize::from(which) % WORLDS.len()];
    let mut numbers = Numbers::of(rest);
    let mut parts = Parts::of(&asked.bytes);
    (0..=changes % 8).for_each(|_| parts.change(&mut numbers));
    asked.judge(&parts.joined(), false);
    // The bytes themselves are no packed world, or one that is refused.
    assert!(World::unpack(&SHIPPED.policy, input.into()).is_err(), "no input is a packed world by chance");
}

/// A pack, a world and questions that the bytes choose: the program and the reference give the same answers.
pub fn reference(input: &[u8]) {
    let numbers = input.chunks_exact(2).map(|pair| u16::from_le_bytes([pair[0], pair[1]]));
    let case = generator::case(Tape::of(numbers.collect()), 24);
    // A case that the generator makes wrongly says nothing of the program.
    let Ok(compiled) = harness::compiled(&case.pack.files()) else { return };
    let files = case.world.files(&case.pack.schema, &mut case.tape.clone());
    if harness::world(&compiled, &files).is_err() {
        return;
    }
    if let Err(why) = answers_agree(case, &Cell::new(0)) {
        panic!("{why}");
    }
}

/// The fixtures and shipped files that end in this and are wanted.
fn files(ending: &str, is_wanted: impl Fn(&str) -> bool) -> Vec<Vec<u8>> {
    let (mut found, mut folders) = (Vec::new(), vec![PathBuf::from("fixtures"), PathBuf::from("policies")]);
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).expect("the folder is there") {
            let path = entry.expect("it can be read").path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|found| found == ending) && is_wanted(path.to_str().expect("a plain path")) {
                found.push(path);
            }
        }
    }
    found.sort();
    found.iter().map(|path| std::fs::read(path).expect("it can be read")).collect()
}

/// Pieces of so many lines.
fn split(texts: &[Vec<u8>], lines: usize) -> Vec<Vec<u8>> {
    let text = texts.concat();
    let all: Vec<&[u8]> = text.split_inclusive(|&byte| byte == b'\n').collect();
    all.chunks(lines).map(<[&[u8]]>::concat).collect()
}

/// The texts between single quotes in the shipped packs: conditions, conclusions, effects.
fn expressions() -> Vec<Vec<u8>> {
    let texts = files("toml", |path| path.contains("policies") || path.contains("packs")).concat();
    let quoted = texts.split(|&byte| byte == b'\n').filter_map(|line| {
        let (from, to) = (line.iter().position(|&byte| byte == b'\'')?, line.iter().rposition(|&byte| byte == b'\'')?);
        line.get(from + 1..to).filter(|text| text.len() > 3)
    });
    let mut found: Vec<Vec<u8>> = quoted.map(<[u8]>::to_vec).collect();
    found.sort();
    found.dedup();
    found
}

/// The grids of the shipped packs, in pieces of twelve lines.
fn tables() -> Vec<Vec<u8>> {
    let texts = files("toml", |path| path.contains("policies"));
    let rows =
        texts.concat().split_inclusive(|&byte| byte == b'\n').filter(|line| line.starts_with(b"|")).map(<[u8]>::to_vec).collect::<Vec<_>>();
    let mut found = split(&rows, 12);
    found.push(b"| Feature | Site lead |\n| :- | :- |\n| a | x |\n|   | &#10004; |\n| **b** | No |\n".to_vec());
    found
}

fn questions() -> Vec<Vec<u8>> {
    let pages = ["fixtures/questions.tsv", "tests/cli/questions.md"];
    let texts = pages.map(|page| std::fs::read_to_string(Path::new(page)).unwrap_or_default()).concat();
    let lines = texts.lines().filter_map(|line| line.find("can ").map(|at| &line[at..]));
    let mut found: Vec<Vec<u8>> = lines.map(|line| line.trim_end_matches(['"', '`']).as_bytes().to_vec()).collect();
    found.push(
        b"can user:gina@fabrikam partner-relationships.view customer:fabrikam at 2020-07-01 policy-at 2019-01-01 with approval-grants-dap \
          assuming dap(customer:fabrikam, partner:contoso) assuming not reseller(partner:contoso, customer:fabrikam)"
            .to_vec(),
    );
    found.sort();
    found.dedup();
    found
}

/// Bytes that are the same in every run.
fn noise(seed: u64, length: usize) -> Vec<u8> {
    let mut numbers = Numbers::seeded(seed);
    (0..length).map(|_| numbers.next().to_le_bytes()[0]).collect()
}
