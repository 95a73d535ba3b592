//! The bounds on the work and memory of one question, and proofs that recur. Packs and worlds are small; what grows is the work.

use crate::{hard, support};
use delegraph::eval::{Budget, Decider, Exhausted, Limit, Outcome, TabledDecider, Truth};
use delegraph::events::{BrokenInvariant, EventError};
use delegraph::explain::{Explanation, Reason, Refusal, explain};
use delegraph::files::Source;
use delegraph::open;
use delegraph::plan::{CompiledPolicy, Context};
use delegraph::protocol::authzen;
use delegraph::query::how_to::how_to;
use delegraph::query::lists::{self, FactsQuestion, RolesQuestion};
use delegraph::report;
use delegraph::time::Instant;
use delegraph::wording::{self, ExplanationText, Words};
use delegraph::world::{Argument, EventRecord, Request, ResolvedRequest, Value, World};
use std::fmt::Write as _;

fn pack(text: &str) -> CompiledPolicy {
    let opened = open::pack(vec![Source::of_bytes("pack.toml".to_owned(), text.as_bytes().to_vec())]);
    assert!(opened.compiled.is_some(), "{:?}", opened.diagnostics);
    opened.compiled.expect("checked above")
}

/// A question of a world on 2024-01-01.
struct Asked<'a> {
    decider: Decider<'a>,
    request: ResolvedRequest,
}

impl<'a> Asked<'a> {
    fn new(compiled: &'a CompiledPolicy, world: &'a World, subject: &str, action: &str, resource: (&str, &str)) -> Asked<'a> {
        let at = Instant::parse("2024-01-01").expect("a date");
        let decider = Decider::new(compiled, world, Context::at(&compiled.policy, at));
        let pair = |kind: &str, id: &str| (kind.to_owned(), id.to_owned());
        let request = Request { subject: pair("user", subject), action: action.to_owned(), resource: pair(resource.0, resource.1) };
        let request = world.resolve(&compiled.policy, &request, at).expect("the question names what there is");
        Asked { decider, request }
    }

    fn outcome(&self) -> Outcome {
        let decision = self.decider.decide(&self.request);
        assert_eq!(decision.exhausted, None);
        decision.outcome
    }

    fn explained(&self) -> Result<Explanation, Exhausted> {
        let budget = Budget::default();
        let query = self.decider.within(&budget);
        let explanation = explain(&query, &self.request, &query.record(&self.request));
        budget.exhausted().map_or(Ok(explanation), Err)
    }

    fn text(&self, explanation: &Explanation) -> ExplanationText {
        Words::of(&self.decider).explanation(explanation)
    }
}

#[test]
fn an_exhausted_question_names_the_rule_and_the_condition() {
    let compiled = pack(hard::CLIQUE);
    let world = support::world_of(&compiled, &hard::layered(60));
    let asked = Asked::new(&compiled, &world, "u", "node.read", ("node", "n0"));
    // A part of the budget of a question, since tests run slowly.
    let budget = Budget::of(20_000);
    let exhausted = asked.decider.within(&budget).decide(&asked.request).exhausted.expect("the search is too long");
    assert_eq!(exhausted.limit, Limit::Work);
    let text = Words::of(&asked.decider).exhausted(exhausted);
    assert!(text.message.contains("in rule clique, `edge(a, b) and edge(a, c)"), "{}", text.message);
    assert!(text.message.ends_with("at pack.toml:15:7"), "{}", text.message);
    assert!(text.help.contains("member-of") && text.help.contains("within"), "{}", text.help);
}

/// Seen to fail when both said no more than that it takes too long.
#[test]
fn an_event_and_an_invariant_that_are_given_up_name_the_condition() {
    let more = "[invariant.quiet]\nnever = 'edge(n, n)'\n[event.look]\ndoes = \"node.read\"\non = \"node\"\nwith = { node = \"node\" }\n";
    let compiled = pack(&format!("{}{more}", hard::CLIQUE));
    let world = support::world_of(&compiled, &hard::layered(20));
    let asked = Asked::new(&compiled, &world, "u", "node.read", ("node", "n0"));
    let exhausted = asked.decider.within(&Budget::of(500)).decide(&asked.request).exhausted.expect("the search is too long");
    let policy = &compiled.policy;
    let (event, invariant) = (policy.events.ids().next().expect("an event"), policy.invariants.ids().next().expect("an invariant"));
    let (at, by) = (asked.decider.context.at, asked.request.subject);
    let arguments = vec![Argument::One(Value::Entity(asked.request.resource))];
    let record = EventRecord { event, at, by, arguments, span: policy.events[event].meta.span };
    let given_up = EventError::Exhausted { occurrence: 0, exhausted };
    let refused = wording::refused(&compiled, &world, &[record], &given_up, &Refusal::Plain);
    let broken = BrokenInvariant { invariant, at, binding: Vec::new(), facts: Vec::new(), exhausted: Some(exhausted) };
    let broken = wording::broken(&compiled, &world, &broken);
    for (diagnostic, what) in [(refused, "event `look` was given up: "), (broken, "invariant `quiet` was given up: ")] {
        let headline = diagnostic.headline.as_str();
        assert!(headline.starts_with(what) && headline.contains("units of work, in rule clique, `edge(a, b) and"), "{headline}");
        assert_eq!(diagnostic.labels.last().map(|label| label.span), exhausted.condition);
        assert!(diagnostic.help.is_some_and(|help| help.contains("member-of")));
    }
}

