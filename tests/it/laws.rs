//! Laws that hold for every pack and every world, checked on generated ones.
//!
//! Other laws are elsewhere: `tests/it/agreement.rs` compares with the reference evaluator, `src/syntax/grammar/tests/laws.rs` checks that
//! printed conditions are read back as the same, `tests/it/how_to_laws.rs` that repairs turn the answer, and `tests/it/shuffle.rs` that the
//! order in the shipped pack does not matter.
//!
//! Each law states the deliberate bugs for which it was seen to fail with the fixed cases.

use crate::generator::{Case, Pack, Question, World};
use crate::harness::{answer, bare, compiled, depended_on, explained, law, world, world_after_events};
use crate::{generator, harness, reference};
use delegraph::eval::Decider;
use delegraph::plan::CompiledPolicy;
use delegraph::report;
use delegraph::time::Instant;
use proptest::prelude::*;
use proptest::test_runner::TestCaseResult;
use std::cell::Cell;
use std::collections::BTreeMap;
use std::process::{Command, Stdio};
use std::sync::Mutex;

/// If a variable replaces a `_`, so that it occurs only once, that is an error, and the only one.
///
/// Seen to fail when the places of variables were not counted.
#[test]
fn a_variable_that_occurs_once_is_an_error() {
    let refused = Cell::new(0);
    law(96, 1, |mut case| {
        let mut pack = case.pack.clone();
        let is_wild = |text: &str, at: usize| {
            let (before, after) = (&text[..at], &text[at + 1..]);
            before.ends_with(['(', ' ']) && after.starts_with([')', ',', ' ', '\''])
        };
        let wild = pack.elements.iter().enumerate().flat_map(|(element, text)| {
            let places = text.match_indices('_').map(|(at, _)| at).filter(|&at| is_wild(text, at));
            places.map(move |at| (element, at)).collect::<Vec<_>>()
        });
        let wild: Vec<(usize, usize)> = wild.collect();
        if wild.is_empty() {
            return Ok(());
        }
        let (element, at) = *case.tape.pick(&wild);
        // After `holds` a name that stands nowhere else is meant for a role.
        let is_role = pack.elements[element][..at].ends_with("holds ");
        pack.elements[element].replace_range(at..=at, "some-one-else");
        let opened = delegraph::open::pack(harness::sources(&pack.files()));
        let codes: Vec<&str> = opened.diagnostics.iter().filter(|mistake| mistake.is_error()).map(|mistake| mistake.code.name()).collect();
        // Inside `not` and `unless` the error is that the variable is not bound.
        let expected: &[&str] = if is_role { &["unknown-role"] } else { &["lone-variable", "negated-variable"] };
        prop_assert!(codes.len() == 1 && expected.contains(&codes[0]), "{:?}\n{}", codes, pack.elements[element]);
        refused.set(refused.get() + usize::from(codes == ["lone-variable"]));
        Ok(())
    });
    assert!(refused.get() > 30, "too few are drawn: {}", refused.get());
}

