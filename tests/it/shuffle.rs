//! The order of files, and where an element stands, change no answer: not its decision, outcome, claims, nor the words and order of its
//! reasons, positions aside.

use crate::support::{Ask, SHIPPED, world};
use delegraph::files::{Source, embedded_pack, read_world};
use delegraph::open;
use delegraph::plan::CompiledPolicy;
use delegraph::wording::{ExplanationText, ReasonText};
use delegraph::world::World;
use proptest::prelude::*;
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::LazyLock;

/// The elements of the shipped pack, each with all that is written below its header.
static ELEMENTS: LazyLock<Vec<String>> = LazyLock::new(|| {
    let mut elements: BTreeMap<String, String> = BTreeMap::new();
    for file in embedded_pack() {
        let mut name = String::new();
        let mut in_text = false;
        for line in file.text.lines() {
            if !in_text && line.starts_with('[') {
                name = element(line);
            }
            // A header-like line inside a text of several lines is none.
            in_text ^= line.matches("'''").count() % 2 == 1;
            let text = elements.entry(name.clone()).or_default();
            text.push_str(line);
            text.push('\n');
        }
    }
    elements.remove("");
    elements.into_values().collect()
});

/// `[role.owner]` and `[role.owner.more]` are of one element.
fn element(header: &str) -> String {
    let inner = header.trim_start_matches('[').split(']').next().unwrap_or("");
    let (sort, name) = inner.split_once('.').unwrap_or((inner, ""));
    let name = if let Some(quoted) = name.strip_prefix('"') { quoted.split('"').next() } else { name.split('.').next() };
    format!("{sort}.{}", name.unwrap_or(""))
}

/// The questions asked of every shuffled pack: world, date, toggles, subject, action, resource.
static QUESTIONS: LazyLock<Vec<Vec<String>>> = LazyLock::new(|| {
    let rows = include_str!("../../fixtures/questions.tsv").lines().skip(1);
    rows.map(|row| row.split('\t').take(6).map(str::to_owned).collect()).collect()
});

fn worlds(compiled: &CompiledPolicy) -> BTreeMap<String, World> {
    let paths: std::collections::BTreeSet<&String> = QUESTIONS.iter().map(|question| &question[0]).collect();
    paths.into_iter().map(|path| (path.clone(), world(compiled, &format!("fixtures/{path}")))).collect()
}

/// All answers, without the places where elements stand.
fn answers(compiled: &CompiledPolicy, worlds: &BTreeMap<String, World>) -> Vec<ExplanationText> {
    let ask = |question: &Vec<String>| {
        let [path, at, with, subject, action, resource] = question.as_slice() else { panic!("six columns") };
        let with: Vec<&str> = with.split(',').filter(|toggle| *toggle != "-").collect();
        bare(Ask { at, policy_at: None, with: &with, subject, action, resource }.explained(compiled, &worlds[path]))
    };
    QUESTIONS.iter().map(ask).collect()
}

/// The answer without positions.
fn bare(mut answer: ExplanationText) -> ExplanationText {
    answer.reasons.iter_mut().chain(&mut answer.denies).for_each(nowhere);
    for notice in answer.obligations.iter_mut().chain(&mut answer.advice) {
        notice.place.file = "".into();
        notice.place.line = 0;
    }
    answer
}

fn nowhere(reason: &mut ReasonText) {
    reason.places.clear();
    reason.because.iter_mut().for_each(nowhere);
}

static AS_WRITTEN: LazyLock<Vec<ExplanationText>> = LazyLock::new(|| answers(&SHIPPED, &worlds(&SHIPPED)));

fn files(count: usize, order: &[usize]) -> Vec<Source> {
    let mut texts = vec![String::new(); count];
    for (at, &element) in order.iter().enumerate() {
        texts[(element * 7 + at) % count].push_str(&ELEMENTS[element]);
    }
    let named = texts.into_iter().enumerate().map(|(at, text)| Source::of_bytes(format!("z{}.toml", count - at), text.into_bytes()));
    named.collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 12, failure_persistence: None, ..ProptestConfig::default() })]

    /// Seen to fail when elements were numbered in the order in which they were read instead of the order of their names.
    #[test]
    fn elements_shuffled_and_moved_between_files_answer_alike(
        count in 1usize..9,
        order in Just((0..ELEMENTS.len()).collect::<Vec<_>>()).prop_shuffle(),
    ) {
        let pack = open::pack(files(count, &order));
        prop_assert!(pack.diagnostics.is_empty(), "{}", crate::support::shown(&pack.sources, &pack.diagnostics));
        let compiled = pack.compiled.expect("no diagnostic");
        let shuffled = answers(&compiled, &worlds(&compiled));
        for (shuffled, written) in shuffled.iter().zip(AS_WRITTEN.iter()) {
            prop_assert_eq!(shuffled, written);
        }
    }

    /// Seen to fail when the facts of all files but the first were passed over.
    #[test]
    fn lines_of_a_world_shuffled_and_moved_between_files_answer_alike(
        count in 1usize..5,
        seed in Just((0..74usize).collect::<Vec<_>>()).prop_shuffle(),
    ) {
        let whole = read_world(Path::new("fixtures/worlds/breached-partner.ndjson")).expect("the world can be read");
        let lines: Vec<&str> = whole.text.lines().collect();
        prop_assert_eq!(lines.len(), seed.len());
        let mut texts = vec![String::new(); count];
        for (at, &line) in seed.iter().enumerate() {
            let text = &mut texts[(line * 5 + at) % count];
            text.push_str(lines[line]);
            text.push('\n');
        }
        let files = texts.into_iter().enumerate().map(|(at, text)| Source::of_bytes(format!("{}.ndjson", count - at), text.into_bytes()));
        let opened = open::world(&SHIPPED, files.collect()).expect("names end in .ndjson");
        let shuffled = opened.world.expect("the world is sound");
        for (question, written) in QUESTIONS.iter().zip(AS_WRITTEN.iter()).filter(|(question, _)| question[0] == "worlds/breached-partner.toml") {
            let [_, at, _, subject, action, resource] = question.as_slice() else { panic!("six columns") };
            let answer = bare(Ask::of(at, subject, action, resource).explained(&SHIPPED, &shuffled));
            prop_assert_eq!(&answer, written);
        }
    }
}
