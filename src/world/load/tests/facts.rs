//! Which facts a world file may state, and how they are stored.

use super::{HARBOUR, WELL, added, event_lines, facts, open, policy, print};
use crate::policy::Policy;
use crate::syntax::{self, Embedded};
use crate::text::Span;
use crate::world::{Lookup, World, read_fact};

fn fact(is: &str) -> String {
    added(&format!("[[fact]]\nis = '{is}'\n"))
}

fn harbour() -> Policy {
    policy(&[("harbour.toml", HARBOUR)])
}

fn loaded(texts: &[&str]) -> (World, String) {
    let policy = harbour();
    let (world, _, mistakes) = open(&policy, texts);
    assert_eq!(mistakes, []);
    let facts = facts(&policy, &world);
    (world, facts)
}

#[test]
fn each_form_of_a_fact_is_read() {
    for is in [
        "berthed(ship:emma, quay:east)",
        "person:ida holds keeper on quay:east",
        "crew:tugs holds keeper on quay:east",
        "person:per in crew:tugs",
        "person:\"ida\".mate == person:per",
        "person:\"per\".crews == crew:tugs",
        "quay:\"east\".depth == 14",
        "quay:\"east\".built == 1998-05-01",
        "quay:\"east\".sounds == \"horn\"",
        "quay:\"east\".sign == \"Øst\"",
    ] {
        assert_eq!(fact(is), "", "{is}");
    }
}

#[test]
fn facts_are_sorted_by_statement_whatever_the_order_of_files() {
    let one = r#"
[quay.west]
quay = "quay:east"
sign = "Vest"
[[fact]]
is    = 'closed(quay:west)'
since = 2020-01-01
"#;
    let two = "{\"fact\":\"closed(quay:west)\",\"since\":\"2020-01-01\"}\n{\"fact\":\"quay:\\\"east\\\".sign == \\\"East\\\"\"}\n";
    let (_, forth) = loaded(&[WELL, one, two]);
    let (_, back) = loaded(&[two, one, WELL]);
    assert_eq!(forth, back);
    insta::assert_snapshot!(forth);
}

#[test]
fn an_entity_that_an_event_creates_lives_from_the_event_on() {
    let events = r#"
[[event]]
at   = 2021-05-01
do   = "launch"
by   = "person:ida"
firm = "firm:maersk"
name = "Maren"
ship = "ship:maren"
[[event]]
at    = 2020-05-01
do    = "close"
by    = "person:per"
quays = ["quay:east", "quay:east"]
days  = 3
[[fact]]
is    = 'berthed(ship:maren, quay:east)'
since = 2020-01-01
until = 2022-01-01
[[fact]]
is = 'ship:"maren".owner == person:ida'
[[fact]]
is = 'person:"ida".pilots == ship:maren'
"#;
    let policy = harbour();
    let (world, happened, mistakes) = open(&policy, &[WELL, events]);
    assert_eq!(mistakes, []);
    insta::assert_snapshot!(event_lines(&policy, &world, &happened), @r#"
    2020-05-01 person:per close 3 [quay:east]
    2021-05-01 person:ida launch firm:maersk "Maren" ship:maren
    "#);
    let all = facts(&policy, &world);
    let maren: Vec<&str> = all.lines().filter(|line| line.contains("maren")).collect();
    insta::assert_snapshot!(maren.join("\n"), @r#"
    berthed(ship:maren, quay:east) [2021-05-01, 2022-01-01)
    person:"ida".pilots == ship:maren
    ship:"maren".owner == person:ida [2021-05-01, forever)
    "#);
}

#[test]
fn an_attribute_that_is_not_given_is_none_or_unknown() {
    let policy = harbour();
    let world = |import: &str| open(&policy, &[WELL, import]).0;
    let read = |world: &World, entity: &str, attribute: &str| {
        let (kind, id) = entity.split_once(':').expect("a test's own text");
        let kind = policy.kind_named(kind).expect("a kind of the harbour");
        let attribute =
            policy.attributes.iter().find(|(_, one)| one.kind == kind && one.name == attribute).expect("one of its attributes").0;
        let at = crate::time::Instant::parse("2020-01-01").expect("a date");
        match world.read(world.find(kind, id).expect("an entity of the harbour"), attribute, at) {
            Lookup::Known(value, _) => world.value_text(&policy, value),
            Lookup::None => "none".to_owned(),
            Lookup::Unknown | Lookup::Open => "unknown".to_owned(),
        }
    };
    let whole = world("");
    assert_eq!(read(&whole, "person:ida", "firm"), "firm:maersk");
    assert_eq!(read(&whole, "person:ida", "port"), "none");
    assert_eq!(read(&whole, "person:ida", "mate"), "none");
    assert_eq!(read(&whole, "quay:east", "depth"), "unknown");
    let partly = world("[world]\nnot-imported = [\"person.mate\", \"person.port\"]");
    assert_eq!(read(&partly, "person:ida", "mate"), "unknown");
    assert_eq!(read(&partly, "person:ida", "port"), "none");
}

#[test]
fn a_fact_for_a_question_is_read_as_one_of_a_file() {
    let policy = harbour();
    let (mut world, _, _) = open(&policy, &[WELL]);
    let mut assume = |text: &str| {
        let file = world.sources.add("assuming", text.to_owned());
        let embedded = Embedded { text, span: Span::new(file, 0, text.len()), writing: syntax::StringForm::Plain };
        match read_fact(&policy, &mut world, &syntax::fact(&embedded).expect("follows the grammar")) {
            Ok(statement) => world.statement_text(&policy, &statement),
            Err(diagnostics) => print(&world, &diagnostics),
        }
    };
    for text in ["closed(quay:east)", "quay:\"east\".sign == \"Øst\"", "person:per in crew:tugs", "person:\"per\".crews == crew:tugs"] {
        assert_eq!(assume(text), text.replace("\"per\".crews ==", "per in"));
    }
    insta::assert_snapshot!(assume("berthed(ship:ema, esat)"), @"
    unknown-entity: no file of the world declares `ship:ema` | <ship:ema> not declared | did you mean `ship:emma`? | => berthed(ship:emma, esat)
    bad-fact: a fact names entities | <esat> a variable | write `kind:id`; the kind is `quay` here
    ");
}