/// A batch has the same answers as single questions, in their order, for any number of threads.
///
/// Seen to fail when answers were in the order in which threads finished, and when a request got the answer of another one with the same
/// subject and action.
#[test]
fn a_batch_has_the_answers_of_single_questions() {
    law(8, 400, |mut case| {
        case.world.events.clear();
        // The files need the names that the program will give them, since explanations have places.
        let files: Vec<reference::File> = case.pack.files().into_iter().map(|(name, text)| (format!("pack/{name}"), text)).collect();
        let worlds = case.world.files(&case.pack.schema, &mut case.tape);
        let compiled = compiled(&files)?;
        let Some(world) = world(&compiled, &worlds)? else { return Ok(()) };
        let context = &case.contexts[0];
        let decider = Decider::new(&compiled, &world, harness::context(&compiled, context));
        let one_by_one: String = case
            .questions
            .iter()
            .filter_map(|question| explained(&decider, question))
            .map(|explanation| report::json::answer::explained(&explanation) + "\n")
            .collect();

        let folder = tempfile::tempdir().expect("a folder");
        std::fs::create_dir(folder.path().join("pack")).expect("a folder in it");
        for (name, text) in files.iter().chain(&worlds) {
            std::fs::write(folder.path().join(name), text).expect("a file in it");
        }
        let line = |question: &Question| {
            let of = |(kind, id): &(String, String)| serde_json::json!({"type": kind, "id": id});
            let action = serde_json::json!({"name": question.action});
            format!("{}\n", serde_json::json!({"subject": of(&question.subject), "action": action, "resource": of(&question.resource)}))
        };
        let requests: String = case.questions.iter().map(line).collect();
        std::fs::write(folder.path().join("requests.ndjson"), requests).expect("a file in it");
        for threads in ["1", "2", "5"] {
            let mut command = Command::new(env!("CARGO_BIN_EXE_delegraph"));
            command.current_dir(folder.path()).env("RAYON_NUM_THREADS", threads).stderr(Stdio::inherit());
            command.args([
                "decide",
                "--explain",
                "--batch",
                "requests.ndjson",
                "--policies",
                "pack",
                "--at",
                context.at,
                "--policy-at",
                context.policy_at,
            ]);
            worlds.iter().for_each(|(name, _)| _ = command.args(["--world", name]));
            for (toggle, on) in &context.toggles {
                command.args([if *on { "--with" } else { "--without" }, toggle]);
            }
            let output = command.output().expect("the program runs");
            prop_assert_eq!(String::from_utf8_lossy(&output.stdout), one_by_one.as_str(), "with {} threads", threads);
            prop_assert_eq!(output.status.code(), Some(0));
        }
        Ok(())
    });
}

/// Adding a deny never allows anything.
///
/// Seen to fail when only the last deny was evaluated.
#[test]
fn adding_a_deny_never_allows() {
    law(96, 40, |mut case| {
        case.world.events.clear();
        let mut stricter = case.pack.clone();
        stricter.add_rule(&mut case.tape.part(128), "deny", "deny-more");
        never_opens(&case, &stricter, &case.world)
    });
}

/// Making a datum unknown, by removing an attribute that is required or by not importing a name, never allows anything.
///
/// Seen to fail when a missing attribute was read as having no value, and when an unknown deny did not keep from allowing.
#[test]
fn removing_a_datum_never_allows() {
    law(96, 40, |mut case| {
        case.world.events.clear();
        let schema = &case.pack.schema;
        let mut poorer = case.world.clone();
        for _ in 0..3 {
            if case.tape.chance(50) {
                let names = open_names(schema);
                poorer.not_imported.push(case.tape.pick(&names).clone());
                continue;
            }
            let at = case.tape.below(poorer.entities.len());
            let entity = &mut poorer.entities[at];
            let needed =
                |name: &str| schema.kinds[entity.kind].attributes.iter().any(|attribute| attribute.name == name && attribute.is_needed());
            let known: Vec<usize> = (0..entity.attributes.len()).filter(|&at| needed(&entity.attributes[at].0)).collect();
            if !known.is_empty() {
                entity.attributes.remove(*case.tape.pick(&known));
            }
        }
        never_opens(&case, &case.pack, &poorer)
    });
}

fn open_names(schema: &generator::Schema) -> Vec<String> {
    let mut names: Vec<String> = schema.relations.iter().map(|relation| relation.name.clone()).collect();
    names.extend(schema.roles.iter().map(|role| role.name.clone()));
    let attributes = schema.kinds.iter().flat_map(|kind| kind.attributes.iter().map(move |attribute| (kind, attribute)));
    names.extend(attributes.map(|(kind, attribute)| format!("{}.{}", kind.name, attribute.name)));
    names
}

