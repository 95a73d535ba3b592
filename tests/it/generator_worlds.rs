//! Worlds that `examples/generate` writes are sound, the same every time, and asked as measuring needs it: every action, half of the answers yes.

use crate::landscape::{ASKED_AT, Plan};
use delegraph::eval::{Decider, Outcome};
use delegraph::files::Source;
use delegraph::open;
use delegraph::plan::{CompiledPolicy, Context};
use delegraph::time::Instant;
use delegraph::world::{Request, World};
use serde_json::Value;
use std::collections::BTreeMap;
use std::path::Path;

fn compiled() -> CompiledPolicy {
    let pack = open::pack_at(Some(Path::new("policies"))).expect("the pack is there");
    pack.compiled.expect("the pack is sound")
}

/// The world's text, and how many facts its writer counted.
fn written(plan: &Plan) -> (String, u64) {
    let mut out = Vec::new();
    let counts = plan.write_world(&mut out).expect("a list takes everything");
    (String::from_utf8(out).expect("plain text"), counts.facts)
}

fn requests(plan: &Plan, count: u64) -> String {
    let mut out = Vec::new();
    plan.write_requests(count, &mut out).expect("a list takes everything");
    String::from_utf8(out).expect("plain text")
}

/// The world, and what its writer counted; there must be no diagnostic.
fn loaded(compiled: &CompiledPolicy, plan: &Plan) -> (World, u64) {
    let (text, facts) = written(plan);
    let source = Source::of_bytes("world.ndjson".to_owned(), text.into_bytes());
    let opened = open::world(compiled, vec![source]).expect("a world by its name");
    let reported: Vec<&str> = opened.diagnostics.iter().map(|diagnostic| diagnostic.headline.as_str()).take(5).collect();
    assert!(reported.is_empty(), "{plan:?}: {reported:#?}");
    (opened.world.expect("no diagnostic"), facts)
}

fn asked(line: &str) -> Request {
    let line: Value = serde_json::from_str(line).expect("a line of JSON");
    let text = |of: &str, key: &str| line[of][key].as_str().expect("a text").to_owned();
    Request {
        subject: (text("subject", "type"), text("subject", "id")),
        action: text("action", "name"),
        resource: (text("resource", "type"), text("resource", "id")),
    }
}

#[test]
fn worlds_of_all_sizes_load_and_have_as_many_facts_as_were_counted() {
    let compiled = compiled();
    for plan in [Plan::new(1, 1, 0), Plan::new(2, 40, 0), Plan::new(u64::MAX, 300, 0)] {
        let (world, facts) = loaded(&compiled, &plan);
        assert_eq!(world.facts().len() as u64, facts, "{plan:?}");
    }
}

#[test]
fn every_event_is_allowed_when_it_happens() {
    let compiled = compiled();
    for events in [1, 7, 19, 150] {
        let (world, facts) = loaded(&compiled, &Plan::new(3, 2, events));
        assert_eq!(world.facts().len() as u64, facts, "{events} events");
    }
}

#[test]
fn a_size_is_met_within_a_few_in_a_hundred() {
    for wanted in [2_000, 30_000] {
        let (_, facts) = written(&Plan::about(5, wanted, 0));
        assert!(facts.abs_diff(wanted) * 20 < wanted, "{facts} facts instead of {wanted}");
    }
}

#[test]
fn same_seed_same_bytes() {
    let all = |seed| (written(&Plan::new(seed, 25, 60)).0, requests(&Plan::new(seed, 25, 60), 500));
    assert_eq!(all(11), all(11));
    assert_ne!(all(11), all(12));
}

#[test]
fn every_action_is_asked_half_of_the_answers_are_yes_and_every_outcome_occurs() {
    let compiled = compiled();
    let plan = Plan::new(7, 80, 0);
    let (world, _) = loaded(&compiled, &plan);
    let decider = Decider::new(&compiled, &world, Context::at(&compiled.policy, Instant::parse(ASKED_AT).expect("a date")));
    let mut outcomes: BTreeMap<Outcome, usize> = BTreeMap::new();
    let mut actions: BTreeMap<String, usize> = BTreeMap::new();
    let text = requests(&plan, 4_000);
    for line in text.lines() {
        let request = asked(line);
        let resolved = world.resolve(&compiled.policy, &request, decider.context.at).unwrap_or_else(|unasked| panic!("{line}: {unasked}"));
        let decision = decider.decide(&resolved);
        assert!(decision.exhausted.is_none(), "{line}");
        *outcomes.entry(decision.outcome).or_default() += 1;
        *actions.entry(request.action).or_default() += usize::from(decision.allowed());
    }
    let all: Vec<&str> = compiled.policy.actions.values().map(|action| action.meta.name.as_str()).collect();
    assert_eq!(actions.keys().map(String::as_str).collect::<Vec<_>>(), all);
    assert!(actions.values().all(|&allowed| allowed > 0), "{actions:?}");
    let allowed = outcomes[&Outcome::Allowed] * 100 / text.lines().count();
    assert!((40..=60).contains(&allowed), "{allowed} in a hundred allowed");
    for outcome in [Outcome::Barred, Outcome::NotGranted, Outcome::Unknown] {
        assert!(outcomes.get(&outcome).is_some_and(|&count| count >= 20), "{outcomes:?}");
    }
}