#[test]
fn how_to_draws_on_the_same_budget() {
    let compiled = pack(hard::CLIQUE);
    let world = support::world_of(&compiled, &hard::layered(60));
    let asked = Asked::new(&compiled, &world, "u", "node.read", ("node", "n0"));
    let budget = Budget::of(20_000);
    let ways = how_to(&asked.decider.within(&budget), &asked.request, true, None);
    assert!(budget.exhausted().is_some());
    assert!(ways.ways.is_empty());
}

/// A chain of relations, each derived from two facts of the one before: without tables, the proof doubles and more at every step.
fn doubling(steps: usize) -> (String, String) {
    let mut pack = "[kind.user]\nsubject = true\n[kind.doc]\nactions = [\"read\"]\n[relation.r0]\nends = [\"user\", \"doc\"]\n".to_owned();
    for step in 1..=steps {
        let before = step - 1;
        write!(
            pack,
            "[relation.r{step}]\nends = [\"user\", \"doc\"]\n[implication.i{step}]\nif = 'r{before}(user, doc) and r{before}(other, doc) and next(user, other)'\nthen = 'r{step}(user, doc)'\n"
        )
        .expect("a string");
    }
    write!(pack, "[relation.next]\nends = [\"user\", \"user\"]\n[rule.read]\nallow = [\"doc.read\"]\nif = 'r{steps}(subject, resource)'\n")
        .expect("a string");
    let world = "[user.a]\n[user.b]\n[doc.d]\n".to_owned()
        + "[[fact]]\nis = 'next(user:a, user:b)'\n[[fact]]\nis = 'next(user:b, user:a)'\n"
        + "[[fact]]\nis = 'r0(user:a, doc:d)'\n[[fact]]\nis = 'r0(user:b, doc:d)'\n";
    (pack, world)
}

fn count(reasons: &[Reason]) -> usize {
    reasons.iter().map(|reason| 1 + count(&reason.because)).sum()
}

fn repeated(reason: &Reason) -> usize {
    usize::from(reason.repeated) + reason.because.iter().map(repeated).sum::<usize>()
}

#[test]
fn a_proof_that_recurs_is_stated_once() {
    let (pack_text, world_text) = doubling(20);
    let compiled = pack(&pack_text);
    let world = support::world_of(&compiled, &world_text);
    let asked = Asked::new(&compiled, &world, "a", "doc.read", ("doc", "d"));
    assert_eq!(asked.outcome(), Outcome::Allowed);
    let explanation = asked.explained().expect("a proof of bounded size");
    assert!(count(&explanation.reasons) < 400, "{}", count(&explanation.reasons));
    assert!(explanation.reasons.iter().map(repeated).sum::<usize>() >= 19);
    let text = asked.text(&explanation);
    let page = report::text::render(&text, &report::text::Style { color: false, width: 200, full: false });
    assert!(page.contains("(as above)"), "{page}");
    let json: serde_json::Value = serde_json::from_str(&report::json::answer::document(&text, None)).expect("JSON");
    let (mut stated, mut referred) = (Vec::new(), Vec::new());
    collect(&json, &mut stated, &mut referred);
    let order: Vec<u64> = (1..=stated.len() as u64).collect();
    assert_eq!(stated, order, "proofs are numbered in the order in which they are stated");
    assert!(!referred.is_empty() && referred.iter().all(|number| stated.contains(number)));
}

/// The values of `id` of reasons, and those of `same-as`, in the order of the document.
fn collect(json: &serde_json::Value, stated: &mut Vec<u64>, referred: &mut Vec<u64>) {
    match json {
        serde_json::Value::Array(items) => items.iter().for_each(|item| collect(item, stated, referred)),
        serde_json::Value::Object(fields) => {
            stated.extend(fields.get("id").and_then(serde_json::Value::as_u64));
            if let Some(number) = fields.get("same-as").and_then(serde_json::Value::as_u64) {
                referred.push(number);
                assert!(!fields.contains_key("because"));
            }
            fields.values().for_each(|value| collect(value, stated, referred));
        }
        _ => {}
    }
}