/// Checks that `pack` in the world `other` allows only what the pack and the world of the case allow.
fn never_opens(case: &Case, pack: &Pack, other: &World) -> TestCaseResult {
    let (before, after) = (compiled(&case.pack.files())?, compiled(&pack.files())?);
    let of = |compiled: &CompiledPolicy, facts: &World| world(compiled, &facts.files(&case.pack.schema, &mut case.tape.clone()));
    let (Some(old), Some(new)) = (of(&before, &case.world)?, of(&after, other)?) else { return Ok(()) };
    for context in &case.contexts {
        let answers = |compiled, world| harness::decisions(compiled, world, context, &case.questions);
        for ((question, old), new) in case.questions.iter().zip(answers(&before, &old)).zip(answers(&after, &new)) {
            prop_assert!(old == Some(true) || new != Some(true), "newly allowed: {question:?} {context:?}");
        }
    }
    Ok(())
}

/// Adding a fact on which no `not`, `unless` or deny depends takes no access away.
///
/// Seen to fail when only the first assignment of a role was read, when a second group hid the first, and when only one of several times of
/// a fact was read.
#[test]
fn adding_a_fact_takes_no_access_away() {
    let (allowed, opened) = (Cell::new(0), Cell::new(0));
    law(160, 60, |mut case| {
        case.world.events.clear();
        case.pack.soften(&mut case.tape.part(32));
        let files = case.pack.files();
        let compiled = compiled(&files)?;
        let excluded = depended_on(&reference::pack(&files).all);
        let mut richer = case.world.clone();
        let more = case.world.more_facts(&case.pack.schema, &mut case.tape.part(736));
        richer.facts.extend(more.into_iter().filter(|fact| !excluded.contains(&fact.about)));
        let of = |facts: &World| world(&compiled, &facts.files(&case.pack.schema, &mut case.tape.clone()));
        let (Some(old), Some(new)) = (of(&case.world)?, of(&richer)?) else { return Ok(()) };
        for context in &case.contexts {
            let answers = |world| harness::decisions(&compiled, world, context, &case.questions);
            for ((question, old), new) in case.questions.iter().zip(answers(&old)).zip(answers(&new)) {
                prop_assert!(old != Some(true) || new == Some(true), "taken away: {question:?} {context:?}");
                allowed.set(allowed.get() + usize::from(old == Some(true)));
                opened.set(opened.get() + usize::from(old == Some(false) && new == Some(true)));
            }
        }
        Ok(())
    });
    // The added facts must matter to the questions.
    assert!(opened.get() * 10 > allowed.get(), "too little is newly allowed: {} beside {}", opened.get(), allowed.get());
}

/// The order of elements, files, facts and questions does not matter, nor do the names of files: the texts of answers are the same.
///
/// Seen to fail when facts were in the order of their places, when elements were numbered in the order of reading, and when events were
/// applied in the order of writing.
#[test]
fn order_does_not_matter() {
    law(32, 24, |mut case| {
        let files = case.pack.files();
        let engine_before = compiled(&files)?;
        let Some(before) = world_after_events(&engine_before, &mut case)? else { return Ok(()) };
        let mut texts: BTreeMap<String, String> = BTreeMap::new();
        for element in case.tape.shuffled(case.pack.elements.clone()) {
            let file = format!("{}.toml", case.tape.pick(&["a", "m/z", "m/b", "0"]));
            texts.entry(file).or_default().push_str(&(element + "\n"));
        }
        let engine_after = compiled(&texts.into_iter().collect::<Vec<_>>())?;
        let mut shuffled = case.world.clone();
        shuffled.entities = case.tape.shuffled(shuffled.entities);
        shuffled.facts = case.tape.shuffled(shuffled.facts);
        shuffled.events = case.tape.shuffled(shuffled.events);
        shuffled.not_imported = case.tape.shuffled(shuffled.not_imported);
        shuffled.unknown = case.tape.shuffled(shuffled.unknown);
        shuffled.denials = case.tape.shuffled(shuffled.denials);
        let mut files = shuffled.files(&case.pack.schema, &mut case.tape.part(4));
        files.reverse();
        let Some(after) = world(&engine_after, &files)? else { return Err(TestCaseError::fail("refused in another order")) };
        let questions = case.tape.shuffled(case.questions.clone());
        for context in &case.contexts {
            let first = Decider::new(&engine_before, &before, harness::context(&engine_before, context));
            let second = Decider::new(&engine_after, &after, harness::context(&engine_after, context));
            let mut answers: BTreeMap<String, _> = BTreeMap::new();
            for question in &case.questions {
                answers.insert(format!("{question:?}"), explained(&first, question).map(bare));
            }
            for question in &questions {
                prop_assert_eq!(&explained(&second, question).map(bare), &answers[&format!("{question:?}")], "{:?}", context);
            }
        }
        Ok(())
    });
}

