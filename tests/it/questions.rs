//! Questions to the shipped worlds, each with its outcome, and with the claim that it is about.

use crate::cases::cases;
use crate::support::{Ask, SHIPPED, deciding, world};
use delegraph::policy::{ClaimId, Metadata};
use delegraph::world::World;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;

/// Claims that an allow and a deny must each show.
const BOTH_WAYS: &str = "REL-3 REL-5 REL-9 REL-11 DAP-2 DAP-3 DAP-4 DAP-5 SUB-1 SUB-2 SUB-3 SUB-4 SUB-5 AP-2 AP-3 AP-4 AP-5 AP-6 \
    TRM-1 TRM-3 TRM-10 TRM-12 TRM-13 TRM-14 TRM-15 TRM-16 TRM-18 TRM-19";

/// A row of `questions.tsv`.
#[derive(Debug)]
pub struct Row {
    pub world: &'static str,
    with: Vec<&'static str>,
    pub ask: [&'static str; 4],
    pub outcome: &'static str,
    pub claim: &'static str,
    why: &'static str,
}

impl Row {
    pub fn ask(&self) -> Ask<'_> {
        let [at, subject, action, resource] = self.ask;
        Ask { at, policy_at: None, with: &self.with, subject, action, resource }
    }
}

pub fn rows() -> Vec<Row> {
    let mut lines = include_str!("../../fixtures/questions.tsv").lines();
    assert_eq!(lines.next(), Some("world\tat\twith\tsubject\taction\tresource\toutcome\tclaim\twhy"));
    let row = |line: &'static str| match line.split('\t').collect::<Vec<_>>()[..] {
        [world, at, with, subject, action, resource, outcome, claim, why] => {
            let with = if with == "-" { Vec::new() } else { with.split(',').collect() };
            Row { world, with, ask: [at, subject, action, resource], outcome, claim, why }
        }
        _ => panic!("a row has nine cells: {line}"),
    };
    lines.map(row).collect()
}

pub fn worlds(rows: &[Row]) -> BTreeMap<&'static str, World> {
    let names: BTreeSet<&str> = rows.iter().map(|row| row.world).collect();
    names.into_iter().map(|name| (name, world(&SHIPPED, &format!("fixtures/{name}")))).collect()
}