#[test]
fn a_proof_of_too_many_steps_is_reported() {
    let pack_text = r#"
[kind.user]
subject = true
[kind.node]
actions = ["see"]
[relation.edge]
ends = ["node", "node"]
[rule.seen]
allow = ["node.see"]
if = 'edge(resource, b) and edge(b, c) and edge(c, d) and edge(d, _)'
"#;
    let compiled = pack(pack_text);
    let mut text = "[user.u]\n".to_owned();
    for node in 0..60 {
        writeln!(text, "[node.n{node}]").expect("a string");
        for to in 0..60 {
            writeln!(text, "[[fact]]\nis = 'edge(node:n{node}, node:n{to})'").expect("a string");
        }
    }
    let world = support::world_of(&compiled, &text);
    let asked = Asked::new(&compiled, &world, "u", "node.see", ("node", "n0"));
    assert_eq!(asked.outcome(), Outcome::Allowed);
    let exhausted = asked.explained().expect_err("there are millions of alternatives");
    assert_eq!(exhausted.limit, Limit::Steps);
    assert!(Words::of(&asked.decider).exhausted(exhausted).message.contains("rule seen"));
    let line = br#"{"subject":{"type":"user","id":"u"},"action":{"name":"node.see"},"resource":{"type":"node","id":"n0"}}"#;
    let error = authzen::answer(&asked.decider, line, true).expect_err("a line of a batch with reasons");
    assert!(error.to_string().contains("rule seen"), "{error}");
    assert!(authzen::answer(&asked.decider, line, false).is_ok());
}

#[test]
fn derived_nesting_takes_work_that_grows_as_the_world_does() {
    let compiled = pack(hard::NESTING);
    let mut work = Vec::new();
    for depth in [500, 1000, 2000] {
        let world = support::world_of(&compiled, &hard::nested(depth));
        let last = (depth - 1).to_string();
        for (subject, outcome) in [("in", Outcome::Allowed), ("out", Outcome::NotGranted)] {
            let asked = Asked::new(&compiled, &world, subject, "team.x", ("team", &last));
            let budget = Budget::default();
            let decision = asked.decider.within(&budget).decide(&asked.request);
            assert_eq!((decision.outcome, decision.exhausted), (outcome, None));
            work.push((subject, depth as u64, budget.spent()));
        }
    }
    for (subject, depth, spent) in work {
        assert!(spent < 40 * depth, "{subject} {depth}: {spent} units");
    }
}

/// The condition names first what everything has, and then what one thing has.
#[test]
fn the_variable_with_the_fewest_candidates_in_this_world_is_searched_for_first() {
    let compiled = pack(
        r#"
[kind.user]
subject = true
[kind.box]
[kind.tag]
actions = ["see"]
[relation.holds-box]
ends = ["user", "box"]
[relation.in-box]
ends = ["box", "tag"]
[rule.see]
allow = ["tag.see"]
if = 'holds-box(subject, box) and in-box(box, tag) and in-box(other, resource) and holds-box(subject, other) and in-box(other, tag)'
"#,
    );
    let mut text = "[user.u]\n[tag.rare]\n[[fact]]\nis = 'in-box(box:7, tag:rare)'\n".to_owned();
    for here in 0..2000 {
        writeln!(text, "[box.{here}]\n[tag.t{here}]\n[[fact]]\nis = 'holds-box(user:u, box:{here})'").expect("a string");
        writeln!(text, "[[fact]]\nis = 'in-box(box:{here}, tag:t{})'", here % 50).expect("a string");
    }
    let world = support::world_of(&compiled, &text);
    let asked = Asked::new(&compiled, &world, "u", "tag.see", ("tag", "rare"));
    let budget = Budget::default();
    assert_eq!(asked.decider.within(&budget).decide(&asked.request).outcome, Outcome::Allowed);
    assert!(budget.spent() < 1000, "{} units", budget.spent());
}