/// The answer at a date does not depend on later data. It is the same in a world that is cut at that date: later facts and events are
/// removed, facts that hold have no end, and facts that ended stay, for `was`. The pack of the cut world has no invariants, since without
/// later facts and ends an invariant may be broken at a later time.
///
/// Seen to fail when facts counted before they began, and when `was` was true for a fact that had not ended.
#[test]
fn later_data_does_not_matter() {
    law(64, 24, |mut case| {
        let mut lenient = case.pack.clone();
        lenient.elements.retain(|element| !element.starts_with("[invariant."));
        let (strict, lenient) = (compiled(&case.pack.files())?, compiled(&lenient.files())?);
        let of = |compiled: &CompiledPolicy, facts: &World, case: &Case| {
            world(compiled, &facts.files(&case.pack.schema, &mut case.tape.clone()))
        };
        let Some(whole) = world_after_events(&strict, &mut case)? else { return Ok(()) };
        for context in &case.contexts {
            let date = |text: &str| Instant::parse(text).expect("a date");
            let now = date(context.at);
            let mut cut = case.world.clone();
            cut.events.retain(|event| date(&event.at) <= now);
            cut.facts.retain(|fact| fact.since.is_none_or(|since| date(since) <= now));
            for fact in &mut cut.facts {
                fact.until = fact.until.filter(|until| date(until) <= now);
            }
            let Some(cut) = of(&lenient, &cut, &case)? else { return Err(TestCaseError::fail("the cut world is refused")) };
            let first = Decider::new(&strict, &whole, harness::context(&strict, context));
            let second = Decider::new(&lenient, &cut, harness::context(&lenient, context));
            for question in &case.questions {
                let ask = |decider| explained(decider, question).map(|explanation| (answer(&explanation), explanation.unknown));
                prop_assert_eq!(ask(&first), ask(&second), "whole, then cut: {:?} {:?}", question, context);
            }
        }
        Ok(())
    });
}

/// Generated cases can make laws fail: each outcome is frequent, and few worlds are refused.
///
/// Seen to fail when missing data was read as having no value, and when no element was in force.
#[test]
fn generated_cases_are_dense() {
    let counts: Mutex<BTreeMap<&'static str, usize>> = Mutex::default();
    law(64, 24, |mut case| {
        let count = |what| *counts.lock().expect("no thread panicked").entry(what).or_default() += 1;
        let compiled = compiled(&case.pack.files())?;
        let Some(world) = world_after_events(&compiled, &mut case)? else {
            count("refused");
            return Ok(());
        };
        count(match case.world.events.len() {
            0 => "without events",
            1 => "with an event",
            _ => "with events",
        });
        for context in &case.contexts {
            let decider = Decider::new(&compiled, &world, harness::context(&compiled, context));
            for question in &case.questions {
                explained(&decider, question).iter().for_each(|explanation| count(explanation.outcome));
            }
        }
        Ok(())
    });
    let counts = counts.into_inner().expect("no thread panicked");
    println!("{counts:?}");
    let of = |what| counts.get(what).copied().unwrap_or(0);
    let all: usize = ["allowed", "barred", "not-granted", "unknown"].into_iter().map(of).sum();
    for (outcome, percent) in [("allowed", 15), ("barred", 10), ("not-granted", 15), ("unknown", 4)] {
        assert!(of(outcome) * 100 >= all * percent, "too few are {outcome}: {counts:?}");
    }
    let worlds: usize = ["refused", "without events", "with an event", "with events"].into_iter().map(of).sum();
    assert!(of("with events") * 4 > worlds && of("refused") * 8 < worlds, "{counts:?}");
}
