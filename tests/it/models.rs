//! Models that other engines publish, written in this language: what their publishers ask, and how long they are.

use crate::support::{Ask, shown, world};
use delegraph::open;
use delegraph::plan::CompiledPolicy;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

const FOLDER: &str = "fixtures/models";
/// The longest line of a pack, in characters.
const LONGEST: usize = 150;
/// How many times as long as the published model a pack may be, in lines.
const LIMIT: f64 = 1.3;

/// A row of `questions.tsv`.
#[derive(Debug)]
struct Question {
    ask: [String; 4],
    is_allowed: bool,
}

fn path(model: &str, file: &str) -> PathBuf {
    Path::new(FOLDER).join(model).join(file)
}

fn text(path: &Path) -> String {
    fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// The names of the folders, sorted.
fn models() -> BTreeSet<String> {
    let entries = fs::read_dir(FOLDER).expect("the folder is readable");
    entries.map(|entry| entry.expect("the entry is readable").file_name().to_string_lossy().into_owned()).collect()
}

/// The pack of a model, which has neither error nor warning.
fn compiled(model: &str) -> CompiledPolicy {
    let pack = open::pack_at(Some(&path(model, "pack.toml"))).expect("the pack is readable");
    assert!(pack.diagnostics.is_empty(), "{}", shown(&pack.sources, &pack.diagnostics));
    pack.compiled.expect("a pack without mistakes is compiled")
}

fn questions(model: &str) -> Vec<Question> {
    let text = text(&path(model, "questions.tsv"));
    let mut lines = text.lines();
    assert_eq!(lines.next(), Some("at\tsubject\taction\tresource\tallowed\tasked as"), "{model}");
    let question = |line: &str| match line.split('\t').collect::<Vec<_>>()[..] {
        [at, subject, action, resource, allowed @ ("yes" | "no"), _] => {
            Question { ask: [at, subject, action, resource].map(str::to_owned), is_allowed: allowed == "yes" }
        }
        _ => panic!("{model}: a row has six cells, the fifth `yes` or `no`: {line}"),
    };
    lines.map(question).collect()
}

/// The lines of a pack that are neither blank nor a comment, without indentation and alignment.
fn lines(model: &str) -> Vec<String> {
    let text = text(&path(model, "pack.toml"));
    let longest = text.lines().max_by_key(|line| line.chars().count()).unwrap_or_default();
    assert!(longest.chars().count() <= LONGEST, "{model}: more than {LONGEST} characters: {longest}");
    let squeezed = text.lines().map(|line| line.split(' ').filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" "));
    squeezed.filter(|line| !line.is_empty() && !line.starts_with('#')).collect()
}

/// The cells of each row of the page's table, by the name of its model.
fn rows() -> BTreeMap<String, Vec<String>> {
    let page = text(Path::new("docs/models.md"));
    let rows = page.lines().filter(|line| line.starts_with("| `"));
    rows.map(|row| {
        let cells: Vec<String> = row.trim_matches('|').split('|').map(|cell| cell.trim().to_owned()).collect();
        (cells[0].trim_matches('`').to_owned(), cells)
    })
    .collect()
}

/// Seen to fail when
/// - the deny of `blocklist` was left out,
/// - the base permission of `github` was left out,
/// - a claim that nothing cites, which is a warning, was added to `iot`.
#[test]
fn questions_of_the_publishers_come_out_as_they_say() {
    let mut wrong = Vec::new();
    for model in models() {
        let compiled = compiled(&model);
        let opened = open::world_at(&compiled, &[path(&model, "world.toml")]).expect("the world is readable");
        assert!(opened.diagnostics.is_empty(), "{}", shown(&opened.sources, &opened.diagnostics));
        let world = world(&compiled, &path(&model, "world.toml").to_string_lossy());
        let questions = questions(&model);
        for question in &questions {
            let [at, subject, action, resource] = &question.ask;
            let answer = Ask::of(at, subject, action, resource).explained(&compiled, &world);
            if answer.decision != question.is_allowed || !answer.unknown.is_empty() {
                wrong.push(format!("{model}: {:?}: {} {:?}", question.ask, answer.outcome, answer.unknown));
            }
        }
        for is_allowed in [true, false] {
            assert!(questions.iter().any(|question| question.is_allowed == is_allowed), "{model}: all answers are alike");
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

/// Seen to fail when a line was added to `iot/pack.toml`, and when a row of the page was taken away.
#[test]
fn the_page_has_the_figures_of_the_packs() {
    let rows = rows();
    let listed: BTreeSet<String> = rows.keys().cloned().collect();
    assert_eq!(listed, models(), "a row for each model");
    let mut wrong = Vec::new();
    for (model, cells) in &rows {
        let [_, _, lines_there, lines_here, ratio, _, characters_here, asks] = &cells[..] else { panic!("eight cells: {cells:?}") };
        let lines = lines(model);
        let count: u32 = lines.len().try_into().expect("a short pack");
        let share = f64::from(count) / lines_there.parse::<f64>().expect("a number of lines");
        let characters: usize = lines.iter().map(|line| line.chars().count()).sum();
        let expected = [count.to_string(), format!("{share:.2}"), characters.to_string(), questions(model).len().to_string()];
        let stated = [lines_here.clone(), ratio.clone(), characters_here.clone(), asks.split(':').next().unwrap_or_default().to_owned()];
        if expected != stated {
            wrong.push(format!("{model}: {expected:?}, and the page has {stated:?}"));
        }
        assert!(share <= LIMIT, "{model}: {share:.2} times as long as the published model");
    }
    assert!(wrong.is_empty(), "lines, ratio, characters, questions:\n{}", wrong.join("\n"));
}