/// A decider for another instant shares what was prepared, and editions do not.
#[test]
fn a_prepared_policy_is_shared_between_editions() {
    let compiled = pack(
        r#"
[kind.user]
subject = true
[kind.doc]
actions = ["read"]
[rule.old]
allow = ["doc.read"]
until = 2024-01-01
[rule.new]
allow = ["doc.read"]
since = 2025-01-01
"#,
    );
    let at = |date: &str| compiled.prepared(&Context::at(&compiled.policy, Instant::parse(date).expect("a date")));
    let same = |one: &str, other: &str| std::sync::Arc::ptr_eq(&at(one), &at(other));
    assert!(same("2020-01-01", "2023-12-31"));
    assert!(same("2024-01-01", "2024-12-31T23:59:59Z"));
    assert!(!same("2023-12-31", "2024-01-01"));
    assert!(!same("2024-12-31", "2025-01-01"));
    let world = support::world_of(&compiled, "[user.u]\n[doc.d]\n");
    for (date, outcome) in [("2023-01-01", Outcome::Allowed), ("2024-06-01", Outcome::NotGranted), ("2025-01-01", Outcome::Allowed)] {
        let at = Instant::parse(date).expect("a date");
        let decider = Decider::new(&compiled, &world, Context::at(&compiled.policy, at));
        let pair = |kind: &str, id: &str| (kind.to_owned(), id.to_owned());
        let request = Request { subject: pair("user", "u"), action: "doc.read".to_owned(), resource: pair("doc", "d") };
        let asked = world.resolve(&compiled.policy, &request, at).expect("it is there");
        assert_eq!(decider.decide(&asked).outcome, outcome, "{date}");
    }
}

/// Nothing is claimed of rows for which a search was too long to look. Seen to run for minutes, and then to say that there is none, when these
/// searches had no bound.
#[test]
fn a_list_whose_search_is_cut_says_so() {
    let clique = hard::CLIQUE.lines().find_map(|line| line.strip_prefix("if = '")?.strip_suffix(" and not edge(resource, f)'"));
    let clique = clique.expect("the rule looks for one");
    let derived = format!("[relation.cliquish]\nends = [\"node\"]\n[implication.cliquish]\nif = '{clique}'\nthen = 'cliquish(a)'\n");
    let given =
        format!("[role.head]\non = [\"node\"]\n[implication.head]\nif = '{clique} and friend(user)'\nthen = 'user holds head on a'\n");
    let compiled = pack(&format!("{}{derived}{given}", hard::CLIQUE));
    let world = support::world_of(&compiled, &hard::layered(60));
    let decider = Decider::new(&compiled, &world, Context::at(&compiled.policy, Instant::parse("2024-01-01").expect("a date")));
    let facts = lists::facts(&decider, &FactsQuestion::default());
    let exhausted = facts.exhausted.expect("the search is too long");
    let text = Words::of(&decider).cut_search(exhausted);
    assert!(text.message.starts_with("the search was cut") && text.message.contains("in implication cliquish, "), "{}", text.message);
    assert!(facts.rows.iter().all(|row| row.truth == Truth::True), "what is stated is known");
    let roles = lists::roles(&decider, &RolesQuestion::default());
    assert!(roles.exhausted.is_some() && roles.paths.is_empty());
}

/// Seen to fail where what was known of an earlier request cost nothing: then the order of requests decided which of them are given up.
#[test]
fn what_a_decision_takes_from_an_earlier_one_costs_as_much() {
    let pack = pack(
        "[kind.user]\nsubject = true\n[kind.team]\n[kind.room]\nactions = [\"enter\", \"leave\"]\n[relation.leads]\nends = [\"user\", \"team\"]\n\
         [relation.owns]\nends = [\"team\", \"room\"]\n[relation.runs]\nends = [\"user\", \"room\"]\n\
         [implication.runs]\nif = 'leads(user, team) and owns(team, room)'\nthen = 'runs(user, room)'\n\
         [rule.enter]\nallow = [\"room.*\"]\nif = 'runs(subject, resource)'\n",
    );
    let mut text = String::from("[user.ann]\n[room.a]\n[room.b]\n[[fact]]\nis = 'owns(team:t150, room:a)'\n");
    for team in 0..200 {
        let facts = format!("[[fact]]\nis = 'leads(user:ann, team:t{team})'\n[[fact]]\nis = 'owns(team:t{team}, room:b)'\n");
        write!(text, "[team.t{team}]\n{facts}").expect("a string");
    }
    let world = support::world_of(&pack, &text);
    let decider = Decider::new(&pack, &world, Context::at(&pack.policy, Instant::parse("2024-01-01").expect("a date")));
    let entity = |kind: &str, id: &str| world.find(pack.policy.kind_named(kind).expect("a kind"), id).expect("it lives");
    let resolve = |action: &str, room: &str| ResolvedRequest {
        subject: entity("user", "ann"),
        action: pack.policy.action_named(action).expect("an action"),
        resource: entity("room", room),
    };
    let mut tabled = TabledDecider::new(&decider);
    let mut work = |action: &str, room: &str| {
        let (alone, after) = (Budget::default(), Budget::default());
        let request = resolve(action, room);
        assert_eq!(tabled.decide_within(&request, &after), decider.within(&alone).decide(&request));
        (alone.spent(), after.spent())
    };
    let (alone, first) = work("room.enter", "a");
    let (_, again) = work("room.leave", "a");
    assert!(alone > 1 && first == alone && again == alone, "{alone} {first} {again}");
}