#[test]
fn every_question_comes_out_as_expected() {
    let rows = rows();
    let worlds = worlds(&rows);
    let mut wrong = Vec::new();
    for row in &rows {
        let answer = row.ask().explained(&SHIPPED, &worlds[row.world]);
        if answer.outcome != row.outcome {
            wrong.push(format!("{:?}: {} and not {}: {}", row.ask, answer.outcome, row.outcome, row.why));
        }
        assert_eq!(answer.unknown.is_empty(), answer.outcome != "unknown", "{row:?}");
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

/// What the `[[ask]]`s of a folder ask and expect, by toggle sorted: `WORLD: can S A R at D with T is OUTCOME`.
fn asked_by_suites(folder: &str) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for entry in fs::read_dir(folder).expect("the folder is there") {
        let path = entry.expect("an entry").path();
        if !path.to_string_lossy().ends_with(".suite.toml") {
            continue;
        }
        let suite: toml::Table = toml::from_str(&fs::read_to_string(&path).expect("the suite is readable")).expect("the suite is TOML");
        let text = |value: &toml::Value| match value {
            toml::Value::String(text) => text.clone(),
            toml::Value::Datetime(date) => date.to_string(),
            other => panic!("neither a text nor a date: {other:?}"),
        };
        let list = |key: &str, table: &toml::Table| match table.get(key) {
            Some(toml::Value::Array(values)) => values.iter().map(text).collect::<BTreeSet<String>>(),
            _ => BTreeSet::new(),
        };
        let Some(toml::Value::Array(asks)) = suite.get("ask") else { continue };
        for ask in asks.iter().filter_map(toml::Value::as_table) {
            let mut words = text(&ask["question"]).split(' ').map(str::to_owned).collect::<Vec<String>>();
            let (mut at, mut with) = (ask.get("at").or_else(|| suite.get("at")).map(text), list("with", ask));
            for clause in words.split_off(4).chunks(2) {
                match clause {
                    [word, date] if word == "at" => at = Some(date.clone()),
                    [word, toggle] if word == "with" => _ = with.insert(toggle.clone()),
                    _ => {}
                }
            }
            let worlds: Vec<String> = list("worlds", &suite).into_iter().collect();
            found.insert(asked(&worlds.join(" "), &words.join(" "), &at.unwrap_or_default(), &with, &text(&ask["is"])));
        }
    }
    found
}

fn asked(world: &str, question: &str, at: &str, with: &BTreeSet<String>, is: &str) -> String {
    let with: Vec<String> = with.iter().map(|toggle| format!(" with {toggle}")).collect();
    format!("{world}: {question} at {at}{} is {is}", with.concat())
}

/// So the two say the same. Seen to fail when a row was changed.
#[test]
fn every_question_and_every_case_is_asked_by_a_suite() {
    let with = |toggles: &[&str]| toggles.iter().map(ToString::to_string).collect::<BTreeSet<String>>();
    let by_suites = asked_by_suites("fixtures");
    let questions = rows().into_iter().map(|row| {
        let [at, subject, action, resource] = row.ask;
        asked(row.world, &format!("can {subject} {action} {resource}"), at, &with(&row.with), row.outcome)
    });
    let missing: Vec<String> = questions.filter(|question| !by_suites.contains(question)).collect();
    assert!(missing.is_empty(), "\n{}", missing.join("\n"));
    let by_suites = asked_by_suites("fixtures/cases");
    for case in cases() {
        let [subject, action, resource] = &case.ask;
        let toggles: Vec<&str> = case.with.iter().map(String::as_str).collect();
        let is = case.outcome.as_deref().unwrap_or(if case.expect { "allowed" } else { "denied" });
        let question = asked("fabrikam.toml", &format!("can {subject} {action} {resource}"), &case.at, &with(&toggles), is);
        assert!(by_suites.contains(&question), "case {}: {question}", case.n);
    }
}

#[test]
fn every_claim_is_shown_by_an_allow_and_by_a_deny() {
    let rows = rows();
    let worlds = worlds(&rows);
    let mut wrong = Vec::new();
    for claim in BOTH_WAYS.split_whitespace() {
        let about: Vec<&Row> = rows.iter().filter(|row| row.claim == claim).collect();
        let allowed = about.iter().filter(|row| row.outcome == "allowed").count();
        if allowed == 0 || allowed == about.len() {
            wrong.push(format!("{claim} has {allowed} allows among {} questions", about.len()));
        }
        let cited = about.iter().any(|row| deciding(&row.ask().explained(&SHIPPED, &worlds[row.world])).contains(&claim));
        if decides(claim) && !cited {
            wrong.push(format!("{claim} stands in no answer to the {} questions about it", about.len()));
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

/// Whether a rule, role, table or implication states the claim: what only events and advice cite decides no question.
fn decides(claim: &str) -> bool {
    let policy = &SHIPPED.policy;
    let id = policy.claim_named(claim).expect("a claim of the pack");
    let cites = |meta: &Metadata, id: ClaimId| meta.source.contains(&id);
    policy.rules.values().any(|rule| cites(&rule.meta, id))
        || policy.roles.values().any(|role| cites(&role.meta, id))
        || policy.tables.values().any(|table| cites(&table.meta, id))
        || policy.implications.values().any(|implication| cites(&implication.meta, id))
}

#[test]
fn a_world_answers_alike_in_both_formats() {
    let policy = &SHIPPED.policy;
    let toml = world(&SHIPPED, "fixtures/worlds/breached-partner.toml");
    let ndjson = world(&SHIPPED, "fixtures/worlds/breached-partner.ndjson");
    let names = |world: &World| -> Vec<(String, bool)> {
        let kinds = policy.kinds.iter().filter(|(id, _)| *id != policy.role_kind);
        let all = kinds.flat_map(|(id, kind)| world.of_kind(id).map(move |ent| (world.name(policy, ent), kind.subject)));
        all.collect::<BTreeSet<_>>().into_iter().collect()
    };
    assert_eq!(names(&toml), names(&ndjson));
    let mut asked = 0;
    for action in policy.actions.values() {
        for (resource, _) in names(&toml).iter().filter(|(name, _)| {
            let kind = policy.kind_named(name.split(':').next().unwrap_or_default());
            kind.is_some_and(|kind| action.on.contains(kind))
        }) {
            for (subject, _) in names(&toml).iter().filter(|(_, subject)| *subject) {
                for at in ["2018-04-30", "2020-06-19", "2021-10-22", "2021-10-23"] {
                    let ask = Ask::of(at, subject, &action.meta.name, resource);
                    let (one, other) = (ask.explained(&SHIPPED, &toml), ask.explained(&SHIPPED, &ndjson));
                    assert_eq!((one.outcome, &one.verdict, &one.claims), (other.outcome, &other.verdict, &other.claims));
                    asked += 1;
                }
            }
        }
    }
    assert!(asked > 10_000, "{asked}");
}
