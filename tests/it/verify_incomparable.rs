//! Packs that declare something differently: what `--against` compares all the same decides alike.

use crate::generator::{Case, DATES, Tape};
use crate::harness::{self, compiled, law};
use crate::verify_pack::Loader;
use delegraph::eval::Decider;
use delegraph::plan::{CompiledPolicy, Context};
use delegraph::time::Instant;
use delegraph::verify::{self, About, Conflict, Obstacle, Options, Packs, PropertyReport, Verdict};
use delegraph::world::{Request, World};
use proptest::prelude::*;
use proptest::test_runner::TestCaseResult;
use std::cell::RefCell;
use std::collections::BTreeMap;

/// The line of a kind, a relation or a role as it may be declared otherwise.
fn otherwise(element: &str, line: &str) -> Option<String> {
    let is = |sort: &str| element.starts_with(sort);
    if let Some((before, after)) = line.split_once(", optional = true") {
        return Some(format!("{before}{after}"));
    }
    match line {
        line if is("[kind.") && line.starts_with("attributes.") && line.ends_with(" }") && !line.contains("member-of") => {
            Some(line.replace(" }", ", optional = true }"))
        }
        line if is("[kind.") && line.starts_with("exactly-one") => Some(String::new()),
        "covers = true" => Some(String::new()),
        line if is("[relation.") && line.starts_with("ends = ") && !element.contains("covers = ") && !element.contains("through = ") => {
            Some(format!("{line}\ncovers = true"))
        }
        line if is("[role.") && line.starts_with("on = [") => line.split_once(", ").map(|(_, others)| format!("on = [{others}")),
        _ => None,
    }
}

/// The elements with one line declared otherwise.
fn changed(elements: &[String], tape: &mut Tape) -> Option<Vec<String>> {
    let lines = elements.iter().enumerate().flat_map(|(at, element)| element.lines().map(move |line| (at, line)));
    let all: Vec<(usize, &str, String)> =
        lines.filter_map(|(at, line)| otherwise(&elements[at], line).map(|other| (at, line, other))).collect();
    let (at, line, other) = all.get(tape.below(all.len().max(1)))?;
    let mut elements = elements.to_vec();
    elements[*at] = elements[*at].replacen(line, other, 1);
    Some(elements)
}

/// What `--against` says of an action on a kind of resource.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Said {
    Alike,
    Different,
    Incomparable,
}

fn said(reports: &[PropertyReport], action: &str, kind: &str) -> Said {
    let about = |report: &&PropertyReport| matches!(&report.about, Some(About::Change { action: own, .. }) if own == action);
    let mut said = Said::Alike;
    for report in reports.iter().filter(about) {
        match (&report.obstacle, report.verdict) {
            (Some(Obstacle::DeclaredDifferently { on, .. }), _) if on.is_empty() || on.iter().any(|own| own == kind) => {
                return Said::Incomparable;
            }
            (Some(Obstacle::DeclaredDifferently { .. }), _) | (_, Verdict::Proved | Verdict::Vacuous) => {}
            _ => said = Said::Different,
        }
    }
    said
}

/// An attribute that is read, a relation and a role are in the way.
#[test]
fn what_is_compared_of_packs_that_declare_differently_decides_alike() {
    let seen: RefCell<BTreeMap<&str, usize>> = RefCell::default();
    law(40, 40, |case| decides_alike(case, &seen));
    let seen = seen.into_inner();
    println!("{seen:?}");
    for (what, least) in [("compared", 1_000), ("incomparable", 300), ("incomparable, and decided differently", 5)] {
        assert!(seen.get(what).is_some_and(|count| *count >= least), "too few {what}: {seen:?}");
    }
}

fn decides_alike(mut case: Case, seen: &RefCell<BTreeMap<&'static str, usize>>) -> TestCaseResult {
    let count = |what: &'static str| *seen.borrow_mut().entry(what).or_default() += 1;
    let few_denies = case.tape.chance(70);
    if few_denies {
        case.pack.soften(&mut case.tape.part(64));
    }
    let Ok(new) = compiled(&case.pack.files()) else { return Ok(()) };
    let Some(elements) = changed(&case.pack.elements, &mut case.tape) else { return Ok(()) };
    let mut pack = case.pack.clone();
    pack.elements = elements;
    // A condition may be written for what is declared.
    let Ok(old) = compiled(&pack.files()) else {
        count("not a pack");
        return Ok(());
    };
    case.world.events.clear();
    let files = case.world.files(&case.pack.schema, &mut case.tape.clone());
    let [Ok(Some(world)), Ok(Some(before))] = [&new, &old].map(|pack| harness::world(pack, &files)) else {
        count("not a world of both");
        return Ok(());
    };
    let conflicts = Conflict::between(&new.policy, &old.policy);
    let packs = Packs { new: &new, old: &old, conflicts: &conflicts };
    let reports = verify::against(packs, Options::default(), &Loader).map_err(|wrong| TestCaseError::fail(format!("{wrong:?}")))?;
    for at in DATES.map(|date| Instant::parse(date).expect("a date")) {
        for question in &case.questions {
            let request =
                Request { subject: question.subject.clone(), action: question.action.clone(), resource: question.resource.clone() };
            let [Some(one), Some(other)] = [(&new, &world), (&old, &before)].map(|(pack, world)| outcome(pack, world, &request, at)) else {
                continue;
            };
            match said(&reports, &question.action, &question.resource.0) {
                Said::Alike => {
                    count("compared");
                    prop_assert_eq!(one, other, "{:?} at {}; {:?}", request, at, conflicts);
                }
                Said::Incomparable if one != other => count("incomparable, and decided differently"),
                Said::Incomparable => count("incomparable"),
                Said::Different => count("different"),
            }
        }
    }
    Ok(())
}

fn outcome(pack: &CompiledPolicy, world: &World, request: &Request, at: Instant) -> Option<&'static str> {
    let resolved = world.resolve(&pack.policy, request, at).ok()?;
    Some(Decider::new(pack, world, Context::at(&pack.policy, at)).decide(&resolved).outcome.name())
}
