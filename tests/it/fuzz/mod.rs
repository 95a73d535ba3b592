//! Fuzzing, the short run: each seed and a few changes of it, the same in every run. `fuzz/` has the long one.
//!
//! `FUZZ_CHANGES=1000 cargo test --test it -- fuzz` makes more changes of each seed, `FUZZ_CORPUS=fuzz/corpus` writes the seeds for `cargo fuzz`.

pub mod targets;

use crate::crafted::Numbers;
use std::panic::catch_unwind;
use std::path::Path;
use targets::{TARGETS, Target};

/// Bytes that mean something in some format.
const SIGNS: &[u8] = b"\"'[]{}()=.,:\\\n\t |-_09az\0\xff\xe2";

/// An input changed in one to four places: bytes, runs of bytes, and pieces of another input.
fn changed(input: &[u8], other: &[u8], numbers: &mut Numbers) -> Vec<u8> {
    let mut changed = input.to_vec();
    for _ in 0..=numbers.below(4) {
        let at = numbers.below(changed.len() + 1);
        let end = (at + 1 + numbers.below(8)).min(changed.len());
        let (from, length) = (numbers.below(other.len() + 1), numbers.below(24));
        let piece = &other[from..(from + length).min(other.len())];
        match numbers.below(6) {
            0 if at < changed.len() => changed[at] ^= 1 << numbers.below(8),
            1 if at < changed.len() => changed[at] = SIGNS[numbers.below(SIGNS.len())],
            2 => drop(changed.drain(at.min(end)..end)),
            3 => drop(changed.splice(at.min(end)..end, piece.iter().copied())),
            4 => drop(changed.splice(at..at, piece.iter().copied())),
            _ => {
                let own = changed[at.min(end)..end].to_vec();
                drop(changed.splice(at..at, own));
            }
        }
    }
    changed
}

fn run(target: &Target) {
    let seeds = (target.seeds)();
    assert!(!seeds.is_empty(), "{} has seeds", target.name);
    let count =
        std::env::var("FUZZ_CHANGES").ok().and_then(|count| count.parse().ok()).map_or(target.short, |count: usize| count * seeds.len());
    let mut numbers = Numbers::seeded(20_200_619);
    for number in 0..count {
        // In a short run, all kinds of seed have a turn. Every fourth input is a seed as it is.
        let seed = &seeds[number * seeds.len() / count];
        let input = if number.is_multiple_of(4) { seed.clone() } else { changed(seed, &seeds[numbers.below(seeds.len())], &mut numbers) };
        // A panic says what is wrong, and this to which input that happens.
        if catch_unwind(|| (target.run)(&input)).is_err() {
            let file = std::env::temp_dir().join(format!("fuzz-{}-{number}", target.name));
            std::fs::write(&file, &input).expect("the input is kept");
            panic!("target {}, input {number}: {}", target.name, file.display());
        }
    }
}

macro_rules! short_runs {
    ($($name:ident $law:ident)*) => {$(
        #[test]
        fn $law() {
            run(TARGETS.iter().find(|target| target.name == stringify!($name)).expect("a target"));
        }
    )*};
}

short_runs! {
    pack any_file_is_a_pack_or_has_mistakes
    world any_toml_is_a_world_or_has_mistakes
    lines any_lines_are_a_world_or_have_mistakes
    expression any_text_is_a_condition_or_has_a_mistake
    table any_text_is_a_table_or_has_mistakes
    suite any_text_is_a_suite_or_has_mistakes
    question any_text_is_a_question_or_has_mistakes
    batch any_lines_have_an_answer_each
    packed any_packed_world_has_one_answer_or_an_error
    reference any_case_is_answered_as_by_the_reference
}

/// Each target has its program, and the other way round.
#[test]
fn each_target_has_a_program() {
    let mut programs: Vec<String> = std::fs::read_dir("fuzz/fuzz_targets")
        .expect("the folder is there")
        .map(|entry| entry.expect("it can be read").path().file_stem().expect("a name").to_str().expect("a plain name").to_owned())
        .collect();
    programs.sort();
    let mut names: Vec<&str> = TARGETS.iter().map(|target| target.name).collect();
    names.sort_unstable();
    assert_eq!(programs, names);
    let manifest = std::fs::read_to_string("fuzz/Cargo.toml").expect("it is there");
    assert!(names.iter().all(|name| manifest.contains(&format!("name = \"{name}\""))), "each is named in the manifest");
    if let Ok(corpus) = std::env::var("FUZZ_CORPUS") {
        for target in TARGETS {
            let folder = Path::new(&corpus).join(target.name);
            std::fs::create_dir_all(&folder).expect("a folder can be made");
            for (number, seed) in (target.seeds)().iter().enumerate() {
                std::fs::write(folder.join(format!("seed-{number:04}")), seed).expect("a seed can be written");
            }
        }
    }
}
